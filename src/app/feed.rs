//! The Audit Log: entries as they arrive, newest last, with the echo of our own operation on one row with it.

use super::Cursor;
use crate::audit::{AuditEntry, Feed as Merged, FeedRow};

/// Entries kept in memory; older ones are asked for when somebody scrolls there.
const KEPT: usize = 5_000;

/// Entries asked for at once.
pub(super) const PAGE: u32 = 500;

/// The state of the Audit Log.
#[derive(Debug, Clone)]
pub struct Feed {
    merged: Merged,
    /// Places of the rows shown.
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
            merged: Merged::default(),
            order: Vec::new(),
            cursor: Cursor::default(),
            follow: true,
            filter: String::new(),
            whole: false,
        }
    }
}

impl Feed {
    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.merged.rows().is_empty()
    }

    /// The number of the oldest entry that is here.
    pub(super) fn first(&self) -> Option<u64> {
        self.merged.rows().first().map(FeedRow::seq)
    }

    /// Takes entries in; older ones go to their place.
    pub(super) fn take(&mut self, entries: Vec<AuditEntry>) {
        let under = self.current().map(FeedRow::seq);
        if entries.iter().all(|entry| entry.seq > self.merged.last()) {
            for entry in entries {
                self.merged.push(entry);
            }
        } else {
            let here = self.merged.rows().iter().flat_map(|row| row.own.iter().chain(&row.echoes)).cloned();
            let mut all: Vec<AuditEntry> = here.chain(entries).collect();
            all.sort_by_key(|entry| entry.seq);
            self.merged = Merged::of(all);
        }
        // Someone who reads back keeps what was fetched for them.
        if self.follow && self.merged.rows().len() > KEPT {
            self.merged.trim(KEPT);
            self.whole = false;
        }
        self.list();
        self.stay(under);
    }

    /// Works out which are shown.
    pub(super) fn refresh(&mut self, rows: usize) {
        let under = self.current().map(FeedRow::seq);
        self.list();
        self.stay(under);
        self.cursor.settle(self.order.len(), rows);
    }

    fn list(&mut self) {
        let terms: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let rows = self.merged.rows().iter().enumerate();
        self.order =
            rows.filter(|(_, row)| terms.iter().all(|t| mentions(row, t))).map(|(at, _)| at).collect();
    }

    fn stay(&mut self, under: Option<u64>) {
        if self.follow {
            self.cursor.at = self.order.len().saturating_sub(1);
        } else if let Some(at) = (0..self.order.len()).find(|n| self.row(*n).map(FeedRow::seq) == under) {
            self.cursor.at = at;
        }
    }

    /// The row at a place of those shown.
    pub fn row(&self, at: usize) -> Option<&FeedRow> {
        self.order.get(at).and_then(|at| self.merged.rows().get(*at))
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&FeedRow> {
        self.row(self.cursor.at)
    }
}

fn mentions(row: &FeedRow, term: &str) -> bool {
    row.own.iter().chain(&row.echoes).any(|entry| entry_mentions(entry, term))
}

fn entry_mentions(entry: &AuditEntry, term: &str) -> bool {
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
    use crate::audit::Source;
    use crate::domain::OpId;

    fn seqs(feed: &Feed) -> Vec<u64> {
        (0..feed.order.len()).filter_map(|at| feed.row(at)).map(FeedRow::seq).collect()
    }

    #[test]
    fn our_operation_and_its_echo_are_one_row() {
        let mut feed = Feed::default();
        let mut ours = entry(1, Source::Console, "update");
        let mut echo = entry(2, Source::ScimAutoSync, "member_updated");
        (ours.operation, echo.operation) = (Some(OpId(7)), Some(OpId(7)));
        feed.take(vec![ours, echo, entry(3, Source::SignIn, "signed_in")]);
        feed.refresh(10);
        assert_eq!(seqs(&feed), [1, 3]);
        feed.filter = "member_updated".into();
        feed.refresh(10);
        assert_eq!(seqs(&feed), [1], "the words of an echo find its row");
    }

    #[test]
    fn a_reader_who_stopped_following_stays_where_they_are() {
        let mut feed = Feed::default();
        feed.take((11..=60).map(|n| entry(n, Source::Console, "update")).collect());
        feed.refresh(10);
        assert_eq!(feed.current().map(FeedRow::seq), Some(60));
        (feed.follow, feed.cursor.at) = (false, 5);
        feed.take(vec![entry(61, Source::Console, "create")]);
        feed.take((1..=10).map(|n| entry(n, Source::Console, "older")).collect());
        feed.refresh(10);
        assert_eq!(feed.current().map(FeedRow::seq), Some(16));
        assert_eq!(feed.first(), Some(1));
    }
}
