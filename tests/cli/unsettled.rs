//! Operations that are not settled.

use scimdeck::domain::{Failure, FailureKind, OpId, OpKind, OpState, Operation, PersonId};

use crate::fake::at;
use crate::made::plan;

/// An end of access that is tried again, and a refused create.
pub(crate) fn unsettled() -> Vec<Operation> {
    let planned = plan().operations.remove(0);
    let op = |id, person, user: &str, kind, state, why| Operation {
        id: OpId(id),
        person: PersonId(person),
        user_name: user.into(),
        kind,
        cause: "suspended".into(),
        intent: planned.intent.clone().into(),
        state,
        not_before: (state == OpState::Waiting).then(|| at(3_900)),
        attempts: 6,
        failure: Some(Failure {
            kind: why,
            text: "the app accepted the change and did not apply it: active is not as sent.".into(),
            next: "It is tried again by itself.".into(),
        }),
        created_at: at(20),
        updated_at: at(30),
        actor: "operator".into(),
        reason: None,
    };
    vec![
        op(79, 3, "cy@example.com", OpKind::Deactivate, OpState::Waiting, FailureKind::NotApplied),
        op(78, 4, "di@example.com", OpKind::Create, OpState::Parked, FailureKind::Refused),
    ]
}
