//! A plan and a report on the small directory.

use scimdeck::audit::chain::{Chained, Hash};
use scimdeck::audit::{Access, AuditEntry, Source};
use scimdeck::domain::*;
use scimdeck::engine::*;

use crate::fake::{at, directory};

pub(crate) fn plan() -> Plan {
    let d = directory();
    let bo = d.get(PersonId(2)).unwrap();
    let wanted = bo.wanted();
    let changes = wanted.from_nothing();
    let body = serde_json::json!({"userName": "bo@example.com", "active": true});
    let calls = vec![
        Call::new(Method::Get, &["Users"]).query("filter", "userName eq \"bo@example.com\""),
        Call::new(Method::Post, &["Users"]).body(body),
    ];
    let intent = Intent {
        wanted,
        owned: Owned::of(["active"]),
        remote_id: None,
        base: Base::Absent,
        before: None,
        linked_at: None,
        settled: None,
        ours: None,
    };
    Plan {
        operations: vec![Planned {
            person: PersonId(2),
            user_name: "bo@example.com".into(),
            name: bo.name(),
            kind: OpKind::Create,
            cause: "Provision User".into(),
            changes,
            calls,
            intent,
            found: None,
            invitation: Invitation::Goes,
        }],
        skipped: vec![Skipped {
            person: PersonId(1),
            user_name: "ana@example.com".into(),
            why: "already as wanted".into(),
            failed: false,
        }],
        groups: vec![],
        resumed: vec![],
        cancel: vec![],
        brake: BrakeVerdict::default(),
        summary: Summary { create: 1, invitations: 1, unchanged: 1, ..Default::default() },
        complete: true,
    }
}

/// Nothing is planned, and a stopped run left two operations in the queue.
pub(crate) fn going_on() -> Plan {
    let d = directory();
    let [mut ends, mut made] = <[Operation; 2]>::try_from(crate::unsettled::unsettled()).unwrap();
    (made.state, made.person, made.user_name) = (OpState::Queued, PersonId(2), "bo@example.com".into());
    made.cause = "Provision User".into();
    let mut intent = ends.intent.clone().own();
    intent.base = Base::Account(Box::new(AccountValues { active: true, ..intent.wanted.clone() }));
    (intent.wanted.active, intent.remote_id) = (false, Some("8f2c".into()));
    ends.intent = intent.into();
    ends.state = OpState::InDoubt;
    let wire = wire::Wire::of(d.connection());
    Plan {
        resumed: [&made, &ends].map(|op| Resumed::of(op, wire, d.attributes())).to_vec(),
        summary: Summary { resumed: 2, ..Default::default() },
        complete: true,
        ..Plan::default()
    }
}

/// A pushed group that somebody joins.
pub(crate) fn pushed() -> PlannedGroup {
    PlannedGroup {
        group: GroupId(1),
        name: "Data Platform".into(),
        kind: GroupKind::Update,
        added: 1,
        removed: 0,
        joining: vec!["u1".into()],
        leaving: vec![],
        calls: vec![],
    }
}

pub(crate) fn report() -> Report {
    let result = |n, user: &str, op: u64, outcome| RunResult {
        person: PersonId(n),
        user_name: user.into(),
        operation: Some((OpId(op), OpKind::Create)),
        outcome,
        error: None,
    };
    Report {
        results: vec![
            result(1, "ana@example.com", 76, scimdeck::engine::Outcome::Unchanged),
            result(2, "bo@example.com", 77, scimdeck::engine::Outcome::Done),
        ],
        ..Report::default()
    }
}

/// The entries of the feed as a chain.
pub(crate) fn chain() -> Vec<Chained> {
    let about = |seq, event: &str, operation, person, user: &str| AuditEntry {
        person: Some(PersonId(person)),
        subject: user.into(),
        time: at(20),
        ..entry(seq, Source::Console, event, operation, event)
    };
    let ends = |ended: AuditEntry| AuditEntry { access: Some(Access::Ended), ..ended };
    let left = Some("left".to_owned());
    let removed = about(3, "removed from the directory", None, 1, "ana@example.com");
    let confirmed = about(5, "deactivate", Some(OpId(76)), 1, "ana@example.com");
    let entries = [
        entry(1, Source::Console, "create", Some(OpId(77)), "account made"),
        entry(2, Source::Console, "=evil()", None, "seen"),
        ends(AuditEntry { reason: left, ..removed }),
        ends(about(4, "suspended", None, 3, "cy@example.com")),
        AuditEntry { time: at(30), ..confirmed },
    ];
    let mut previous = Hash::default();
    let chained = entries.into_iter().map(|entry| {
        let chained = Chained::after(&previous, &entry);
        previous = chained.hash;
        chained
    });
    chained.collect()
}

/// The end of access that is open.
pub(crate) fn deactivations() -> Vec<Operation> {
    vec![crate::unsettled::unsettled().remove(0)]
}

/// A console that sends and hangs.
pub(crate) fn holder() -> scimdeck::engine::HolderSeen {
    let holder = scimdeck::engine::Holder {
        id: "h0123abcd".into(),
        user: "kim".into(),
        pid: 4242,
        session: Some("s0011223344556677".into()),
        ssh_from: Some("192.0.2.7".into()),
        since: crate::fake::at(1),
        doing: "console".into(),
        reason: None,
    };
    scimdeck::engine::HolderSeen { holder, silent_s: Some(9) }
}

pub(crate) fn entry(
    seq: u64,
    source: Source,
    event: &str,
    operation: Option<OpId>,
    detail: &str,
) -> AuditEntry {
    AuditEntry {
        seq,
        time: at(seq as i64),
        remote_time: None,
        source,
        event: event.into(),
        person: Some(PersonId(2)),
        subject: "bo@example.com".into(),
        actor: "operator".into(),
        operation,
        detail: detail.into(),
        changes: vec![],
        reason: None,
        remote_id: None,
        ..AuditEntry::default()
    }
}
