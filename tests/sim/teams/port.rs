//! The port through which the real code of pushed groups reaches this world: whatever it asks for, the world answers
//! later, or never.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use scimdeck::directory::Directory;
use scimdeck::domain::{Call, ConnectionId, Exchange, Failure, Ids, OpId, Outcome, Time};
use scimdeck::drive::push_group::Port;
use scimdeck::endpoint::Trouble;
use scimdeck::endpoint::paging::{Listing, PageQuery, Pass};
use scimdeck::engine::finder::{Presence, Telling, Told};
use scimdeck::store::{Batch, StoreError};

use crate::gone;
use crate::sender::overtaken;
use crate::world::CONNECTION;

/// Rows of a page: few, so that a pass takes several.
const PAGE: u32 = 2;

/// What a job waits for; the process may die before it comes.
pub(crate) enum Ask {
    Commit(Box<Batch>),
    CatchUp,
    Send(Box<Call>),
    Wait(u64),
}

pub(crate) enum Reply {
    Committed(Result<(), StoreError>),
    Sent(Box<Outcome>),
    Over,
}

/// Between a job and the world; what the process knows is put in before the job goes on.
pub(crate) struct Slot {
    pub(crate) directory: Directory,
    pub(crate) change: u64,
    pub(crate) now: Time,
    pub(crate) seat: Result<Option<u64>, Failure>,
    pub(crate) ids: Ids,
    pub(crate) ask: Option<Ask>,
    pub(crate) reply: Option<Reply>,
}

#[derive(Clone)]
pub(crate) struct Here(Arc<Mutex<Slot>>, usize);

impl Here {
    pub(crate) fn new(directory: Directory, seed: u64, piece: usize) -> Self {
        let slot = Slot {
            directory,
            change: 0,
            now: Time::default(),
            seat: Err(overtaken()),
            ids: Ids::new(seed),
            ask: None,
            reply: None,
        };
        Self(Arc::new(Mutex::new(slot)), piece)
    }

    pub(crate) fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, ask: Ask) -> impl Future<Output = Reply> + Send {
        let mut ask = Some(ask);
        poll_fn(move |_| {
            let mut slot = self.slot();
            if let Some(ask) = ask.take() {
                slot.ask = Some(ask);
                return Poll::Pending;
            }
            slot.reply.take().map_or(Poll::Pending, Poll::Ready)
        })
    }

    async fn exchange(&self, call: &Call) -> Exchange {
        let outcome = match self.ask(Ask::Send(Box::new(call.clone()))).await {
            Reply::Sent(outcome) => *outcome,
            _ => Outcome::NotSent("no answer of this world".to_owned()),
        };
        Exchange { call: call.clone(), outcome, at: self.slot().now, took_ms: 0 }
    }
}

impl Port for Here {
    type Line = ();

    fn now(&self) -> Time {
        self.slot().now
    }

    async fn wait(&self, ms: u64) {
        self.ask(Ask::Wait(ms)).await;
    }

    fn piece(&self) -> usize {
        self.1
    }

    fn op(&self) -> OpId {
        let mut slot = self.slot();
        let now = slot.now;
        slot.ids.op(now)
    }

    fn connection(&self) -> ConnectionId {
        CONNECTION
    }

    fn who(&self) -> (String, Option<String>) {
        ("ops".to_owned(), None)
    }

    fn look<T>(&self, at: impl FnOnce(&Directory) -> T) -> T {
        at(&self.slot().directory)
    }

    fn numbered(&self) -> (Directory, u64) {
        let slot = self.slot();
        (slot.directory.clone(), slot.change)
    }

    fn may_send(&self) -> Result<Option<u64>, Failure> {
        self.slot().seat.clone()
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        match self.ask(Ask::Commit(Box::new(batch))).await {
            Reply::Committed(result) => result,
            _ => Ok(()),
        }
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        self.ask(Ask::CatchUp).await;
        Ok(())
    }

    async fn open(&self) -> Result<(), Failure> {
        Ok(())
    }

    fn may_read(&self, (): &()) -> Result<(), Trouble> {
        Ok(())
    }

    async fn send(&self, (): &(), call: &Call) -> Exchange {
        self.exchange(call).await
    }

    async fn list(&self, (): &(), query: PageQuery) -> Listing {
        let mut pass = Pass::new(PageQuery { count: PAGE, ..query });
        let (mut items, mut error, mut pages) = (Vec::new(), None, 0);
        while let Some(call) = pass.ask() {
            pages += 1;
            match pass.heard(self.exchange(&call).await) {
                Ok(page) => items.extend(page.items),
                Err(failed) => error = Some(failed),
            }
        }
        Listing { items, completeness: pass.completeness(), total: None, pages, error }
    }

    async fn gone(&self, (): &()) -> Result<(), Failure> {
        let (directory, _) = self.numbered();
        let (mut presence, mut next) = Presence::of_a_group(&directory);
        loop {
            let ask = match next {
                Telling::Ask(ask) => ask,
                Telling::Told(Told::Gone { .. }) => return Ok(()),
                Telling::Told(Told::Elsewhere(why) | Told::Failed(why)) => return Err(why),
            };
            let Exchange { call, outcome, .. } = self.exchange(&gone::call(&ask)).await;
            next = presence.heard(gone::heard(&call, &outcome, &directory), &directory);
        }
    }

    fn wrote(&self) {}
}
