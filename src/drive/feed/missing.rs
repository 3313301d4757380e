//! What the app's log held and did not give: entries of their own, so that nobody takes the feed for whole.

use crate::audit::{AuditEntry, Source};
use crate::domain::Time;
use crate::endpoint::activity::{ActivityBatch, Mark, Unread};

/// The entries about what is missing from a look.
pub(super) fn entries(looked: &ActivityBatch, now: Time) -> Vec<AuditEntry> {
    let unread = looked.unread.iter().map(|unread| note("log not read", span(unread), now));
    let unreadable = (looked.unreadable > 0).then(|| {
        let mut detail = format!("{} of the app's log could not be read", rows(looked.unreadable));
        if let Some(mark) = &looked.place.newest {
            detail.push_str(&format!(", up to {}", place(mark)));
        }
        note("log rows unreadable", detail, now)
    });
    unread.chain(unreadable).collect()
}

fn note(event: &str, detail: String, now: Time) -> AuditEntry {
    AuditEntry {
        time: now,
        source: Source::App,
        event: event.to_owned(),
        subject: "activity log".to_owned(),
        detail,
        ..AuditEntry::default()
    }
}

fn span(unread: &Unread) -> String {
    let below = place(&unread.below);
    match (&unread.above, unread.rows) {
        (Some(above), _) => format!(
            "the app's log could not be read between {} and {below}: what stands there is not shown",
            place(above)
        ),
        (None, Some(count)) => {
            let rows = rows(count);
            format!("the app's log is followed from {below} on; {rows} before it were not read")
        }
        (None, None) => {
            format!("the app's log is followed from {below} on; what stands before it was not read")
        }
    }
}

fn place(mark: &Mark) -> String {
    match mark.at {
        Some(at) => format!("its entry {} of {at}", mark.id),
        None => format!("its entry {}", mark.id),
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
