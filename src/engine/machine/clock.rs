//! A clock that is set while something waits: every wait keeps its length, and nothing old looks fresh.

use super::{Effect, Live, Machine, OpId};
use crate::domain::{Operation, Time};

impl Machine {
    /// The clock was set forward or, below zero, back by so many milliseconds. `now` already is the new time.
    pub(super) fn clock_moved(&mut self, by_ms: i64) {
        let sleeping = std::mem::take(&mut self.sleeping);
        self.sleeping = sleeping.into_iter().map(|(at, id)| (at.plus_ms(by_ms), id)).collect();
        self.pace.clock_moved(by_ms);
        for live in self.ops.values_mut() {
            live.clock_moved = Some(live.clock_moved.unwrap_or(0).saturating_add(by_ms));
        }
    }

    /// When a waiting operation wants a place again. It was written by a clock that may have been another one: the
    /// wait is never longer than the one that was asked for.
    pub(super) fn due_at(&self, live: &Live) -> Time {
        let Some(at) = live.op.not_before.filter(|_| !self.asked_before(live)) else { return self.now };
        let asked = at.since(live.op.updated_at).max(0);
        at.plus_ms(live.clock_moved.unwrap_or(0)).min(self.now.plus_ms(asked))
    }

    /// Whether a plan's "nobody there" is of the last minute, by one and the same clock.
    pub(super) fn fresh(&self, id: OpId, op: &Operation) -> bool {
        // How old its look is cannot be told any more.
        let set = self.ops.get(&id).is_some_and(|live| live.clock_moved.is_some());
        !set && (0..=self.policy.fresh_ms).contains(&self.now.since(op.created_at))
    }

    /// Asks to be woken at the next time that matters, once.
    pub(super) fn schedule(&mut self) {
        let first = self.sleeping.first().map(|(at, _)| *at);
        let paced = self.pace.until(self.now, self.waited_for());
        let next = first.into_iter().chain(paced).filter(|at| *at > self.now).min();
        let asked = self.asked.filter(|at| *at > self.now);
        if let Some(at) = next.filter(|at| asked.is_none_or(|asked| *at < asked)) {
            self.asked = Some(at);
            self.out.push(Effect::WakeAt(at));
        }
    }
}

impl Live {
    /// Written now, by the clock of now.
    pub(super) fn stamp(&mut self, not_before: Option<Time>, now: Time) {
        self.op.not_before = not_before;
        self.op.updated_at = now;
        self.clock_moved = self.clock_moved.map(|_| 0);
    }
}
