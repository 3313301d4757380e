//! The `scimdeck` binary: everything is in the library.

use std::process::ExitCode;

/// Operations are many small texts made on one thread and dropped on another: the system's allocator gives each such
/// thread's memory back to the kernel and asks for it again, all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    scimdeck::cli::main(std::env::args_os())
}
