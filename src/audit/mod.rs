//! What happened, and where it is known from: entry, merge, hash chain, export.

pub mod chain;

mod entry;
pub mod export;
mod merge;
mod query;
pub mod sheet;
mod walk;

pub use entry::{Access, AuditEntry, Source, Stamp};
pub use merge::{Feed, FeedRow, SKEW_MS};
pub use query::AuditQuery;
pub use walk::{BadHead, Fault, Walk};

#[cfg(test)]
mod fixture;
