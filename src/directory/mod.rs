//! The people in memory, for one connection: rows in user name order in chunks behind `Arc`, copied on write.
//!
//! A snapshot ([`Directory`] is `Clone`) is a few thousand pointers whatever is in it, so search, plan and
//! drawing share snapshots without locks. Nobody edits it directly: committed [`Change`]s reach it by
//! [`Directory::apply`] only, our own and another process's alike. Flags and counters are derived there.

mod apply;
mod as_seen;
mod change;
mod chunk;
mod counters;
mod groups;
mod ids;
mod interned;
mod ours;
mod packed;
mod row;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use as_seen::state_shown;
pub use change::{Change, Link, Note, Observation, OpMark, Sweep};
pub use chunk::Place;
pub use counters::{Counters, QueueCounts};
pub use groups::{GroupRow, PushState};
pub use row::AssignmentKind;
pub use view::{Person as PersonView, Reason};

use crate::domain::{Connection, Failure, GroupId, PersonId, ProfileAttribute, Time};
use chunk::Chunks;
use interned::RoleSets;

/// The directory as one connection sees it.
#[derive(Debug, Clone)]
pub struct Directory {
    connection: Arc<Connection>,
    attributes: Arc<Vec<ProfileAttribute>>,
    rows: Chunks,
    roles: RoleSets,
    groups: Arc<BTreeMap<GroupId, Arc<GroupRow>>>,
    notes: Arc<BTreeMap<PersonId, Note>>,
    failures: Arc<BTreeMap<PersonId, Failure>>,
    counters: Counters,
    sweep: Option<Sweep>,
    version: u64,
}

impl Directory {
    /// An empty directory on a connection.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection: Arc::new(connection),
            attributes: Arc::default(),
            rows: Chunks::default(),
            roles: RoleSets::default(),
            groups: Arc::default(),
            notes: Arc::default(),
            failures: Arc::default(),
            counters: Counters::default(),
            sweep: None,
            version: 0,
        }
    }

    /// The connection's settings.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The profile attributes, in the operator's order.
    pub fn attributes(&self) -> &[ProfileAttribute] {
        &self.attributes
    }

    /// One attribute by its variable name.
    pub fn attribute(&self, variable: &str) -> Option<&ProfileAttribute> {
        self.attributes.iter().find(|a| a.variable == variable)
    }

    /// The derived counts.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The last look at the endpoint that was meant to cover everybody.
    pub fn sweep(&self) -> Option<&Sweep> {
        self.sweep.as_ref()
    }

    /// Grows with every applied change: equal versions of one directory hold the same rows.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many people it holds.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it holds nobody.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }

    /// The groups, by name without regard to case.
    pub fn groups(&self) -> Vec<&GroupRow> {
        let mut groups: Vec<&GroupRow> = self.groups.values().map(AsRef::as_ref).collect();
        groups.sort_by_cached_key(|g| g.group.name.to_lowercase());
        groups
    }

    /// One group.
    pub fn group(&self, id: GroupId) -> Option<&GroupRow> {
        self.groups.get(&id).map(AsRef::as_ref)
    }

    /// A group by name without regard to case.
    pub fn group_named(&self, name: &str) -> Option<&GroupRow> {
        let folded = name.to_lowercase();
        self.groups.values().map(AsRef::as_ref).find(|g| g.group.name.to_lowercase() == folded)
    }

    /// The groups that are assigned to the app, priority 1 first.
    pub fn assigned_groups(&self) -> Vec<&GroupRow> {
        let mut groups: Vec<&GroupRow> =
            self.groups.values().map(AsRef::as_ref).filter(|g| g.assignment.is_some()).collect();
        groups.sort_by_key(|g| (g.assignment.as_ref().map(|a| a.priority), g.group.id));
        groups
    }

    /// The note that an operator put on a person.
    pub fn note(&self, id: PersonId) -> Option<&Note> {
        self.notes.get(&id)
    }

    /// Why the person's operation stands still.
    pub fn failure(&self, id: PersonId) -> Option<&Failure> {
        self.failures.get(&id)
    }

    /// When the connection was enabled; the red `!` names it.
    pub fn enabled_at(&self) -> Option<Time> {
        self.connection.enabled_at
    }
}

#[cfg(test)]
mod tests;
