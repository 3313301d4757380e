//! When nothing is sent: the endpoint is down, asks to slow down, or refuses the token.

use super::{Effect, Machine, StepKind};
use crate::domain::{Failure, FailureKind, OpId, OpState, Time};

/// First wait while the endpoint is down; doubled up to [`MAX_WAIT_MS`].
const FIRST_WAIT_MS: i64 = 1_000;
const MAX_WAIT_MS: i64 = 60_000;
/// Answers that refuse the token before everything stops. After the first one nothing new starts but one request at a
/// time, so there are never more of them than these, or than requests were under way when the first one came.
const REFUSALS: u32 = 3;
/// Accounts in a row that the token may not touch before everything stops: one is about that account, so many are
/// about the token.
const FORBIDDEN: usize = 10;

/// The pace of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    paused: Option<Option<Time>>,
    /// Waits in a row without a good answer; while there is one, a single request probes.
    waits: u32,
    /// Refused tokens in a row. A token that may read and not write is refused again and again between good reads,
    /// so each kind is counted on its own.
    refused_reads: u32,
    refused_writes: u32,
    /// Accounts that the token may not touch, with no good write between them.
    forbidden: std::collections::BTreeSet<OpId>,
}

impl Pace {
    pub(super) fn paused(&self) -> bool {
        self.paused.is_some()
    }

    pub(super) fn until(&self) -> Option<Time> {
        self.paused.flatten()
    }

    /// One request probes an endpoint that was down or refused the token; a good answer opens the rest.
    pub(super) fn places(&self, concurrency: u32) -> u32 {
        let doubtful = self.waits > 0 || self.refused_reads > 0 || self.refused_writes > 0;
        if doubtful { 1 } else { concurrency.max(1) }
    }

    /// Ends a pause whose time has come.
    pub(super) fn over(&mut self, now: Time) -> Option<Effect> {
        match self.paused {
            Some(Some(until)) if until <= now => {
                self.paused = None;
                Some(Effect::Going)
            }
            _ => None,
        }
    }

    /// A pause keeps its length when the clock is set.
    pub(super) fn clock_moved(&mut self, by_ms: i64) {
        if let Some(Some(until)) = &mut self.paused {
            *until = until.plus_ms(by_ms);
        }
    }

    fn next_wait(&mut self) -> i64 {
        let wait = FIRST_WAIT_MS << self.waits.min(6);
        self.waits += 1;
        wait.min(MAX_WAIT_MS)
    }
}

impl Machine {
    /// A good answer to a read: the endpoint is there and the token may read.
    pub(super) fn good_answer(&mut self) {
        self.pace.waits = 0;
        self.pace.refused_reads = 0;
    }

    /// A good answer to a write: the token may write too.
    pub(super) fn good_write(&mut self) {
        self.good_answer();
        self.pace.refused_writes = 0;
        self.pace.forbidden.clear();
    }

    /// The endpoint is down, or something else answers in its place.
    pub(super) fn pause_down(&mut self, failure: Failure) {
        if self.pace.paused() {
            return;
        }
        let until = self.now.plus_ms(self.pace.next_wait());
        self.pace.paused = Some(Some(until));
        self.out.push(Effect::Paused { failure, until: Some(until) });
        self.take_back();
    }

    /// The endpoint asks for time.
    pub(super) fn pause_until(&mut self, failure: Failure, until: Time) {
        if self.pace.until().is_some_and(|already| already >= until) {
            return;
        }
        self.pace.paused = Some(Some(until));
        self.out.push(Effect::Paused { failure, until: Some(until) });
        self.take_back();
    }

    /// The token was refused: after a few such answers everything stands until there is another.
    pub(super) fn refused_token(&mut self, failure: Failure, step: StepKind) {
        let count = match step {
            StepKind::Write => &mut self.pace.refused_writes,
            StepKind::Read | StepKind::Verify => &mut self.pace.refused_reads,
        };
        *count += 1;
        if self.pace.refused_reads + self.pace.refused_writes >= REFUSALS {
            self.stand_still(failure);
        }
    }

    /// The token may not touch this account: that stands still for an operator, the others go on.
    pub(super) fn forbidden(&mut self, id: OpId, failure: Failure) {
        // One account that is tried again and again is still one.
        self.pace.forbidden.insert(id);
        if self.pace.forbidden.len() >= FORBIDDEN {
            let text =
                format!("{FORBIDDEN} accounts in a row are not allowed for this token. {}", failure.text);
            let next =
                "Give the token SCIM rights in the app or replace it, test the connection, then retry.";
            let kind = FailureKind::TokenRefused;
            self.stand_still(Failure { kind, text, next: next.to_owned() });
        }
        self.park(id, OpState::Parked, failure, None);
    }

    /// Nothing is sent until there is another token.
    fn stand_still(&mut self, failure: Failure) {
        self.pace.paused = Some(None);
        self.out.push(Effect::Paused { failure, until: None });
        self.take_back();
    }

    pub(super) fn resume(&mut self) {
        self.pace = Pace::default();
        self.out.push(Effect::Going);
    }

    /// Puts an operation back in front of the queue without having sent its write.
    pub(super) fn back_to_ready(&mut self, id: OpId) {
        self.give_back(id);
        self.make_ready(id, true);
    }

    /// What a failed read means for everybody. Returns whether the operation is simply tried again later.
    pub(super) fn pause_for(&mut self, failure: &Failure, until: Option<Time>) -> bool {
        match failure.kind {
            FailureKind::TokenRefused => self.refused_token(failure.clone(), StepKind::Read),
            FailureKind::SlowDown => {
                let until = until.unwrap_or_else(|| self.now.plus_ms(FIRST_WAIT_MS));
                self.pause_until(failure.clone(), until);
            }
            FailureKind::Unreachable | FailureKind::NotScim => self.pause_down(failure.clone()),
            _ => return false,
        }
        true
    }
}
