//! A decision is written only while what it was planned on is so: what others decided meanwhile was not weighed, and an
//! operation that was sent meanwhile was not reckoned with.

use super::backend::Result;
use super::rules::Rules;
use super::{Batch, StoreError};
use crate::directory::Change;
use crate::engine::Basis;

/// Whether a batch carries a decision. What the sender does follows from one, and a look is none.
pub(super) fn decides(batch: &Batch) -> bool {
    let seen =
        |change: &Change| matches!(change, Change::Observed(..) | Change::Swept(_) | Change::GroupPushed(..));
    let says = !batch.operations.is_empty() || !batch.cancel.is_empty() || !batch.changes.iter().all(seen);
    batch.fence.is_none() && says
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
