//! The sandbox over real HTTP on a loopback port.

mod activity;
mod faults;
mod harness;
mod load;
mod protocol;
mod state;
mod workspace;
