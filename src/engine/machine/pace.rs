//! When nothing is sent: the endpoint is down, asks to slow down, or refuses the token.

use super::{Effect, Machine};
use crate::domain::{Failure, FailureKind, OpId, Time};

/// First wait while the endpoint is down; doubled up to [`MAX_WAIT_MS`].
const FIRST_WAIT_MS: i64 = 1_000;
const MAX_WAIT_MS: i64 = 60_000;
/// Answers that refuse the token before everything stops.
const REFUSALS: u32 = 3;

/// The pace of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    paused: Option<Option<Time>>,
    /// Waits in a row without a good answer; while there is one, a single request probes.
    waits: u32,
    refusals: u32,
}

impl Pace {
    pub(super) fn paused(&self) -> bool {
        self.paused.is_some()
    }

    pub(super) fn until(&self) -> Option<Time> {
        self.paused.flatten()
    }

    /// One request probes an endpoint that was down; a good answer opens the rest.
    pub(super) fn places(&self, concurrency: u32) -> u32 {
        if self.waits > 0 { 1 } else { concurrency.max(1) }
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

    fn next_wait(&mut self) -> i64 {
        let wait = FIRST_WAIT_MS << self.waits.min(6);
        self.waits += 1;
        wait.min(MAX_WAIT_MS)
    }
}

impl Machine {
    /// A good answer: the endpoint is there and the token is taken.
    pub(super) fn good_answer(&mut self) {
        self.pace.waits = 0;
        self.pace.refusals = 0;
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
    pub(super) fn refused_token(&mut self, failure: Failure) {
        self.pace.refusals += 1;
        if self.pace.refusals >= REFUSALS {
            self.pace.paused = Some(None);
            self.out.push(Effect::Paused { failure, until: None });
            self.take_back();
        }
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
            FailureKind::TokenRefused => self.refused_token(failure.clone()),
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
