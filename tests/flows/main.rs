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
mod elsewhere;
mod exits;
mod faults;
mod faults_told;
mod files;
mod group_ends;
mod group_rules;
mod guards;
mod heard;
mod held_groups;
mod import_there;
mod inviting;
mod kill;
mod looked;
mod lost_answers;
mod lying_pages;
mod mixed_up;
mod not_applied;
#[path = "../canary/nowhere/mod.rs"]
mod nowhere;
mod overtaken;
mod pace;
mod paused;
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
mod push_groups_faults;
mod recorder;
mod rehearsal;
mod stopped;
mod taken_over;
mod tasks;
mod terminations;
mod there;
mod tokens;
mod told;
mod two;
mod undo;
mod unfit_bodies;
mod verify_rate;
mod wire;
mod wire_answers;
mod wire_group_versions;
mod wire_groups;
