//! The command line as a contract: JSON, exit codes, confirmation, help, and the binary itself.

mod binary;
mod confirmation;
mod examples;
mod fake;
mod help;
mod text;
