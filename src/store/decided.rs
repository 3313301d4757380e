//! A decision is written only while what it was planned on is so: what others decided meanwhile was not weighed, and an
//! operation that was sent meanwhile was not reckoned with.

use super::backend::Result;
use super::rules::Rules;
use super::{Batch, StoreError};
use crate::directory::Change;
use crate::domain::Push;
use crate::engine::Basis;

/// Whether a batch carries a decision. What the sender does follows from one, and a look is none.
pub(super) fn decides(batch: &Batch) -> bool {
    let seen = |change: &Change| matches!(change, Change::Observed(..) | Change::Swept(_));
    let says = !batch.operations.is_empty() || !batch.cancel.is_empty() || !batch.changes.iter().all(seen);
    batch.fence.is_none() && !batch.look && says
}

/// What was decided of a pushed group, with what the sender alone knows of it: a decision may have been made before the
/// sender learned that. One that went meanwhile is not forgotten before its end.
pub(super) fn with_what_is_there(decided: &Change, there: Option<Push>) -> Change {
    match (decided, there) {
        // Where nothing is there any more its push ended meanwhile: what the decision saw of it is gone.
        (Change::GroupPushed(id, push), there) => {
            let (ending, may_leave, failure) = (push.ending, push.may_leave.clone(), push.failure.clone());
            let there = there.unwrap_or_default();
            // Whoever saw in a plan that it waits may end that; nobody begins it but a look.
            let waits = push.waits && there.waits;
            Change::GroupPushed(*id, Push { ending, may_leave, failure, waits, ..there })
        }
        (Change::GroupPushDropped(id, what), Some(there)) => match there.ends(*what) {
            Some(ending) => Change::GroupPushed(*id, ending),
            None => decided.clone(),
        },
        (decided, _) => decided.clone(),
    }
}

/// A pushed group as a look found it; none where it was pushed, or decided otherwise, since what the look knew.
pub(super) fn with_what_was_seen(seen: &Push, there: Push) -> Option<Push> {
    let known = (&seen.remote_id, seen.pushed_at, seen.sent_at, seen.ending);
    let fits = known == (&there.remote_id, there.pushed_at, there.sent_at, there.ending);
    let (name, members, waits) = (seen.name.clone(), seen.members.clone(), seen.waits);
    fits.then_some(Push { name, members, waits, ..there })
}

impl Rules<'_> {
    /// Refuses what was planned on something else than what is here now.
    pub(super) fn stands(&mut self, basis: &Basis) -> Result<()> {
        let here = self.here()?;
        if self.tables.decided()? > basis.change {
            return Err(StoreError::Overtaken);
        }
        for leading in &basis.leading {
            let state = self.tables.state(here, leading.operation)?;
            if state.is_none_or(|state| !state.live() || state.sent() != leading.sent) {
                return Err(StoreError::Overtaken);
            }
        }
        Ok(())
    }
}
