//! What a run sends besides what it plans: operations of the queue that go on.

use std::collections::BTreeSet;

use super::{Drive, problem};
use crate::directory::Directory;
use crate::domain::PersonId;
use crate::engine::wire::Wire;
use crate::engine::{Plan, Preview, Problem, Resumed};
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

/// Puts into a plan what goes on when it is run, as the directory knows it: a queue can be long.
///
/// The brake does not weigh these again: it weighed them when they were committed, somebody answered it then, and
/// since then the history of 24 hours counts them.
pub(super) fn plan_resumed(after: &Directory, plan: &mut Plan) {
    if after.counters().queue.moving() == 0 {
        return;
    }
    let replaced = replaced(plan);
    let goes_on = after.people().filter_map(|person| {
        let (operation, kind, state) = person.operation()?;
        let user_name = person.user_name().to_owned();
        let moves = state.moving() && !replaced.contains(&person.id());
        moves.then(|| Resumed { operation, person: person.id(), user_name, kind, state, told: None })
    });
    plan.resumed = goes_on.collect();
    plan.summary.resumed = u32::try_from(plan.resumed.len()).unwrap_or(u32::MAX);
}

/// Whose operations the plan's own take the place of.
fn replaced(plan: &Plan) -> BTreeSet<PersonId> {
    plan.operations.iter().map(|o| o.person).chain(plan.cancel.iter().copied()).collect()
}

impl Drive {
    /// A preview with all that somebody wants to see of it: the operations of the queue that go on with their causes
    /// and requests, and those that wait behind one which is on its way.
    pub async fn in_full(&self, mut preview: Preview) -> Result<Preview, Problem> {
        let plan = &mut preview.plan;
        if plan.resumed.is_empty() {
            return Ok(preview);
        }
        let rows = self.shared.store.operations(self.shared.connection, Which::Live).await;
        let rows = rows.map_err(|e| problem::store(&e))?;
        let directory = self.shared.directory();
        let (wire, replaced) = (Wire::of(directory.connection()), replaced(plan));
        let goes_on = rows.iter().filter(|op| op.state.moving() && !replaced.contains(&op.person));
        plan.resumed = goes_on.map(|op| Resumed::of(op, wire, directory.attributes())).collect();
        plan.resumed.sort_by(|a, b| (&a.user_name, a.operation).cmp(&(&b.user_name, b.operation)));
        plan.summary.resumed = u32::try_from(plan.resumed.len()).unwrap_or(u32::MAX);
        Ok(preview)
    }
}
