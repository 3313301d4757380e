//! The sandbox over real HTTP on a loopback port.
#![expect(clippy::expect_used, reason = "a helper that cannot go on fails its test")]

mod activity;
mod faults;
mod harness;
mod load;
mod mail;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod offers;
mod protocol;
mod state;
mod workspace;
