//! The store's threads: one owns all writing, one answers short questions beside it.

use tokio::sync::{mpsc, oneshot};

use super::backend::{Backend, Reader, Result};
use super::{Applied, Batch, StoreError};

/// How many jobs wait in a channel before who hands in the next one waits.
pub(super) const WAITING: usize = 256;
/// With so many batches in it a transaction takes no more.
const GROUP: usize = 64;

/// Something to ask of a reader.
pub(super) type ReadJob = Box<dyn FnOnce(&mut dyn Reader) + Send>;

/// Something else to do with the backend.
pub(super) type OtherWrite = Box<dyn FnOnce(&mut dyn Backend) + Send>;

/// Something to be written.
pub(super) enum WriteJob {
    /// Batches, grouped with others; each gets its result.
    Apply(Vec<Batch>, oneshot::Sender<Written>),
    /// Anything else, in its turn.
    Other(OtherWrite),
}

/// What became of batches.
pub(super) struct Written {
    /// One for each, in their order.
    pub(super) results: Vec<Result<Applied>>,
    /// They go back to who handed them in: memory is cheaper to free on the thread that took it.
    pub(super) _spent: Vec<Batch>,
}

/// Starts a thread of the store.
pub(super) fn start(name: &str, path: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(|_| ()).map_err(|e| StoreError::Unusable { path: path.to_owned(), why: e.to_string() })
}

/// Answers questions until nobody can ask any more.
pub(super) fn read(mut reader: Box<dyn Reader>, mut jobs: mpsc::Receiver<ReadJob>) {
    while let Some(job) = jobs.blocking_recv() {
        job(reader.as_mut());
    }
}

/// Writes until nobody can hand in any more.
///
/// Group commit without a timer: while one transaction waits for the disk, batches gather in the channel, and the
/// next transaction takes them up, until it has 64. A lone batch is never kept waiting for company, so the delay by
/// grouping is at most one transaction.
pub(super) fn write(mut backend: Box<dyn Backend>, mut jobs: mpsc::Receiver<WriteJob>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| jobs.blocking_recv()) {
        let (mut batches, reply) = match job {
            WriteJob::Other(work) => {
                work(backend.as_mut());
                continue;
            }
            WriteJob::Apply(batches, reply) => (batches, reply),
        };
        let mut replies = vec![(batches.len(), reply)];
        while batches.len() < GROUP {
            match jobs.try_recv() {
                Ok(WriteJob::Apply(more, reply)) => {
                    replies.push((more.len(), reply));
                    batches.extend(more);
                }
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let mut results = backend.apply(&batches).into_iter();
        let mut spent = batches.into_iter();
        for (count, reply) in replies {
            let results = results.by_ref().take(count).collect();
            // Who asked may have gone meanwhile; the batch is committed all the same.
            let _ = reply.send(Written { results, _spent: spent.by_ref().take(count).collect() });
        }
    }
}
