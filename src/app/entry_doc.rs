//! An audit entry as a page.

use super::doc::{Line, Tone};
use super::plan_doc::change;
use super::words::{or_dash, stamp};
use crate::audit::AuditEntry;
use crate::domain::ProfileAttribute;

/// A clock that is off by more than this is named.
const SKEW_MS: i64 = 5_000;

/// The entry, and the app's own entry about the same operation where it was seen.
pub(super) fn page(
    entry: &AuditEntry,
    echo: Option<&AuditEntry>,
    attributes: &[ProfileAttribute],
) -> Vec<Line> {
    let mut lines = vec![
        Line::head(entry.event.clone()).and(Tone::Dim, format!("  {}", entry.subject)),
        Line::plain(entry.detail.clone()),
        Line::blank(),
        Line::field("Source", Tone::Accent, entry.source.word()),
        Line::field("By", Tone::Plain, entry.actor.clone()),
        Line::field("Arrived", Tone::Plain, stamp(entry.time)),
    ];
    if let Some(remote) = entry.remote_time {
        lines.push(Line::field("App's clock", Tone::Plain, stamp(remote)));
        let skew = entry.time.since(remote).abs();
        if skew > SKEW_MS {
            let text = format!("the two clocks are {} s apart", skew / 1000);
            lines.push(Line::field("", Tone::Warn, text));
        }
    }
    let operation = entry.operation.map(|o| o.to_string());
    lines.push(Line::field("Operation", Tone::Plain, or_dash(operation.as_deref())));
    lines.push(Line::field("Reason", Tone::Plain, or_dash(entry.reason.as_deref())));
    lines.push(Line::blank());
    lines.push(Line::head("Before and after"));
    if entry.changes.is_empty() {
        lines.push(Line::of(Tone::Dim, "      no values were changed"));
    }
    lines.extend(entry.changes.iter().map(|d| change(d, attributes)));
    if let Some(echo) = echo {
        lines.push(Line::blank());
        lines.push(
            Line::head("Seen in the app")
                .and(Tone::Good, format!("  {}", echo.source.word()))
                .and(Tone::Dim, format!("  {}", stamp(echo.remote_time.unwrap_or(echo.time)))),
        );
        lines.push(Line::plain(format!("      {}  {}", echo.event, echo.detail)));
        lines.extend(echo.changes.iter().map(|d| change(d, attributes)));
    }
    lines
}
