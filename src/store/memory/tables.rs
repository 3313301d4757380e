//! What the rules read and write of the rows.

use super::rows::{Key, Row, Rows};
use crate::audit::{AuditEntry, chain::Hash};
use crate::directory::{Change, Observation};
use crate::domain::{
    AccountState, ConnectionId, GroupId, OpId, OpState, Operation, PersonId, ProfileAttribute, Push, Time,
};
use crate::engine::Trace;
use crate::store::HEARD;
use crate::store::backend::Result;
use crate::store::tables::Tables;

impl Tables for Rows {
    fn fence(&mut self, connection: ConnectionId) -> Result<Option<u64>> {
        self.tick()?;
        Ok(self.number(&Key::Fence(connection.0)))
    }

    fn connection_holder(&mut self, name: &str) -> Result<Option<ConnectionId>> {
        Ok(self.connections().iter().find(|c| c.name == name).map(|c| c.id))
    }

    fn has_person(&mut self, id: PersonId) -> Result<bool> {
        Ok(self.get(&Key::Person(id)).is_some())
    }

    fn has_group(&mut self, id: GroupId) -> Result<bool> {
        Ok(self.get(&Key::Group(id)).is_some())
    }

    fn name_holder(&mut self, key: &str) -> Result<Option<PersonId>> {
        Ok(self.number(&Key::Name(key.to_owned())).map(PersonId))
    }

    fn group_holder(&mut self, key: &str) -> Result<Option<GroupId>> {
        Ok(self.number(&Key::GroupName(key.to_owned())).map(GroupId))
    }

    fn park_name(&mut self, id: PersonId) -> Result<()> {
        self.free(id)
    }

    fn write(&mut self, connection: ConnectionId, seq: u64, change: &Change) -> Result<()> {
        let c = connection.0;
        let made = Some(Row::Made(seq, change.clone()));
        match change {
            Change::Person(p) => {
                self.free(p.id)?;
                self.put(Key::Name(p.user_name.to_lowercase()), Some(Row::Number(p.id.0)))?;
                self.put(Key::Person(p.id), made)
            }
            Change::PersonDropped(p) => self.drop_person(*p),
            Change::Group(g) => {
                if let Some(Row::Made(_, Change::Group(old))) = self.get(&Key::Group(g.id)) {
                    let key = Key::GroupName(old.name.to_lowercase());
                    self.put(key, None)?;
                }
                self.put(Key::GroupName(g.name.to_lowercase()), Some(Row::Number(g.id.0)))?;
                self.put(Key::Group(g.id), made)
            }
            Change::GroupDropped(g) => self.drop_group(*g),
            Change::Member(g, p) => {
                self.put(Key::MemberOf(*p, *g), Some(Row::There))?;
                self.put(Key::Member(*g, *p), made)
            }
            Change::MemberDropped(g, p) => {
                self.put(Key::MemberOf(*p, *g), None)?;
                self.put(Key::Member(*g, *p), None)
            }
            Change::Assigned(p, _) => self.put(Key::Assigned(c, *p), made),
            Change::Unassigned(p) => self.put(Key::Assigned(c, *p), None),
            Change::GroupPushed(g, _) => self.put(Key::GroupPushed(c, *g), made),
            Change::GroupPushDropped(g, _) => self.put(Key::GroupPushed(c, *g), None),
            Change::GroupAssigned(g, _) => self.put(Key::GroupAssigned(c, *g), made),
            Change::GroupUnassigned(g) => self.put(Key::GroupAssigned(c, *g), None),
            Change::Link(p, _) => self.put(Key::Link(c, *p), made),
            Change::LinkDropped(p) => {
                self.put(Key::Link(c, *p), None)?;
                if let Some(Row::Made(_, Change::Observed(_, old))) = self.get(&Key::Observed(c, *p)) {
                    let seen = Observation { state: AccountState::Unknown, values: None, at: old.at };
                    self.put(Key::Observed(c, *p), Some(Row::Made(seq, Change::Observed(*p, seen.into()))))?;
                }
                Ok(())
            }
            Change::Observed(p, _) => self.put(Key::Observed(c, *p), made),
            Change::Noted(p, _) => self.put(Key::Noted(c, *p), made),
            Change::NoteDropped(p) => self.put(Key::Noted(c, *p), None),
            Change::Connection(settings) => {
                self.put(Key::Connection(c), Some(Row::Connection((**settings).clone())))
            }
            Change::Swept(_) => self.put(Key::Swept(c), made),
            Change::Attribute(..) | Change::AttributeDropped(_) | Change::Operation(..) => Ok(()),
        }
    }

    fn attributes(&mut self, connection: ConnectionId) -> Result<Vec<ProfileAttribute>> {
        Ok(match self.get(&Key::Attributes(connection.0)) {
            Some(Row::Attributes(list)) => list.clone(),
            _ => Vec::new(),
        })
    }

    fn set_attributes(&mut self, connection: ConnectionId, attributes: &[ProfileAttribute]) -> Result<()> {
        self.put(Key::Attributes(connection.0), Some(Row::Attributes(attributes.to_vec())))
    }

    fn observed(&mut self, connection: ConnectionId, id: PersonId) -> Result<Option<(Observation, u64)>> {
        Ok(match self.get(&Key::Observed(connection.0, id)) {
            Some(Row::Made(seq, Change::Observed(_, seen))) => Some(((**seen).clone(), *seq)),
            _ => None,
        })
    }

    fn linked(&mut self, connection: ConnectionId, id: PersonId) -> Result<Option<u64>> {
        Ok(match self.get(&Key::Link(connection.0, id)) {
            Some(Row::Made(seq, _)) => Some(*seq),
            _ => None,
        })
    }

    fn pushed(&mut self, connection: ConnectionId, id: GroupId) -> Result<Option<Push>> {
        Ok(match self.get(&Key::GroupPushed(connection.0, id)) {
            Some(Row::Made(_, Change::GroupPushed(_, push))) => Some(push.clone()),
            _ => None,
        })
    }

    fn decided(&mut self) -> Result<u64> {
        Ok(self.number(&Key::Decided).unwrap_or(0))
    }

    fn set_decided(&mut self, change: u64) -> Result<()> {
        self.put(Key::Decided, Some(Row::Number(change)))
    }

    fn heard(&mut self, connection: ConnectionId) -> Result<Option<String>> {
        Ok(match self.get(&Key::Meta(connection.0, HEARD.to_owned())) {
            Some(Row::Text(text)) => Some(text.clone()),
            _ => None,
        })
    }

    fn set_heard(&mut self, connection: ConnectionId, to: &str) -> Result<()> {
        self.put(Key::Meta(connection.0, HEARD.to_owned()), Some(Row::Text(to.to_owned())))
    }

    fn last_change(&mut self) -> Result<u64> {
        Ok(match self.range(Key::Log(0)..=Key::Log(u64::MAX)).next_back() {
            Some((Key::Log(seq), _)) => *seq,
            _ => 0,
        })
    }

    fn log(&mut self, seq: u64, connection: Option<ConnectionId>, change: &Change) -> Result<()> {
        self.put(Key::Log(seq), Some(Row::Log(connection, change.clone())))
    }

    fn trim_log(&mut self, up_to: u64) -> Result<()> {
        self.keys(Key::Log(0)..=Key::Log(up_to)).into_iter().try_for_each(|key| self.put(key, None))
    }

    fn state(&mut self, connection: ConnectionId, id: OpId) -> Result<Option<OpState>> {
        Ok(match self.get(&Key::Operation(id)) {
            Some(Row::Operation(of, operation)) if *of == connection => Some(operation.state),
            _ => None,
        })
    }

    fn live(
        &mut self,
        connection: Option<ConnectionId>,
        person: PersonId,
    ) -> Result<Vec<(ConnectionId, Operation)>> {
        let keys = Key::Live(person, OpId(0))..=Key::Live(person, OpId(u64::MAX));
        Ok(self
            .range(keys)
            .filter_map(|(key, _)| match key {
                Key::Live(_, id) => self.get(&Key::Operation(*id)),
                _ => None,
            })
            .filter_map(|row| match row {
                Row::Operation(of, o) if connection.is_none_or(|c| c == *of) => Some((*of, (**o).clone())),
                _ => None,
            })
            .collect())
    }

    fn put_operation(&mut self, connection: ConnectionId, operation: &Operation) -> Result<()> {
        let live = operation.state.live().then_some(Row::There);
        self.put(Key::Live(operation.person, operation.id), live)?;
        let row = Row::Operation(connection, Box::new(operation.clone()));
        self.put(Key::Operation(operation.id), Some(row))
    }

    fn audit_head(&mut self, connection: ConnectionId) -> Result<(u64, Hash)> {
        let keys = Key::Audit(connection.0, 0)..=Key::Audit(connection.0, u64::MAX);
        Ok(match self.range(keys).next_back() {
            Some((Key::Audit(_, seq), Row::Audit(_, _, hash))) => (*seq, *hash),
            _ => Default::default(),
        })
    }

    fn has_remote(&mut self, connection: ConnectionId, remote_id: &str) -> Result<bool> {
        Ok(self.get(&Key::Remote(connection.0, remote_id.to_owned())).is_some())
    }

    fn put_audit(
        &mut self,
        connection: ConnectionId,
        entry: &AuditEntry,
        text: &str,
        hash: Hash,
    ) -> Result<()> {
        if let Some(id) = &entry.remote_id {
            self.put(Key::Remote(connection.0, id.clone()), Some(Row::There))?;
        }
        let row = Row::Audit(Box::new(entry.clone()), text.to_owned(), hash);
        self.put(Key::Audit(connection.0, entry.seq), Some(row))
    }

    fn put_trace(&mut self, connection: ConnectionId, trace: &Trace) -> Result<u64> {
        let last = match self.range(Key::Trace(0)..=Key::Trace(u64::MAX)).next_back() {
            Some((Key::Trace(seq), _)) => *seq,
            _ => 0,
        };
        let trace = Trace { seq: last + 1, ..trace.clone() };
        self.put(Key::Trace(last + 1), Some(Row::Trace(connection, Box::new(trace))))?;
        Ok(last + 1)
    }

    fn trim_traces(&mut self, operation: Option<OpId>, of_one: u64, up_to: u64) -> Result<()> {
        let of = |row: &Row| matches!(row, Row::Trace(_, trace) if trace.operation == operation);
        let all = self.range(Key::Trace(up_to + 1)..=Key::Trace(u64::MAX)).rev();
        let one = all.filter(|(_, row)| operation.is_some() && of(row)).skip(of_one as usize);
        let old = self.range(Key::Trace(0)..=Key::Trace(up_to));
        let gone: Vec<Key> = one.chain(old).map(|(key, _)| key.clone()).collect();
        gone.into_iter().try_for_each(|key| self.put(key, None))
    }

    fn clear_console(&mut self, connection: ConnectionId) -> Result<()> {
        let c = connection.0;
        let keys = Key::Console(c, PersonId(0), String::new())
            ..=Key::Console(c.saturating_add(1), PersonId(0), String::new());
        self.keys(keys).into_iter().try_for_each(|key| self.put(key, None))
    }

    fn put_taken_out(&mut self, connection: ConnectionId, account: &str, at: Time) -> Result<()> {
        let key = Key::TakenOut(connection.0, account.to_owned());
        self.put(key, Some(Row::Number(at.ms().unsigned_abs())))
    }

    fn put_console(&mut self, connection: ConnectionId, person: PersonId, field: &str) -> Result<()> {
        self.put(Key::Console(connection.0, person, field.to_owned()), Some(Row::There))
    }
}
