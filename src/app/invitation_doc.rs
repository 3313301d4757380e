//! An open invitation on a person's page: since when, and from when on it can be sent again.

use super::App;
use super::doc::{Line, Tone};
use super::words::{clock, when};
use crate::audit::{AuditEntry, Source};
use crate::directory::PersonView;
use crate::domain::{Feed, Flag, Time};

/// Lines about it; none where no invitation is open.
pub(super) fn lines(app: &App, person: &PersonView<'_>, audit: Option<&[AuditEntry]>) -> Vec<Line> {
    if !person.flags().contains(Flag::Pending) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let since = person
        .linked_at()
        .map_or_else(|| "open".to_owned(), |at| format!("pending since {}", when(app.now, at)));
    lines.push(Line::field("Invitation", Tone::Accent, since));
    let offered = app.directory.connection().feed.as_ref().is_some_and(|feed| feed.resend_url.is_some());
    let words = match last_sent(person, audit) {
        _ if !offered => "this app has no call for it: send it again in the app".to_owned(),
        Some(at) if at.plus_ms(Feed::RESEND_AFTER_MS) > app.now => {
            format!("possible from {} UTC (one in 20 minutes)", clock(at.plus_ms(Feed::RESEND_AFTER_MS)))
        }
        _ => "possible now: m sends the invitation again".to_owned(),
    };
    lines.push(Line::field("Send again", Tone::Plain, words));
    lines
}

/// When an invitation last went out, as far as we know.
fn last_sent(person: &PersonView<'_>, audit: Option<&[AuditEntry]>) -> Option<Time> {
    let sent = |e: &&AuditEntry| {
        e.source == Source::Invitation && matches!(e.event.as_str(), "invitation resent" | "member_invited")
    };
    let told = audit.and_then(|entries| entries.iter().filter(sent).map(|e| e.time).max());
    told.max(person.linked_at())
}
