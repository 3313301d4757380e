//! A store that keeps no journal, audit entries or traces: what is measured over it is the engine alone.

use std::path::Path;

use scimdeck::directory::{Change, OpMark};
use scimdeck::domain::{Connection, ConnectionId, Operation};
use scimdeck::engine::compare::OrphansSeen;
use scimdeck::store::backend::Told;
use scimdeck::store::{Applied, Backend, Batch, Memory, Reader, Store, StoreError};

/// A store of nothing, wherever its home is.
pub(crate) fn nowhere(_home: &Path) -> Store {
    Store::over(Unkept::new(), "nowhere").unwrap()
}

/// Keeps what comes before the first operation, and nothing from then on; the directory hears of every change all the
/// same.
struct Unkept {
    before: Memory,
    /// Numbers given since the first operation.
    changes: Option<u64>,
    transactions: u64,
}

impl Unkept {
    fn new() -> Self {
        Self { before: Memory::new(), changes: None, transactions: 0 }
    }

    fn applied(&mut self, batch: &Batch) -> Applied {
        let mark = |operation: &Operation| Change::Operation(operation.person, OpMark::of(operation));
        let mut changes = batch.changes.clone();
        changes.extend(batch.moves.iter().map(|step| mark(&step.to)));
        changes.extend(batch.operations.iter().map(mark));
        let last_change = self.changes.unwrap_or_default() + changes.len() as u64;
        self.changes = Some(last_change);
        Applied { changes, last_change, operations: batch.operations.clone(), audit: Vec::new() }
    }
}

impl Backend for Unkept {
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied, StoreError>> {
        self.transactions += 1;
        if self.changes.is_none() && batches.iter().all(|batch| batch.operations.is_empty()) {
            return self.before.apply(batches);
        }
        self.changes.get_or_insert(1 << 32);
        batches.iter().map(|batch| Ok(self.applied(batch))).collect()
    }

    fn add_connection_told(
        &mut self,
        connection: Connection,
        told: Told<'_>,
    ) -> Result<Connection, StoreError> {
        self.before.add_connection_told(connection, told)
    }

    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        self.before.raise_fence(connection)
    }

    fn put_meta(
        &mut self,
        connection: Option<ConnectionId>,
        key: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.before.put_meta(connection, key, value)
    }

    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<(), StoreError> {
        self.before.put_orphans(connection, seen)
    }

    fn data_version(&mut self) -> Result<u64, StoreError> {
        self.before.data_version()
    }

    fn transactions(&self) -> u64 {
        self.transactions
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.before.reader()
    }
}
