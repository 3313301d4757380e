//! What happened, and where it is known from: entry, merge, hash chain, export.

pub mod chain;
mod entry;
mod query;

pub use entry::{AuditEntry, Source};
pub use query::AuditQuery;
