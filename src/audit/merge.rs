//! Our own entry and the app's echo of it as one row.

use std::collections::HashMap;

use super::{AuditEntry, Source};
use crate::domain::{OpId, Time};

/// From how many milliseconds on a difference of the clocks is named.
pub const SKEW_MS: i64 = 5_000;

/// A row of the feed: what we did, what the app said of it, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Our own entry, or one that no operation of ours belongs to; none while only the echo has arrived.
    pub own: Option<AuditEntry>,
    /// What the app's log says of the same operation, in order of arrival.
    pub echoes: Vec<AuditEntry>,
}

impl FeedRow {
    /// The entry to show: ours, else the app's.
    pub fn entry(&self) -> Option<&AuditEntry> {
        self.own.as_ref().or(self.echoes.first())
    }

    /// The number of its first entry: its place in the feed.
    pub fn seq(&self) -> u64 {
        let first = self.echoes.first().map(|e| e.seq);
        self.own.as_ref().map(|e| e.seq).into_iter().chain(first).min().unwrap_or(0)
    }

    /// When we sent it, where it is an operation of ours.
    pub fn sent(&self) -> Option<Time> {
        self.own.as_ref().filter(|own| own.operation.is_some()).map(|own| own.time)
    }

    /// When the app's log showed it to us.
    pub fn seen(&self) -> Option<Time> {
        self.echoes.first().map(|echo| echo.time)
    }

    /// When it happened by the app's clock.
    pub fn remote_time(&self) -> Option<Time> {
        self.echoes.iter().chain(&self.own).find_map(|entry| entry.remote_time)
    }

    /// By how many milliseconds the app's clock is ahead of ours (behind: negative), where that is more than
    /// [`SKEW_MS`]. Between a push and its echo both clocks are known; of anything else only that nothing can
    /// arrive before it happened.
    pub fn skew_ms(&self) -> Option<i64> {
        let remote = self.remote_time()?;
        let ahead = match (self.sent(), self.entry()) {
            (Some(sent), _) => remote.since(sent),
            (None, Some(entry)) => remote.since(entry.time).max(0),
            (None, None) => 0,
        };
        (ahead.abs() > SKEW_MS).then_some(ahead)
    }

    /// The difference of the clocks in words, where it is to be named.
    pub fn skew_words(&self) -> Option<String> {
        let ahead = self.skew_ms()?;
        let (seconds, tenth) = (ahead.abs() / 1000, ahead.abs() % 1000 / 100);
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        Some(format!("the app's clock is {seconds}.{tenth} s {side} ours"))
    }
}

/// Rows in order of arrival, made from entries in order of arrival.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    rows: Vec<FeedRow>,
    by_operation: HashMap<OpId, usize>,
    last: u64,
}

impl Feed {
    /// The rows of these entries.
    pub fn of(entries: impl IntoIterator<Item = AuditEntry>) -> Self {
        let mut feed = Self::default();
        for entry in entries {
            feed.push(entry);
        }
        feed
    }

    /// Takes the next entry and tells which row it is in; an entry that was already taken is left out.
    pub fn push(&mut self, entry: AuditEntry) -> Option<usize> {
        if entry.seq <= self.last {
            return None;
        }
        self.last = entry.seq;
        let echo = entry.source == Source::ScimAutoSync;
        let open = entry.operation.and_then(|id| self.by_operation.get(&id).copied());
        if let Some((place, row)) = open.and_then(|place| Some((place, self.rows.get_mut(place)?))) {
            if echo {
                row.echoes.push(entry);
                return Some(place);
            }
            if row.own.is_none() {
                row.own = Some(entry);
                return Some(place);
            }
        }
        // A further word of ours on the same operation is a row of its own, and echoes from now on are of it.
        let place = self.rows.len();
        if let Some(id) = entry.operation {
            self.by_operation.insert(id, place);
        }
        self.rows.push(if echo {
            FeedRow { own: None, echoes: vec![entry] }
        } else {
            FeedRow { own: Some(entry), echoes: Vec::new() }
        });
        Some(place)
    }

    /// The rows, oldest first.
    pub fn rows(&self) -> &[FeedRow] {
        &self.rows
    }

    /// The number of the last entry taken: where to go on reading.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Keeps the newest rows only.
    pub fn trim(&mut self, keep: usize) {
        let gone = self.rows.len().saturating_sub(keep);
        self.rows.drain(..gone);
        self.by_operation.retain(|_, place| {
            *place = place.wrapping_sub(gone);
            *place < keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_ms(1_700_000_000_000);

    fn entry(seq: u64, source: Source, operation: Option<u64>, ms: i64) -> AuditEntry {
        AuditEntry {
            seq,
            time: NOW.plus_ms(ms),
            remote_time: None,
            source,
            event: "update".into(),
            person: None,
            subject: "a@example.com".into(),
            actor: "root".into(),
            operation: operation.map(OpId),
            detail: String::new(),
            changes: Vec::new(),
            reason: None,
            remote_id: None,
            ..AuditEntry::default()
        }
    }

    fn echo(seq: u64, operation: u64, ms: i64, remote_ms: i64) -> AuditEntry {
        let remote_time = Some(NOW.plus_ms(remote_ms));
        AuditEntry { remote_time, ..entry(seq, Source::ScimAutoSync, Some(operation), ms) }
    }

    #[test]
    fn a_push_and_its_echo_are_one_row_with_both_times() {
        let feed = Feed::of([
            entry(1, Source::Console, Some(7), 0),
            entry(2, Source::SignIn, None, 100),
            echo(3, 7, 900, 400),
        ]);
        assert_eq!(feed.rows().len(), 2);
        let row = &feed.rows()[0];
        assert_eq!((row.sent(), row.seen()), (Some(NOW), Some(NOW.plus_ms(900))));
        assert_eq!(row.remote_time(), Some(NOW.plus_ms(400)));
        assert_eq!(row.skew_words(), None);
    }

    #[test]
    fn an_echo_that_is_here_first_keeps_its_place_and_waits_for_ours() {
        let feed = Feed::of([
            echo(1, 7, 0, 0),
            entry(2, Source::SignIn, None, 1),
            entry(3, Source::Console, Some(7), 2),
        ]);
        assert_eq!(feed.rows().iter().map(FeedRow::seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(feed.rows()[0].sent(), Some(NOW.plus_ms(2)));
    }

    #[test]
    fn an_echo_of_somebody_elses_operation_stays_alone() {
        let feed = Feed::of([entry(1, Source::Console, Some(7), 0), echo(2, 8, 1, 1)]);
        assert_eq!(feed.rows().len(), 2);
        assert_eq!(feed.rows()[1].sent(), None);
    }

    #[test]
    fn a_clock_more_than_five_seconds_off_is_named() {
        let skew = |remote| {
            let feed = Feed::of([entry(1, Source::Console, Some(7), 0), echo(2, 7, 15_000, remote)]);
            feed.rows()[0].skew_words()
        };
        assert_eq!(skew(7_250).as_deref(), Some("the app's clock is 7.2 s ahead of ours"));
        assert_eq!(skew(-60_000).as_deref(), Some("the app's clock is 60.0 s behind ours"));
        assert_eq!(skew(5_000), None);
    }

    #[test]
    fn a_late_poll_is_no_skew_but_an_arrival_before_the_event_is() {
        let feed = Feed::of([echo(1, 7, 0, -60_000), echo(2, 8, 0, 6_000)]);
        assert_eq!(feed.rows()[0].skew_ms(), None);
        assert_eq!(feed.rows()[1].skew_ms(), Some(6_000));
    }

    #[test]
    fn trimming_keeps_the_newest_rows_and_their_pairs() {
        let mut feed = Feed::of((1..=10).map(|n| entry(n, Source::Console, Some(n), 0)));
        feed.trim(3);
        assert_eq!(feed.push(echo(11, 9, 5, 5)), Some(1));
        assert_eq!(feed.push(echo(12, 2, 5, 5)), Some(3));
        assert_eq!(feed.push(echo(12, 2, 5, 5)), None);
        assert_eq!(feed.rows()[1].own.as_ref().map(|e| e.seq), Some(9));
    }
}
