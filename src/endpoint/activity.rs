//! A client for the app's activity log, in the shape of Workato's `GET /api/activity_logs`: newest first,
//! `{"data": [...], "total": n}`, paged by `page[after]`, the id of the last entry of the page before.
//!
//! It has its own address and its own token. Only a well-formed entry is believed; a row that is none is counted, and
//! what was not reached in one look is read in the next ones.

mod entry;
mod page;
mod pass;
mod place;

pub use entry::ActivityEntry;
pub use page::{ActivityPage, Row};
pub use place::{Mark, Place, Rest};

use super::{Endpoint, EndpointConfig, EndpointError, Trouble};
use crate::domain::{Answer, Outcome, Time};
use pass::{End, Left, Pass};

/// Rows that no look will bring any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The entry above them, which was read.
    pub below: Mark,
    /// The entry below them, which was read long before; none where the connection began to follow the log above them.
    pub above: Option<Mark>,
    /// How many, where the log says.
    pub rows: Option<u64>,
}

/// What one look at the log brought.
#[derive(Debug, Clone)]
pub struct ActivityBatch {
    /// New entries, oldest first, but for the `late` ones ahead of them.
    pub entries: Vec<ActivityEntry>,
    /// So many of them were left over by an earlier look: they are older than what is known already.
    pub late: usize,
    /// Rows passed that could not be read.
    pub unreadable: u64,
    /// What the log would not give.
    pub unread: Vec<Unread>,
    /// Where the next look starts.
    pub place: Place,
    /// Why a page failed.
    pub trouble: Option<Trouble>,
    /// The last answer, without its body, where it asks to wait.
    asks: Answer,
}

impl ActivityBatch {
    fn at(place: &Place) -> Self {
        Self {
            entries: Vec::new(),
            late: 0,
            unreadable: 0,
            unread: Vec::new(),
            place: place.clone(),
            trouble: None,
            asks: Answer::default(),
        }
    }

    fn take(&mut self, mut pass: Pass<'_>) {
        self.unreadable += pass.unreadable();
        self.entries.extend(pass.entries.drain(..).rev());
        if let Some(newest) = pass.newest.take() {
            self.place.newest = Some(newest);
        }
        match pass.settle() {
            Left::Nothing => {}
            Left::Rest(rest) => self.place.rest = Some(rest),
            Left::Unread(unread) => self.unread.push(unread),
            Left::Failed(trouble, rest) => (self.place.rest, self.trouble) = (rest, Some(trouble)),
        }
    }

    /// How long the log asks to wait, in milliseconds and not capped.
    pub fn asked_wait_ms(&self, now: Time) -> Option<i64> {
        self.asks.asked_wait_ms(now)
    }

    /// Whether nothing is left to be read on and nothing was left out.
    pub fn reached(&self) -> bool {
        self.trouble.is_none() && self.place.rest.is_none() && self.unread.is_empty()
    }
}

/// The log of one app. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ActivityLog(Endpoint);

impl ActivityLog {
    /// Checks the log's address, which is held to the same rules as a SCIM base URL; sends nothing.
    pub fn new(config: EndpointConfig) -> Result<Self, EndpointError> {
        Endpoint::new(EndpointConfig { accept: "application/json", ..config }).map(Self)
    }

    /// The endpoint behind it, for its host name and for a new token.
    pub fn endpoint(&self) -> &Endpoint {
        &self.0
    }

    /// Reads about `max` rows: first what is new, then what an earlier look left over. One place is kept to read on
    /// from: what is new waits where it leaves more to be read, and so does what was left over.
    pub async fn since(&self, place: &Place, max: usize) -> ActivityBatch {
        let mut batch = ActivityBatch::at(place);
        let mut new = Pass::of_new(place.newest.as_ref());
        self.read(&mut new, max, &mut batch).await;
        if let Some(End::Failed(trouble)) = new.end.as_ref().filter(|_| new.rows == 0) {
            batch.trouble = Some(trouble.clone());
            return batch;
        }
        if let Some(rest) = batch.place.rest.take() {
            // However much is new, the rest gets shorter.
            let left = if new.leaves_more() { max } else { max.saturating_sub(new.rows).max(1) };
            let mut old = Pass::of_rest(&rest);
            let refused = self.read(&mut old, left, &mut batch).await;
            batch.late = old.entries.len();
            batch.take(old);
            if refused {
                // The log answers, only not from there on: it will not do so later either.
                batch.unread.extend(batch.place.rest.take().map(Rest::unread));
                batch.trouble = None;
            }
        }
        if batch.place.rest.is_none() || !new.leaves_more() {
            batch.take(new);
        }
        batch
    }

    /// Reads page after page. Returns whether the log refused one.
    async fn read(&self, pass: &mut Pass<'_>, max: usize, batch: &mut ActivityBatch) -> bool {
        while pass.end.is_none() {
            let exchange = self.0.send(&pass.call()).await;
            pass.take(&exchange, max);
            if let Outcome::Answered(answer) = &exchange.outcome {
                let (retry_after, date) = (answer.retry_after, answer.date);
                batch.asks = Answer { retry_after, date, ..Answer::default() };
                if matches!(answer.status, 400 | 404 | 410 | 416 | 422) {
                    return true;
                }
            }
        }
        false
    }
}
