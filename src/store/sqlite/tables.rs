//! What the rules read and write, in SQL.

use rusqlite::params;

use super::codec::operation_columns;
use super::codec::{get_id, get_json, get_json_or_null, get_operation, get_time, get_word, id, text};
use super::write::Writing;
use crate::audit::{AuditEntry, chain::Hash};
use crate::directory::{Change, Observation};
use crate::domain::{
    ConnectionId, GroupId, OpId, OpState, Operation, PersonId, ProfileAttribute, Push, Time,
};
use crate::engine::Trace;
use crate::store::backend::Result;
use crate::store::tables::{Tables, carries_intent, changes_role};
use crate::store::{HEARD, Move};

/// The values of `operation_columns!`, then the connection and whether the brake counts it.
macro_rules! operation_values {
    ($connection:expr, $o:expr) => {
        params![
            id($o.id.0),
            id($o.person.0),
            $o.user_name,
            $o.kind.word(),
            $o.cause,
            text(&$o.intent),
            $o.state.word(),
            $o.not_before.map(|t| t.ms()),
            $o.attempts,
            $o.failure.as_ref().map(text),
            $o.created_at.ms(),
            $o.updated_at.ms(),
            $o.actor,
            $o.reason,
            $connection.0,
            changes_role($o)
        ]
    };
}

impl Tables for Writing<'_> {
    fn fence(&mut self, connection: ConnectionId) -> Result<Option<u64>> {
        if let Some((_, fence)) = self.known.fence.filter(|(of, _)| *of == connection) {
            return Ok(Some(fence));
        }
        let fence =
            self.one("SELECT fence FROM connection WHERE id = ?1", [connection.0], |row| get_id(row, 0))?;
        self.known.fence = fence.map(|fence| (connection, fence));
        Ok(fence)
    }

    fn connection_holder(&mut self, name: &str) -> Result<Option<ConnectionId>> {
        self.one("SELECT id FROM connection WHERE name = ?1", [name], |row| row.get(0).map(ConnectionId))
    }

    fn has_person(&mut self, person: PersonId) -> Result<bool> {
        let found = self.one("SELECT 1 FROM person WHERE id = ?1", [id(person.0)], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn has_group(&mut self, group: GroupId) -> Result<bool> {
        let found = self.one("SELECT 1 FROM \"group\" WHERE id = ?1", [id(group.0)], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn name_holder(&mut self, key: &str) -> Result<Option<PersonId>> {
        self.one("SELECT id FROM person WHERE key = ?1", [key], |row| get_id(row, 0).map(PersonId))
    }

    fn group_holder(&mut self, key: &str) -> Result<Option<GroupId>> {
        self.one("SELECT id FROM \"group\" WHERE key = ?1", [key], |row| get_id(row, 0).map(GroupId))
    }

    fn park_name(&mut self, person: PersonId) -> Result<()> {
        self.run("UPDATE person SET key = char(1) || id WHERE id = ?1", [id(person.0)])
    }

    fn write(&mut self, connection: ConnectionId, seq: u64, change: &Change) -> Result<()> {
        self.change(connection, seq, change)
    }

    fn attributes(&mut self, connection: ConnectionId) -> Result<Vec<ProfileAttribute>> {
        self.all(
            "SELECT attribute FROM attribute WHERE connection_id = ?1 ORDER BY place",
            [connection.0],
            |row| get_json(row, 0),
        )
    }

    fn set_attributes(&mut self, connection: ConnectionId, attributes: &[ProfileAttribute]) -> Result<()> {
        self.run("DELETE FROM attribute WHERE connection_id = ?1", [connection.0])?;
        for (place, attribute) in attributes.iter().enumerate() {
            self.run(
                "INSERT INTO attribute (connection_id, place, attribute) VALUES (?1, ?2, ?3)",
                params![connection.0, place as i64, text(attribute)],
            )?;
        }
        Ok(())
    }

    fn observed(&mut self, connection: ConnectionId, person: PersonId) -> Result<Option<(Observation, u64)>> {
        self.one(
            "SELECT state, account, at, change_seq FROM observation WHERE connection_id = ?1 AND person = ?2",
            params![connection.0, id(person.0)],
            |row| {
                let (state, values) = (get_word(row, 0)?, get_json_or_null(row, 1)?);
                Ok((Observation { state, values, at: get_time(row, 2)? }, get_id(row, 3)?))
            },
        )
    }

    fn linked(&mut self, connection: ConnectionId, person: PersonId) -> Result<Option<u64>> {
        self.one(
            "SELECT change_seq FROM link WHERE connection_id = ?1 AND person = ?2",
            params![connection.0, id(person.0)],
            |row| get_id(row, 0),
        )
    }

    fn pushed(&mut self, connection: ConnectionId, group: GroupId) -> Result<Option<Push>> {
        self.one(
            "SELECT push FROM pushed_group WHERE connection_id = ?1 AND group_id = ?2",
            params![connection.0, id(group.0)],
            |row| get_json(row, 0),
        )
    }

    fn decided(&mut self) -> Result<u64> {
        let sql = "SELECT CAST(value AS INTEGER) FROM meta WHERE connection_id = 0 AND key = 'decided'";
        Ok(self.one(sql, [], |row| get_id(row, 0))?.unwrap_or(0))
    }

    fn set_decided(&mut self, change: u64) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO meta (connection_id, key, value) VALUES (0, 'decided', ?1)";
        self.run(sql, [change.to_string()])
    }

    fn heard(&mut self, connection: ConnectionId) -> Result<Option<String>> {
        let sql = "SELECT value FROM meta WHERE connection_id = ?1 AND key = ?2";
        self.one(sql, params![connection.0, HEARD], |row| row.get(0))
    }

    fn set_heard(&mut self, connection: ConnectionId, to: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO meta (connection_id, key, value) VALUES (?1, ?2, ?3)";
        self.run(sql, params![connection.0, HEARD, to])
    }

    fn last_change(&mut self) -> Result<u64> {
        if let Some(last) = self.known.last_change {
            return Ok(last);
        }
        let last = self.one("SELECT coalesce(max(seq), 0) FROM change", [], |row| get_id(row, 0))?;
        let last = last.unwrap_or(0);
        self.known.last_change = Some(last);
        Ok(last)
    }

    fn log(&mut self, seq: u64, connection: Option<ConnectionId>, change: &Change) -> Result<()> {
        self.known.log.add(seq, connection, change);
        self.known.last_change = Some(seq);
        Ok(())
    }

    fn trim_log(&mut self, up_to: u64) -> Result<()> {
        self.write_log()?;
        self.run("DELETE FROM change WHERE seq <= ?1", [id(up_to)])
    }

    fn state(&mut self, connection: ConnectionId, op: OpId) -> Result<Option<OpState>> {
        self.one(
            "SELECT state FROM operation WHERE id = ?1 AND connection_id = ?2",
            params![id(op.0), connection.0],
            |row| get_word(row, 0),
        )
    }

    fn live(
        &mut self,
        connection: Option<ConnectionId>,
        person: PersonId,
    ) -> Result<Vec<(ConnectionId, Operation)>> {
        self.all(
            concat!(
                "SELECT ",
                operation_columns!(),
                ", connection_id FROM operation
                 WHERE person = ?1 AND state NOT IN ('done', 'cancelled') AND (?2 IS NULL OR connection_id = ?2)
                 ORDER BY id"
            ),
            params![id(person.0), connection.map(|c| c.0)],
            |row| Ok((ConnectionId(row.get(14)?), get_operation(row)?)),
        )
    }

    fn behind(&mut self, connection: ConnectionId, person: PersonId) -> Result<Option<Operation>> {
        self.one(
            concat!(
                "SELECT ",
                operation_columns!(),
                " FROM operation WHERE connection_id = ?1 AND person = ?2 AND state = 'behind'"
            ),
            params![connection.0, id(person.0)],
            get_operation,
        )
    }

    fn add_operation(&mut self, connection: ConnectionId, o: &Operation) -> Result<()> {
        self.run(
            concat!(
                "INSERT INTO operation (",
                operation_columns!(),
                ", connection_id, changes_role)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
            ),
            operation_values!(connection, o),
        )
    }

    fn put_operation(&mut self, connection: ConnectionId, o: &Operation) -> Result<()> {
        self.run(
            // Whom it is about, and when it was made, does not change.
            "UPDATE operation SET kind = ?4, cause = ?5, intent = ?6, state = ?7, not_before = ?8, attempts = ?9,
                 failure = ?10, updated_at = ?12, actor = ?13, reason = ?14, changes_role = ?16
             WHERE id = ?1 AND connection_id = ?15",
            operation_values!(connection, o),
        )
    }

    fn move_operation(&mut self, connection: ConnectionId, step: &Move) -> Result<bool> {
        let o = &step.to;
        let intent = carries_intent(step).then(|| text(&o.intent));
        let counted = intent.is_some() && changes_role(o);
        let moved = self.count(
            "UPDATE operation SET state = ?4, not_before = ?5, attempts = ?6, failure = ?7, updated_at = ?8,
                 intent = coalesce(?9, intent), changes_role = iif(?9 IS NULL, changes_role, ?10)
             WHERE id = ?1 AND connection_id = ?2 AND state = ?3",
            params![
                id(o.id.0),
                connection.0,
                step.from.word(),
                o.state.word(),
                o.not_before.map(|t| t.ms()),
                o.attempts,
                o.failure.as_ref().map(text),
                o.updated_at.ms(),
                intent,
                counted
            ],
        )?;
        Ok(moved > 0)
    }

    fn audit_head(&mut self, connection: ConnectionId) -> Result<(u64, Hash)> {
        if let Some((_, seq, hash)) = self.known.head.filter(|(of, ..)| *of == connection) {
            return Ok((seq, hash));
        }
        let head = self.one(
            "SELECT seq, hash FROM audit WHERE connection_id = ?1 ORDER BY seq DESC LIMIT 1",
            [connection.0],
            |row| Ok((get_id(row, 0)?, Hash(row.get(1)?))),
        )?;
        Ok(head.unwrap_or_default())
    }

    fn has_remote(&mut self, connection: ConnectionId, remote_id: &str) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM audit WHERE connection_id = ?1 AND remote_id = ?2",
            params![connection.0, remote_id],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    fn put_audit(
        &mut self,
        connection: ConnectionId,
        entry: &AuditEntry,
        text: &str,
        hash: Hash,
    ) -> Result<()> {
        self.run(
            "INSERT INTO audit (connection_id, seq, time, person, operation, remote_id, entry, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                connection.0,
                id(entry.seq),
                entry.time.ms(),
                entry.person.map(|p| id(p.0)),
                entry.operation.map(|o| id(o.0)),
                entry.remote_id,
                text,
                hash.0
            ],
        )?;
        self.known.head = Some((connection, entry.seq, hash));
        Ok(())
    }

    fn put_trace(&mut self, connection: ConnectionId, trace: &Trace) -> Result<u64> {
        self.run(
            "INSERT INTO trace (connection_id, operation, step, attempt, exchange)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                connection.0,
                trace.operation.map(|o| id(o.0)),
                trace.step,
                trace.attempt,
                text(&trace.exchange)
            ],
        )?;
        Ok(self.sql.last_insert_rowid() as u64)
    }

    fn trim_traces(&mut self, operation: Option<OpId>, of_one: u64, up_to: u64) -> Result<()> {
        if let Some(op) = operation {
            self.run(
                "DELETE FROM trace WHERE operation = ?1 AND seq <=
                 (SELECT seq FROM trace WHERE operation = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
                params![id(op.0), of_one as i64],
            )?;
        }
        self.run("DELETE FROM trace WHERE seq <= ?1", [id(up_to)])
    }

    fn clear_console(&mut self, connection: ConnectionId) -> Result<()> {
        self.run("DELETE FROM console_value WHERE connection_id = ?1", [connection.0])
    }

    fn put_taken_out(&mut self, connection: ConnectionId, account: &str, at: Time) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO taken_out (connection_id, account_id, at) VALUES (?1, ?2, ?3)",
            params![connection.0, account, at.ms()],
        )
    }

    fn put_console(&mut self, connection: ConnectionId, person: PersonId, field: &str) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO console_value (connection_id, person, field) VALUES (?1, ?2, ?3)",
            params![connection.0, id(person.0), field],
        )
    }
}
