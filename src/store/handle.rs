//! The handle that everybody else holds.

use std::path::Path;

use tokio::sync::{mpsc, oneshot};

use super::backend::{Backend, Reader, Result};
use super::threads::{self, ReadJob, WriteJob};
use super::{Applied, Batch, BrakeHistory, Loaded, Memory, Sqlite, StoreError, Which};
use crate::audit::chain::{Broken, Chained, Head, Verifier};
use crate::audit::{AuditEntry, AuditQuery, Stamp};
use crate::directory::{Change, Directory, OpMark, QueueCounts};
use crate::domain::{Connection, ConnectionId, OpId, Operation, PersonId, Time};
use crate::engine::Trace;
use crate::engine::compare::{Orphan, OrphansSeen};

/// So many changes of a load are applied together.
const PAGE: usize = 256;

/// The store. Clones share the threads, which end with the last clone; what was handed to them is written first.
///
/// A call that is dropped while it waits is carried out all the same.
#[derive(Clone)]
pub struct Store {
    write: mpsc::Sender<WriteJob>,
    read: mpsc::Sender<ReadJob>,
    path: String,
    stamp: Stamp,
    unchanging: bool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the file, made new where there is none. Waits for the disk, up to some seconds when another process
    /// is busy with it.
    pub fn open(path: &Path) -> Result<Self> {
        Self::over(Sqlite::open(path)?, &path.display().to_string())
    }

    /// The same for who only looks: also where its file system is read-only and it was left whole.
    pub fn look(path: &Path) -> Result<Self> {
        let store = Sqlite::look(path)?;
        let unchanging = store.is_unchanging();
        Ok(Self { unchanging, ..Self::over(store, &path.display().to_string())? })
    }

    /// Whether it is looked at as it was kept, where nothing can be changed.
    pub fn is_unchanging(&self) -> bool {
        self.unchanging
    }

    /// A store that ends with the process.
    pub fn memory() -> Result<Self> {
        Self::over(Memory::new(), "in memory")
    }

    /// A store over any backend; `path` is for its messages.
    pub fn over(backend: impl Backend + 'static, path: &str) -> Result<Self> {
        let (read, jobs) = mpsc::channel(threads::WAITING);
        let reader = backend.reader()?;
        threads::start("store-read", path, move || threads::read(reader, jobs))?;
        let (write, jobs) = mpsc::channel(threads::WAITING);
        threads::start("store-write", path, move || threads::write(Box::new(backend), jobs))?;
        Ok(Self { write, read, path: path.to_owned(), stamp: Stamp::default(), unchanging: false })
    }

    /// This handle and its later clones mark the audit entries they write with who sits here.
    #[must_use]
    pub fn written_by(self, stamp: Stamp) -> Self {
        Self { stamp, ..self }
    }

    /// Who writes through this handle.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    fn stopped(&self) -> StoreError {
        StoreError::Unusable {
            path: self.path.clone(),
            why: "its thread has stopped; leave scimdeck and start it again".to_owned(),
        }
    }

    /// Writes a batch: all of it is durable, or none of it is written.
    pub async fn apply(&self, batch: Batch) -> Result<Applied> {
        self.apply_each(vec![batch]).await.pop().unwrap_or_else(|| Err(self.stopped()))
    }

    /// Writes batches in their order and in one transaction: each is durable, or refused without spoiling the others.
    /// There are as many results as batches.
    pub async fn apply_each(&self, mut batches: Vec<Batch>) -> Vec<Result<Applied>> {
        let count = batches.len();
        batches.iter_mut().flat_map(|batch| &mut batch.audit).for_each(|entry| self.stamp.mark(entry));
        let (reply, answer) = oneshot::channel();
        // A job that could not be handed in takes the reply with it.
        let _ = self.write.send(WriteJob::Apply(batches, reply)).await;
        let written = answer.await.map(|written| written.results);
        written.unwrap_or_else(|_| (0..count).map(|_| Err(self.stopped())).collect())
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Backend) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let job = WriteJob::Other(Box::new(move |backend| {
            // Who asked may have gone meanwhile; the work is done all the same.
            let _ = reply.send(work(backend));
        }));
        self.write.send(job).await.map_err(|_| self.stopped())?;
        answer.await.map_err(|_| self.stopped())?
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let job: ReadJob = Box::new(move |reader| {
            let _ = reply.send(work(reader));
        });
        self.read.send(job).await.map_err(|_| self.stopped())?;
        answer.await.map_err(|_| self.stopped())?
    }

    /// Long reading on a thread and a reader of its own, so that a page of the feed does not wait behind it.
    async fn read_long<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Reader) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut reader = self.read(|reader| reader.another()).await?;
        let (reply, answer) = oneshot::channel();
        threads::start("store-load", &self.path, move || {
            let _ = reply.send(work(reader.as_mut()));
        })?;
        answer.await.map_err(|_| self.stopped())?
    }

    /// All connections, by id.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        self.read(|reader| reader.connections()).await
    }

    /// Makes a connection; it gets the next free id, whatever id it comes with.
    pub async fn add_connection(&self, connection: Connection) -> Result<Connection> {
        self.write(|backend| backend.add_connection(connection)).await
    }

    /// The same with the first entries of its audit log, in one transaction: `told` gives them, and may complete what
    /// depends on the id.
    pub async fn add_connection_told(
        &self,
        connection: Connection,
        mut told: impl FnMut(&mut Connection) -> Vec<AuditEntry> + Send + 'static,
    ) -> Result<Connection> {
        let stamp = self.stamp.clone();
        self.write(move |backend| {
            backend.add_connection_told(connection, &mut |connection| {
                let mut audit = told(connection);
                audit.iter_mut().for_each(|entry| stamp.mark(entry));
                audit
            })
        })
        .await
    }

    /// Everything needed to start on a connection, as changes. [`Store::directory`] needs less memory.
    pub async fn load(&self, connection: ConnectionId) -> Result<Loaded> {
        self.read_long(move |reader| {
            let mut changes = Vec::new();
            let rest = reader.load(connection, &mut |change| changes.push(change))?;
            Ok(Loaded { changes, last_change: rest.last_change, live: rest.live })
        })
        .await
    }

    /// The directory of a connection, built while it is read; the changes of [`Loaded`] stay empty.
    pub async fn directory(&self, connection: Connection) -> Result<(Directory, Loaded)> {
        self.read_long(move |reader| {
            let id = connection.id;
            let mut directory = Directory::new(connection);
            let mut page = Vec::with_capacity(PAGE);
            let rest = reader.load(id, &mut |change| {
                page.push(change);
                if page.len() == PAGE {
                    directory.apply_page(&page);
                    page.clear();
                }
            })?;
            directory.apply_page(&page);
            let loaded = Loaded { changes: Vec::new(), last_change: rest.last_change, live: rest.live };
            Ok((directory, loaded))
        })
        .await
    }

    /// Changes after a number, by whatever process, and the number of the last one. None when some of them are
    /// not kept any more: load anew.
    pub async fn changes_since(
        &self,
        connection: ConnectionId,
        after: u64,
    ) -> Result<Option<(Vec<Change>, u64)>> {
        self.read(move |reader| reader.changes_since(connection, after)).await
    }

    /// Another number than last time: another process has committed meanwhile. Cheap.
    pub async fn data_version(&self) -> Result<u64> {
        self.write(|backend| backend.data_version()).await
    }

    /// Operations.
    pub async fn operations(&self, connection: ConnectionId, which: Which) -> Result<Vec<Operation>> {
        self.read(move |reader| reader.operations(connection, &which)).await
    }

    /// Whose live operations there are and how they stand, oldest first: little to read, where there are many.
    pub async fn live(&self, connection: ConnectionId) -> Result<Vec<(PersonId, OpMark)>> {
        self.read(move |reader| reader.live(connection)).await
    }

    /// Live operations by state.
    pub async fn queue_counts(&self, connection: ConnectionId) -> Result<QueueCounts> {
        self.read(move |reader| reader.queue_counts(connection)).await
    }

    /// A page of the audit feed, oldest first; the next one goes by the number of its first or last entry.
    pub async fn audit(&self, connection: ConnectionId, query: AuditQuery) -> Result<Vec<AuditEntry>> {
        self.read(move |reader| reader.audit(connection, &query)).await
    }

    /// A page of the audit feed as it is chained, from after a number on.
    pub async fn chained(&self, connection: ConnectionId, after: u64, limit: u32) -> Result<Vec<Chained>> {
        self.read_long(move |reader| reader.chained(connection, after, limit)).await
    }

    /// Checks the whole chain of a connection.
    pub async fn verify_audit(&self, connection: ConnectionId) -> Result<std::result::Result<Head, Broken>> {
        self.read_long(move |reader| {
            let mut verifier = Verifier::default();
            loop {
                let page = reader.chained(connection, verifier.head().count, 1000)?;
                if page.is_empty() {
                    return Ok(Ok(verifier.head()));
                }
                if let Err(broken) = page.iter().try_for_each(|entry| verifier.take(entry)) {
                    return Ok(Err(broken));
                }
            }
        })
        .await
    }

    /// The attempts of an operation, oldest first.
    pub async fn traces(&self, connection: ConnectionId, operation: OpId) -> Result<Vec<Trace>> {
        self.read(move |reader| reader.traces(connection, operation)).await
    }

    /// One attempt by its number.
    pub async fn trace(&self, seq: u64) -> Result<Option<Trace>> {
        self.read(move |reader| reader.trace(seq)).await
    }

    /// Makes this process the sender: the fence to put into its batches. Older ones are refused from now on.
    pub async fn raise_fence(&self, connection: ConnectionId) -> Result<u64> {
        self.write(move |backend| backend.raise_fence(connection)).await
    }

    /// Whom operations were committed for since a moment, for the brake.
    pub async fn brake_history(&self, connection: ConnectionId, since: Time) -> Result<BrakeHistory> {
        self.read(move |reader| reader.brake_history(connection, since)).await
    }

    /// What an operator set here since the last import, by person and field; the next import keeps it.
    pub async fn console_values(&self, connection: ConnectionId) -> Result<Vec<(PersonId, String)>> {
        self.read(move |reader| reader.console_values(connection)).await
    }

    /// Keeps the accounts of nobody here that a look at everybody found.
    pub async fn put_orphans(&self, connection: ConnectionId, seen: OrphansSeen) -> Result<()> {
        self.write(move |backend| backend.put_orphans(connection, &seen)).await
    }

    /// Accounts there that nobody here has, by user name.
    pub async fn orphans(&self, connection: ConnectionId) -> Result<Vec<Orphan>> {
        self.read_long(move |reader| reader.orphans(connection)).await
    }

    /// A value by key, of a connection or of the whole home.
    pub async fn meta_get(&self, connection: Option<ConnectionId>, key: &str) -> Result<Option<String>> {
        let key = key.to_owned();
        self.read(move |reader| reader.meta(connection, &key)).await
    }

    /// Sets a value by key.
    pub async fn meta_set(&self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(move |backend| backend.put_meta(connection, &key, &value)).await
    }

    /// How many transactions were committed by this handle's thread: one fsync each.
    pub async fn transactions(&self) -> Result<u64> {
        self.write(|backend| Ok(backend.transactions())).await
    }
}

#[cfg(test)]
mod tests;
