//! The sender: gives the machine its events and carries out its effects. It decides nothing itself.
//!
//! One process sends for a connection: it holds a lock on a file in the home, which the kernel frees when the
//! process dies, and a fence in the store that refuses the saves of one that was taken for dead. Operations that
//! were live when this process started are only offered; they move when an operator says so.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use tokio::sync::{mpsc, oneshot};

use super::finder::LookUp;
use super::shared::{Shared, now};
use super::{lock, open_line};
use crate::domain::{Exchange, Failure, FailureKind, OpId, OpState, Operation, Outcome as Fate};
use crate::endpoint::judge;
use crate::engine::machine::{Effect, Event, Evidence, Machine, Policy, Step, StepKind, Ticket};
use crate::engine::{Sending, Trace};
use crate::store::{Applied, Batch, Move, StoreError, Which};

/// How often a process that is not the sender tries to become it.
const TAKE_OVER_EVERY: Duration = Duration::from_secs(1);

/// What the rest of the drive tells the sender.
#[expect(clippy::large_enum_variant, reason = "most orders are answers that were heard, the large ones")]
#[derive(Debug)]
pub(super) enum Order {
    /// Operations are new or changed.
    Committed(Vec<Operation>),
    /// Become the sender if nobody else is; answers whether this process is.
    Lead(oneshot::Sender<bool>),
    /// The operations found at start go on.
    Resume(oneshot::Sender<Vec<OpId>>),
    /// Nothing new is sent; answers when nothing is under way.
    Stop(oneshot::Sender<()>),
    /// Sending goes on, with the connection's settings as they are now.
    Go,
    /// The token or the endpoint is another one.
    TokenChanged,
    /// A request ended.
    Heard(Event, Option<Trace>),
}

type Save = Pin<Box<dyn Future<Output = (Ticket, Result<Applied, StoreError>)> + Send>>;

/// The sender's loop.
pub(super) struct Runner {
    shared: Arc<Shared>,
    machine: Machine,
    orders: mpsc::UnboundedReceiver<Order>,
    saves: FuturesOrdered<Save>,
    traces: Vec<Trace>,
    lock: Option<File>,
    fence: Option<u64>,
    leads: bool,
    /// Live at start, waiting for an operator.
    offered: BTreeMap<OpId, Operation>,
    /// Under way, for `Stop`.
    in_flight: HashSet<OpId>,
    stopping: Vec<oneshot::Sender<()>>,
    frozen: bool,
    wake: Option<tokio::time::Instant>,
}

impl Runner {
    pub(super) fn new(
        shared: Arc<Shared>,
        orders: mpsc::UnboundedReceiver<Order>,
        live: Vec<Operation>,
    ) -> Self {
        let machine = Machine::new(Policy::default());
        Self {
            shared,
            machine,
            orders,
            saves: FuturesOrdered::new(),
            traces: Vec::new(),
            lock: None,
            fence: None,
            leads: false,
            offered: live.into_iter().map(|op| (op.id, op)).collect(),
            in_flight: HashSet::new(),
            stopping: Vec::new(),
            frozen: false,
            wake: None,
        }
    }

    /// Runs until the drive is dropped.
    pub(super) async fn run(mut self) {
        let mut take_over = tokio::time::interval(TAKE_OVER_EVERY);
        take_over.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let wake = self.wake;
            tokio::select! {
                biased;
                Some((ticket, result)) = self.saves.next(), if !self.saves.is_empty() => {
                    self.saved(ticket, result).await;
                }
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                () = sleep_until(wake), if wake.is_some() => {
                    self.wake = None;
                    self.feed(Event::Tick);
                }
                _ = take_over.tick(), if self.wants_to_lead() => {
                    self.lead().await;
                }
            }
            if !self.stopping.is_empty() && self.in_flight.is_empty() && self.saves.is_empty() {
                self.withdraw().await;
            }
        }
    }

    fn wants_to_lead(&self) -> bool {
        !self.leads && !self.shared.read_only && *self.shared.sending.borrow() == Sending::Elsewhere
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Committed(rows) => self.committed(rows),
            Order::Lead(answer) => {
                let leads = self.lead().await;
                let _ = answer.send(leads);
            }
            Order::Resume(answer) => {
                let rows: Vec<Operation> = std::mem::take(&mut self.offered).into_values().collect();
                let _ = answer.send(rows.iter().map(|op| op.id).collect());
                self.feed(Event::Committed(rows));
                self.show();
            }
            Order::Stop(answer) => {
                self.frozen = true;
                self.feed(Event::Freeze);
                self.stopping.push(answer);
            }
            Order::Go => {
                self.frozen = false;
                self.set_policy();
                self.feed(Event::Thaw);
                self.show();
            }
            Order::TokenChanged => {
                self.feed(Event::TokenChanged);
                self.show();
            }
            Order::Heard(event, trace) => {
                self.traces.extend(trace);
                self.heard(event);
            }
        }
    }

    fn heard(&mut self, event: Event) {
        if let Event::Found(op, _) | Event::Answered { op, .. } | Event::Lost { op, .. } = &event {
            self.in_flight.remove(op);
        }
        self.feed(event);
    }

    /// New operations of this process go on; those found at start wait, unless a new one waits behind them.
    fn committed(&mut self, rows: Vec<Operation>) {
        let mut news = Vec::new();
        for row in rows {
            if row.state == OpState::Behind
                && let Some(id) = self.offered.values().find(|op| op.person == row.person).map(|op| op.id)
                && let Some(before) = self.offered.remove(&id)
            {
                news.push(before);
            }
            match self.offered.get_mut(&row.id) {
                Some(_) if !row.state.live() => {
                    self.offered.remove(&row.id);
                }
                Some(known) => *known = row,
                None => news.push(row),
            }
        }
        if self.leads {
            self.feed(Event::Committed(news));
        }
        self.show();
    }

    /// Nothing is under way any more: what is queued is offered again, and new commands may run.
    async fn withdraw(&mut self) {
        match self.shared.store.operations(self.shared.connection, Which::Live).await {
            Ok(live) => self.offered = live.into_iter().map(|op| (op.id, op)).collect(),
            Err(error) => tracing::warn!(%error, "the queue could not be read"),
        }
        self.machine = Machine::new(Policy::default());
        self.wake = None;
        self.frozen = false;
        self.set_policy();
        self.show();
        for waiting in self.stopping.drain(..) {
            let _ = waiting.send(());
        }
    }

    /// Becomes the sender if nobody else is.
    async fn lead(&mut self) -> bool {
        if self.leads {
            return true;
        }
        if self.shared.read_only {
            return false;
        }
        if let Some(home) = &self.shared.home {
            match lock::try_lock(home, self.shared.connection) {
                Ok(Some(file)) => self.lock = Some(file),
                Ok(None) => {
                    self.shared.show_sending(Sending::Elsewhere);
                    return false;
                }
                Err(failure) => {
                    self.shared.show_sending(Sending::Stopped(failure));
                    return false;
                }
            }
        }
        let took_over = *self.shared.sending.borrow() == Sending::Elsewhere;
        if let Err(error) = self.take_lead(took_over).await {
            self.lock = None;
            self.shared.show_sending(Sending::Stopped(store_failure(&error)));
            return false;
        }
        self.leads = true;
        self.set_policy();
        self.show();
        true
    }

    /// Raises the fence and puts what a dead sender left inflight in doubt.
    async fn take_lead(&mut self, took_over: bool) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        self.fence = Some(shared.store.raise_fence(shared.connection).await?);
        let live = shared.store.operations(shared.connection, Which::Live).await?;
        let at = now();
        let moves: Vec<Move> = live
            .iter()
            .filter(|op| op.state == OpState::Inflight)
            .map(|op| {
                let mut to = op.clone();
                to.state = OpState::InDoubt;
                to.not_before = Some(at.plus_ms(Policy::default().settle_ms));
                to.updated_at = at;
                Move { from: OpState::Inflight, to }
            })
            .collect();
        let batch = Batch { moves, fence: self.fence, ..shared.batch() };
        shared.commit(batch).await?;
        let live = shared.store.operations(shared.connection, Which::Live).await?;
        if took_over {
            // A console that was following goes on with everything: its operators confirmed it.
            self.offered.clear();
            self.feed(Event::Committed(live));
        } else {
            let fresh: Vec<Operation> =
                live.iter().filter(|op| !self.offered.contains_key(&op.id)).cloned().collect();
            self.offered = live
                .into_iter()
                .filter(|op| self.offered.contains_key(&op.id))
                .map(|op| (op.id, op))
                .collect();
            self.feed(Event::Committed(fresh));
        }
        Ok(())
    }

    fn set_policy(&mut self) {
        let directory = self.shared.directory();
        let connection = directory.connection();
        self.machine.set_policy(Policy {
            concurrency: connection.concurrency,
            ahead: connection.concurrency.saturating_mul(4).clamp(4, 64),
            attributes: directory.attributes().to_vec(),
            ..Policy::default()
        });
        let frozen = self.frozen || !connection.enabled;
        self.feed(if frozen { Event::Freeze } else { Event::Thaw });
    }

    fn show(&self) {
        let directory = self.shared.directory();
        let moving = self.offered.values().filter(|op| op.state.moving()).count();
        let sending = if self.shared.read_only || !directory.connection().enabled {
            Sending::Off
        } else if moving > 0 {
            Sending::Offered(u32::try_from(moving).unwrap_or(u32::MAX))
        } else if let stopped @ (Sending::Stopped(_) | Sending::Waiting(_)) = &*self.shared.sending.borrow() {
            stopped.clone()
        } else if self.leads || self.lock.is_some() || self.shared.home.is_none() {
            Sending::Here
        } else {
            return;
        };
        self.shared.show_sending(sending);
    }

    fn feed(&mut self, event: Event) {
        for effect in self.machine.handle(now(), event) {
            match effect {
                Effect::Save { ticket, moves, changes, audit } => {
                    let traces = std::mem::take(&mut self.traces);
                    let batch =
                        Batch { moves, changes, audit, traces, fence: self.fence, ..self.shared.batch() };
                    self.save(ticket, batch);
                }
                Effect::Send { op, attempt, step } => {
                    self.in_flight.insert(op);
                    tokio::spawn(perform(self.shared.clone(), op, attempt, step));
                }
                Effect::WakeAt(at) => {
                    let wait = Duration::from_millis(u64::try_from(at.since(now())).unwrap_or(0));
                    let at = tokio::time::Instant::now() + wait;
                    self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
                }
                Effect::Settled { op, outcome, failure } => {
                    self.shared.tell(op, outcome, failure.as_ref());
                    self.shared.wrote.notify_one();
                }
                Effect::Paused { failure, until } => {
                    self.shared.tell_paused(&failure);
                    self.shared.show_sending(match until {
                        Some(until) if failure.kind == FailureKind::SlowDown => Sending::Waiting(until),
                        _ => Sending::Stopped(failure),
                    });
                }
                Effect::Going => {
                    self.shared.sending.send_replace(Sending::Here);
                    self.shared.notify(&crate::engine::Notice::Sending(Sending::Here));
                }
            }
        }
    }

    /// Saves go to the store in the order of the effects: the first poll queues the batch.
    fn save(&mut self, ticket: Ticket, batch: Batch) {
        let store = self.shared.store.clone();
        let mut save: Save = Box::pin(async move { (ticket, store.apply(batch).await) });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match save.as_mut().poll(&mut context) {
            std::task::Poll::Ready(done) => self.saves.push_back(Box::pin(std::future::ready(done))),
            std::task::Poll::Pending => self.saves.push_back(save),
        }
    }

    async fn saved(&mut self, ticket: Ticket, result: Result<Applied, StoreError>) {
        match result {
            Ok(applied) => {
                if let Err(error) = self.shared.reach(&applied).await {
                    tracing::error!(%error, "what was written could not be read back");
                }
                self.feed(Event::Saved(ticket));
                let rows: Vec<Operation> = applied.operations;
                self.feed(Event::Committed(rows));
            }
            Err(error) => self.save_failed(ticket, &error).await,
        }
    }

    async fn save_failed(&mut self, ticket: Ticket, error: &StoreError) {
        tracing::warn!(%error, "a save was refused");
        self.feed(Event::SaveRefused(ticket));
        match error {
            StoreError::Moved(id) => {
                let rows = self.shared.store.operations(self.shared.connection, Which::Ids(vec![*id])).await;
                if let Ok(rows) = rows {
                    self.feed(Event::Committed(rows));
                }
            }
            StoreError::FenceLost => {
                self.leads = false;
                self.lock = None;
                self.feed(Event::Freeze);
                self.shared.show_sending(Sending::Elsewhere);
            }
            other => {
                // The journal cannot be written: nothing may be sent.
                self.frozen = true;
                self.feed(Event::Freeze);
                let failure = store_failure(other);
                self.shared.tell_paused(&failure);
                self.shared.show_sending(Sending::Stopped(failure));
            }
        }
    }
}

fn store_failure(error: &StoreError) -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: format!("{error}."),
        next: "Nothing is sent until the store can be written again.".to_owned(),
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// One request of one operation, and its answer back to the machine.
async fn perform(shared: Arc<Shared>, op: OpId, attempt: u32, step: Step) {
    let line = match open_line(&shared).await {
        Ok(line) => line,
        Err(failure) => {
            let event = match step {
                Step::LookUp { .. } => Event::Found(op, Evidence::Failed(failure)),
                Step::Read(_) => Event::Lost { op, step: StepKind::Read, maybe_sent: false, failure },
                Step::Write(..) => Event::Lost { op, step: StepKind::Write, maybe_sent: false, failure },
                Step::Verify(_) => Event::Lost { op, step: StepKind::Verify, maybe_sent: false, failure },
            };
            return shared.order(Order::Heard(event, None));
        }
    };
    let trace = |step: &str, exchange: Exchange| {
        Some(Trace { seq: 0, operation: Some(op), step: step.to_owned(), attempt, exchange })
    };
    let (kind, word, call) = match step {
        Step::LookUp { user_name, fresh } => {
            let directory = shared.directory();
            let mut seen = Vec::new();
            let found = line.finder.look_up(&user_name, fresh, directory.attributes(), &mut seen).await;
            let evidence = match found {
                LookUp::Absent => Evidence::Absent,
                LookUp::One(found) => Evidence::One(found),
                LookUp::Several(found) => Evidence::Several(u32::try_from(found.len()).unwrap_or(u32::MAX)),
                LookUp::Failed(failure) => Evidence::Failed(failure),
            };
            let trace = seen.pop().and_then(|exchange| trace("look up", exchange));
            return shared.order(Order::Heard(Event::Found(op, evidence), trace));
        }
        Step::Read(call) => (StepKind::Read, "read", call),
        Step::Write(_, call) => (StepKind::Write, "write", call),
        Step::Verify(call) => (StepKind::Verify, "verify", call),
    };
    let exchange = line.endpoint.send(&call).await;
    let failure = judge(&call, &exchange.outcome).err().map(Failure::from);
    let event = match (&exchange.outcome, failure) {
        (Fate::Answered(answer), failure) => {
            Event::Answered { op, step: kind, answer: answer.clone(), failure }
        }
        (fate, failure) => Event::Lost {
            op,
            step: kind,
            maybe_sent: matches!(fate, Fate::MaybeSent(_)),
            failure: failure.unwrap_or_else(|| Failure {
                kind: FailureKind::Unreachable,
                text: "No answer came.".to_owned(),
                next: "It is looked up before anything is sent again.".to_owned(),
            }),
        },
    };
    shared.order(Order::Heard(event, trace(word, exchange)));
}
