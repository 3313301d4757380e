//! Real crashes of the real program: killed at any moment, at every call, with a full disk and a damaged file, and with
//! two at once. What came of it is compared by code that shares nothing with the engine.
//!
//! `CRASH_ROUNDS=200 cargo test --test crash` kills more often, `CRASH_SEED=7` another way.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod app;
mod books;
mod chance;
mod console;
mod killed;
