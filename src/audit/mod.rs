//! What happened, and where it is known from: entry, merge, hash chain, export.

pub mod chain;
mod entry;
mod merge;
mod query;

pub use entry::{AuditEntry, Source, Stamp};
pub use merge::{Feed, FeedRow, SKEW_MS};
pub use query::AuditQuery;
