//! Endpoints and files that want harm, against whole runs of the real program: it does not panic, takes bounded time
//! and memory, says in one sentence what happened, and loses nothing.
#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests stop the test")]

mod attack;
mod bodies;
mod endpoint;
mod files;
#[path = "../endpoint/gzip.rs"]
mod gzip;
#[path = "../pty/hostile_strings.rs"]
mod hostile_strings;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod program;
mod server;
