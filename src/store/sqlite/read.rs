//! Questions, each answered from its own connection and from one moment.

use std::path::{Path, PathBuf};

use rusqlite::{Connection as Sql, OptionalExtension, Params, Row, params, params_from_iter};

use super::codec::{OPERATION, bad, get_id, get_json, get_operation, get_time, id};
use super::errors::explain;
use super::load::LIVE;
use super::{load, logged, open, orphans, tasks, unchanging};
use crate::audit::{AuditEntry, AuditQuery, chain::Beside, chain::Chained, chain::Hash};
use crate::directory::{Change, OpMark, QueueCounts};
use crate::domain::{Connection, ConnectionId, OpId, OpState, Operation, PersonId, Time};
use crate::engine::Trace;
use crate::engine::compare::Orphan;
use crate::store::backend::{LoadedRest, Reader, Result};
use crate::store::counts;
use crate::store::{BrakeHistory, Which};

/// A read-only connection.
pub(super) struct Reading {
    sql: Sql,
    path: PathBuf,
    words: String,
    unchanging: bool,
}

impl Reading {
    pub(super) fn open(path: &Path, unchanging: bool) -> Result<Self> {
        let sql = if unchanging { unchanging::open(path)? } else { open::reader(path)? };
        Ok(Self { sql, path: path.to_owned(), words: path.display().to_string(), unchanging })
    }

    fn all<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let read = || self.sql.prepare_cached(sql)?.query_map(params, read)?.collect();
        let found: rusqlite::Result<Vec<T>> = read();
        found.map_err(|e| explain(&self.words, &e))
    }

    fn one<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let found = self.sql.prepare_cached(sql).and_then(|mut s| s.query_row(params, read).optional());
        found.map_err(|e| explain(&self.words, &e))
    }

    /// Several statements that see the same moment.
    fn at_once<T>(&mut self, work: impl FnOnce(&Sql) -> rusqlite::Result<T>) -> Result<T> {
        let words = self.words.clone();
        let all = || {
            let tx = self.sql.transaction()?;
            let out = work(&tx)?;
            tx.commit()?;
            Ok(out)
        };
        all().map_err(|e| explain(&words, &e))
    }
}

impl Reader for Reading {
    fn another(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(Self::open(&self.path, self.unchanging)?))
    }

    fn connections(&mut self) -> Result<Vec<Connection>> {
        self.all("SELECT settings FROM connection ORDER BY id", [], |row| get_json(row, 0))
    }

    fn load(&mut self, connection: ConnectionId, sink: &mut dyn FnMut(Change)) -> Result<LoadedRest> {
        self.at_once(|sql| load::load(sql, connection, sink))
    }

    fn changes_since(&mut self, connection: ConnectionId, after: u64) -> Result<Option<(Vec<Change>, u64)>> {
        self.at_once(|sql| {
            let last = sql
                .prepare_cached("SELECT coalesce(max(seq), 0) FROM change")?
                .query_row([], |row| get_id(row, 0))?;
            let first = sql
                .prepare_cached("SELECT seq, change FROM change ORDER BY seq LIMIT 1")?
                .query_row([], |row| {
                    let text = row.get_ref(1)?.as_str().map_err(|e| bad(1, e))?;
                    Ok(logged::first_of(get_id(row, 0)?, text))
                })
                .optional()?
                .unwrap_or(1);
            if after > last || after + 1 < first {
                return Ok(None);
            }
            let mut statement = sql.prepare_cached(
                "SELECT change, seq FROM change
                     WHERE seq > ?2 AND (connection_id IS NULL OR connection_id = ?1) ORDER BY seq",
            )?;
            let mut rows = statement.query(params![connection.0, id(after)])?;
            let mut changes = Vec::new();
            while let Some(row) = rows.next()? {
                let text = row.get_ref(0)?.as_str().map_err(|e| bad(0, e))?;
                changes.extend(logged::changes_of(sql, connection, (get_id(row, 1)?, text), after)?);
            }
            Ok(Some((changes, last)))
        })
    }

    fn operations(&mut self, connection: ConnectionId, which: &Which) -> Result<Vec<Operation>> {
        match which {
            Which::Live => self.all(
                &format!("SELECT {OPERATION} FROM {LIVE} ORDER BY id"),
                [connection.0],
                get_operation,
            ),
            Which::Person(person) => {
                let sql = format!(
                    "SELECT {OPERATION} FROM operation WHERE person = ?2 AND connection_id = ?1
                     ORDER BY id DESC LIMIT 100"
                );
                let mut found = self.all(&sql, params![connection.0, id(person.0)], get_operation)?;
                found.reverse();
                Ok(found)
            }
            Which::Ids(ids) => {
                let sql = format!("SELECT {OPERATION} FROM operation WHERE id = ?2 AND connection_id = ?1");
                let mut found = self.at_once(|all| {
                    let mut one = all.prepare_cached(&sql)?;
                    let mut found = Vec::with_capacity(ids.len());
                    for op in ids {
                        found.extend(
                            one.query_row(params![connection.0, id(op.0)], get_operation).optional()?,
                        );
                    }
                    Ok(found)
                })?;
                found.sort_by_key(|o| o.id);
                found.dedup_by_key(|o| o.id);
                Ok(found)
            }
            Which::Worst(query) => self.at_once(|sql| tasks::worst(sql, connection, query)),
            Which::EndsOfAccess => {
                let sql = format!("SELECT {OPERATION} FROM {LIVE} AND kind = 'deactivate' ORDER BY id");
                self.all(&sql, [connection.0], get_operation)
            }
            Which::Begun => {
                let sql = format!(
                    "SELECT {OPERATION} FROM {LIVE} AND state IN ('inflight', 'in_doubt', 'waiting') ORDER BY id"
                );
                self.all(&sql, [connection.0], get_operation)
            }
            Which::LastRun(actor) => self.at_once(|sql| tasks::last_run(sql, connection, actor)),
            Which::RunOf(op) => self.at_once(|sql| tasks::run_of(sql, connection, *op)),
        }
    }

    fn live(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, OpMark)>> {
        self.at_once(|sql| load::live_marks(sql, connection))
    }

    fn queue_counts(&mut self, connection: ConnectionId) -> Result<QueueCounts> {
        let states: Vec<(OpState, u32)> =
            self.all(&format!("SELECT state, count(*) FROM {LIVE} GROUP BY state"), [connection.0], |row| {
                Ok((super::codec::get_word(row, 0)?, row.get(1)?))
            })?;
        Ok(counts::of(states))
    }

    fn audit(&mut self, connection: ConnectionId, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut sql = "SELECT entry FROM audit WHERE connection_id = ?".to_owned();
        let mut values = vec![i64::from(connection.0)];
        let wishes = [
            (" AND person = ?", query.person.map(|p| id(p.0))),
            (" AND operation = ?", query.operation.map(|o| id(o.0))),
            (" AND time >= ?", query.since.map(Time::ms)),
            (" AND seq > ?", query.after.map(id)),
            (" AND seq < ?", query.before.map(id)),
        ];
        for (words, value) in wishes {
            if let Some(value) = value {
                sql.push_str(words);
                values.push(value);
            }
        }
        let forward = query.after.is_some();
        sql.push_str(if forward { " ORDER BY seq LIMIT ?" } else { " ORDER BY seq DESC LIMIT ?" });
        values.push(i64::from(query.limit));
        let mut found: Vec<AuditEntry> = self.all(&sql, params_from_iter(values), |row| get_json(row, 0))?;
        if !forward {
            found.reverse();
        }
        Ok(found)
    }

    fn chained(&mut self, connection: ConnectionId, after: u64, limit: u32) -> Result<Vec<Chained>> {
        self.all(
            "SELECT seq, entry, hash, time, person, operation, remote_id FROM audit
             WHERE connection_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            params![connection.0, id(after), limit],
            get_chained,
        )
    }

    fn traces(&mut self, connection: ConnectionId, operation: OpId) -> Result<Vec<Trace>> {
        self.all(
            "SELECT seq, operation, step, attempt, exchange FROM trace
             WHERE operation = ?2 AND connection_id = ?1 ORDER BY seq",
            params![connection.0, id(operation.0)],
            get_trace,
        )
    }

    fn trace(&mut self, seq: u64) -> Result<Option<Trace>> {
        self.one(
            "SELECT seq, operation, step, attempt, exchange FROM trace WHERE seq = ?1",
            [id(seq)],
            get_trace,
        )
    }

    fn brake_history(&mut self, connection: ConnectionId, since: Time) -> Result<BrakeHistory> {
        let rows: Vec<(PersonId, bool)> = self.all(
            "SELECT DISTINCT person, kind = 'deactivate' FROM operation
             WHERE connection_id = ?1 AND created_at >= ?2 AND state <> 'cancelled'
                 AND (kind NOT IN ('update', 'link') OR changes_role)
             ORDER BY person",
            params![connection.0, since.ms()],
            |row| Ok((PersonId(get_id(row, 0)?), row.get(1)?)),
        )?;
        let taken_out = self.all(
            "SELECT account_id FROM taken_out WHERE connection_id = ?1 AND at >= ?2 ORDER BY account_id",
            params![connection.0, since.ms()],
            |row| row.get(0),
        )?;
        Ok(BrakeHistory { taken_out, ..counts::history(rows) })
    }

    fn console_values(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, String)>> {
        self.all(
            "SELECT person, field FROM console_value WHERE connection_id = ?1 ORDER BY person, field",
            [connection.0],
            |row| Ok((PersonId(get_id(row, 0)?), row.get(1)?)),
        )
    }

    fn orphans(&mut self, connection: ConnectionId) -> Result<Vec<Orphan>> {
        orphans::read(&self.sql, connection).map_err(|e| explain(&self.words, &e))
    }

    fn meta(&mut self, connection: Option<ConnectionId>, key: &str) -> Result<Option<String>> {
        self.one(
            "SELECT value FROM meta WHERE connection_id = ?1 AND key = ?2",
            params![connection.map_or(0, |c| c.0), key],
            |row| row.get(0),
        )
    }
}

fn get_trace(row: &Row<'_>) -> rusqlite::Result<Trace> {
    Ok(Trace {
        seq: get_id(row, 0)?,
        operation: get_id_or_null(row, 1)?.map(OpId),
        step: row.get(2)?,
        attempt: row.get(3)?,
        exchange: get_json(row, 4)?,
    })
}

fn get_chained(row: &Row<'_>) -> rusqlite::Result<Chained> {
    let beside = Beside {
        time: get_time(row, 3)?,
        person: get_id_or_null(row, 4)?.map(PersonId),
        operation: get_id_or_null(row, 5)?.map(OpId),
        remote_id: row.get(6)?,
    };
    Ok(Chained { seq: get_id(row, 0)?, text: row.get(1)?, hash: Hash(row.get(2)?), beside })
}

fn get_id_or_null(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|id| id as u64))
}
