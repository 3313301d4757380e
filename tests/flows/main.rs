//! The one path of every write, over real HTTP against the sandbox: as a library and as the program.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod as_asked;
mod audit;
mod bench;
mod compared;
mod conflicts;
mod connection_commands;
mod connections;
mod convert;
mod exits;
mod faults;
mod files;
mod group_rules;
mod guards;
mod import_there;
mod inviting;
mod kill;
mod lost_answers;
mod lying_pages;
mod not_applied;
mod overtaken;
mod pace;
mod pending;
mod plan_file;
mod plan_groups;
mod poison;
mod profile;
mod program;
mod promises;
mod provision;
mod proxy;
mod push_groups;
mod recorder;
mod rehearsal;
mod tasks;
mod there;
mod tokens;
mod two;
mod wire;
mod wire_answers;
mod wire_groups;
