//! The `scimdeck` binary: everything is in the library.
fn main() {}
