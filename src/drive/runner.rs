//! The sender: gives the machine its events and carries out its effects. It decides nothing itself.
//!
//! One process sends for a connection: it holds a lock on a file in the home, which the kernel frees when the
//! process dies, and a fence in the store that refuses the saves of one that was taken for dead. Operations that
//! were live when this process started are only offered; they move when an operator says so.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::accepted;
use super::answers::Answers;
use super::clock::Clock;
use super::hold::Word;
use super::lock::{self, Leave, Lock};
use super::order::Order;
use super::perform::perform;
use super::push_group::Seat;
use super::saves::Saves;
use super::shared::{Shared, hold};
use super::thread::UnderWay;
use super::words::{overtaken, stop_asked};
use crate::directory::OpMark;
use crate::domain::{Failure, OpId, OpState, PersonId, Time, TokenSource};
use crate::engine::machine::{Effect, Event, Machine, Policy, keep_invited};
use crate::engine::{Holder, Outcome, Pause, Sending, Standstill, Trace};
use crate::store::Batch;

/// The sender's loop.
pub(super) struct Runner {
    pub(super) shared: Arc<Shared>,
    pub(super) machine: Machine,
    orders: mpsc::UnboundedReceiver<Order>,
    saves: Saves,
    traces: Vec<Trace>,
    answers: Answers,
    pub(super) lock: Option<Arc<Lock>>,
    pub(super) fence: Option<u64>,
    pub(super) leads: bool,
    /// Another process is the sender.
    pub(super) elsewhere: bool,
    /// Which one, where it says so.
    pub(super) holder: Option<Box<Holder>>,
    /// Why this process cannot be the sender: no lock, no store.
    pub(super) halted: Option<Failure>,
    /// The endpoint is down, asks to wait, or refuses the token.
    pub(super) pause: Option<Sending>,
    /// The same as the home has it; none while that is not known.
    pub(super) kept_pause: Option<Option<Pause>>,
    /// Live at start or after a stop, waiting for an operator.
    pub(super) offered: BTreeMap<OpId, (PersonId, OpState)>,
    /// The operator said so: they are read and handed to the machine, the oldest first.
    pub(super) going_on: bool,
    /// Came to rest, and the runs that wait for them were not told yet: one save ends many.
    pub(super) settled: Vec<(OpId, Outcome, Option<Failure>)>,
    /// Under way, for `Stop`.
    in_flight: HashSet<OpId>,
    pub(super) stopping: Vec<oneshot::Sender<()>>,
    /// How many answers were seen not to be true, and since when the home knows of one.
    pub(super) lies_seen: u32,
    pub(super) lies_kept: Option<Time>,
    /// What an operator said last about the whole queue.
    pub(super) word: Option<Word>,
    quiet: Vec<oneshot::Sender<()>>,
    /// An operator stopped the sending: groups wait for the next command.
    pub(super) groups_wait: bool,
    /// Where the token is, to notice when another process says that it is elsewhere.
    pub(super) token: (TokenSource, Option<String>),
    wake: Option<tokio::time::Instant>,
    /// Since when nothing of the queue worked.
    pub(super) still: Standstill,
    clock: Clock,
    under_way: UnderWay,
}

impl Runner {
    pub(super) fn new(
        shared: Arc<Shared>,
        orders: mpsc::UnboundedReceiver<Order>,
        live: Vec<(PersonId, OpMark)>,
        seed: u64,
        under_way: UnderWay,
    ) -> Self {
        let connection = shared.directory().connection().clone();
        let token = (connection.token, connection.token_mark);
        Self {
            saves: Saves::new(shared.store.clone()),
            shared,
            token,
            machine: Machine::new(Policy::default()).seeded(seed),
            orders,
            traces: Vec::new(),
            answers: Answers::default(),
            lock: None,
            fence: None,
            leads: false,
            elsewhere: false,
            holder: None,
            halted: None,
            pause: None,
            kept_pause: None,
            offered: offered(live),
            going_on: false,
            settled: Vec::new(),
            in_flight: HashSet::new(),
            stopping: Vec::new(),
            lies_seen: 0,
            lies_kept: None,
            word: None,
            quiet: Vec::new(),
            groups_wait: false,
            wake: None,
            still: Standstill::default(),
            clock: Clock::new(),
            under_way,
        }
    }

    /// Runs until the drive is dropped.
    pub(super) async fn run(mut self) {
        // The sender gives a sign of life as often as another process tries to become it.
        let mut beat = tokio::time::interval(lock::BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let wake = self.wake;
            let stops = self.is_quiet() && !self.stopping.is_empty();
            tokio::select! {
                biased;
                saved = self.saves.next(), if !self.saves.is_empty() => self.saved(saved).await,
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return self.saves.hand_over(),
                },
                () = sleep_until(wake), if wake.is_some() => {
                    self.wake = None;
                    self.feed(Event::Tick);
                }
                _ = beat.tick(), if self.elsewhere || self.lock.is_some() => self.beat().await,
                // A group that is on its way ends with the request that is.
                () = no_group_goes(&self.shared), if stops => self.stopped().await,
                () = std::future::ready(()), if self.going_on => self.go_on().await,
            }
            // Of all that this turn heard, before the runs that read it.
            *hold(&self.shared.ahead) = self.machine.ahead();
            self.tell_settled();
            if self.in_flight.is_empty() {
                self.saves.hurry();
            }
            if self.is_quiet() {
                for waiting in self.quiet.drain(..) {
                    let _ = waiting.send(());
                }
            }
        }
    }

    /// Nothing is under way and everything heard is written.
    fn is_quiet(&self) -> bool {
        self.in_flight.is_empty() && self.saves.is_empty()
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Committed(rows) => self.committed(rows).await,
            Order::LookAgain => self.look_again().await,
            Order::Lead(answer) => {
                let leads = self.lead().await;
                self.groups_wait = false;
                self.seat();
                let _ = answer.send(leads);
            }
            Order::TakeOver { from, reason, answer } => {
                let taken = self.take_over(&from, reason).await;
                let _ = answer.send(taken);
            }
            Order::Live(answer) => {
                let offered = self.offered.keys().copied();
                let _ = answer.send(offered.chain(self.machine.moving()).collect());
            }
            Order::Resume => {
                self.say_go().await;
                self.going_on = self.leads;
                if self.leads {
                    self.groups_wait = false;
                    self.seat();
                }
                self.show();
            }
            Order::Quiet(answer) => self.quiet.push(answer),
            Order::Stop(answer) => {
                self.stopping.push(answer);
                self.groups_wait = true;
                self.settings();
                self.tell_settled();
                self.shared.tell_paused(&stop_asked());
            }
            Order::Settings => {
                self.settings();
                self.show();
            }
            Order::Try(run) => self.try_for(&run),
            Order::TokenChanged => {
                self.feed(Event::TokenChanged);
                self.show();
            }
            Order::Accepted(people) => self.feed(Event::Accepted(people)),
            Order::AskedToWait(class, wait_ms, failure) => {
                self.feed(Event::AskedToWait { class, wait_ms, failure });
            }
            Order::Overtaken => self.beat().await,
            Order::Heard(heard) => {
                let (event, trace) = *heard;
                self.answers.note(trace.as_ref());
                self.traces.extend(trace);
                if let Some(op) = event.operation() {
                    self.in_flight.remove(&op);
                }
                self.feed(event);
            }
        }
    }

    /// Nothing is under way any more. What is queued waits for an operator, as after a start.
    async fn stopped(&mut self) {
        if self.leads
            && let Ok(live) = self.shared.store.live(self.shared.connection).await
        {
            self.feed(Event::Boot(Vec::new()));
            self.offered = offered(live);
            self.going_on = false;
            // A run that came to it in between and was not there to hear of it.
            self.shared.tell_paused_of(&stop_asked(), |id| self.offered.contains_key(id));
            if let Err(error) = self.holds().await {
                tracing::warn!(%error, "nobody could be told that the queue is held");
            }
        }
        for waiting in self.stopping.drain(..) {
            let _ = waiting.send(());
        }
        self.settings();
        self.show();
    }

    /// The machine works by the connection's present settings, and only while this process may send.
    pub(super) fn settings(&mut self) {
        let directory = self.shared.directory();
        let connection = directory.connection();
        self.machine.set_policy(Policy::of(&directory));
        let goes = self.leads && connection.enabled && self.stopping.is_empty();
        self.seat();
        self.feed(if goes { Event::Thaw } else { Event::Freeze });
    }

    /// Tells those who send beside the machine whether they may. A stop that is held holds them too.
    pub(super) fn seat(&self) {
        let held = self.word.and_then(Word::held).is_some() || !self.stopping.is_empty();
        let seat = match (self.leads, self.groups_wait || held) {
            (false, _) => Err(overtaken()),
            (true, true) => Err(stop_asked()),
            (true, false) => Ok(Seat { leave: Leave::of(self.lock.as_ref()), fence: self.fence }),
        };
        *hold(&self.shared.seat) = seat;
    }

    /// Tells the faces who sends and whether it goes.
    pub(super) fn show(&self) {
        let directory = self.shared.directory();
        let moving = self.offered.values().filter(|(_, state)| state.moving()).count();
        let sending = if self.shared.read_only || !directory.connection().enabled {
            Sending::Off
        } else if let Some(failure) = &self.halted {
            Sending::Stopped(failure.clone())
        } else if self.elsewhere {
            Sending::Elsewhere(self.holder.clone())
        } else if let Some(pause) = &self.pause {
            pause.clone()
        } else if moving > 0 && !self.going_on {
            Sending::Offered(u32::try_from(moving).unwrap_or(u32::MAX))
        } else if self.leads {
            Sending::Here
        } else {
            return;
        };
        self.shared.show_sending(sending);
    }

    pub(super) fn feed(&mut self, event: Event) {
        let (at, set) = self.clock.read();
        let mut effects = Vec::new();
        if let Some(by_ms) = set {
            tracing::warn!(by_ms, "the clock was set");
            if let Some(Sending::Waiting(until, _)) = &mut self.pause {
                *until = until.plus_ms(by_ms);
            }
            // Where groups are being made true none of them rests.
            if let Ok(mut rest) = self.shared.groups.try_lock() {
                rest.clock_moved(by_ms);
            }
            effects = self.machine.handle(at, Event::ClockMoved(by_ms));
        }
        effects.extend(self.machine.handle(at, event));
        for effect in effects {
            self.note(&effect);
            match effect {
                Effect::Save { ticket, moves, mut changes, mut audit } => {
                    self.answers.tell(&mut audit, &moves);
                    self.shared.look(|directory| {
                        keep_invited(directory, &mut changes);
                        changes.extend(accepted::by_a_write(directory, &moves, at));
                    });
                    let traces = std::mem::take(&mut self.traces);
                    let batch =
                        Batch { moves, changes, audit, traces, fence: self.fence, ..self.shared.batch() };
                    self.saves.push(ticket, batch);
                }
                Effect::Send { op, attempt, step } => {
                    self.in_flight.insert(op);
                    let person = self.machine.person_of(op);
                    let leave = Leave::of(self.lock.as_ref());
                    let (shared, under_way) = (self.shared.clone(), self.under_way.clone());
                    tokio::spawn(perform(shared, (op, person), attempt, step, leave, under_way));
                }
                Effect::WakeAt(wanted) => {
                    let wait = Duration::from_millis(u64::try_from(wanted.since(at)).unwrap_or(0));
                    let at = tokio::time::Instant::now() + wait;
                    self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
                }
                Effect::Settled { op, outcome, failure } => {
                    self.settled.push((op, outcome, failure));
                    self.shared.wrote.notify_one();
                }
                Effect::Paused { failure, until } => {
                    self.tell_settled();
                    self.shared.tell_paused(&failure);
                    self.pause = Some(match until {
                        Some(until) => Sending::Waiting(until, failure),
                        None => Sending::Stopped(failure),
                    });
                    self.show();
                }
                Effect::Going => {
                    self.pause = None;
                    self.show();
                }
            }
        }
        self.tell_standstill();
        self.keep_lies();
        self.keep_pause();
    }

    /// The sender gives its sign of life; another process tries to become it.
    async fn beat(&mut self) {
        match &self.lock {
            Some(lock) if !lock.beat() => {
                tracing::warn!("another process took the sending over");
                self.step_down(None);
            }
            Some(_) => {}
            None => {
                self.lead().await;
            }
        }
    }
}

/// What is offered of live operations, as they stand.
pub(super) fn offered(live: Vec<(PersonId, OpMark)>) -> BTreeMap<OpId, (PersonId, OpState)> {
    live.into_iter().map(|(person, mark)| (mark.id, (person, mark.state))).collect()
}

async fn no_group_goes(shared: &Shared) {
    drop(shared.groups.lock().await);
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
