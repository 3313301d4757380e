//! The `scimdeck` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    scimdeck::cli::main(std::env::args_os())
}
