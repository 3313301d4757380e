//! Reads that may be late. A copy that lags behind shows an account as it was before our last push, or not yet, within
//! the settle time after it. What would be believed of such a read, and is not as our record has it, is read again once
//! that time is over.

use super::Machine;
use crate::domain::{AccountValues, OpId, OpState, Operation, SETTLE_MS, Time};

/// Until when a read of the account that an operation is about may be late, as far as its own row tells: it was not
/// planned, and did not come to its turn, before the push before it was confirmed. It waits for that once.
fn until(op: &Operation, now: Time) -> Option<Time> {
    if op.state == OpState::Queued { within(op.updated_at, now) } else { None }
}

fn within(pushed: Time, now: Time) -> Option<Time> {
    (0..SETTLE_MS).contains(&now.since(pushed)).then(|| pushed.plus_ms(SETTLE_MS))
}

impl Machine {
    /// The account is as it shall be, and our record of the push before says that it was otherwise: somebody else made
    /// it so, or this is from before that push.
    pub(super) fn waits_as_it_may_be_late(&mut self, id: OpId, theirs: &AccountValues) -> bool {
        let Some(op) = self.ops.get(&id).map(|live| &live.op) else { return false };
        let otherwise = op.intent.settled.as_ref().is_some_and(|settled| !op.intent.same(theirs, settled));
        let until = until(op, self.now).filter(|_| otherwise);
        self.waits_until(id, until)
    }

    /// An account that was made a moment ago is not there.
    pub(super) fn waits_for_a_new_account(&mut self, id: OpId) -> bool {
        let Some(op) = self.ops.get(&id).map(|live| &live.op) else { return false };
        let until = match op.intent.linked_at {
            Some(linked_at) if op.state == OpState::Queued => within(linked_at, self.now),
            // The one ahead of it made the account.
            None if op.intent.before.is_none() => until(op, self.now),
            _ => None,
        };
        self.waits_until(id, until)
    }

    fn waits_until(&mut self, id: OpId, until: Option<Time>) -> bool {
        if until.is_some() {
            // What was sent of it before counts as it did.
            if let Some(live) = self.ops.get_mut(&id).filter(|live| live.op.attempts > 0) {
                live.op.attempts += 1;
            }
            self.unsend(id, OpState::Waiting, until);
        }
        until.is_some()
    }
}

#[cfg(test)]
mod tests;
