//! A store in memory with the same rules: for simulations, and for a home that ends with the process.
//!
//! All rows live in one ordered map; what a batch changes is noted, so that undoing it costs what it did.

mod read;
mod rows;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::backend::{Backend, Reader, Result, Told};
use super::faults::Faults;
use super::rules::{self, no_connection};
use super::{Applied, Batch};
use crate::domain::{Connection, ConnectionId, Time};
use crate::engine::compare::{Orphan, OrphansSeen};
use rows::{Key, Row, Rows};

/// The memory backend. Clones share the rows, as processes share a file.
#[derive(Clone, Default)]
pub struct Memory {
    rows: Arc<Mutex<Rows>>,
    faults: Faults,
    mine: u64,
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that fails where `faults` say so.
    pub fn with(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Another process on the same rows.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { rows: Arc::clone(&self.rows), faults: Faults::default(), mine: 0 }
    }

    fn transaction<T>(&mut self, work: impl FnOnce(&mut Rows) -> Result<T>) -> Result<T> {
        // A panic elsewhere leaves no half batch: what it did is undone by the next one that begins.
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.undo_to(0);
        rows.faults = self.faults.clone();
        rows.tick()?;
        let done = work(&mut rows).and_then(|out| rows.tick().map(|()| out));
        if done.is_ok() {
            rows.keep();
            self.mine += 1;
        } else {
            rows.undo_to(0);
        }
        done
    }
}

impl Backend for Memory {
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        let whole = self.transaction(|rows| {
            let mut results = Vec::with_capacity(batches.len());
            for batch in batches {
                let begin = rows.undo_len();
                let result = rules::apply(rows, batch);
                match &result {
                    Ok(_) => {}
                    Err(error) if error.of_the_batch() => rows.undo_to(begin),
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

    fn add_connection_told(&mut self, mut connection: Connection, told: Told<'_>) -> Result<Connection> {
        self.transaction(|rows| {
            rules::free_connection_name(rows, &connection.name, None)?;
            let all = rows.connections();
            connection.id = ConnectionId(all.iter().map(|c| c.id.0).max().unwrap_or(0) + 1);
            let audit = told(&mut connection);
            rows.put(Key::Connection(connection.id.0), Some(Row::Connection(connection.clone())))?;
            rows.put(Key::Fence(connection.id.0), Some(Row::Number(0)))?;
            rules::apply(rows, &Batch { connection: Some(connection.id), audit, ..Batch::default() })?;
            Ok(connection)
        })
    }

    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64> {
        self.transaction(|rows| {
            let key = Key::Fence(connection.0);
            let fence = rows.number(&key).ok_or_else(|| no_connection(connection))? + 1;
            rows.put(key, Some(Row::Number(fence)))?;
            Ok(fence)
        })
    }

    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        self.transaction(|rows| {
            let key = Key::Meta(connection.map_or(0, |c| c.0), key.to_owned());
            rows.put(key, Some(Row::Text(value.to_owned())))
        })
    }

    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
        self.transaction(|rows| {
            let before: Vec<(Key, Orphan)> = read::orphans(rows, connection).collect();
            let known: BTreeMap<&str, Time> =
                before.iter().map(|(_, o)| (o.account_id.as_str(), o.since)).collect();
            let key = |id: &str| Key::Orphan(connection.0, id.to_owned());
            for orphan in &seen.orphans {
                let since = known.get(orphan.account_id.as_str()).copied().unwrap_or(seen.at);
                let row = Row::Orphan(Box::new(Orphan { since, ..orphan.clone() }));
                rows.put(key(&orphan.account_id), Some(row))?;
            }
            let still: BTreeSet<&str> = seen.orphans.iter().map(|o| o.account_id.as_str()).collect();
            for (key, orphan) in before.iter().filter(|_| seen.complete) {
                if !still.contains(orphan.account_id.as_str()) {
                    rows.put(key.clone(), None)?;
                }
            }
            Ok(())
        })
    }

    fn data_version(&mut self) -> Result<u64> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rows.commits - self.mine)
    }

    fn transactions(&self) -> u64 {
        self.mine
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(read::Reading::new(Arc::clone(&self.rows))))
    }
}
