//! The Audit Log: entries as they arrive, newest last, with the echo of our own operation on one row with it.

use super::Cursor;
use crate::audit::{AuditEntry, Source};

/// Entries kept in memory; older ones are asked for when somebody scrolls there.
const KEPT: usize = 5_000;

/// Entries asked for at once.
pub(super) const PAGE: u32 = 500;

/// The state of the Audit Log.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The newest entries, oldest first.
    pub entries: Vec<AuditEntry>,
    /// Places in `entries` of those shown.
    pub order: Vec<usize>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Whether the newest entry is kept in sight.
    pub follow: bool,
    /// The filter as typed.
    pub filter: String,
    /// Whether there is nothing older than what is here.
    pub whole: bool,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            order: Vec::new(),
            cursor: Cursor::default(),
            follow: true,
            filter: String::new(),
            whole: false,
        }
    }
}

impl Feed {
    /// Takes entries in, in order of arrival; an entry that is there already is replaced.
    pub fn take(&mut self, entries: impl IntoIterator<Item = AuditEntry>) {
        for entry in entries {
            match self.entries.binary_search_by_key(&entry.seq, |e| e.seq) {
                Ok(at) if entry.seq != 0 => self.entries[at] = entry,
                Ok(_) => self.entries.push(entry),
                Err(at) => self.entries.insert(at, entry),
            }
        }
        // Someone who reads back keeps what was fetched for them.
        let extra = if self.follow { self.entries.len().saturating_sub(KEPT) } else { 0 };
        self.whole &= extra == 0;
        self.entries.drain(..extra);
    }

    /// Works out which are shown.
    pub fn refresh(&mut self, rows: usize) {
        let under = self.order.get(self.cursor.at).and_then(|at| self.entries.get(*at)).map(|e| e.seq);
        let terms: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        self.order = (0..self.entries.len())
            .filter(|at| !self.folded(*at))
            .filter(|at| terms.iter().all(|term| mentions(&self.entries[*at], term)))
            .collect();
        if self.follow {
            self.cursor.at = self.order.len();
        } else if let Some(at) =
            under.and_then(|seq| self.order.iter().position(|at| self.entries[*at].seq == seq))
        {
            self.cursor.at = at;
        }
        self.cursor.settle(self.order.len(), rows);
    }

    /// Whether an entry is the echo of one above it, which carries it on its own row.
    fn folded(&self, at: usize) -> bool {
        let entry = &self.entries[at];
        entry.source == Source::ScimAutoSync
            && entry.operation.is_some()
            && self.entries[..at]
                .iter()
                .rev()
                .take(500)
                .any(|e| e.operation == entry.operation && e.source == Source::Console)
    }

    /// The app's own entry about the same operation, where it was seen.
    pub fn echo(&self, entry: &AuditEntry) -> Option<&AuditEntry> {
        let operation = entry.operation?;
        (entry.source == Source::Console)
            .then(|| {
                self.entries
                    .iter()
                    .rev()
                    .find(|e| e.source == Source::ScimAutoSync && e.operation == Some(operation))
            })
            .flatten()
    }

    /// The entry under the cursor.
    pub fn current(&self) -> Option<&AuditEntry> {
        self.order.get(self.cursor.at).and_then(|at| self.entries.get(*at))
    }
}

fn mentions(entry: &AuditEntry, term: &str) -> bool {
    let source = term.strip_prefix("source:").is_some_and(|s| entry.source.word().starts_with(s));
    source
        || [&entry.event, &entry.subject, &entry.actor, &entry.detail]
            .into_iter()
            .any(|text| text.to_lowercase().contains(term))
        || entry.source.word().contains(term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::entry;
    use crate::domain::OpId;

    #[test]
    fn our_operation_and_its_echo_are_one_row() {
        let mut feed = Feed::default();
        let mut ours = entry(1, Source::Console, "update");
        let mut echo = entry(2, Source::ScimAutoSync, "member_updated");
        (ours.operation, echo.operation) = (Some(OpId(7)), Some(OpId(7)));
        feed.take([ours, echo, entry(3, Source::SignIn, "signed_in")]);
        feed.refresh(10);
        assert_eq!(feed.order, [0, 2]);
        assert_eq!(feed.echo(&feed.entries[0]).map(|e| e.seq), Some(2));
    }

    #[test]
    fn a_reader_who_stopped_following_stays_where_they_are() {
        let mut feed = Feed::default();
        feed.take((1..=50).map(|n| entry(n, Source::Console, "update")));
        feed.refresh(10);
        assert_eq!(feed.current().map(|e| e.seq), Some(50));
        (feed.follow, feed.cursor.at) = (false, 5);
        feed.take([entry(51, Source::Console, "create")]);
        feed.refresh(10);
        assert_eq!(feed.current().map(|e| e.seq), Some(6));
    }
}
