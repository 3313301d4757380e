//! Bytes of a file into records and line errors.

mod csv;
pub mod demo;

pub use csv::{Parsed, groups, people};
