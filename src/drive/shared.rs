//! What all parts of a drive hold together.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, mpsc, watch};

use super::finder::Finder;
use super::ledger::Ledger;
use super::order::Order;
use super::problem;
use super::push_group::{Rest, Seat};
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::{Change, Directory};
use crate::domain::{Connection, ConnectionId, Failure, Ids, OpId, Operation, Time};
use crate::endpoint::{Endpoint, Waits};
use crate::engine::{FeedState, Notice, Outcome, Problem, Sending};
use crate::store::{Applied, Batch, Store, StoreError};

/// What a run hears about its operations.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// One came to rest.
    Settled(OpId, Outcome, Option<Failure>),
    /// Nothing is sent for now.
    Paused(Failure),
}

/// A run that waits for its operations.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) ops: HashSet<OpId>,
    pub(super) tell: mpsc::UnboundedSender<News>,
}

/// The endpoint with everything that was learned about it.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) endpoint: Endpoint,
    pub(super) finder: Finder,
    /// When its token expires, where the token's source says so.
    pub(super) until: Option<Time>,
}

/// Held by every part of one drive.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) connection: ConnectionId,
    /// Where the sender's lock file is; none for a store in memory, which no other process can see.
    pub(super) home: Option<PathBuf>,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) ids: Mutex<Ids>,
    pub(super) actor: String,
    pub(super) reason: Option<String>,
    pub(super) read_only: bool,
    /// The connections that this process was on, in the order of going over to them.
    pub(super) used: Arc<Mutex<Vec<ConnectionId>>>,
    /// What this process does, for others who want to send.
    pub(super) doing: Mutex<String>,
    /// Tokens held by this process: SCIM, then feed.
    pub(super) tokens: Mutex<Option<(crate::domain::Secret, crate::domain::Secret)>>,
    pub(super) line: tokio::sync::Mutex<Option<Line>>,
    /// For how long the endpoint asked for nothing.
    pub(super) waits: Waits,
    /// Held while groups are pushed.
    pub(super) groups: tokio::sync::Mutex<Rest>,
    /// The sender's place while this process may send, for those who send beside it; else why not.
    pub(super) seat: Mutex<Result<Seat, Failure>>,
    pub(super) followers: Mutex<Vec<Follower>>,
    pub(super) orders: mpsc::UnboundedSender<Order>,
    /// The number of the last audit entry that the faces were told of.
    pub(super) audit_seen: tokio::sync::Mutex<u64>,
    pub(super) notices: Mutex<Vec<mpsc::UnboundedSender<Notice>>>,
    pub(super) sending: watch::Sender<Sending>,
    pub(super) feed: watch::Sender<FeedState>,
    /// Since when nothing of the queue worked.
    pub(super) stuck: watch::Sender<Option<Time>>,
    /// What a sandbox has on purpose.
    pub(super) rehearsal: watch::Sender<Option<crate::domain::Rehearsal>>,
    /// How often this process became the sender.
    pub(super) led: AtomicU32,
    /// Says that the directory changed; the publisher turns many into one notice.
    pub(super) changed: Notify,
    /// Says that something of ours was written there, so that the feed looks soon.
    pub(super) wrote: Notify,
}

/// The wall clock.
pub(super) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A lock that a panicking holder does not spoil: what it guards is replaced whole, never half.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The directory as it is now.
    pub(super) fn directory(&self) -> Directory {
        hold(&self.ledger).directory.clone()
    }

    /// The directory as it is now, with the number of the last change in it.
    pub(super) fn numbered(&self) -> (Directory, u64) {
        let ledger = hold(&self.ledger);
        (ledger.directory.clone(), ledger.last())
    }

    /// Looks something up in the directory. Much cheaper than [`Self::directory`], a snapshot of which also makes the
    /// next change copy what it changes; everybody waits meanwhile.
    pub(super) fn look<T>(&self, at: impl FnOnce(&Directory) -> T) -> T {
        at(&hold(&self.ledger).directory)
    }

    /// A batch of this connection.
    pub(super) fn batch(&self) -> Batch {
        Batch { connection: Some(self.connection), ..Batch::default() }
    }

    /// Writes a batch and lets it reach the directory, the feed and the sender.
    pub(super) async fn commit(&self, batch: Batch) -> Result<Applied, StoreError> {
        let mut applied = self.store.apply(batch).await?;
        let operations = std::mem::take(&mut applied.operations);
        self.reach_all(vec![applied.clone()]).await?;
        Ok(Applied { operations, ..applied })
    }

    /// Lets what was written reach everybody in this process.
    pub(super) async fn reach_all(&self, written: Vec<Applied>) -> Result<(), StoreError> {
        let mut audit = Vec::new();
        let mut missing = false;
        {
            let mut ledger = hold(&self.ledger);
            for applied in written {
                missing = ledger.take(applied.changes, applied.last_change);
                audit.extend(applied.audit);
            }
        }
        if missing {
            self.catch_up().await?;
        }
        if !audit.is_empty() {
            self.tell_audit(audit).await;
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Tells the faces of audit entries, each once and in their order, whoever wrote them. `fresh` were just written
    /// here; those that other processes wrote before them are read.
    pub(super) async fn tell_audit(&self, fresh: Vec<AuditEntry>) {
        let mut seen = self.audit_seen.lock().await;
        let entries = match (fresh.first(), fresh.last()) {
            (_, Some(last)) if last.seq <= *seen => return,
            (Some(first), Some(last)) if first.seq == *seen + 1 && last.seq == *seen + fresh.len() as u64 => {
                fresh
            }
            _ => {
                let query = AuditQuery { after: Some(*seen), limit: 1_000, ..AuditQuery::default() };
                self.store.audit(self.connection, query).await.unwrap_or_default()
            }
        };
        if let Some(last) = entries.last() {
            *seen = last.seq;
            self.notify(|| Notice::Audit(entries.clone()));
        }
    }

    /// Takes in what other processes wrote. Returns whether there was anything.
    pub(super) async fn catch_up(&self) -> Result<bool, StoreError> {
        let last = hold(&self.ledger).last();
        match self.store.changes_since(self.connection, last).await? {
            Some((changes, newest)) => {
                let some = newest > last;
                hold(&self.ledger).catch_up(&changes, newest);
                if some {
                    self.changed.notify_one();
                }
                Ok(some)
            }
            None => {
                self.reload().await?;
                Ok(true)
            }
        }
    }

    /// Reads everything anew: the change log was trimmed past what we hold.
    async fn reload(&self) -> Result<(), StoreError> {
        let settings = self.directory().connection().clone();
        let (directory, loaded) = self.store.directory(settings).await?;
        hold(&self.ledger).replace(directory, loaded.last_change);
        self.changed.notify_one();
        Ok(())
    }

    /// Tells every face, where there is one.
    pub(super) fn notify(&self, notice: impl Fn() -> Notice) {
        hold(&self.notices).retain(|face| face.send(notice()).is_ok());
    }

    /// Tells runs that wait for this operation.
    pub(super) fn tell(&self, op: OpId, outcome: Outcome, failure: Option<&Failure>) {
        // A run that is gone no longer waits.
        hold(&self.followers).retain(|follower| {
            !follower.ops.contains(&op)
                || follower.tell.send(News::Settled(op, outcome, failure.cloned())).is_ok()
        });
    }

    /// Tells all runs.
    pub(super) fn tell_paused(&self, failure: &Failure) {
        hold(&self.followers).retain(|f| f.tell.send(News::Paused(failure.clone())).is_ok());
    }

    /// Shows who sends and whether it goes.
    pub(super) fn show_sending(&self, sending: Sending) {
        if *self.sending.borrow() != sending {
            self.sending.send_replace(sending.clone());
            self.notify(|| Notice::Sending(sending.clone()));
        }
    }

    /// Shows how the feed is.
    pub(super) fn show_feed(&self, state: FeedState) {
        if *self.feed.borrow() != state {
            self.feed.send_replace(state.clone());
            self.notify(|| Notice::Feed(state.clone()));
        }
    }

    /// Orders the runner about; it lives as long as the drive.
    pub(super) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// Hands new and changed operations to the sender.
    pub(super) fn hand_over(&self, operations: &[Operation]) {
        if !operations.is_empty() {
            self.order(Order::Committed(operations.to_vec()));
        }
    }

    /// Changes one setting of the connection, the others being as whoever wrote last left them.
    pub(super) async fn set(&self, change: impl FnOnce(&mut Connection)) -> Result<(), Problem> {
        self.catch_up().await.map_err(|e| problem::store(&e))?;
        let mut connection = self.directory().connection().clone();
        change(&mut connection);
        self.learn(vec![Change::Connection(Box::new(connection))]).await
    }

    /// Commits changes that need no operations.
    pub(super) async fn learn(&self, changes: Vec<Change>) -> Result<(), Problem> {
        if changes.is_empty() {
            return Ok(());
        }
        let batch = Batch { changes, ..self.batch() };
        self.commit(batch).await.map(|_| ()).map_err(|e| problem::store(&e))
    }
}
