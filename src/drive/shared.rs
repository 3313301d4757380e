//! What all parts of a drive hold together.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Notify, mpsc, watch};

use super::finder::Finder;
use super::fresh::TURNS;
use super::ledger::Ledger;
use super::order::Order;
use super::problem;
use super::push_group::{Rest, Seat};
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::{Change, Directory};
use crate::domain::{Connection, ConnectionId, Failure, Ids, OpId, Operation, Time};
use crate::endpoint::{Endpoint, Waits};
use crate::engine::compare::Orphan;
use crate::engine::{Ahead, Basis, FeedState, Notice, Outcome, Problem, Sending};
use crate::store::{Applied, Batch, Store, StoreError};

/// What a run hears about its operations.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// These came to rest.
    Settled(Vec<(OpId, Outcome, Option<Failure>)>),
    /// Nothing is sent for now.
    Paused(Failure),
    /// The sender tries, as this run asked: whatever it told before is over, and this is what stands all the same.
    Tried(Option<Failure>),
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
    /// See [`Line::sending`].
    pub(super) sending: Arc<OnceLock<Endpoint>>,
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
    /// Keeps that for the process that comes after this one.
    pub(super) asked: Arc<super::asked::Keeper>,
    /// The accounts of nobody here, where a look may keep nothing.
    pub(super) orphans_seen: Mutex<Option<Vec<Orphan>>>,
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
    /// What is left, by the limits that this process learned as the sender.
    pub(super) ahead: Mutex<Ahead>,
    pub(super) feed: watch::Sender<FeedState>,
    /// Since when nothing of the queue worked.
    pub(super) stuck: watch::Sender<Option<Time>>,
    /// What a sandbox has on purpose.
    pub(super) rehearsal: watch::Sender<Option<crate::domain::Rehearsal>>,
    /// How often this process became the sender.
    pub(super) led: AtomicU32,
    /// Whether this process committed a run.
    pub(super) ran: AtomicBool,
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
    pub(super) async fn commit(&self, mut batch: Batch) -> Result<Applied, StoreError> {
        self.look(|here| super::access::seen(here, &mut batch));
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

    /// Tells the runs that wait for these operations, each once.
    pub(super) fn tell(&self, ends: &[(OpId, Outcome, Option<Failure>)]) {
        // A run that is gone no longer waits.
        hold(&self.followers).retain(|follower| {
            let mine: Vec<_> = ends.iter().filter(|(op, ..)| follower.ops.contains(op)).cloned().collect();
            mine.is_empty() || follower.tell.send(News::Settled(mine)).is_ok()
        });
    }

    /// Tells all runs.
    pub(super) fn tell_paused(&self, failure: &Failure) {
        hold(&self.followers).retain(|f| f.tell.send(News::Paused(failure.clone())).is_ok());
    }

    /// Tells the runs that wait for one of these.
    pub(super) fn tell_paused_of(&self, failure: &Failure, ops: impl Fn(&OpId) -> bool) {
        hold(&self.followers)
            .retain(|f| !f.ops.iter().any(&ops) || f.tell.send(News::Paused(failure.clone())).is_ok());
    }

    /// Shows who sends and whether it goes.
    pub(super) fn show_sending(&self, sending: Sending) {
        if *self.sending.borrow() != sending {
            self.sending.send_replace(sending.clone());
            // With a pause comes what was learned by it.
            self.notify(|| Notice::Ahead(*hold(&self.ahead)));
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
    pub(super) async fn set(&self, change: impl Fn(&mut Connection)) -> Result<(), Problem> {
        self.set_told(change, |_, _| Vec::new()).await
    }

    /// The same with the audit entries that tell it, made from the settings before and after.
    pub(super) async fn set_told(
        &self,
        change: impl Fn(&mut Connection),
        told: impl Fn(&Connection, &Connection) -> Vec<AuditEntry>,
    ) -> Result<(), Problem> {
        let mut turn = 1;
        loop {
            self.catch_up().await.map_err(|e| problem::store(&e))?;
            let (directory, last) = self.numbered();
            let before = directory.connection().clone();
            let mut after = before.clone();
            change(&mut after);
            let audit = told(&before, &after);
            let basis = Some(Basis { change: last, leading: Vec::new() });
            let changes = vec![Change::Connection(Box::new(after))];
            match self.commit(Batch { changes, audit, basis, ..self.batch() }).await {
                Err(StoreError::Overtaken) if turn < TURNS => turn += 1,
                ended => return ended.map(|_| ()).map_err(|e| problem::store(&e)),
            }
        }
    }

    /// What was only looked at reaches the directory of this process; nothing of it is kept.
    pub(super) fn see(&self, changes: &[Change]) {
        hold(&self.ledger).directory.apply_all(changes);
        self.changed.notify_one();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TokenSource;
    use crate::drive::{Drive, DriveConfig, add_connection, connections, open_store};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_setting_that_another_process_changes_in_between_is_not_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let store = open_store(home.path()).unwrap();
        let source = TokenSource::Env { name: "TOKEN".into() };
        let new = Connection::new(ConnectionId(0), "here", "http://127.0.0.1:1/scim", source);
        add_connection(&store, new).await.unwrap();
        let connection = connections(&store).await.unwrap().remove(0);
        let config = DriveConfig {
            store,
            home: None,
            connection: connection.clone(),
            actor: "ops".into(),
            reason: None,
            read_only: false,
            tokens: None,
            watch: false,
        };
        let drive = Drive::open(config).await.unwrap();
        let other = open_store(home.path()).unwrap();
        let first = std::cell::Cell::new(true);
        let set = drive.shared.set(|mine| {
            if first.replace(false) {
                let theirs = Connection { enabled: true, ..connection.clone() };
                let changes = vec![Change::Connection(Box::new(theirs))];
                let batch = Batch { connection: Some(connection.id), changes, ..Batch::default() };
                let write = other.apply(batch);
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(write)).unwrap();
            }
            mine.token_mark = Some("mark".into());
        });
        set.await.unwrap();
        let is = drive.directory().connection().clone();
        assert_eq!((is.enabled, is.token_mark.as_deref()), (true, Some("mark")));
    }
}
