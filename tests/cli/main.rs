//! The command line as a contract: JSON, exit codes, confirmation, help, and the binary itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod audited;
mod binary;
mod confirmation;
mod examples;
mod fake;
mod help;
mod import_endpoint;
mod looked;
mod made;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod ran;
mod real;
mod text;
mod unsettled;
