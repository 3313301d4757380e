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
    if let Some(status) = entry.status {
        line.push_str(&format!("  HTTP {status}"));
    }
    let who = entry.who();
    if !who.is_empty() {
        line.push_str(&format!("  ({who})"));
    }
    visible(line.trim_end()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_from_where_in_which_session_and_what_was_answered() {
        let entry = AuditEntry {
            event: "deactivate".into(),
            subject: "ana@example.com".into(),
            actor: "sam".into(),
            ssh_from: Some("192.0.2.7".into()),
            session: Some("s0123456789abcdef".into()),
            status: Some(200),
            reason: Some("left".into()),
            ..AuditEntry::default()
        };
        let line = audit_line(&entry);
        let end = "because: left  HTTP 200  (sam, from 192.0.2.7, session s0123456789abcdef)";
        assert!(line.ends_with(end), "{line}");
        let line = audit_line(&AuditEntry::default());
        assert!(!line.contains("HTTP") && !line.contains('('), "{line}");
    }
}
