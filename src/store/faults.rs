//! Failures on purpose, for tests: each point where a backend can fail is reached by counting, not by chance.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::backend::{Backend, Reader, Result, Told};
use super::{Applied, Batch, StoreError};
use crate::domain::{Connection, ConnectionId};
use crate::engine::compare::OrphansSeen;

/// Makes the Nth statement of a backend fail, once. The default never does.
#[derive(Debug, Clone, Default)]
pub struct Faults(Option<Arc<AtomicI64>>);

impl Faults {
    /// None is set; [`Faults::fail`] sets one later.
    pub fn armed() -> Self {
        Self(Some(Arc::new(AtomicI64::new(0))))
    }

    /// The `nth` statement from now on fails; 1 is the next one, 0 takes a set failure back.
    pub fn fail(&self, nth: u32) {
        if let Some(left) = &self.0 {
            left.store(i64::from(nth), Ordering::SeqCst);
        }
    }

    /// Whether the set failure has not happened yet.
    pub fn pending(&self) -> bool {
        self.0.as_ref().is_some_and(|left| left.load(Ordering::SeqCst) > 0)
    }

    pub(super) fn tick(&self, path: &str) -> Result<()> {
        match &self.0 {
            Some(left) if left.fetch_sub(1, Ordering::SeqCst) == 1 => {
                Err(StoreError::Unwritable { path: path.to_owned(), why: "failed on purpose".to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// A backend whose Nth call fails with a given error, before anything is done.
pub struct FailNth<B> {
    inner: B,
    left: u32,
    error: StoreError,
}

impl<B: Backend> FailNth<B> {
    /// The `nth` call to `inner` fails with `error`; 1 is the first.
    pub fn new(inner: B, nth: u32, error: StoreError) -> Self {
        Self { inner, left: nth, error }
    }

    fn tick(&mut self) -> Result<()> {
        let now = self.left == 1;
        self.left = self.left.saturating_sub(1);
        if now { Err(self.error.clone()) } else { Ok(()) }
    }
}

impl<B: Backend> Backend for FailNth<B> {
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        match self.tick() {
            Ok(()) => self.inner.apply(batches),
            Err(error) => batches.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn add_connection_told(&mut self, connection: Connection, told: Told<'_>) -> Result<Connection> {
        self.tick()?;
        self.inner.add_connection_told(connection, told)
    }

    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64> {
        self.tick()?;
        self.inner.raise_fence(connection)
    }

    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        self.tick()?;
        self.inner.put_meta(connection, key, value)
    }

    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
        self.tick()?;
        self.inner.put_orphans(connection, seen)
    }

    fn data_version(&mut self) -> Result<u64> {
        self.tick()?;
        self.inner.data_version()
    }

    fn transactions(&self) -> u64 {
        self.inner.transactions()
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        self.inner.reader()
    }
}
