//! SQLite: one connection that writes, WAL so that readers have their own, FULL so that a commit survives
//! power loss.

mod change;
mod codec;
mod errors;
mod load;
mod logged;
mod open;
mod orphans;
mod read;
mod tables;
mod tasks;
mod unchanging;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection as Sql, params};

use super::backend::{Backend, Reader, Result, Told};
use super::faults::Faults;
use super::rules::{self, KEEP, no_connection};
use super::{Applied, Batch};
use crate::domain::{Connection, ConnectionId};
use crate::engine::compare::OrphansSeen;
use write::{Known, Writing};

/// The file backend.
pub struct Sqlite {
    sql: Sql,
    path: PathBuf,
    words: String,
    faults: Faults,
    transactions: u64,
    /// Looked at as it was kept, where nothing can be written.
    unchanging: bool,
}

impl Sqlite {
    /// Opens the store, made new where there is none: the file for its owner only, in a folder for its owner
    /// only, brought up to date after a copy of it was made.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Faults::default())
    }

    /// The same, failing where `faults` say so.
    pub fn open_with(path: &Path, faults: Faults) -> Result<Self> {
        Self::open_there(path, faults).map_err(|error| open::told_of_its_place(path, error))
    }

    fn open_there(path: &Path, faults: Faults) -> Result<Self> {
        let words = path.display().to_string();
        let sql = open::writer(path, open::MIGRATIONS)?;
        let mut store =
            Self { sql, path: path.to_owned(), words, faults, transactions: 0, unchanging: false };
        store.transaction(|tx| {
            use super::tables::Tables;
            let last = tx.last_change()?;
            tx.trim_log(last.saturating_sub(KEEP))
        })?;
        store.transactions = 0;
        Ok(store)
    }

    fn writing(&self) -> Writing<'_> {
        Writing { sql: &self.sql, path: &self.words, faults: &self.faults, known: Known::default() }
    }

    fn transaction<T>(&mut self, work: impl FnOnce(&mut Writing<'_>) -> Result<T>) -> Result<T> {
        if self.unchanging {
            let why = "its file system is read-only, it is looked at as it was kept".to_owned();
            return Err(super::StoreError::Unwritable { path: self.words.clone(), why });
        }
        let mut tx = self.writing();
        // Immediate: who has to wait for another process waits here, never in the middle.
        tx.run("BEGIN IMMEDIATE", [])?;
        let done = work(&mut tx)
            .and_then(|out| tx.write_log().map(|()| out))
            .and_then(|out| tx.run("COMMIT", []).map(|()| out));
        if done.is_err() {
            tx.undo("ROLLBACK");
        } else {
            self.transactions += 1;
        }
        done
    }
}

impl Sqlite {
    /// Each batch is a savepoint of the one transaction: a refused one leaves no trace, the others are written.
    fn apply_apart(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        let whole = self.transaction(|tx| {
            let mut results = Vec::with_capacity(batches.len());
            for batch in batches {
                tx.batch("SAVEPOINT batch")?;
                let result = rules::apply(tx, batch);
                match &result {
                    Ok(_) => {
                        tx.write_log()?;
                        tx.batch("RELEASE batch")?;
                    }
                    Err(error) if error.of_the_batch() => {
                        tx.batch("ROLLBACK TO batch; RELEASE batch")?;
                        tx.known = Known::default();
                    }
                    Err(error) => return Err(error.clone()),
                }
                results.push(result);
            }
            Ok(results)
        });
        match whole {
            Ok(results) => results,
            Err(error) => batches.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

impl Backend for Sqlite {
    /// One fsync covers all of them. A savepoint for each would copy every page that it touches, and hardly ever is
    /// one refused: only then it is done over with savepoints, so that the refused one is undone alone.
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        let whole = self.transaction(|tx| batches.iter().map(|batch| rules::apply(tx, batch)).collect());
        match whole {
            Ok(results) => Vec::into_iter(results).map(Ok).collect(),
            Err(error) if batches.len() > 1 && error.of_the_batch() => self.apply_apart(batches),
            Err(error) => batches.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn add_connection_told(&mut self, mut connection: Connection, told: Told<'_>) -> Result<Connection> {
        self.transaction(|tx| {
            let id = tx.one("SELECT coalesce(max(id), 0) + 1 FROM connection", [], |row| row.get(0))?;
            connection.id = ConnectionId(id.unwrap_or(1));
            rules::free_connection_name(tx, &connection.name, None)?;
            let audit = told(&mut connection);
            tx.run(
                "INSERT INTO connection (id, name, settings) VALUES (?1, ?2, ?3)",
                params![connection.id.0, connection.name, codec::text(&connection)],
            )?;
            rules::apply(tx, &Batch { connection: Some(connection.id), audit, ..Batch::default() })?;
            Ok(connection)
        })
    }

    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64> {
        self.transaction(|tx| {
            let fence: Option<i64> = tx.one(
                "UPDATE connection SET fence = fence + 1 WHERE id = ?1 RETURNING fence",
                [connection.0],
                |row| row.get(0),
            )?;
            fence.map(|fence| fence as u64).ok_or_else(|| no_connection(connection))
        })
    }

    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        self.transaction(|tx| {
            tx.run(
                "INSERT INTO meta (connection_id, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET value = excluded.value",
                params![connection.map_or(0, |c| c.0), key, value],
            )
        })
    }

    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
        let words = self.words.clone();
        self.transaction(|tx| {
            tx.faults.tick(tx.path)?;
            orphans::put(tx.sql, connection, seen).map_err(|e| errors::explain(&words, &e))
        })
    }

    fn data_version(&mut self) -> Result<u64> {
        let version: Option<i64> = self.writing().one("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(version.unwrap_or(0) as u64)
    }

    fn transactions(&self) -> u64 {
        self.transactions
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(read::Reading::open(&self.path, self.unchanging)?))
    }
}

#[cfg(test)]
mod tests;
