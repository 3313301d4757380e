//! The rows and what undoes a change to them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::audit::{AuditEntry, chain::Hash};
use crate::directory::Change;
use crate::domain::{Connection, ConnectionId, GroupId, OpId, Operation, PersonId, ProfileAttribute};
use crate::engine::Trace;
use crate::engine::compare::Orphan;
use crate::store::backend::Result;
use crate::store::faults::Faults;

/// The place of a row; the order is the one pages are read in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Connection(u32),
    Fence(u32),
    Meta(u32, String),
    Decided,
    Person(PersonId),
    Name(String),
    Group(GroupId),
    GroupName(String),
    Member(GroupId, PersonId),
    MemberOf(PersonId, GroupId),
    Assigned(u32, PersonId),
    GroupAssigned(u32, GroupId),
    GroupPushed(u32, GroupId),
    Attributes(u32),
    Link(u32, PersonId),
    Observed(u32, PersonId),
    Noted(u32, PersonId),
    Swept(u32),
    Console(u32, PersonId, String),
    Operation(OpId),
    Live(PersonId, OpId),
    Log(u64),
    Audit(u32, u64),
    Remote(u32, String),
    Trace(u64),
    Orphan(u32, String),
    TakenOut(u32, String),
}

/// A row.
#[derive(Debug, Clone)]
pub(super) enum Row {
    Connection(Connection),
    Number(u64),
    Text(String),
    /// The change that made it what it is, and that change's number.
    Made(u64, Change),
    Attributes(Vec<ProfileAttribute>),
    Operation(ConnectionId, Box<Operation>),
    Log(Option<ConnectionId>, Change),
    Audit(Box<AuditEntry>, String, Hash),
    Trace(ConnectionId, Box<Trace>),
    Orphan(Box<Orphan>),
    There,
}

/// All rows.
#[derive(Default)]
pub(super) struct Rows {
    all: BTreeMap<Key, Row>,
    undo: Vec<(Key, Option<Row>)>,
    pub(super) faults: Faults,
    pub(super) commits: u64,
}

impl Rows {
    pub(super) fn tick(&self) -> Result<()> {
        self.faults.tick("in memory")
    }

    pub(super) fn put(&mut self, key: Key, row: Option<Row>) -> Result<()> {
        self.tick()?;
        let old = match row {
            Some(row) => self.all.insert(key.clone(), row),
            None => self.all.remove(&key),
        };
        self.undo.push((key, old));
        Ok(())
    }

    pub(super) fn undo_len(&self) -> usize {
        self.undo.len()
    }

    pub(super) fn undo_to(&mut self, begin: usize) {
        while self.undo.len() > begin {
            match self.undo.pop() {
                Some((key, Some(row))) => self.all.insert(key, row),
                Some((key, None)) => self.all.remove(&key),
                None => None,
            };
        }
    }

    pub(super) fn keep(&mut self) {
        self.undo.clear();
        self.commits += 1;
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Row> {
        self.all.get(key)
    }

    pub(super) fn range(&self, keys: RangeInclusive<Key>) -> impl DoubleEndedIterator<Item = (&Key, &Row)> {
        self.all.range(keys)
    }

    pub(super) fn number(&self, key: &Key) -> Option<u64> {
        match self.get(key) {
            Some(Row::Number(n)) => Some(*n),
            _ => None,
        }
    }

    pub(super) fn connections(&self) -> Vec<Connection> {
        let rows = self.range(Key::Connection(0)..=Key::Connection(u32::MAX));
        rows.filter_map(|(_, row)| match row {
            Row::Connection(connection) => Some(connection.clone()),
            _ => None,
        })
        .collect()
    }

    pub(super) fn keys(&self, keys: RangeInclusive<Key>) -> Vec<Key> {
        self.range(keys).map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn name_of(&self, person: PersonId) -> Option<String> {
        match self.get(&Key::Person(person)) {
            Some(Row::Made(_, Change::Person(p))) => Some(p.user_name.to_lowercase()),
            _ => None,
        }
    }

    /// Frees the name, unless somebody else has it by now.
    pub(super) fn free(&mut self, person: PersonId) -> Result<()> {
        if let Some(key) = self.name_of(person).map(Key::Name)
            && self.number(&key) == Some(person.0)
        {
            self.put(key, None)?;
        }
        Ok(())
    }

    pub(super) fn drop_person(&mut self, p: PersonId) -> Result<()> {
        self.free(p)?;
        let mut gone = vec![Key::Person(p)];
        for (key, _) in self.range(Key::MemberOf(p, GroupId(0))..=Key::MemberOf(p, GroupId(u64::MAX))) {
            if let Key::MemberOf(_, group) = key {
                gone.extend([Key::Member(*group, p), key.clone()]);
            }
        }
        for connection in self.connections() {
            let c = connection.id.0;
            gone.extend([Key::Assigned(c, p), Key::Link(c, p), Key::Observed(c, p), Key::Noted(c, p)]);
            let next = PersonId(p.0.saturating_add(1));
            gone.extend(self.keys(Key::Console(c, p, String::new())..=Key::Console(c, next, String::new())));
        }
        gone.retain(|key| !matches!(key, Key::Console(_, who, _) if *who != p));
        gone.into_iter().try_for_each(|key| self.put(key, None))
    }

    pub(super) fn drop_group(&mut self, g: GroupId) -> Result<()> {
        let mut gone = vec![Key::Group(g)];
        if let Some(Row::Made(_, Change::Group(group))) = self.get(&Key::Group(g)) {
            gone.push(Key::GroupName(group.name.to_lowercase()));
        }
        for key in self.keys(Key::Member(g, PersonId(0))..=Key::Member(g, PersonId(u64::MAX))) {
            if let Key::Member(_, person) = &key {
                gone.push(Key::MemberOf(*person, g));
            }
            gone.push(key);
        }
        for connection in self.connections() {
            gone.extend([Key::GroupAssigned(connection.id.0, g), Key::GroupPushed(connection.id.0, g)]);
        }
        gone.into_iter().try_for_each(|key| self.put(key, None))
    }
}
