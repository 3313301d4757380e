//! Things to put into a store.

use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Link, Observation};
use crate::domain::{
    AccountState, AccountValues, Base, Connection, ConnectionId, Intent, OpId, OpKind, OpState, Operation,
    Owned, Person, PersonId, Time, TokenSource,
};
use crate::store::{Batch, Move};

pub(crate) const NOW: Time = Time::from_ms(1_700_000_000_000);
pub(crate) const HERE: ConnectionId = ConnectionId(1);

pub(crate) fn connection(name: &str) -> Connection {
    let token = TokenSource::Env { name: "TOKEN".into() };
    Connection::new(ConnectionId(0), name, "http://127.0.0.1:1/scim", token)
}

pub(crate) fn person(n: u64) -> Person {
    Person::new(PersonId(n), &format!("user{n}@example.com"))
}

pub(crate) fn values(n: u64, title: &str) -> AccountValues {
    AccountValues {
        active: true,
        user_name: format!("user{n}@example.com"),
        title: title.into(),
        ..Default::default()
    }
}

pub(crate) fn link(n: u64, title: &str) -> Link {
    Link {
        remote_id: format!("r{n}"),
        linked_at: NOW,
        sent: values(n, title),
        settled: values(n, title),
        confirmed_at: NOW,
    }
}

pub(crate) fn seen(state: AccountState, values: Option<AccountValues>) -> Observation {
    Observation { state, values, at: NOW.plus_ms(5) }
}

pub(crate) fn operation(id: u64, n: u64, owned: &str) -> Operation {
    Operation {
        id: OpId(id),
        person: PersonId(n),
        user_name: format!("user{n}@example.com"),
        kind: OpKind::Update,
        cause: "role edit".into(),
        intent: Intent {
            wanted: values(n, ""),
            owned: Owned::of([owned]),
            remote_id: Some(format!("r{n}")),
            base: Base::Unknown,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        }
        .into(),
        state: OpState::Queued,
        not_before: None,
        attempts: 0,
        failure: None,
        created_at: NOW.plus_ms(i64::try_from(id).unwrap()),
        updated_at: NOW,
        actor: "root".into(),
        reason: None,
    }
}

pub(crate) fn entry(event: &str) -> AuditEntry {
    AuditEntry {
        seq: 0,
        time: NOW,
        remote_time: None,
        source: Source::Console,
        event: event.into(),
        person: Some(PersonId(1)),
        subject: "user1@example.com".into(),
        actor: "root".into(),
        operation: None,
        detail: String::new(),
        changes: Vec::new(),
        reason: None,
        remote_id: None,
        ..AuditEntry::default()
    }
}

pub(crate) fn batch(changes: Vec<Change>) -> Batch {
    Batch { connection: Some(HERE), changes, ..Batch::default() }
}

pub(crate) fn people(ids: impl IntoIterator<Item = u64>) -> Batch {
    batch(ids.into_iter().map(|n| Change::Person(person(n).into())).collect())
}

pub(crate) fn commit(operations: impl IntoIterator<Item = Operation>) -> Batch {
    Batch { operations: operations.into_iter().collect(), ..batch(Vec::new()) }
}

pub(crate) fn step(operation: &Operation, to: OpState) -> Batch {
    let moved = Operation { state: to, ..operation.clone() };
    Batch { moves: vec![Move { from: operation.state, to: moved }], ..batch(Vec::new()) }
}
