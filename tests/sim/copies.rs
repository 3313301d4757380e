//! The other side as a copy of it shows it that lags behind: each read is of a moment that is some time ago, so that a
//! later one may show what was before an earlier one.

use std::collections::VecDeque;

use scimdeck::domain::Time;
use scimdeck::sandbox::Workspace;
use scimdeck::scim::resource::Resource;

use crate::rng::Rng;

/// What was there before each change of the last moments.
pub(crate) struct Copies {
    /// The longest that a read lags behind.
    most_ms: u64,
    before: VecDeque<(Time, Workspace)>,
    rng: Rng,
}

impl Copies {
    pub(crate) fn new(most_ms: u64) -> Self {
        Self { most_ms, before: VecDeque::new(), rng: Rng::new(most_ms) }
    }

    /// Something is about to change there.
    pub(crate) fn keep(&mut self, workspace: &Workspace, now: Time) {
        if self.most_ms == 0 {
            return;
        }
        let oldest = now.plus_ms(-(self.most_ms as i64));
        while self.before.front().is_some_and(|(at, _)| *at <= oldest) {
            self.before.pop_front();
        }
        self.before.push_back((now, workspace.clone()));
    }

    /// What a read sees now, where it is not all of it.
    pub(crate) fn read(&mut self, now: Time) -> Option<&mut Workspace> {
        if self.most_ms == 0 || self.rng.chance(400) {
            return None;
        }
        let as_of = now.plus_ms(-(self.rng.below(self.most_ms) as i64));
        self.before.iter_mut().find(|(at, _)| *at > as_of).map(|(_, before)| before)
    }

    /// The accounts that a look at all of them sees now.
    pub(crate) fn users(&mut self, workspace: &Workspace, now: Time) -> Vec<Resource> {
        self.read(now).map_or_else(|| workspace.users(), |copy| copy.users())
    }
}
