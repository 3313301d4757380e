//! `audit`.

use serde_json::Value;

use super::difference_text;
use crate::audit::{AuditEntry, export};
use crate::cli::text::visible;

/// One entry; one a line.
pub(in crate::cli) fn audit_json(entry: &AuditEntry) -> Value {
    export::fields(entry)
}

/// One entry on one line.
pub(in crate::cli) fn audit_line(entry: &AuditEntry) -> String {
    let mut line = format!(
        "{}  {:<14}  {}  {}  {}",
        entry.time,
        entry.source.word(),
        entry.event,
        entry.subject,
        entry.detail
    );
    for difference in &entry.changes {
        line.push_str("  ");
        line.push_str(&difference_text(difference));
    }
    if let Some(reason) = &entry.reason {
        line.push_str(&format!("  because: {reason}"));
    }
    line.push_str(&format!("  ({})", entry.actor));
    visible(line.trim_end()).into_owned()
}
