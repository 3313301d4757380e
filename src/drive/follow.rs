//! A run that waits for its operations: by the sender's news, or by reading the store when another process sends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::order::Order;
use super::shared::{Follower, News, Shared, hold, now};
use super::tried::{of_the_endpoint, passing};
use super::words::{disabled, stands_still};
use super::{lock, pause};
use crate::domain::{Failure, FailureKind, OpId, OpKind, OpState, Operation};
use crate::engine::{Outcome, Outlook, Pause, Progress, Sending};
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
    /// The sender tries: what it tells from now on came of that.
    tried: bool,
    paused: u32,
    /// Why another sender sends nothing.
    theirs: Option<Pause>,
    outlook: Outlook,
}

impl Following {
    /// Begins to listen; before the operations are committed, so that nothing is missed.
    pub(super) fn begin(shared: &Shared, ops: impl Iterator<Item = OpId>) -> Self {
        let mut following = Self::new();
        // Also where there are none: a run of groups alone can be stopped too.
        following.listen(shared, ops.collect());
        following
    }

    fn new() -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        Self {
            open: BTreeSet::new(),
            tell,
            ended: BTreeMap::new(),
            total: 0,
            counts: Progress::default(),
            news,
            tried: false,
            paused: 0,
            theirs: None,
            outlook: Outlook::default(),
        }
    }

    /// Has the sender try, whatever stopped it before.
    pub(super) fn tries(&self, shared: &Shared) {
        shared.order(Order::Try(self.tell.clone()));
    }

    /// Listens for these too.
    pub(super) fn also(&mut self, shared: &Shared, ops: Vec<OpId>) {
        if !ops.is_empty() {
            self.listen(shared, ops);
        }
    }

    fn listen(&mut self, shared: &Shared, ops: Vec<OpId>) {
        self.total += u32::try_from(ops.len()).unwrap_or(u32::MAX);
        self.open.extend(&ops);
        let mut followers = hold(&shared.followers);
        followers.retain(|follower| !follower.tell.is_closed());
        // One of each run, which hears a pause once.
        match followers.iter_mut().find(|follower| follower.tell.same_channel(&self.tell)) {
            Some(follower) => follower.ops.extend(ops),
            None => followers.push(Follower { ops: ops.into_iter().collect(), tell: self.tell.clone() }),
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
        if !self.open.is_empty() {
            if !shared.look(|directory| directory.connection().enabled) {
                return Some(disabled());
            }
            self.tries(shared);
        }
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
                        self.theirs = pause::kept(shared).await;
                        idle = if self.look(shared).await { Duration::ZERO } else { idle + LOOK_EVERY };
                        if let Some(stop) = sender_stands_still(shared, idle, self.theirs.as_ref()) {
                            return Some(stop);
                        }
                    }
                }
            }
        }
        progress.send_replace(self.progress(shared));
        None
    }

    fn hear(&mut self, news: News) -> Option<Failure> {
        match news {
            News::Settled(ends) => {
                self.paused = 0;
                for (op, outcome, failure) in ends {
                    self.end(op, outcome, failure);
                }
                None
            }
            News::Tried(stands) => {
                (self.tried, self.paused) = (true, 0);
                stands
            }
            // Of before; where it stands all the same that is told.
            News::Paused(failure) if !self.tried && of_the_endpoint(&failure) => None,
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

    fn progress(&mut self, shared: &Shared) -> Progress {
        let until = match &*shared.sending.borrow() {
            Sending::Waiting(until, _) => Some(*until),
            Sending::Elsewhere(_) => self.theirs.as_ref().and_then(|pause| pause.until),
            _ => None,
        };
        let left = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        self.outlook.ahead(*hold(&shared.ahead));
        let left_ms = self.outlook.time_left(now(), left, until);
        Progress { total: self.total, until, left_ms, ..self.counts }
    }
}

/// Why waiting for another sender is over: it stopped, gives no sign of life, or nothing came of it for very long though
/// the app did not ask for that.
fn sender_stands_still(shared: &Shared, idle: Duration, pause: Option<&Pause>) -> Option<Failure> {
    if idle < lock::SILENT {
        return None;
    }
    let why = pause.map(|pause| &pause.failure);
    if let Some(stopped) = why.filter(|why| !passing(why.kind)) {
        return Some(stopped.clone());
    }
    let asked = why.is_some_and(|why| why.kind == FailureKind::SlowDown);
    let seen = shared.home.as_deref().and_then(|home| lock::seen(home, shared.connection));
    let silent = seen.as_ref().is_some_and(|seen| seen.silent_s.is_some());
    (silent || (idle > PATIENCE && !asked)).then(|| stands_still(seen.as_ref()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn paused(kind: FailureKind) -> News {
        News::Paused(Failure { kind, text: format!("{kind:?}"), next: String::new() })
    }

    #[test]
    fn a_stop_that_was_told_before_the_sender_tried_is_not_this_runs() {
        use FailureKind::{Elsewhere, NotScim, TokenRefused, Unreachable};
        for kind in [Elsewhere, TokenRefused, Unreachable, NotScim] {
            let mut following = Following::new();
            for _ in 0..PAUSES {
                assert_eq!(following.hear(paused(kind)), None, "{kind:?}");
            }
            assert_eq!(following.hear(News::Tried(None)), None);
            let ends = (0..PAUSES).find_map(|_| following.hear(paused(kind)));
            assert_eq!(ends.map(|why| why.kind), Some(kind), "one that comes of it ends it");
        }
    }

    #[test]
    fn what_stands_although_it_was_tried_ends_it_and_so_does_an_operators_stop_at_any_time() {
        for kind in [FailureKind::TokenRefused, FailureKind::Store] {
            let stands = Failure { kind, text: String::new(), next: String::new() };
            assert_eq!(Following::new().hear(News::Tried(Some(stands.clone()))), Some(stands));
        }
        assert!(Following::new().hear(paused(FailureKind::NotAllowed)).is_some());
    }
}
