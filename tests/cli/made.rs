//! A plan and a report on the small directory.

use scimdeck::audit::Source;
use scimdeck::audit::chain::{Chained, Hash, link, text};
use scimdeck::domain::*;
use scimdeck::engine::*;

use crate::fake::{directory, entry};

pub(crate) fn plan() -> Plan {
    let d = directory();
    let bo = d.get(PersonId(2)).unwrap();
    let wanted = bo.wanted();
    let changes = AccountValues::default().differences(&wanted);
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
        cancel: vec![],
        brake: BrakeVerdict::default(),
        summary: Summary { create: 1, invitations: 1, unchanged: 1, ..Default::default() },
        complete: true,
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
    let entries = [
        entry(1, Source::Console, "create", Some(OpId(77)), "account made"),
        entry(2, Source::Console, "=evil()", None, "seen"),
    ];
    let mut previous = Hash::default();
    let chained = entries.into_iter().map(|entry| {
        let text = text(&entry);
        previous = link(&previous, &text);
        Chained { seq: entry.seq, text, hash: previous }
    });
    chained.collect()
}

/// One end of access that is open and one that was confirmed.
pub(crate) fn deactivations() -> Vec<Operation> {
    let open = crate::unsettled::unsettled().remove(0);
    let done = Operation {
        id: OpId(76),
        user_name: "ana@example.com".into(),
        person: PersonId(1),
        cause: "removed from the directory".into(),
        state: OpState::Done,
        failure: None,
        reason: Some("left".into()),
        ..open.clone()
    };
    vec![done, open]
}
