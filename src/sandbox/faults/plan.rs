//! The faults that are on, with their counters: a request and the time go in, what goes wrong comes out.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::bucket::Buckets;
use super::{After, Fault, Kind, Quirks, Wait};
use crate::sandbox::http::Request;
use crate::sandbox::workspace::SCIM_ROOT;

/// A request that was answered and is carried out later.
#[derive(Debug, Clone)]
struct Late {
    request: Request,
    quirks: Quirks,
    at: Option<Timestamp>,
    /// The number of the request with which it is carried out.
    with: Option<u64>,
}

#[derive(Debug, Clone)]
struct Entry {
    fault: Fault,
    seen: u64,
    hits: u64,
    buckets: Buckets,
    down_until: Option<Timestamp>,
}

impl Entry {
    fn new(fault: Fault) -> Self {
        Self { fault, seen: 0, hits: 0, buckets: Buckets::default(), down_until: None }
    }

    fn next(&mut self, request: &Request, now: Timestamp) -> Option<Kind> {
        if !self.fault.place.lets(request) {
            return None;
        }
        self.seen += 1;
        if self.down_until.is_some_and(|until| now < until) {
            self.hits += 1;
            return Some(Kind::Reset);
        }
        if !self.fault.which.hits(self.seen, self.fault.salt) {
            return None;
        }
        let kind = match &self.fault.kind {
            Kind::Bucket { rate, burst } => {
                let wait = self.buckets.take(request.method, now, *rate, *burst)?;
                Kind::Wait(429, Wait::Seconds(wait))
            }
            Kind::Down(time) => {
                self.down_until = later(now, *time);
                Kind::Reset
            }
            kind => kind.clone(),
        };
        self.hits += 1;
        Some(kind)
    }
}

fn later(now: Timestamp, time: Duration) -> Option<Timestamp> {
    now.checked_add(time).ok()
}

/// A fault and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultState {
    /// As it was written.
    pub text: String,
    /// Requests that came at its place.
    pub seen: u64,
    /// Requests it hit.
    pub hits: u64,
    /// How many requests it can still hit; none where there is no end.
    pub left: Option<u64>,
    /// Whether it can hit another.
    pub on: bool,
}

/// Faults with their counters. Pure: the same requests at the same times meet the same faults.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    entries: Vec<Entry>,
    /// SCIM requests so far.
    requests: u64,
    late: Vec<Late>,
    /// What resources were before the last write to them, by path; nothing where they were not there. Kept only while
    /// reads shall be late.
    pub(in crate::sandbox) before: HashMap<String, (Timestamp, Option<Value>)>,
}

impl FaultPlan {
    /// A plan with counters at zero.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self { entries: faults.into_iter().map(Entry::new).collect(), ..Self::default() }
    }

    /// Counts the request and gives the faults that hit it, in the order in which they were written. A rate limit comes
    /// as the 429 that it answers with, and an outage as the reset of each connection.
    pub fn next(&mut self, request: &Request, now: Timestamp) -> Vec<Kind> {
        if request.path.starts_with(SCIM_ROOT) {
            self.requests += 1;
        }
        self.entries.iter_mut().filter_map(|entry| entry.next(request, now)).collect()
    }

    /// Adds faults; they count from now on.
    pub fn add(&mut self, faults: Vec<Fault>) {
        self.entries.extend(faults.into_iter().map(Entry::new));
    }

    /// Takes a fault out, as it was written; says whether it was there. What it put off is still carried out.
    pub fn remove(&mut self, text: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.fault.text != text);
        self.forget_before();
        self.entries.len() < before
    }

    /// Takes all faults out.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.forget_before();
    }

    fn forget_before(&mut self) {
        if !self.reads_late() {
            self.before.clear();
        }
    }

    /// The faults and how far each is.
    pub fn states(&self) -> Vec<FaultState> {
        let state = |entry: &Entry| {
            let left = entry.fault.which.left(entry.seen);
            // Whether an outage is over is known to the next request only.
            FaultState {
                text: entry.fault.text.clone(),
                seen: entry.seen,
                hits: entry.hits,
                left,
                on: left != Some(0),
            }
        };
        self.entries.iter().map(state).collect()
    }

    /// As [`Self::states`] at this moment: an outage is on until its time is over.
    pub fn states_at(&self, now: Timestamp) -> Vec<FaultState> {
        let mut states = self.states();
        for (state, entry) in states.iter_mut().zip(&self.entries) {
            state.on |= entry.down_until.is_some_and(|until| now < until);
        }
        states
    }

    /// Whether any fault makes reads late.
    pub(in crate::sandbox) fn reads_late(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.fault.kind, Kind::Stale(_)))
    }

    /// Puts a request off.
    pub(in crate::sandbox) fn put_off(
        &mut self,
        (request, quirks): (Request, Quirks),
        after: After,
        now: Timestamp,
    ) {
        let (at, with) = match after {
            After::Time(time) => (later(now, time), None),
            After::Requests(requests) => (None, Some(self.requests.saturating_add(requests))),
        };
        self.late.push(Late { request, quirks, at, with });
    }

    /// The requests put off whose time has come, in the order in which they came.
    pub(in crate::sandbox) fn due(&mut self, now: Timestamp) -> Vec<(Request, Quirks)> {
        let requests = self.requests;
        let is_due = |late: &mut Late| {
            late.at.is_some_and(|at| at <= now) || late.with.is_some_and(|with| with <= requests)
        };
        self.late.extract_if(.., is_due).map(|late| (late.request, late.quirks)).collect()
    }

    /// When the next request that was put off has to be carried out.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.late.iter().filter_map(|late| late.at).min()
    }
}
