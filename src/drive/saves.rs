//! What the sender tells the journal: many saves in one transaction, one transaction at a time.
//!
//! While one is being written the next ones gather. A save that something waits for (a mark without which a write may
//! not go) leaves as soon as the store is free. The end of an operation waits a moment for company: nothing is sent
//! because of it, and a process that dies meanwhile looks the operation up.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::OpState;
use crate::engine::machine::Ticket;
use crate::store::{Applied, Batch, Store, StoreError};

/// How long the end of an operation waits for company.
const COMPANY: Duration = Duration::from_millis(10);
/// So many do not wait for more.
const MANY: usize = 128;

/// What became of a save.
pub(super) type Saved = (Ticket, Result<Applied, StoreError>);
type Writing = Pin<Box<dyn Future<Output = Vec<Saved>> + Send>>;

/// Saves in the order in which the machine asked for them.
pub(super) struct Saves {
    store: Store,
    waiting: Vec<(Ticket, Batch)>,
    /// When they leave.
    leave: Option<Instant>,
    writing: Option<Writing>,
}

impl Saves {
    pub(super) fn new(store: Store) -> Self {
        Self { store, waiting: Vec::new(), leave: None, writing: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.writing.is_none()
    }

    pub(super) fn push(&mut self, ticket: Ticket, batch: Batch) {
        let now = Instant::now();
        let ends = batch.moves.iter().all(|step| step.to.state == OpState::Done);
        self.waiting.push((ticket, batch));
        let at = if ends && self.waiting.len() < MANY { now + COMPANY } else { now };
        self.leave = Some(self.leave.map_or(at, |earlier| earlier.min(at)));
    }

    /// Nothing is under way that could bring company.
    pub(super) fn hurry(&mut self) {
        if !self.waiting.is_empty() {
            self.leave = Some(Instant::now());
        }
    }

    /// Hands them to the store, which writes them whether or not anybody waits for it.
    pub(super) fn hand_over(&mut self) {
        self.leave = None;
        if self.waiting.is_empty() {
            return;
        }
        let (tickets, batches): (Vec<Ticket>, Vec<Batch>) =
            std::mem::take(&mut self.waiting).into_iter().unzip();
        let store = self.store.clone();
        let mut writing: Writing =
            Box::pin(async move { tickets.into_iter().zip(store.apply_each(batches).await).collect() });
        // The first poll hands them in.
        self.writing = Some(match writing.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Box::pin(std::future::ready(done)),
            Poll::Pending => writing,
        });
    }

    /// Waits for what is being written, or for the time to write more. Can be dropped and called again.
    pub(super) async fn next(&mut self) -> Vec<Saved> {
        loop {
            if let Some(writing) = &mut self.writing {
                let done = writing.await;
                self.writing = None;
                return done;
            }
            match self.leave {
                Some(at) if at > Instant::now() => tokio::time::sleep_until(at).await,
                Some(_) => self.hand_over(),
                None => std::future::pending().await,
            }
        }
    }
}
