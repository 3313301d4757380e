//! What happened, and where it is known from: entry, merge, hash chain, export.

mod entry;

pub use entry::{AuditEntry, Source};
