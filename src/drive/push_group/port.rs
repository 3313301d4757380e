//! What making a group true needs of its process: the endpoint, the store, the clock and the sender's place. The drive
//! gives the real ones; the simulation gives others, which may stay silent for ever.

use std::future::Future;
use std::time::Duration;

use super::super::open_line;
use super::super::shared::{Line, Shared, hold, now};
use crate::directory::Directory;
use crate::domain::{Call, ConnectionId, Exchange, Failure, OpId, Time};
use crate::endpoint::Trouble;
use crate::endpoint::paging::{Listing, PageQuery};
use crate::engine::push_group::PIECE;
use crate::store::{Batch, StoreError};

/// The process that makes groups true.
pub trait Port: Send + Sync {
    /// The endpoint, once it is open.
    type Line: Send + Sync;

    /// The wall clock.
    fn now(&self) -> Time;
    /// Waits so many milliseconds.
    fn wait(&self, ms: u64) -> impl Future<Output = ()> + Send;
    /// Members named in one request at most.
    fn piece(&self) -> usize {
        PIECE
    }
    /// Names the requests of one group in the trace.
    fn op(&self) -> OpId;
    /// Whose groups these are.
    fn connection(&self) -> ConnectionId;
    /// Who runs this process, and the reason that was given.
    fn who(&self) -> (String, Option<String>);
    /// Looks something up in the directory.
    fn look<T>(&self, at: impl FnOnce(&Directory) -> T) -> T;
    /// The directory as it is now, with the number of the last change in it.
    fn numbered(&self) -> (Directory, u64);
    /// The fence of the sender's place, where this process has it and nothing stands still; else why not.
    fn may_send(&self) -> Result<Option<u64>, Failure>;
    /// Writes a batch and lets it reach the directory.
    fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Takes in what other processes wrote.
    fn catch_up(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Opens the endpoint.
    fn open(&self) -> impl Future<Output = Result<Self::Line, Failure>> + Send;
    /// Whether the endpoint may be read now, or asked to be left alone.
    fn may_read(&self, line: &Self::Line) -> Result<(), Trouble>;
    /// Sends a request, once.
    fn send(&self, line: &Self::Line, call: &Call) -> impl Future<Output = Exchange> + Send;
    /// Reads a list to its end.
    fn list(&self, line: &Self::Line, query: PageQuery) -> impl Future<Output = Listing> + Send;
    /// Whether the 404 of a group that was made there says that it is gone; else why that is not believed.
    fn gone(&self, line: &Self::Line) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Something of ours was written there.
    fn wrote(&self);
}

impl Port for Shared {
    type Line = Line;

    fn now(&self) -> Time {
        now()
    }

    async fn wait(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    fn op(&self) -> OpId {
        hold(&self.ids).op(now())
    }

    fn connection(&self) -> ConnectionId {
        self.connection
    }

    fn who(&self) -> (String, Option<String>) {
        (self.actor.clone(), self.reason.clone())
    }

    fn look<T>(&self, at: impl FnOnce(&Directory) -> T) -> T {
        Self::look(self, at)
    }

    fn numbered(&self) -> (Directory, u64) {
        Self::numbered(self)
    }

    fn may_send(&self) -> Result<Option<u64>, Failure> {
        Self::may_send(self).map(|seat| seat.fence)
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        Self::commit(self, batch).await.map(|_| ())
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        Self::catch_up(self).await.map(|_| ())
    }

    async fn open(&self) -> Result<Line, Failure> {
        open_line(self).await
    }

    fn may_read(&self, line: &Line) -> Result<(), Trouble> {
        line.endpoint.may_read()
    }

    async fn send(&self, line: &Line, call: &Call) -> Exchange {
        line.endpoint.send(call).await
    }

    async fn list(&self, line: &Line, query: PageQuery) -> Listing {
        line.endpoint.list(query).await
    }

    async fn gone(&self, line: &Line) -> Result<(), Failure> {
        line.finder.group_gone(&|| self.directory()).await
    }

    fn wrote(&self) {
        self.wrote.notify_one();
    }
}
