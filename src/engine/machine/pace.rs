//! How much is sent: places, limits of each kind of request, and what stands still while the endpoint is down, asks
//! to slow down or refuses the token.
//!
//! * A 429 closes its kind of request only; the others go on ([`super::limit`]).
//! * While the endpoint is down one request at a time probes it; a good answer opens a few places, then all.
//! * A run starts with one request of each kind, so a token that is refused from the start is refused three times and
//!   no more. One that is revoked in the middle of a run is refused as often as requests are under way; three of these
//!   answers are acted on, and nothing is sent after the third.

mod waits_over;

use std::collections::BTreeSet;

use super::jitter::Jitter;
use super::limit::Limit;
use super::under_way::{Heard, UnderWay};
use super::{Effect, Event, Evidence, Machine, StepKind};
use crate::domain::{
    Answer, Failure, FailureKind, LONGEST_WAIT_MS, OpId, OpState, RequestClass as Class, Time,
};

/// First wait while the endpoint is down; doubled with each probe that fails, and anything below it by chance.
const FIRST_WAIT_MS: i64 = 1_000;
const MAX_WAIT_MS: i64 = 60_000;
const LEAST_WAIT_MS: i64 = 250;
/// A shorter wait is not told.
const TOLD_MS: i64 = 1_000;
/// For a longer wait the journal takes back its marks of writes that have not left.
const LONG_MS: i64 = 5_000;
/// Answers that refuse the token before everything stops.
pub(super) const REFUSALS: u32 = 3;

/// The pace of a connection.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// Everything stands, until then or until an operator acts.
    paused: Option<Option<Time>>,
    /// Waits in a row without a good answer; while there is one, a single request probes.
    waits: u32,
    /// How many places there are while the endpoint recovers.
    window: Option<u32>,
    /// Refused tokens in a row. A token that may read and not write is refused again and again between good reads,
    /// so each kind is counted on its own.
    refused_reads: u32,
    refused_writes: u32,
    /// Whether this token was seen to be good for reads and for writes.
    pub(super) good: [bool; 2],
    /// Accounts that the token may not touch, with no good write between them.
    pub(super) forbidden: BTreeSet<OpId>,
    /// The first of them, while it is not known whether the token may write at all.
    pub(super) suspects: Vec<(OpId, Failure, StepKind)>,
    limits: [Limit; Class::COUNT],
    pub(super) under_way: UnderWay,
    /// The request whose answer is being heard.
    pub(super) heard: Heard,
    /// Until when a kind is closed, as it was told.
    told: Option<Time>,
    /// When a look failed because the endpoint is down.
    down_at: Option<Time>,
    jitter: Jitter,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            paused: None,
            waits: 0,
            window: None,
            refused_reads: 0,
            refused_writes: 0,
            good: [false; 2],
            forbidden: BTreeSet::new(),
            suspects: Vec::new(),
            limits: Default::default(),
            under_way: UnderWay::default(),
            heard: Heard::default(),
            told: None,
            down_at: None,
            jitter: Jitter::new(0),
        }
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.jitter = Jitter::new(seed);
    }

    pub(super) fn paused(&self) -> bool {
        self.paused.is_some()
    }

    /// When something changes by itself; `waiting` are kinds that something waits for.
    pub(super) fn until(&self, now: Time, waiting: impl Iterator<Item = Class>) -> Option<Time> {
        let turns = waiting.map(|class| self.limits[class.place()].opens(now));
        self.paused.flatten().into_iter().chain(self.told).chain(turns).filter(|at| *at > now).min()
    }

    /// One request probes an endpoint that was down or refused the token; good answers open the rest.
    pub(super) fn places(&self, concurrency: u32) -> u32 {
        let doubtful = self.waits > 0 || self.refused_reads > 0 || self.refused_writes > 0;
        let most = self.window.unwrap_or(u32::MAX).min(concurrency);
        if doubtful { 1 } else { most.max(1) }
    }

    pub(super) fn may_go(&self, class: Class, now: Time) -> bool {
        self.limits[class.place()].may_go(now)
    }

    /// Until when nothing of a kind goes, where that is too long to keep anything ready for it.
    pub(super) fn closed_long(&self, class: Class, now: Time) -> Option<Time> {
        self.limits[class.place()].closed(now).filter(|until| until.since(now) > LONG_MS)
    }

    pub(super) fn bound(&self, class: Class, now: Time) -> Option<f64> {
        self.limits[class.place()].bound(now)
    }

    pub(super) fn sent(&mut self, id: OpId, class: Class, now: Time) {
        self.under_way.sent(id, class);
        self.limits[class.place()].sent(now);
    }

    /// Answers that come later are to nobody's question; what was learned about the endpoint stays.
    pub(super) fn forget_sent(&mut self) {
        self.under_way.forget();
        self.suspects.clear();
        self.limits.iter_mut().for_each(Limit::forget_sent);
    }

    /// Ends a pause and a closing whose time has come.
    fn over(&mut self, now: Time) -> Option<Effect> {
        if self.paused.flatten().is_some_and(|until| until <= now) {
            self.paused = None;
        }
        let told = self.told.filter(|until| *until <= now);
        if told.is_some() {
            self.told = None;
        }
        // Down is over when a probe says so.
        (told.is_some() && self.paused.is_none() && self.waits == 0).then_some(Effect::Going)
    }

    /// A pause keeps its length when the clock is set.
    pub(super) fn clock_moved(&mut self, by_ms: i64) {
        let times =
            [self.paused.as_mut().and_then(Option::as_mut), self.told.as_mut(), self.down_at.as_mut()];
        for at in times.into_iter().flatten() {
            *at = at.plus_ms(by_ms);
        }
        self.limits.iter_mut().for_each(|limit| limit.clock_moved(by_ms));
    }
}

impl Machine {
    /// Ends what is over.
    pub(super) fn pace_over(&mut self) {
        let going = self.pace.over(self.now);
        self.out.extend(going);
    }

    /// What an answer says about the limits of its kind, whatever it says about its operation.
    pub(super) fn hear(&mut self, event: &Event) {
        let now = self.now;
        let passing = |kind| matches!(kind, FailureKind::Unreachable | FailureKind::NotScim);
        let mut away = false;
        let (op, served, slow) = match event {
            Event::Found(op, Evidence::Failed(failure)) => {
                let slow = failure.kind == FailureKind::SlowDown;
                let token = failure.kind == FailureKind::TokenRefused;
                (*op, !slow && !token && !passing(failure.kind), slow.then_some(None))
            }
            Event::Found(op, _) | Event::Elsewhere { op, .. } => (*op, true, None),
            Event::Answered { op, answer, failure, .. } => {
                let slow = answer.slows_down().then(|| answer.asked_wait_ms(now));
                away = answer.status == 503;
                let lost = failure.as_ref().is_some_and(|f| passing(f.kind));
                (*op, !lost && !matches!(answer.status, 401 | 403), slow)
            }
            Event::Lost { op, failure, .. } => {
                (*op, false, (failure.kind == FailureKind::SlowDown).then_some(None))
            }
            _ => return,
        };
        let Some(heard) = self.pace.under_way.answered(op) else { return };
        self.pace.heard = heard;
        let limit = &mut self.pace.limits[heard.class.place()];
        match slow {
            Some(asked) if away => limit.away(now, asked, &mut self.pace.jitter),
            Some(asked) => limit.refused(now, asked, &mut self.pace.jitter),
            None if served => limit.served(now),
            None => limit.ended(now),
        }
    }

    /// A request of another part of the program was answered so: nothing of its kind goes before that either.
    pub(super) fn asked_to_wait(&mut self, class: Class, wait_ms: i64, failure: Failure) {
        let until = self.now.plus_ms(wait_ms.clamp(0, LONGEST_WAIT_MS));
        self.pace.limits[class.place()].close(until);
        self.tell_closed(class, failure, Some(wait_ms));
    }

    /// Says until when a kind of request is closed, where that is worth telling.
    fn tell_closed(&mut self, class: Class, mut failure: Failure, asked: Option<i64>) {
        let Some(until) = self.pace.limits[class.place()].closed(self.now) else { return };
        if self.pace.closed_long(class, self.now).is_some() {
            self.take_back_of(class);
        }
        let told = self.pace.told.is_some_and(|told| told >= until);
        if told || self.pace.paused() || until.since(self.now) < TOLD_MS {
            return;
        }
        if asked.is_some_and(|ms| ms > LONGEST_WAIT_MS) {
            failure.next = format!(
                "It asked for longer than is believed; {} are tried again after 15 minutes. If it stays so, ask the \
                 app's vendor what its limits are.",
                class.words()
            );
        }
        self.pace.told = Some(until);
        self.out.push(Effect::Paused { failure, until: Some(until) });
    }

    /// A good answer to a read: the endpoint is there and the token may read.
    pub(super) fn good_answer(&mut self) {
        // What was sent before the last setback says nothing about now.
        let news = self.pace.heard.news;
        let was_down = news && std::mem::take(&mut self.pace.waits) > 0;
        if news {
            self.pace.refused_reads = 0;
        }
        if let Some(window) = self.pace.window.filter(|_| news) {
            let next = window.saturating_add(1);
            self.pace.window = (next < self.policy.concurrency).then_some(next);
        }
        if was_down && !self.pace.paused() && self.pace.told.is_none() {
            self.out.push(Effect::Going);
        }
        if !std::mem::replace(&mut self.pace.good[0], true) {
            self.judge_suspects(Some(StepKind::Read));
        }
    }

    /// A good answer to a write: the token may write too.
    pub(super) fn good_write(&mut self) {
        self.good_answer();
        if self.pace.heard.news {
            self.pace.refused_writes = 0;
        }
        self.pace.forbidden.clear();
        self.pace.good[1] = true;
        self.judge_suspects(None);
    }

    /// The endpoint is down, or something else answers in its place.
    fn pause_down(&mut self, failure: Failure, asked: Option<i64>) {
        if self.pace.paused() {
            return;
        }
        let pace = &mut self.pace;
        let wait = pace.jitter.back_off(FIRST_WAIT_MS, pace.waits, MAX_WAIT_MS, LEAST_WAIT_MS);
        let until = self.now.plus_ms(wait.max(asked.unwrap_or(0).min(LONGEST_WAIT_MS)));
        pace.waits = pace.waits.saturating_add(1);
        pace.under_way.setback();
        pace.window = Some(1);
        pace.paused = Some(Some(until));
        self.out.push(Effect::Paused { failure, until: Some(until) });
        self.take_back();
    }

    /// The token was refused: after a few such answers everything stands until there is another.
    pub(super) fn refused_token(&mut self, failure: Failure, step: StepKind) {
        if self.pace.heard.old {
            return;
        }
        let count = match step {
            StepKind::Write => &mut self.pace.refused_writes,
            StepKind::Read | StepKind::Verify => &mut self.pace.refused_reads,
        };
        *count += 1;
        self.pace.under_way.setback();
        self.pace.window = Some(1);
        if self.pace.refused_reads + self.pace.refused_writes >= REFUSALS {
            self.stand_still(failure);
        }
    }

    /// Nothing is sent until there is another token.
    pub(super) fn stand_still(&mut self, failure: Failure) {
        // Answers to what was under way come later; they are no news.
        if self.pace.paused != Some(None) {
            self.pace.paused = Some(None);
            self.out.push(Effect::Paused { failure, until: None });
        }
        self.take_back();
    }

    /// Another token, or an operator who wants an endpoint tried that was down. What it asked for and what was
    /// learned about its limits stays; an answer to what was sent before stops nobody any more.
    pub(super) fn resume(&mut self) {
        let pace = &mut self.pace;
        pace.under_way.tried_anew();
        pace.paused = None;
        (pace.waits, pace.refused_reads, pace.refused_writes) = (0, 0, 0);
        pace.window = None;
        pace.good = [false; 2];
        pace.forbidden.clear();
        pace.limits.iter_mut().for_each(Limit::prove_again);
        let shut = pace.told.filter(|until| *until > self.now);
        if shut.is_none() {
            self.out.push(Effect::Going);
        }
    }

    /// Puts an operation back in front of the queue without having sent its write.
    pub(super) fn back_to_ready(&mut self, id: OpId) {
        self.give_back(id);
        self.make_ready(id, true);
    }

    /// What a failed request means for everybody. Returns whether the operation is simply tried again later.
    pub(super) fn pause_for(&mut self, failure: &Failure, answer: Option<&Answer>) -> bool {
        let Heard { class, old, .. } = self.pace.heard;
        let asked = answer.and_then(|answer| answer.asked_wait_ms(self.now));
        match failure.kind {
            FailureKind::TokenRefused => self.refused_token(failure.clone(), StepKind::Read),
            FailureKind::SlowDown if answer.is_none_or(|answer| answer.status != 503) => {
                self.tell_closed(class, failure.clone(), asked);
            }
            FailureKind::SlowDown | FailureKind::Unreachable | FailureKind::NotScim => {
                if !old || failure.kind == FailureKind::SlowDown {
                    self.pause_down(failure.clone(), asked);
                }
                if class == Class::Read {
                    self.pace.down_at = Some(self.now);
                }
            }
            _ => return false,
        }
        true
    }

    /// Until when the kind of request is closed whose answer is being heard; now where it is not.
    pub(super) fn opens(&self) -> Time {
        self.pace.limits[self.pace.heard.class.place()].closed(self.now).unwrap_or(self.now)
    }

    /// Whether its last write was lost in an outage: the endpoint was down for a look as well. Where only this one
    /// fails, while others are answered, it counts, and an operator is asked in the end.
    fn outage(&self, id: OpId) -> bool {
        let passes =
            |kind| matches!(kind, FailureKind::Unreachable | FailureKind::SlowDown | FailureKind::NotScim);
        self.ops.get(&id).is_some_and(|live| {
            live.op.state == OpState::InDoubt
                && live.op.failure.as_ref().is_some_and(|failure| passes(failure.kind))
                && self.pace.down_at.is_some_and(|at| at >= live.op.updated_at)
        })
    }

    /// An attempt that an outage ended does not count: it is sent again as the one it was.
    pub(super) fn forgive(&mut self, id: OpId) {
        if self.outage(id)
            && let Some(live) = self.ops.get_mut(&id)
        {
            live.op.attempts = live.op.attempts.saturating_sub(1);
        }
    }

    /// Whether it was written as often as it may be without asking an operator.
    pub(super) fn spent(&self, id: OpId) -> bool {
        let most = self.policy.max_attempts;
        self.ops.get(&id).is_some_and(|live| live.op.attempts >= most) && !self.outage(id)
    }
}
