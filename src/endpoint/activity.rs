//! A client for the app's activity log, in the shape of Workato's `GET /api/activity_logs`: newest first,
//! `{"data": [...], "total": n}`, paged by `page[after]`, the id of the last entry of the page before.
//!
//! It has its own address and its own token. Only a well-formed entry is believed; a bad one is skipped and
//! counted.

mod entry;

pub use entry::ActivityEntry;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Endpoint, EndpointConfig, EndpointError, Trouble, judge};
use crate::domain::{Answer, Call, Exchange, Method, Outcome, Time};
use crate::scim::list::Rows;

/// Entries asked for per page; Workato's default and most.
const PAGE: usize = 100;
/// A larger entry is counted as unreadable.
const MAX_ENTRY: usize = 64 << 10;

/// How far the log is known: its newest entry that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The entry's id.
    pub id: String,
    /// Its time, which spares the endpoint the older ones.
    pub at: Option<Time>,
}

/// What one look at the log brought.
#[derive(Debug, Clone)]
pub struct ActivityBatch {
    /// New entries, oldest first. After a failed page an entry may come again at the next look: ids decide.
    pub entries: Vec<ActivityEntry>,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// Whether the known entry or the end of the log was reached; otherwise older entries are missing in between.
    pub reached: bool,
    /// Where the next look starts; the old mark when a page failed.
    pub mark: Option<Mark>,
    /// Why a page failed.
    pub trouble: Option<Trouble>,
    /// The last answer, without its body, where it asks to wait.
    asks: Answer,
}

impl ActivityBatch {
    /// How long the log asks to wait, in milliseconds and not capped.
    pub fn asked_wait_ms(&self, now: Time) -> Option<i64> {
        self.asks.asked_wait_ms(now)
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

    /// Reads what is newer than `mark`, at most about `max` entries, newest pages first.
    pub async fn since(&self, mark: Option<&Mark>, max: usize) -> ActivityBatch {
        let mut look = Look::new(mark, max);
        while !look.over {
            let exchange = self.0.send(&look.call()).await;
            look.take(&exchange);
        }
        look.finish()
    }
}

struct Look<'a> {
    mark: Option<&'a Mark>,
    max: usize,
    seen: HashSet<String, foldhash::quality::RandomState>,
    /// Newest first, as they come.
    entries: Vec<ActivityEntry>,
    after: Option<String>,
    unreadable: u64,
    rows: usize,
    reached: bool,
    trouble: Option<Trouble>,
    asks: Answer,
    over: bool,
}

impl<'a> Look<'a> {
    fn new(mark: Option<&'a Mark>, max: usize) -> Self {
        Self {
            mark,
            max,
            seen: HashSet::default(),
            entries: Vec::new(),
            after: None,
            unreadable: 0,
            rows: 0,
            reached: false,
            trouble: None,
            asks: Answer::default(),
            over: max == 0,
        }
    }

    fn call(&self) -> Call {
        let mut call = Call::new(Method::Get, &[]).query("page[size]", PAGE.to_string());
        if let Some(after) = &self.after {
            call = call.query("page[after]", after);
        }
        if let Some(at) = self.mark.and_then(|mark| mark.at) {
            call = call.query("from", at.to_string());
        }
        call
    }

    fn take(&mut self, exchange: &Exchange) {
        if let Outcome::Answered(answer) = &exchange.outcome {
            let (retry_after, date) = (answer.retry_after, answer.date);
            self.asks = Answer { retry_after, date, ..Answer::default() };
        }
        let rows = match read(exchange) {
            Ok(page) => page.rows,
            Err(trouble) => {
                self.trouble = Some(trouble);
                self.over = true;
                return;
            }
        };
        self.rows += rows.len();
        let mut last = None;
        let came = rows.len();
        for row in rows {
            let Some(entry) = row else {
                self.unreadable += 1;
                continue;
            };
            if self.mark.is_some_and(|mark| mark.id == entry.id) {
                self.reached = true;
                break;
            }
            if self.seen.insert(entry.id.clone()) {
                last = Some(entry.id.clone());
                self.entries.push(entry);
            }
        }
        // An empty page is the end; one without anything new would come again for ever.
        self.reached |= came == 0;
        self.over = self.reached || last.is_none() || self.rows >= self.max;
        self.after = last;
    }

    fn finish(mut self) -> ActivityBatch {
        let newest = self.entries.first().map(|entry| Mark { id: entry.id.clone(), at: entry.at });
        let mark = if self.trouble.is_some() { None } else { newest };
        self.entries.reverse();
        ActivityBatch {
            entries: self.entries,
            unreadable: self.unreadable,
            reached: self.reached,
            mark: mark.or_else(|| self.mark.cloned()),
            trouble: self.trouble,
            asks: self.asks,
        }
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Rows<'a>,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityPage {
    /// Its rows, newest first; none for one that could not be read.
    pub rows: Vec<Option<ActivityEntry>>,
}

impl ActivityPage {
    /// Reads a body; none where it is no page of a log.
    pub fn read(body: &str) -> Option<Self> {
        let Body { data } = serde_json::from_str(body).ok()?;
        let read = |raw: &RawValue| match raw.get() {
            large if large.len() > MAX_ENTRY => None,
            row => ActivityEntry::read(row),
        };
        (data.is_list && !data.too_many).then(|| Self { rows: data.rows.into_iter().map(read).collect() })
    }
}

fn read(exchange: &Exchange) -> Result<ActivityPage, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome)?;
    let no_page = || Trouble::not_scim(answer, "an activity log (an object with a list named data)");
    ActivityPage::read(&answer.body).ok_or_else(no_page)
}
