//! An audit entry as a page.

use super::doc::{Line, Tone};
use super::plan_doc::change;
use super::words::{or_dash, stamp};
use crate::audit::FeedRow;
use crate::domain::ProfileAttribute;

/// Our own entry with the app's echoes of it, or an entry of the app's own.
pub(super) fn page(row: &FeedRow, attributes: &[ProfileAttribute]) -> Vec<Line> {
    let Some(entry) = row.entry() else { return Vec::new() };
    let mut lines = vec![
        Line::head(entry.event.clone()).and(Tone::Dim, format!("  {}", entry.subject)),
        Line::plain(entry.detail.clone()),
        Line::blank(),
        Line::field("Source", Tone::Accent, entry.source.word()),
        Line::field("By", Tone::Plain, or_dash(Some(&entry.actor))),
    ];
    let known = [("SSH from", entry.ssh_from.clone()), ("Session", entry.session.clone())];
    lines.extend(known.into_iter().filter_map(|(name, value)| Some(Line::field(name, Tone::Plain, value?))));
    lines.push(Line::field("Arrived", Tone::Plain, stamp(entry.time)));
    if let Some(remote) = row.remote_time() {
        lines.push(Line::field("App's clock", Tone::Plain, stamp(remote)));
    }
    if let Some(skew) = row.skew_words() {
        lines.push(Line::field("", Tone::Warn, skew));
    }
    let operation = entry.operation.map(|o| o.to_string());
    lines.push(Line::field("Operation", Tone::Plain, or_dash(operation.as_deref())));
    if let Some(status) = entry.status {
        let tone = if (200..300).contains(&status) { Tone::Good } else { Tone::Warn };
        lines.push(Line::field("Answer", tone, format!("HTTP {status}")));
    }
    lines.push(Line::field("Reason", Tone::Plain, or_dash(entry.reason.as_deref())));
    lines.push(Line::blank());
    lines.push(Line::head("Before and after"));
    if entry.changes.is_empty() {
        lines.push(Line::of(Tone::Dim, "      no values were changed"));
    }
    lines.extend(entry.changes.iter().map(|d| change(d, attributes)));
    // Where only the echo has arrived it stands above already.
    for echo in row.echoes.iter().filter(|_| row.own.is_some()) {
        lines.push(Line::blank());
        lines.push(
            Line::head("Seen in the app")
                .and(Tone::Good, format!("  {}", echo.source.word()))
                .and(Tone::Dim, format!("  {}", stamp(echo.remote_time.unwrap_or(echo.time)))),
        );
        let by = Some(&echo.actor).filter(|actor| !actor.is_empty());
        let by = by.map(|actor| format!("  by {actor}")).unwrap_or_default();
        lines.push(Line::plain(format!("      {}  {}{by}", echo.event, echo.detail)));
        lines.extend(echo.changes.iter().map(|d| change(d, attributes)));
    }
    lines
}
