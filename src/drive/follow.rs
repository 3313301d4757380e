//! A run that waits for its operations: by the sender's news, or by reading the store when another process sends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::lock;
use super::order::Order;
use super::shared::{Follower, News, Shared, hold, now};
use super::words::{disabled, stands_still};
use crate::domain::{Failure, FailureKind, OpId, OpKind, OpState, Operation};
use crate::engine::{Outcome, Outlook, Progress, Sending};
use crate::store::{StoreError, Which};

/// How often the store is read while another process sends.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long another sender may stand still before its follower stops waiting.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many rows are read without asking first how they stand.
const FEW: usize = 500;
/// Pauses in a row, with nothing settled between them, that end a run.
const PAUSES: u32 = 2;

/// The operations of a run and what is known of them.
#[derive(Debug)]
pub(super) struct Following {
    open: BTreeSet<OpId>,
    tell: mpsc::UnboundedSender<News>,
    ended: BTreeMap<OpId, (Outcome, Option<Failure>)>,
    total: u32,
    /// How many ended so.
    counts: Progress,
    news: mpsc::UnboundedReceiver<News>,
    paused: u32,
    outlook: Outlook,
}

impl Following {
    /// Begins to listen; before the operations are committed, so that nothing is missed.
    pub(super) fn begin(shared: &Shared, ops: impl Iterator<Item = OpId>) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        let mut following = Self {
            open: BTreeSet::new(),
            tell,
            ended: BTreeMap::new(),
            total: 0,
            counts: Progress::default(),
            news,
            paused: 0,
            outlook: Outlook::default(),
        };
        following.also(shared, ops.collect());
        following
    }

    /// Listens for these too.
    pub(super) fn also(&mut self, shared: &Shared, ops: Vec<OpId>) {
        if !ops.is_empty() {
            self.total += u32::try_from(ops.len()).unwrap_or(u32::MAX);
            self.open.extend(&ops);
            let follower = Follower { ops: ops.into_iter().collect(), tell: self.tell.clone() };
            hold(&shared.followers).push(follower);
        }
    }

    /// How an operation ended, where the news told.
    pub(super) fn outcome(&self, op: OpId) -> Option<(Outcome, Option<Failure>)> {
        self.ended.get(&op).cloned()
    }

    /// Waits until every operation is settled or stands still. Returns why it stopped early.
    pub(super) async fn wait(
        &mut self,
        shared: &Shared,
        progress: &watch::Sender<Progress>,
    ) -> Option<Failure> {
        if let Some(stop) = self.stands(shared) {
            return Some(stop);
        }
        shared.order(Order::Try);
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut idle = Duration::ZERO;
        let mut led = 0;
        while !self.open.is_empty() {
            progress.send_replace(self.progress(shared));
            tokio::select! {
                news = self.news.recv() => {
                    let mut next = Some(news?);
                    // They come many at a time.
                    while let Some(news) = next {
                        if let Some(stop) = self.hear(news) {
                            return Some(stop);
                        }
                        next = self.news.try_recv().ok();
                    }
                }
                // Who sends, and whether anything is sent at all, may change while this waits.
                _ = look.tick() => {
                    if !shared.look(|directory| directory.connection().enabled) {
                        return Some(disabled());
                    }
                    let times = shared.led.load(Ordering::SeqCst);
                    if times != std::mem::replace(&mut led, times) {
                        // What another sender ended meanwhile is in no news of this one.
                        self.look(shared).await;
                    }
                    if matches!(*shared.sending.borrow(), Sending::Elsewhere(_)) {
                        idle = if self.look(shared).await { Duration::ZERO } else { idle + LOOK_EVERY };
                        if let Some(stop) = sender_stands_still(shared, idle) {
                            return Some(stop);
                        }
                    }
                }
            }
        }
        progress.send_replace(self.progress(shared));
        None
    }

    /// Why nothing would come of waiting: a connection that is disabled, a token that was refused, a journal that
    /// cannot be written.
    fn stands(&self, shared: &Shared) -> Option<Failure> {
        if !self.open.is_empty() && !shared.look(|directory| directory.connection().enabled) {
            return Some(disabled());
        }
        match &*shared.sending.borrow() {
            Sending::Stopped(failure) if !self.open.is_empty() && !passing(failure.kind) => {
                Some(failure.clone())
            }
            _ => None,
        }
    }

    fn hear(&mut self, news: News) -> Option<Failure> {
        match news {
            News::Settled(op, outcome, failure) => {
                self.paused = 0;
                self.end(op, outcome, failure);
                None
            }
            News::Paused(failure) => {
                self.paused += 1;
                let ends = match failure.kind {
                    FailureKind::SlowDown => false,
                    kind => !passing(kind) || self.paused >= PAUSES,
                };
                ends.then_some(failure)
            }
        }
    }

    fn end(&mut self, op: OpId, outcome: Outcome, failure: Option<Failure>) {
        if self.open.remove(&op) {
            self.outlook.came_through(now(), 1);
            let count = match outcome {
                Outcome::Done | Outcome::Unchanged => &mut self.counts.done,
                Outcome::Failed => &mut self.counts.failed,
                Outcome::InDoubt => &mut self.counts.in_doubt,
                Outcome::Held => &mut self.counts.held,
            };
            *count += 1;
            self.ended.insert(op, (outcome, failure));
        }
    }

    /// Reads how the operations stand, for those that ended before anybody listened. Returns whether one ended.
    pub(super) async fn look(&mut self, shared: &Shared) -> bool {
        let Ok(rows) = self.read(shared).await else { return false };
        let mut any = false;
        for row in rows.iter().filter(|row| !row.state.moving() || waits_alone(row)) {
            let outcome = match row.state {
                OpState::Done => Outcome::Done,
                OpState::Cancelled => Outcome::Held,
                OpState::Waiting => waits(row),
                _ => Outcome::Failed,
            };
            self.end(row.id, outcome, row.failure.clone());
            any = true;
        }
        if any && shared.catch_up().await.is_err() {
            tracing::warn!("the store could not be read");
        }
        any
    }

    /// The rows of those that may have ended; where many are open, the others are passed over by their marks.
    async fn read(&self, shared: &Shared) -> Result<Vec<Operation>, StoreError> {
        let mut ids = self.open.clone();
        if ids.len() > FEW {
            for (_, mark) in shared.store.live(shared.connection).await? {
                if mark.state.moving() && mark.state != OpState::Waiting {
                    ids.remove(&mark.id);
                }
            }
        }
        shared.store.operations(shared.connection, Which::Ids(ids.into_iter().collect())).await
    }

    fn progress(&self, shared: &Shared) -> Progress {
        let until = match &*shared.sending.borrow() {
            Sending::Waiting(until, _) => Some(*until),
            _ => None,
        };
        let left = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        let left_ms = self.outlook.time_left(now(), left, until);
        Progress { total: self.total, until, left_ms, ..self.counts }
    }
}

/// Why waiting for another sender is over: it gives no sign of life, or nothing came of it for very long.
fn sender_stands_still(shared: &Shared, idle: Duration) -> Option<Failure> {
    if idle < lock::SILENT {
        return None;
    }
    let seen = shared.home.as_deref().and_then(|home| lock::seen(home, shared.connection));
    let silent = seen.as_ref().is_some_and(|seen| seen.silent_s.is_some());
    (silent || idle > PATIENCE).then(|| stands_still(seen.as_ref()))
}

/// Whether it goes on by itself so late that nobody stays to see it.
pub(super) fn waits_alone(row: &Operation) -> bool {
    let asked = |f: &Failure| f.kind == FailureKind::SlowDown;
    row.state == OpState::Waiting && row.failure.as_ref().is_some_and(|f| !asked(f))
}

/// What a run says of one that [`waits_alone`]: a change may wait for an invitation, an end of access has failed.
pub(super) fn waits(row: &Operation) -> Outcome {
    if row.kind == OpKind::Deactivate { Outcome::Failed } else { Outcome::Held }
}

/// Whether it ends by itself.
fn passing(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::SlowDown | FailureKind::Unreachable | FailureKind::NotScim)
}
