//! What one batch does, the same on every backend. It runs inside a transaction: any error undoes all of it.

use std::collections::BTreeMap;

use super::backend::Result;
use super::decided::{decides, with_what_is_there, with_what_was_seen};
use super::tables::Tables;
use super::{Applied, Batch, Heard, StoreError, kept};
use crate::audit::chain;
use crate::directory::Change;
use crate::domain::{ConnectionId, GroupId, OpId, Operation, PersonId, Time};

/// How many changes are kept for processes that follow; who is further behind loads anew.
pub(super) const KEEP: u64 = 50_000;
/// The change log is trimmed each time its numbers pass a multiple of this.
const TRIM_EVERY: u64 = 10_000;

/// Writes a batch.
pub(super) fn apply(tables: &mut dyn Tables, batch: &Batch) -> Result<Applied> {
    let mut rules = Rules::begin(tables, batch)?;
    if let Some(basis) = &batch.basis {
        rules.stands(basis)?;
    }
    if let Some(heard) = &batch.heard {
        rules.heard(heard)?;
    }
    for place in 0..batch.changes.len() {
        rules.change(&batch.changes, place)?;
    }
    for person in &batch.cancel {
        rules.cancel(*person)?;
    }
    for step in &batch.moves {
        rules.step(step)?;
    }
    for operation in &batch.operations {
        rules.commit(operation)?;
    }
    rules.follow_up(batch)?;
    rules.finish(decides(batch))
}

/// A batch under way.
pub(super) struct Rules<'a> {
    pub(super) tables: &'a mut dyn Tables,
    pub(super) connection: Option<ConnectionId>,
    /// Whether the sender writes it.
    sender: bool,
    /// Whether it is what a look found.
    look: bool,
    /// The latest moment that the batch speaks of.
    pub(super) now: Option<Time>,
    base: u64,
    log: Vec<(Option<ConnectionId>, Change)>,
    pub(super) out: Applied,
    places: BTreeMap<OpId, usize>,
}

impl<'a> Rules<'a> {
    fn begin(tables: &'a mut dyn Tables, batch: &Batch) -> Result<Self> {
        if let Some(id) = batch.connection {
            let fence = tables.fence(id)?.ok_or_else(|| no_connection(id))?;
            if batch.fence.is_some_and(|held| held != fence) {
                return Err(StoreError::FenceLost);
            }
        }
        let base = tables.last_change()?;
        Ok(Self {
            tables,
            connection: batch.connection,
            sender: batch.fence.is_some(),
            look: batch.look,
            now: batch.audit.iter().map(|entry| entry.time).max(),
            base,
            log: Vec::with_capacity(batch.changes.len()),
            out: Applied::default(),
            places: BTreeMap::new(),
        })
    }

    /// The batch's connection, for what belongs to one.
    pub(super) fn here(&self) -> Result<ConnectionId> {
        self.connection.ok_or_else(|| StoreError::Refused {
            why: "the batch names no connection, and part of it belongs to one".to_owned(),
        })
    }

    /// Two processes may read the app's log at once: what one of them has kept the other does not keep again.
    fn heard(&mut self, heard: &Heard) -> Result<()> {
        let here = self.here()?;
        if self.tables.heard(here)? != heard.from {
            return Err(StoreError::Overtaken);
        }
        self.tables.set_heard(here, &heard.to)
    }

    fn next(&self) -> u64 {
        self.base + self.log.len() as u64 + 1
    }

    /// Appends a change that is written already.
    pub(super) fn emit(&mut self, scope: Option<ConnectionId>, change: Change) {
        self.log.push((scope, change));
    }

    fn change(&mut self, all: &[Change], place: usize) -> Result<()> {
        let Some(change) = all.get(place) else { return Ok(()) };
        let seq = self.next();
        if let Some(group) = group_of(change)
            && !self.tables.has_group(group)?
        {
            return Ok(());
        }
        if let Some(person) = person_of(change)
            && !self.tables.has_person(person)?
        {
            return Ok(());
        }
        let scope = if shared(change) { None } else { Some(self.here()?) };
        // Shared rows ignore the connection.
        let at = self.connection.unwrap_or(ConnectionId(0));
        match change {
            Change::Person(person) => {
                self.free_name(person.id, &person.user_name, &all[place + 1..])?;
                self.tables.write(at, seq, change)?;
            }
            Change::Group(group) => {
                let holder = self.tables.group_holder(&group.name.to_lowercase())?;
                if holder.is_some_and(|id| id != group.id) {
                    return Err(StoreError::Refused {
                        why: format!("another group is already named {:?}", group.name),
                    });
                }
                self.tables.write(at, seq, change)?;
            }
            Change::PersonDropped(id) => {
                self.forget_operations(*id)?;
                self.tables.write(at, seq, change)?;
            }
            Change::Attribute(to, attribute) => {
                let mut list = self.tables.attributes(at)?;
                list.retain(|a| a.variable != attribute.variable);
                list.insert((*to as usize).min(list.len()), attribute.clone());
                self.tables.set_attributes(at, &list)?;
            }
            Change::AttributeDropped(variable) => {
                let mut list = self.tables.attributes(at)?;
                list.retain(|a| a.variable != *variable);
                self.tables.set_attributes(at, &list)?;
            }
            Change::Observed(id, seen) if seen.values.is_none() => {
                // A look that found no values leaves the earlier ones in the directory, so they stay here too.
                let mut whole = seen.clone();
                if let (Some((old, seen_at)), Some(linked_at)) =
                    (self.tables.observed(at, *id)?, self.tables.linked(at, *id)?)
                    && seen_at > linked_at
                {
                    whole.values = old.values;
                }
                self.tables.write(at, seq, &Change::Observed(*id, whole))?;
            }
            Change::GroupPushed(id, seen) if self.look => {
                let there = self.tables.pushed(at, *id)?;
                let Some(push) = there.and_then(|there| with_what_was_seen(seen, there)) else {
                    return Ok(());
                };
                let change = Change::GroupPushed(*id, push);
                self.tables.write(at, seq, &change)?;
                self.emit(scope, change);
                return Ok(());
            }
            Change::GroupPushed(id, _) | Change::GroupPushDropped(id, _) if !self.sender => {
                let change = with_what_is_there(change, self.tables.pushed(at, *id)?);
                self.tables.write(at, seq, &change)?;
                self.emit(scope, change);
                return Ok(());
            }
            Change::Connection(settings) if Some(settings.id) != self.connection => {
                return Err(StoreError::Refused { why: "settings of another connection".to_owned() });
            }
            Change::Connection(settings) => {
                free_connection_name(self.tables, &settings.name, Some(settings.id))?;
                self.tables.write(at, seq, change)?;
            }
            // A mark without its operation would come from nowhere; it follows from operations only.
            Change::Operation(..) => return Ok(()),
            _ => self.tables.write(at, seq, change)?,
        }
        self.emit(scope, change.clone());
        Ok(())
    }

    /// User names are unique; two people may swap theirs within one batch.
    fn free_name(&mut self, id: PersonId, name: &str, later: &[Change]) -> Result<()> {
        let Some(holder) = self.tables.name_holder(&name.to_lowercase())?.filter(|h| *h != id) else {
            return Ok(());
        };
        let moves_on = later.iter().any(|change| match change {
            Change::Person(person) => person.id == holder,
            Change::PersonDropped(gone) => *gone == holder,
            _ => false,
        });
        if !moves_on {
            return Err(StoreError::Refused {
                why: format!("another person already has user name {name:?}"),
            });
        }
        self.tables.park_name(holder)
    }

    /// Nobody is forgotten while a request about them may be on its way.
    fn forget_operations(&mut self, id: PersonId) -> Result<()> {
        for (connection, mut operation) in self.tables.live(None, id)? {
            if operation.state.sent() {
                return Err(StoreError::Refused {
                    why: format!(
                        "{} has operation {} on its way; it is looked up first",
                        operation.user_name, operation.id
                    ),
                });
            }
            self.cancel_one(connection, &mut operation)?;
        }
        Ok(())
    }

    fn follow_up(&mut self, batch: &Batch) -> Result<()> {
        let idle = batch.audit.is_empty() && batch.traces.is_empty() && batch.console_set.is_empty();
        if idle && !batch.import_done && batch.taken_out.is_empty() {
            return Ok(());
        }
        let here = self.here()?;
        if !batch.audit.is_empty() {
            let (mut seq, mut hash) = self.tables.audit_head(here)?;
            for entry in &batch.audit {
                if let Some(id) = &entry.remote_id
                    && self.tables.has_remote(here, id)?
                {
                    continue;
                }
                seq += 1;
                let mut entry = entry.clone();
                entry.seq = seq;
                let text = chain::text(&entry);
                hash = chain::link(&hash, &text);
                self.tables.put_audit(here, &entry, &text, hash)?;
                self.out.audit.push(entry);
            }
        }
        for trace in &batch.traces {
            let seq = self.tables.put_trace(here, &kept::capped(trace))?;
            if kept::looks(seq) {
                self.tables.trim_traces(trace.operation, kept::OF_ONE, seq.saturating_sub(kept::OF_ALL))?;
            }
        }
        for (account, at) in &batch.taken_out {
            self.tables.put_taken_out(here, account, *at)?;
        }
        if batch.import_done {
            self.tables.clear_console(here)?;
        }
        for (person, field) in &batch.console_set {
            if self.tables.has_person(*person)? {
                self.tables.put_console(here, *person, field)?;
            }
        }
        Ok(())
    }

    fn finish(mut self, decides: bool) -> Result<Applied> {
        let total = self.log.len() as u64;
        let last = self.base + total;
        if decides && total > 0 {
            self.tables.set_decided(last)?;
        }
        // A batch that alone is longer than the log makes everybody load anew: its beginning is not kept.
        let skip = total.saturating_sub(KEEP);
        for (seq, (scope, change)) in
            (self.base + 1..).zip(&self.log).skip(usize::try_from(skip).unwrap_or(0))
        {
            self.tables.log(seq, *scope, change)?;
        }
        if skip > 0 || last / TRIM_EVERY != self.base / TRIM_EVERY {
            self.tables.trim_log(last.saturating_sub(KEEP))?;
        }
        let mine = self.connection;
        self.out.changes = std::mem::take(&mut self.log)
            .into_iter()
            .filter(|(scope, _)| scope.is_none() || *scope == mine)
            .map(|(_, change)| change)
            .collect();
        self.out.last_change = last;
        Ok(self.out)
    }

    /// Notes an operation as it is now among the results.
    pub(super) fn report(&mut self, operation: &Operation) {
        let place = *self.places.entry(operation.id).or_insert(self.out.operations.len());
        match self.out.operations.get_mut(place) {
            Some(slot) => slot.clone_from(operation),
            None => self.out.operations.push(operation.clone()),
        }
    }
}

/// Connections are named by the operator, so their names are unique.
pub(super) fn free_connection_name(
    tables: &mut dyn Tables,
    name: &str,
    id: Option<ConnectionId>,
) -> Result<()> {
    match tables.connection_holder(name)? {
        Some(holder) if Some(holder) != id => {
            Err(StoreError::Refused { why: format!("there is already a connection named {name:?}") })
        }
        _ => Ok(()),
    }
}

pub(super) fn no_connection(id: ConnectionId) -> StoreError {
    StoreError::Refused { why: format!("there is no connection {}", id.0) }
}

/// Whether every connection sees this change.
fn shared(change: &Change) -> bool {
    matches!(
        change,
        Change::Person(_)
            | Change::PersonDropped(_)
            | Change::Group(_)
            | Change::GroupDropped(_)
            | Change::Member(..)
            | Change::MemberDropped(..)
    )
}

/// Who must be there for this change to mean anything.
fn person_of(change: &Change) -> Option<PersonId> {
    match change {
        Change::PersonDropped(id)
        | Change::Member(_, id)
        | Change::MemberDropped(_, id)
        | Change::Assigned(id, _)
        | Change::Unassigned(id)
        | Change::Link(id, _)
        | Change::LinkDropped(id)
        | Change::Observed(id, _)
        | Change::Operation(id, _)
        | Change::Noted(id, _)
        | Change::NoteDropped(id) => Some(*id),
        _ => None,
    }
}

/// Which group must be there for this change to mean anything.
fn group_of(change: &Change) -> Option<GroupId> {
    match change {
        Change::GroupDropped(id)
        | Change::Member(id, _)
        | Change::MemberDropped(id, _)
        | Change::GroupAssigned(id, _)
        | Change::GroupPushed(id, _)
        | Change::GroupPushDropped(id, _)
        | Change::GroupUnassigned(id) => Some(*id),
        _ => None,
    }
}
