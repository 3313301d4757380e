//! The client against servers that misbehave, over real sockets on loopback.
#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests stop the test")]

mod activity;
mod deep_probe;
mod gzip;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod paging;
mod pinned;
mod probe;
mod roles;
mod sandbox;
mod server;
mod token_secrecy;
mod transport;
