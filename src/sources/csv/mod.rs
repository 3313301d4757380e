//! People and groups from comma-separated values (RFC 4180, UTF-8, with a header line).
//!
//! Every line of the file that is not empty becomes a record or a refused row that names the line and the reason;
//! nothing is taken by halves. A file without the required columns is refused as a whole. The rules:
//! * `-` alone in a cell clears, an empty cell leaves; white space around a cell is cut off.
//! * No control character, line break or bidirectional override in any cell, no invisible character in a name that
//!   identifies somebody.
//! * A cell that a spreadsheet would run as a formula (it begins with `=`, `+`, `@` or `-`) is refused in
//!   `user_name`, `email` and `external_id`; elsewhere it is plain text here, and an export disarms it.

mod cell;
mod groups;
mod header;
mod people;
mod split;

pub use groups::groups;
pub use people::people;

use crate::verbs::Rejected;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<R> {
    /// The good rows, in the file's order.
    pub records: Vec<R>,
    /// The bad ones, in line order.
    pub rejected: Vec<Rejected>,
    /// Columns that are not known here, by the name the file gives them.
    pub ignored: Vec<String>,
}

fn refuse(line: u64, reason: impl Into<String>) -> Rejected {
    Rejected { line, reason: reason.into() }
}

#[cfg(test)]
mod tests;
