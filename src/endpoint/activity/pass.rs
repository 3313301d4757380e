//! One way down the log, from its top or from where an earlier look stopped.

use std::collections::HashSet;

use super::place::{Mark, Rest};
use super::{ActivityEntry, Row, Unread, page};
use crate::domain::{Call, Exchange, Method};
use crate::endpoint::Trouble;

/// Entries asked for per page; Workato's default and most.
const PAGE: usize = 100;

/// Why a pass ended.
pub(super) enum End {
    /// At a known row or the end of the log.
    Reached,
    /// At as many rows as were wanted.
    Enough,
    /// The log gives nothing more, and did not come to an end.
    Stuck,
    /// A page failed.
    Failed(Trouble),
}

/// What it leaves.
pub(super) enum Left {
    Nothing,
    /// To be read on later.
    Rest(Rest),
    /// Never to be read.
    Unread(Unread),
    /// A page failed; what is below the last row is to be read on, where there was one.
    Failed(Trouble, Option<Rest>),
}

pub(super) struct Pass<'a> {
    /// The known row at which it is over.
    until: Option<&'a Mark>,
    seen: HashSet<String, foldhash::quality::RandomState>,
    /// Newest first, as they come.
    pub(super) entries: Vec<ActivityEntry>,
    /// The first row of a pass from the top.
    pub(super) newest: Option<Mark>,
    from_top: bool,
    /// The last row passed.
    last: Option<Mark>,
    /// Rows that have an id and say nothing.
    mute: u64,
    /// Rows without an id.
    nameless: u64,
    /// Rows that came.
    pub(super) rows: usize,
    total: Option<u64>,
    pub(super) end: Option<End>,
}

impl<'a> Pass<'a> {
    /// Over what is newer than a known row.
    pub(super) fn of_new(newest: Option<&'a Mark>) -> Self {
        Self {
            until: newest,
            seen: HashSet::default(),
            entries: Vec::new(),
            newest: None,
            from_top: true,
            last: None,
            mute: 0,
            nameless: 0,
            rows: 0,
            total: None,
            end: None,
        }
    }

    /// Over what an earlier look left.
    pub(super) fn of_rest(rest: &'a Rest) -> Self {
        Self { last: Some(rest.below.clone()), from_top: false, ..Self::of_new(rest.above.as_ref()) }
    }

    pub(super) fn call(&self) -> Call {
        let mut call = Call::new(Method::Get, &[]).query("page[size]", PAGE.to_string());
        if let Some(last) = &self.last {
            call = call.query("page[after]", &last.id);
        }
        if let Some(at) = self.until.and_then(|mark| mark.at) {
            call = call.query("from", at.to_string());
        }
        call
    }

    /// Takes an answer in. A row without an id is counted once the row below it shows where it stands: above the
    /// first row it is met again by the next look, and at a page's foot by the next page.
    pub(super) fn take(&mut self, exchange: &Exchange, max: usize) {
        let page = match page::read(exchange, self.last.is_none()) {
            Ok(page) => page,
            Err(trouble) => return self.end = Some(End::Failed(trouble)),
        };
        // An empty page is the end.
        if page.rows.is_empty() {
            return self.end = Some(End::Reached);
        }
        self.total = page.total;
        self.rows += page.rows.len();
        let (mut fresh, mut nameless) = (false, 0);
        for row in page.rows {
            let Some(id) = row.id().map(str::to_owned) else {
                nameless += u64::from(self.last.is_some());
                continue;
            };
            self.nameless += std::mem::take(&mut nameless);
            if self.until.is_some_and(|mark| mark.id == id) {
                return self.end = Some(End::Reached);
            }
            if self.seen.insert(id.clone()) {
                fresh = true;
                self.pass(id, row);
            }
        }
        if !fresh {
            self.nameless += nameless;
        }
        // A page without anything new would come again for ever.
        self.end = match () {
            () if !fresh => Some(End::Stuck),
            () if self.rows >= max => Some(End::Enough),
            () => None,
        };
    }

    fn pass(&mut self, id: String, row: Row) {
        let at = match &row {
            Row::Entry(entry) => entry.at,
            Row::Unreadable(_) => None,
        };
        let mark = Mark { id, at: at.or(self.until.and_then(|mark| mark.at)) };
        if self.from_top && self.newest.is_none() {
            self.newest = Some(mark.clone());
        }
        self.last = Some(mark);
        match row {
            Row::Entry(entry) => self.entries.push(*entry),
            Row::Unreadable(_) => self.mute += 1,
        }
    }

    /// Rows passed that could not be read.
    pub(super) fn unreadable(&self) -> u64 {
        self.mute + self.nameless
    }

    /// Whether more is to be read below it later.
    pub(super) fn leaves_more(&self) -> bool {
        !matches!(self.end, Some(End::Reached | End::Stuck))
    }

    /// What it leaves; nothing where it has not ended.
    pub(super) fn settle(self) -> Left {
        let passed = self.seen.len() as u64 + self.nameless;
        let missing = self.total.filter(|_| self.from_top).and_then(|total| total.checked_sub(passed));
        let rest = self.last.map(|below| Rest { below, above: self.until.cloned() });
        match (self.end, rest) {
            (Some(End::Failed(trouble)), rest) => Left::Failed(trouble, rest),
            (None | Some(End::Reached), _) | (_, None) => Left::Nothing,
            // The log says itself that this was all.
            _ if missing == Some(0) => Left::Nothing,
            (Some(End::Enough), Some(rest)) if rest.above.is_some() => Left::Rest(rest),
            (_, Some(rest)) => {
                // What is not newer than the known row is counted with them.
                let rows = missing.filter(|_| rest.above.is_none());
                Left::Unread(Unread { rows, ..rest.unread() })
            }
        }
    }
}
