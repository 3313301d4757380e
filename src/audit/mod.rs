//! What happened, and where it is known from: entry, merge, hash chain, export.

mod entry;
mod query;

pub use entry::{AuditEntry, Source};
pub use query::AuditQuery;
