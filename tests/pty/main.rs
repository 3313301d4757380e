//! The real program in a real terminal: what it writes is kept as a screen, what is typed goes in as bytes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod beside;
mod compare;
mod connections;
mod convert;
mod first_time;
mod forms;
mod gone;
mod heads;
mod home;
mod hostile_everywhere;
mod hostile_line;
mod hostile_strings;
mod hostile_text;
mod import_there;
mod mails;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod panic;
mod picture;
mod profile;
mod quiet;
mod rehearsal;
mod sizes;
mod svg;
mod tasks;
mod terminal;
mod unfit;
mod unusual_text;
mod whole_document;
mod workspace;
