//! What a run says of each of its people.

use std::collections::HashSet;

use super::follow::{waits, waits_alone};
use super::touched::touched;
use super::words::replaced;
use crate::domain::{Failure, FailureKind, OpId, OpKind, OpState, Operation, PersonId};
use crate::engine::{Outcome, Preview, RunResult};

/// What a report says of an operation besides its end, which does not change. The operation itself goes to the journal
/// and to the sender, which would have to copy what others hold whenever it moves one.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) id: OpId,
    kind: OpKind,
    person: PersonId,
    user_name: String,
}

impl From<&Operation> for About {
    fn from(op: &Operation) -> Self {
        Self { id: op.id, kind: op.kind, person: op.person, user_name: op.user_name.clone() }
    }
}

impl About {
    pub(super) fn result(self, outcome: Outcome, error: Option<Failure>) -> RunResult {
        let operation = Some((self.id, self.kind));
        RunResult { person: self.person, user_name: self.user_name, operation, outcome, error }
    }
}

/// How an operation of which nothing was heard stands by the store.
pub(super) fn stands(row: &Operation) -> (Outcome, Option<Failure>) {
    let outcome = match row.state {
        OpState::Done => Outcome::Done,
        OpState::Inflight | OpState::InDoubt => Outcome::InDoubt,
        OpState::Parked | OpState::Conflict | OpState::Stale => Outcome::Failed,
        OpState::Waiting if waits_alone(row) => waits(row),
        OpState::Queued | OpState::Behind | OpState::Waiting | OpState::Cancelled => Outcome::Held,
    };
    let replaced = (row.state == OpState::Cancelled).then(replaced);
    (outcome, replaced.or_else(|| row.failure.clone()))
}

/// Those of whom our side moves and the app need not know: nobody is there, and what was queued is taken back.
pub(super) fn decided_here(preview: &Preview) -> HashSet<PersonId> {
    let cancel: HashSet<PersonId> = preview.plan.cancel.iter().copied().collect();
    match cancel.is_empty() {
        true => cancel,
        false => touched(&preview.decision.changes).into_iter().filter(|id| cancel.contains(id)).collect(),
    }
}

/// Whose failed operation stands still, and of whom the look said again that nothing can be done, is told of once: with
/// the operation, whose failure names the way out.
pub(super) fn once(results: &mut Vec<RunResult>) {
    let failed = |result: &&RunResult| result.operation.is_some() && result.outcome == Outcome::Failed;
    let told: HashSet<PersonId> = results.iter().filter(failed).map(|result| result.person).collect();
    results.retain(|result| {
        result.operation.is_some() || result.outcome != Outcome::Failed || !told.contains(&result.person)
    });
}

/// Those of the command for whom nothing is sent.
pub(super) fn skipped(preview: &Preview, decided: &HashSet<PersonId>) -> Vec<RunResult> {
    let skipped = preview.plan.skipped.iter();
    skipped
        .map(|skipped| RunResult {
            person: skipped.person,
            user_name: skipped.user_name.clone(),
            operation: None,
            outcome: match skipped.failed {
                true => Outcome::Failed,
                // What was decided is true with the commit.
                false if decided.contains(&skipped.person) => Outcome::Done,
                false => Outcome::Unchanged,
            },
            error: skipped.failed.then(|| Failure {
                kind: FailureKind::NotAllowed,
                text: skipped.why.clone(),
                next: String::new(),
            }),
        })
        .collect()
}
