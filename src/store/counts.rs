//! Small sums that every backend does alike.

use super::BrakeHistory;
use crate::directory::QueueCounts;
use crate::domain::{OpState, PersonId};

/// Queue counts from numbers by state.
pub(super) fn of(states: impl IntoIterator<Item = (OpState, u32)>) -> QueueCounts {
    let mut counts = QueueCounts::default();
    for (state, n) in states {
        match state {
            OpState::Queued => counts.queued += n,
            OpState::Inflight => counts.running += n,
            OpState::Waiting | OpState::Behind => counts.waiting += n,
            OpState::InDoubt => counts.in_doubt += n,
            OpState::Conflict => counts.conflict += n,
            OpState::Parked | OpState::Stale => counts.parked += n,
            OpState::Done | OpState::Cancelled => {}
        }
    }
    counts
}

/// Splits distinct (person, removes access) pairs.
pub(super) fn history(rows: impl IntoIterator<Item = (PersonId, bool)>) -> BrakeHistory {
    let mut out = BrakeHistory::default();
    for (person, removes) in rows {
        if removes { out.removed.push(person) } else { out.changed.push(person) }
    }
    out
}
