//! What the endpoint asked for is over before its time: an operator had it asked all the same, and it answered.

use std::collections::BTreeSet;

use super::super::{Live, Machine, Stage};
use crate::domain::{OpId, OpState, Time};

impl Machine {
    /// What was asked for by then holds no longer. Of each kind one request goes first, and closes it again where the
    /// endpoint still asks to wait.
    pub(in super::super) fn waits_over(&mut self, at: Time) {
        if self.waits_over.replace(at) == Some(at) {
            return;
        }
        self.pace.told = None;
        let now = self.now;
        self.pace.limits.iter_mut().for_each(|limit| limit.open(now));
        self.resume();
        let ids: BTreeSet<OpId> = self
            .ops
            .iter()
            .filter(|(_, live)| live.stage == Stage::Still && self.asked_before(live))
            .map(|(id, _)| *id)
            .collect();
        self.sleeping.retain(|(_, id)| !ids.contains(id));
        for id in ids {
            self.sleep(id);
        }
    }

    /// Whether it waits for nothing but what the endpoint asked for before that was over.
    pub(in super::super) fn asked_before(&self, live: &Live) -> bool {
        let asked = live.op.state == OpState::Waiting && live.op.failure.is_none();
        asked && self.waits_over.is_some_and(|at| live.op.updated_at <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Event;
    use super::super::super::pace_world::{Says, World};
    use super::super::super::tests::T0;
    use crate::domain::{OpState, RequestClass, RetryAfter};

    const ASKED: i64 = 600_000;

    /// Asked for ten minutes at its first create, and then as often as that.
    fn asking(times: usize) -> World<'static> {
        let mut left = times;
        World::new(1, 4, move |_, class, _| {
            let asks = class == RequestClass::Create && left > 0;
            left -= usize::from(asks);
            if asks { Says::Status(429, Some(RetryAfter::Seconds(600))) } else { Says::Good }
        })
    }

    fn creates(world: &World<'_>) -> Vec<(i64, usize)> {
        let creates = world.seen.iter().filter(|seen| seen.class == RequestClass::Create);
        creates.map(|seen| (seen.at.since(T0), seen.beside)).collect()
    }

    #[test]
    fn a_wait_that_is_over_before_its_time_lets_one_go_first_and_the_rest_when_it_is_answered() {
        let mut world = asking(1);
        world.queue(30, 0);
        world.run_until(T0.plus_ms(10_000));
        assert_eq!(creates(&world).len(), 1, "it was asked to wait");
        world.say(Event::WaitsOver(world.now));
        world.run();
        assert_eq!(world.count(OpState::Done), 30);
        let sent = creates(&world);
        assert!(sent.iter().all(|(at, _)| *at < ASKED), "nobody waited for the rest of it: {sent:?}");
        assert_eq!(sent[1].1, 0);
        assert!(sent[2].0 > sent[1].0, "the next one goes when the first was answered: {sent:?}");
    }

    #[test]
    fn an_app_that_asks_again_is_left_alone_again() {
        let mut world = asking(2);
        world.queue(30, 0);
        world.run_until(T0.plus_ms(10_000));
        world.say(Event::WaitsOver(world.now));
        world.run_until(T0.plus_ms(60_000));
        assert_eq!(creates(&world).len(), 2, "one was tried");
        world.run();
        assert_eq!(world.count(OpState::Done), 30);
        assert!(creates(&world)[2].0 >= ASKED + 10_000);
    }

    #[test]
    fn a_process_that_begins_later_knows_that_what_waits_in_the_journal_waits_no_longer() {
        let mut world = asking(1);
        world.queue(3, 0);
        world.run_until(T0.plus_ms(10_000));
        let rows: Vec<_> = world.rows.values().cloned().collect();
        assert!(rows.iter().any(|row| row.state == OpState::Waiting), "{rows:?}");
        let over = world.now;
        let mut next = asking(0);
        next.now = over.plus_ms(1_000);
        next.rows = world.rows.clone();
        next.say(Event::WaitsOver(over));
        next.say(Event::Boot(rows));
        next.run();
        assert_eq!(next.count(OpState::Done), 3);
        assert!(next.now.since(T0) < ASKED, "{:?}", next.now);
    }
}
