//! How long it took from the decision that somebody's access ends until the app confirmed it.

use std::collections::HashMap;

use crate::audit::{Access, AuditEntry, Source};
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
/// oldest first; then the confirmed ones, the newest first. `decided` are the audit entries about these people in
/// their order: an end counts from the decision that ended access here, through operations that were dropped or
/// replaced, until access is given again or the app confirmed it. Where no entry tells, it counts from the operation.
pub fn deprovisioned(
    operations: Vec<Operation>,
    decided: &[AuditEntry],
    directory: &Directory,
) -> Vec<EndOfAccess> {
    let mut decisions: HashMap<PersonId, Vec<&AuditEntry>> = HashMap::new();
    for entry in decided.iter().filter(|entry| entry.access.is_some()) {
        if let Some(person) = entry.person {
            decisions.entry(person).or_default().push(entry);
        }
    }
    let standing = |person: PersonId, until: Time, confirmed: Option<Time>| {
        standing(decisions.get(&person).map_or(&[], Vec::as_slice), until, confirmed)
    };
    let mut ends: Vec<EndOfAccess> = Vec::with_capacity(operations.len());
    let mut replaced: Vec<Operation> = Vec::new();
    let mut confirmed: HashMap<PersonId, Time> = HashMap::new();
    for op in operations {
        if op.state == OpState::Cancelled {
            let earlier = first_decision(&replaced, &op);
            replaced.push(Operation { created_at: earlier, ..op });
            continue;
        }
        let decision = standing(op.person, op.created_at, confirmed.get(&op.person).copied());
        if op.state == OpState::Done {
            confirmed.insert(op.person, op.updated_at);
        }
        let first = first_decision(&replaced, &op);
        ends.push(EndOfAccess {
            person: op.person,
            decided_at: Some(decision.map_or(first, |entry| entry.time)),
            confirmed_at: (op.state == OpState::Done).then_some(op.updated_at),
            way: decision.map_or_else(|| way(&op.cause), way_of),
            by: decision.map_or(op.actor, |entry| entry.actor.clone()),
            reason: decision.and_then(|entry| entry.reason.clone()).or(op.reason),
            operation: Some(op.id),
            state: Some(op.state),
            failure: op.failure.filter(|_| op.state.live()),
            user_name: op.user_name,
        });
    }
    let open: std::collections::HashSet<PersonId> =
        ends.iter().filter(|end| end.confirmed_at.is_none()).map(|end| end.person).collect();
    let remains = directory.people().filter(|p| p.flags().contains(Flag::AccessRemains));
    let unsent = remains.filter(|p| !open.contains(&p.id())).map(|p| {
        let decision = standing(p.id(), Time::from_ms(i64::MAX), confirmed.get(&p.id()).copied());
        EndOfAccess {
            person: p.id(),
            user_name: p.user_name().to_owned(),
            decided_at: decision.map(|entry| entry.time),
            confirmed_at: None,
            by: decision.map(|entry| entry.actor.clone()).unwrap_or_default(),
            way: decision.map_or_else(|| "nothing queued".to_owned(), way_of),
            reason: decision.and_then(|entry| entry.reason.clone()),
            operation: None,
            state: None,
            failure: None,
        }
    });
    ends.extend(unsent);
    // None is before every time: nothing queued is the worst.
    ends.sort_by_key(|end| match end.confirmed_at {
        None => (false, end.decided_at.map_or(i64::MIN, Time::ms)),
        Some(at) => (true, at.ms().saturating_neg()),
    });
    ends
}

/// The decision that ended access and stood at a time: not taken back since, and later than what was confirmed before.
fn standing<'a>(
    decisions: &[&'a AuditEntry],
    until: Time,
    confirmed: Option<Time>,
) -> Option<&'a AuditEntry> {
    let mut standing = None;
    for entry in decisions.iter().filter(|entry| entry.time <= until) {
        standing = match entry.access {
            Some(Access::Ended) => standing.or(Some(*entry)),
            _ => None,
        };
    }
    standing.filter(|entry| confirmed.is_none_or(|at| entry.time > at))
}

fn way_of(entry: &AuditEntry) -> String {
    if entry.source == Source::Import { "import".to_owned() } else { way(&entry.event) }
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
        deprovisioned(operations, &[], &Directory::new(connection))
    }

    fn entry(person: u64, source: Source, access: Access, hours: i64) -> AuditEntry {
        AuditEntry {
            time: Time::from_ms(hours * HOUR),
            source,
            event: if source == Source::Import { "people import" } else { "suspended" }.into(),
            person: Some(PersonId(person)),
            actor: "kim".into(),
            access: Some(access),
            reason: Some("left".into()),
            ..AuditEntry::default()
        }
    }

    const HOUR: i64 = 3_600_000;

    fn counted(operations: Vec<Operation>, entries: &[AuditEntry]) -> Vec<(Option<i64>, String, String)> {
        let connection = Connection::new(ConnectionId(1), "w", "https://w.example", TokenSource::Memory);
        let ends = deprovisioned(operations, entries, &Directory::new(connection));
        let hours = |end: &EndOfAccess| end.took_ms(Time::from_ms(99 * HOUR)).map(|ms| ms / HOUR);
        ends.iter().map(|end| (hours(end), end.way.clone(), end.by.clone())).collect()
    }

    #[test]
    fn a_leaver_by_file_counts_from_the_import_however_late_the_apply_and_through_a_drop() {
        let imported = [entry(1, Source::Import, Access::Ended, 1)];
        let late = op(2, 1, OpState::Done, 4 * HOUR, 5 * HOUR);
        let told = (Some(4), "import".to_owned(), "kim".to_owned());
        assert_eq!(counted(vec![late.clone()], &imported), std::slice::from_ref(&told));
        let dropped = op(1, 1, OpState::Cancelled, 2 * HOUR, 3 * HOUR);
        assert_eq!(counted(vec![dropped, late], &imported), [told]);
    }

    #[test]
    fn a_decision_counts_until_access_is_given_again_or_the_end_is_confirmed() {
        let entries = [
            entry(1, Source::Console, Access::Ended, 1),
            entry(1, Source::Console, Access::Given, 2),
            entry(1, Source::Import, Access::Ended, 6),
        ];
        let first = op(1, 1, OpState::Done, 7 * HOUR, 8 * HOUR);
        assert_eq!(counted(vec![first.clone()], &entries), [(Some(2), "import".into(), "kim".into())]);
        // Another hand gave the app back: that end was confirmed, this one is new.
        let again = op(2, 1, OpState::Done, 50 * HOUR, 51 * HOUR);
        assert_eq!(counted(vec![first, again], &entries)[0], (Some(1), "suspend".into(), "root".into()));
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
