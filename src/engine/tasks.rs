//! The list of everything that is not settled, as both faces show it.

use crate::directory::QueueCounts;
use crate::domain::{OpId, OpKind, OpState, Operation, PersonId, Time};

/// Live operations, the worst first, with the counts of all of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tasks {
    /// As many as were asked for, in the order of [`rank`], the oldest first among equals.
    pub rows: Vec<Operation>,
    /// All live operations by state.
    pub counts: QueueCounts,
    /// Since when nothing of the queue worked, where that is so.
    pub stuck_since: Option<Time>,
}

/// Which live operations are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TasksQuery {
    /// Only those in this state.
    pub state: Option<OpState>,
    /// At most this many.
    pub limit: u32,
}

/// How many rows a face asks for where nobody says otherwise: a queue may hold hundreds of thousands.
pub const TASKS_PAGE: u32 = 500;

impl Default for TasksQuery {
    fn default() -> Self {
        Self { state: None, limit: TASKS_PAGE }
    }
}

/// Which operations are to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoOf {
    /// The last decision of this operator: its run, done or not, or what it changed here.
    LastRun,
    /// The run that this operation is of.
    RunOf(OpId),
    /// The last thing done for each of these people.
    People(Vec<PersonId>),
    /// These.
    Operations(Vec<OpId>),
}

/// States of live operations, the worst first.
pub const WORST_FIRST: [OpState; 8] = [
    OpState::Conflict,
    OpState::Parked,
    OpState::Stale,
    OpState::InDoubt,
    OpState::Waiting,
    OpState::Inflight,
    OpState::Queued,
    OpState::Behind,
];

/// The place of an operation in the list, 0 is first. An end of access that did not go through stands before all
/// others: somebody who shall be out is still in.
pub fn rank(operation: &Operation) -> u8 {
    if is_stuck_deactivation(operation) {
        return 0;
    }
    let place = WORST_FIRST.iter().position(|state| *state == operation.state);
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(u8::MAX)
}

/// Whether it is an end of access that was tried and is not confirmed.
pub fn is_stuck_deactivation(operation: &Operation) -> bool {
    let tried = matches!(
        operation.state,
        OpState::Conflict | OpState::Parked | OpState::Stale | OpState::InDoubt | OpState::Waiting
    );
    operation.kind == OpKind::Deactivate && tried
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::machine::sample;

    #[test]
    fn an_end_of_access_that_did_not_go_through_is_first_of_all() {
        let mut out = sample(1);
        (out.kind, out.state) = (OpKind::Deactivate, OpState::Waiting);
        let mut conflict = sample(2);
        conflict.state = OpState::Conflict;
        let mut queued = sample(3);
        (queued.kind, queued.state) = (OpKind::Deactivate, OpState::Queued);
        assert!(rank(&out) < rank(&conflict));
        assert!(rank(&conflict) < rank(&queued));
    }

    #[test]
    fn every_live_state_has_a_place() {
        for state in WORST_FIRST {
            let mut op = sample(1);
            op.state = state;
            assert!(state.live() && rank(&op) <= 8);
        }
    }
}
