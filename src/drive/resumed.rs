//! What a run sends besides what it plans: operations of the queue that go on.

use std::collections::BTreeSet;

use super::{Drive, problem};
use crate::directory::Directory;
use crate::domain::PersonId;
use crate::engine::wire::Wire;
use crate::engine::{Plan, Problem, Resumed};
use crate::store::Which;
use crate::verbs::{Command, Decision};

/// Whether running it lets go on what is queued.
pub(super) fn resumes(command: &Command, decision: &Decision) -> bool {
    match command {
        Command::Apply => true,
        Command::Enable => !decision.changes.is_empty(),
        _ => false,
    }
}

impl Drive {
    /// Puts into a plan what goes on when it is run.
    ///
    /// The brake does not weigh these again: it weighed them when they were committed, somebody answered it then, and
    /// since then the history of 24 hours counts them.
    pub(super) async fn plan_resumed(&self, after: &Directory, plan: &mut Plan) -> Result<(), Problem> {
        let replaced: BTreeSet<PersonId> =
            plan.operations.iter().map(|o| o.person).chain(plan.cancel.iter().copied()).collect();
        if after.counters().queue.moving() == 0 {
            return Ok(());
        }
        let rows = self.shared.store.operations(self.shared.connection, Which::Live).await;
        let rows = rows.map_err(|e| problem::store(&e))?;
        let goes_on = rows.iter().filter(|op| op.state.moving() && !replaced.contains(&op.person));
        let wire = Wire::of(after.connection());
        plan.resumed = goes_on.map(|op| Resumed::of(op, wire, after.attributes())).collect();
        plan.resumed.sort_by(|a, b| (&a.user_name, a.operation).cmp(&(&b.user_name, b.operation)));
        plan.summary.resumed = u32::try_from(plan.resumed.len()).unwrap_or(u32::MAX);
        Ok(())
    }
}
