//! How long it took from the decision that somebody's access ends until the app confirmed it.

use crate::directory::Directory;
use crate::domain::{Failure, Flag, OpId, OpState, Operation, PersonId, Time};

/// One end of somebody's access.
#[derive(Debug, Clone, PartialEq)]
pub struct EndOfAccess {
    /// Whose.
    pub person: PersonId,
    /// The user name at that time.
    pub user_name: String,
    /// Decided when; none where no operation of it is left.
    pub decided_at: Option<Time>,
    /// Confirmed by the app when; none while it is open.
    pub confirmed_at: Option<Time>,
    /// Who decided.
    pub by: String,
    /// By what: `suspend`, `deactivate`, `unassign`, `remove`, or the cause in words.
    pub way: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The operation.
    pub operation: Option<OpId>,
    /// Where the operation stands.
    pub state: Option<OpState>,
    /// Why it is still open.
    pub failure: Option<Failure>,
}

impl EndOfAccess {
    /// Milliseconds from the decision to the confirmation, or until now while it is open.
    pub fn took_ms(&self, now: Time) -> Option<i64> {
        self.decided_at.map(|decided| self.confirmed_at.unwrap_or(now).since(decided))
    }
}

/// Every end of access that these operations tell of, and who still has access without any: open ones first, the
/// oldest first; then the confirmed ones, the newest first. One that a later one replaced counts with it, from the
/// first decision on.
pub fn deprovisioned(operations: Vec<Operation>, directory: &Directory) -> Vec<EndOfAccess> {
    let mut ends: Vec<EndOfAccess> = Vec::with_capacity(operations.len());
    let mut replaced: Vec<Operation> = Vec::new();
    for op in operations {
        if op.state == OpState::Cancelled {
            let earlier = first_decision(&replaced, &op);
            replaced.push(Operation { created_at: earlier, ..op });
            continue;
        }
        ends.push(EndOfAccess {
            person: op.person,
            decided_at: Some(first_decision(&replaced, &op)),
            confirmed_at: (op.state == OpState::Done).then_some(op.updated_at),
            way: way(&op.cause),
            by: op.actor,
            reason: op.reason,
            operation: Some(op.id),
            state: Some(op.state),
            failure: op.failure.filter(|_| op.state.live()),
            user_name: op.user_name,
        });
    }
    let open: std::collections::HashSet<PersonId> =
        ends.iter().filter(|end| end.confirmed_at.is_none()).map(|end| end.person).collect();
    let remains = directory.people().filter(|p| p.flags().contains(Flag::AccessRemains));
    let unsent = remains.filter(|p| !open.contains(&p.id())).map(|p| EndOfAccess {
        person: p.id(),
        user_name: p.user_name().to_owned(),
        decided_at: None,
        confirmed_at: None,
        by: String::new(),
        way: "nothing queued".to_owned(),
        reason: None,
        operation: None,
        state: None,
        failure: None,
    });
    ends.extend(unsent);
    // None is before every time: nothing queued is the worst.
    ends.sort_by_key(|end| match end.confirmed_at {
        None => (false, end.decided_at.map_or(i64::MIN, Time::ms)),
        Some(at) => (true, at.ms().saturating_neg()),
    });
    ends
}

/// An operation that replaces another is committed at the moment when that one is cancelled.
fn first_decision(replaced: &[Operation], op: &Operation) -> Time {
    let before = replaced.iter().rev().find(|old| old.person == op.person && old.updated_at == op.created_at);
    before.map_or(op.created_at, |old| old.created_at)
}

fn way(cause: &str) -> String {
    let way = match cause {
        "suspended" => "suspend",
        "deactivated" => "deactivate",
        "app access removed" | "group assignment ended" | "removed from group" => "unassign",
        "removed from the directory" => "remove",
        other => other,
    };
    way.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountValues, Base, Connection, ConnectionId, Intent, OpKind, Owned, TokenSource};

    fn op(n: u64, person: u64, state: OpState, decided: i64, moved: i64) -> Operation {
        let intent = Intent {
            wanted: AccountValues::default(),
            owned: Owned::default(),
            remote_id: None,
            base: Base::Unknown,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        };
        Operation {
            id: OpId(n),
            person: PersonId(person),
            user_name: format!("p{person}"),
            kind: OpKind::Deactivate,
            cause: "suspended".into(),
            intent: intent.into(),
            state,
            not_before: None,
            attempts: 1,
            failure: None,
            created_at: Time::from_ms(decided),
            updated_at: Time::from_ms(moved),
            actor: "root".into(),
            reason: None,
        }
    }

    fn ends(operations: Vec<Operation>) -> Vec<EndOfAccess> {
        let connection = Connection::new(ConnectionId(1), "w", "https://w.example", TokenSource::Memory);
        deprovisioned(operations, &Directory::new(connection))
    }

    #[test]
    fn open_ends_come_first_and_count_until_now() {
        let ends = ends(vec![
            op(1, 1, OpState::Done, 1_000, 3_000),
            op(2, 2, OpState::Waiting, 2_000, 4_000),
            op(3, 3, OpState::Done, 3_000, 9_000),
        ]);
        let names: Vec<_> = ends.iter().map(|e| e.user_name.as_str()).collect();
        assert_eq!(names, ["p2", "p3", "p1"]);
        let took: Vec<_> = ends.iter().map(|e| e.took_ms(Time::from_ms(10_000))).collect();
        assert_eq!(took, [Some(8_000), Some(6_000), Some(2_000)]);
        assert_eq!(ends[0].way, "suspend");
    }

    #[test]
    fn a_replaced_one_counts_from_the_first_decision_and_one_taken_back_does_not() {
        let ends = ends(vec![
            op(1, 1, OpState::Cancelled, 1_000, 5_000),
            op(2, 1, OpState::Done, 5_000, 7_000),
            op(3, 2, OpState::Cancelled, 1_000, 2_000),
            op(4, 2, OpState::Done, 6_000, 7_000),
        ]);
        let decided = |n: u64| ends.iter().find(|e| e.person == PersonId(n)).and_then(|e| e.decided_at);
        assert_eq!(ends.len(), 2);
        assert_eq!((decided(1), decided(2)), (Some(Time::from_ms(1_000)), Some(Time::from_ms(6_000))));
    }
}
