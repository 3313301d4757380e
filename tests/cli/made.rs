//! A plan and a report on the small directory.

use scimdeck::domain::*;
use scimdeck::engine::*;

use crate::fake::directory;

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
