//! How long what is left takes by what the app was seen to allow: each kind of request by its own limit, where one was
//! learned.

use super::Machine;
use crate::domain::RequestClass;
use crate::engine::Ahead;

impl Machine {
    /// What wants its turn, by the limits that were learned.
    pub fn ahead(&self) -> Ahead {
        let rate = |class| self.pace.bound(class, self.now);
        let read = rate(RequestClass::Read);
        let (mut ahead, mut reads) = (Ahead::default(), 0);
        for (class, writes, ready) in self.turns.left() {
            // They were planned together: the first of them tells whether one is looked up before it is made.
            let straight = ready.is_some_and(|(id, _)| {
                self.ops
                    .get(&id)
                    .is_some_and(|live| class == RequestClass::Create && self.creates_at_once(live))
            });
            let looked_up = if straight { 0 } else { ready.map_or(0, |(_, n)| n) };
            reads += looked_up;
            ahead.left = ahead.left.saturating_add(writes);
            if rate(class).is_some() || (read.is_some() && looked_up > 0) {
                ahead.limited = ahead.limited.saturating_add(writes);
            }
            ahead.takes(writes, rate(class));
        }
        ahead.takes(reads, read);
        ahead
    }
}

impl Ahead {
    fn takes(&mut self, requests: u32, rate: Option<f64>) {
        if let Some(rate) = rate {
            self.ms = self.ms.max((f64::from(requests) / rate).ceil() as i64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::OpState;
    use super::super::pace_world::{Says, World};
    use super::super::tests::T0;
    use super::*;
    use crate::domain::RetryAfter;
    use crate::engine::Outlook;

    /// Creates are allowed so often in a second; nothing else is limited.
    fn creates_at(rate: f64) -> impl FnMut(crate::domain::Time, RequestClass, crate::domain::OpId) -> Says {
        let (mut there, mut at) = (rate, T0);
        move |now, class, _| {
            if class != RequestClass::Create {
                return Says::Good;
            }
            there = (there + rate * now.since(at) as f64 / 1_000.0).min(rate);
            at = now;
            if there < 1.0 {
                return Says::Status(429, Some(RetryAfter::Seconds(1)));
            }
            there -= 1.0;
            Says::Good
        }
    }

    #[test]
    fn creates_behind_a_limit_are_told_by_it_and_not_by_how_fast_the_changes_went() {
        let mut world = World::new(3, 4, creates_at(10.0));
        world.queue(1_500, 2_000);
        let mut outlook = Outlook::default();
        let mut told = Vec::new();
        let mut done = 0;
        while world.count(OpState::Done) < 3_500 {
            world.run_until(world.now.plus_ms(250));
            let came = world.count(OpState::Done) - done;
            done += came;
            if came > 0 {
                outlook.came_through(world.now, u32::try_from(came).unwrap());
            }
            let left = u32::try_from(3_500 - done).unwrap();
            let mean = outlook.time_left(world.now, left, None);
            outlook.ahead(world.machine.ahead());
            told.push((world.now, left, mean, outlook.time_left(world.now, left, None)));
            outlook.ahead(Ahead::default());
        }
        let end = world.now;
        let at = |ms: i64| *told.iter().find(|(now, ..)| now.since(T0) >= ms).unwrap();
        for ms in [15_000, 30_000, 60_000, 90_000, 120_000] {
            let (now, left, mean, by_limits) = at(ms);
            let (truth, by_limits) = (end.since(now), by_limits.unwrap());
            let off = (by_limits - truth).abs() * 100 / truth;
            assert!(
                off <= 25,
                "{left} left after {ms} ms: told {by_limits}, true {truth}, by the mean {mean:?}"
            );
        }
        let (now, _, mean, _) = at(15_000);
        assert!(mean.unwrap() < end.since(now) / 2, "the mean of changes and creates promises too much");
    }

    #[test]
    fn without_a_learned_limit_nothing_is_told_by_limits() {
        let mut world = World::new(3, 4, |_, _, _| Says::Good);
        world.queue(100, 100);
        world.run_until(T0.plus_ms(40));
        let ahead = world.machine.ahead();
        assert!(ahead.left > 100 && (ahead.limited, ahead.ms) == (0, 0), "{ahead:?}");
    }
}
