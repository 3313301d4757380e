//! Operations of the queue that go on when a plan is run, without being planned anew: what they write, as far as it
//! can be told before the account is looked at again.

use serde::{Deserialize, Serialize};

use super::Found;
use super::wire::Wire;
use crate::domain::{
    Account, AccountValues, Base, Call, Difference, Method, OpId, OpKind, OpState, Operation, PersonId,
    ProfileAttribute, Time,
};
use crate::scim::resource::{Resource, urn};

/// An operation of the queue that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resumed {
    /// Which.
    pub operation: OpId,
    /// Whose account.
    pub person: PersonId,
    /// The user name when it was committed.
    pub user_name: String,
    /// What kind of change.
    pub kind: OpKind,
    /// Where it stands; one that was sent is looked up before anything else.
    pub state: OpState,
    /// The rest of it, read from the journal where somebody is to see it: a run that nobody looks at does not wait
    /// for that.
    pub told: Option<Told>,
}

/// Why an operation of the queue is there, and what it writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Which decision caused it.
    pub cause: String,
    /// Who decided it.
    pub actor: String,
    /// When.
    pub committed: Time,
    /// Every attribute before and after, as the account was known then.
    pub changes: Vec<Difference>,
    /// The requests. Each operation looks at the account again before it writes.
    pub calls: Vec<Call>,
    /// Whether the body of the write is all of it: that of a PUT is written over the account as it is read then.
    pub whole: bool,
}

impl Resumed {
    /// An operation of the queue, with what it will ask for by the settings of now.
    pub fn of(operation: &Operation, wire: Wire, attributes: &[ProfileAttribute]) -> Self {
        let mut intent = operation.intent.clone().own();
        let (wanted, kind) = (intent.wanted.clone(), operation.kind);
        let mut calls = Vec::new();
        let known = match &intent.base {
            Base::Account(values) => (**values).clone(),
            // Nobody has looked: all else is taken to be as it shall be.
            _ => intent.settled.clone().unwrap_or(AccountValues { active: !wanted.active, ..wanted.clone() }),
        };
        if intent.remote_id.is_none() {
            calls.extend(wire.identity(&wanted).map(|who| who.look_up()));
        }
        let changes;
        if kind == OpKind::Create {
            changes = wanted.from_nothing();
            calls.push(wire.create(&wanted, attributes));
        } else {
            wire.restrict(kind, &mut intent, &known);
            let goal = intent.goal(&known);
            changes = known.differences(&goal);
            if let Some(remote_id) = &intent.remote_id {
                calls.push(wire.read(remote_id));
                let resource: Resource = [
                    ("schemas".to_owned(), serde_json::json!([urn::USER])),
                    ("id".to_owned(), remote_id.as_str().into()),
                ]
                .into_iter()
                .collect();
                let account = Account { remote_id: remote_id.clone(), version: None, values: known.clone() };
                calls.push(wire.change(&Found { account, resource }, &goal, &intent.owned, attributes));
            }
        }
        Self {
            operation: operation.id,
            person: operation.person,
            user_name: operation.user_name.clone(),
            kind,
            state: operation.state,
            told: Some(Told {
                cause: operation.cause.clone(),
                actor: operation.actor.clone(),
                committed: operation.created_at,
                changes,
                whole: calls.iter().all(|call| call.method != Method::Put),
                calls,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Intent, Owned};

    fn queued(kind: OpKind, remote_id: Option<&str>, base: Base) -> Operation {
        let wanted =
            AccountValues { user_name: "ana@example.com".into(), title: "Boss".into(), ..Default::default() };
        let intent = Intent {
            wanted,
            owned: Owned::of(["title"]),
            remote_id: remote_id.map(str::to_owned),
            base,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        };
        Operation {
            id: OpId(7),
            person: PersonId(1),
            user_name: "ana@example.com".into(),
            kind,
            cause: "edited".into(),
            intent: intent.into(),
            state: OpState::Queued,
            not_before: None,
            attempts: 0,
            failure: None,
            created_at: Time::default(),
            updated_at: Time::default(),
            actor: "kim".into(),
            reason: None,
        }
    }

    fn told(operation: &Operation) -> Told {
        Resumed::of(operation, Wire::default(), &[]).told.unwrap()
    }

    fn lines(resumed: &Told) -> Vec<String> {
        resumed.calls.iter().map(Call::line).collect()
    }

    #[test]
    fn a_queued_create_shows_its_look_up_and_the_whole_request() {
        let resumed = told(&queued(OpKind::Create, None, Base::Absent));
        assert_eq!(lines(&resumed)[1], "POST /Users");
        assert_eq!(resumed.calls[1].body.as_ref().unwrap()["title"], "Boss");
        assert!(resumed.whole && resumed.changes.iter().any(|d| d.attribute == "title"));
    }

    #[test]
    fn a_queued_update_shows_what_it_writes_over_the_account_that_is_read_then() {
        let base = AccountValues { user_name: "ana@example.com".into(), ..Default::default() };
        let operation = queued(OpKind::Update, Some("9"), Base::Account(Box::new(base)));
        let resumed = told(&operation);
        assert_eq!(lines(&resumed), ["GET /Users/9", "PUT /Users/9"]);
        assert_eq!((resumed.whole, resumed.changes.len()), (false, 1));
        assert_eq!(resumed.calls[1].body.as_ref().unwrap()["title"], "Boss");
    }
}
