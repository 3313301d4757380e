//! The one path of every write, over real HTTP against the sandbox: as a library and as the program.
#![expect(clippy::expect_used, clippy::panic, reason = "a helper that cannot go on fails its test")]

mod bench;
mod exits;
mod faults;
mod files;
mod guards;
mod kill;
mod program;
mod provision;
mod proxy;
mod there;
mod two;
