//! A list that is read while our own creates arrive moves under the reader, and nobody can be called absent from it.
//! Such a look is taken again while no create of ours is under way: creates wait for it, and for nothing else.

use super::{Machine, Stage};
use crate::domain::{Failure, OpId, RequestClass};

impl Machine {
    /// A look was answered and proves nothing. Where creates of ours were under way meanwhile, that may be why.
    pub(super) fn unclear(&mut self, id: OpId, failure: Failure) {
        if self.pace.heard.disturbed {
            self.calm.insert(id);
            self.back_to_ready(id);
        } else {
            self.read_failed(id, failure, None);
        }
    }

    /// Whether creates wait for looks that they would disturb.
    pub(super) fn calm(&mut self) -> bool {
        let ops = &self.ops;
        let looks = |id: &OpId| ops.get(id).is_some_and(|l| matches!(l.stage, Stage::Ready | Stage::Asking));
        self.calm.retain(looks);
        !self.calm.is_empty()
    }

    /// The next look that nothing of ours disturbs now.
    pub(super) fn next_calm(&self) -> Option<OpId> {
        let may = !self.calm.is_empty()
            && self.pace.under_way.creating() == 0
            && self.pace.may_go(RequestClass::Read, self.now);
        let ready = |id: &&OpId| self.ops.get(id).is_some_and(|live| live.stage == Stage::Ready);
        may.then(|| self.calm.iter().find(ready).copied()).flatten()
    }
}
