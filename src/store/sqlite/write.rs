//! The rows, in SQL.

use rusqlite::{Connection as Sql, OptionalExtension, Params, Row, params};

use super::codec::id;
use super::errors::explain;
use super::logged::Packed;
use crate::audit::chain::Hash;
use crate::domain::ConnectionId;
use crate::store::backend::Result;
use crate::store::faults::Faults;

/// The writing connection, inside a transaction.
pub(super) struct Writing<'a> {
    pub(super) sql: &'a Sql,
    pub(super) path: &'a str,
    pub(super) faults: &'a Faults,
    /// What this transaction knows already. Nobody else can write meanwhile.
    pub(super) known: Known,
}

/// What every batch asks for, read once in a transaction.
#[derive(Default)]
pub(super) struct Known {
    pub(super) fence: Option<(ConnectionId, u64)>,
    pub(super) last_change: Option<u64>,
    pub(super) head: Option<(ConnectionId, u64, Hash)>,
    /// Changes that are not in the log yet.
    pub(super) log: Packed,
}

impl Writing<'_> {
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.faults.tick(self.path)?;
        self.sql.execute_batch(sql).map_err(|e| explain(self.path, &e))
    }

    /// Writes the changes that were logged; before anything that looks at the log, and before the end.
    pub(super) fn write_log(&mut self) -> Result<()> {
        for row in self.known.log.take() {
            self.run(
                "INSERT INTO change (seq, connection_id, change) VALUES (?1, ?2, ?3)",
                params![id(row.last), row.connection.map(|c| c.0), row.text],
            )?;
        }
        Ok(())
    }

    /// Takes back what failed. SQLite may have done it by itself already.
    pub(super) fn undo(&self, sql: &str) {
        if !self.sql.is_autocommit() {
            let _ = self.sql.execute_batch(sql);
        }
    }

    pub(super) fn run<P: Params>(&self, sql: &str, params: P) -> Result<()> {
        self.count(sql, params).map(|_| ())
    }

    /// Runs it and says how many rows it changed.
    pub(super) fn count<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        self.faults.tick(self.path)?;
        let done = self.sql.prepare_cached(sql).and_then(|mut s| s.execute(params));
        done.map_err(|e| explain(self.path, &e))
    }

    /// New values of a row, which is made where there is none. Cheaper than one statement that can do both: that one
    /// copies each page it touches, in case it has to take back a part of what it did.
    pub(super) fn put<P: Params + Copy>(&self, update: &str, insert: &str, params: P) -> Result<()> {
        if self.count(update, params)? == 0 { self.run(insert, params) } else { Ok(()) }
    }

    pub(super) fn one<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.faults.tick(self.path)?;
        let found = self.sql.prepare_cached(sql).and_then(|mut s| s.query_row(params, read).optional());
        found.map_err(|e| explain(self.path, &e))
    }

    pub(super) fn all<T, P: Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.faults.tick(self.path)?;
        let read = || self.sql.prepare_cached(sql)?.query_map(params, read)?.collect();
        let found: rusqlite::Result<Vec<T>> = read();
        found.map_err(|e| explain(self.path, &e))
    }
}
