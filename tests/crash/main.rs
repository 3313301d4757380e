//! The program is killed, frozen, or its disk fails: nothing is lost, nothing is made twice, nothing is shown as done
//! that is not.
//!
//! `CRASH_ROUNDS=200` kills as often as that; `CRASH_SEED=N` draws the same work and the same moments again.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod calls;
mod chance;
mod disk;
mod dying;
mod frozen;
mod home;
mod honest;
mod journal;
mod kills;
mod line;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod progress;
mod there;
mod work;
