//! The journal's state machine: events in, effects out; no clock, socket or file inside.
//!
//! An operation goes LookUp -> Read -> Write -> Verify, skipping what it does not need. Only Write is journalled as
//! inflight, and only after the journal has it is it sent; reads restart freely. Three things prove that a write
//! was not applied: no byte of it left, a 429, or a 4xx other than 408, 409 and 425. Everything else is in doubt:
//! after a settle wait it is looked up, never blindly repeated.

mod ahead;
mod allowed;
mod calm;
mod clock;
mod driven;
mod event;
mod forbidden;
mod honesty;
mod jitter;
mod late;
mod limit;
mod pace;
mod persist;
mod policy;
mod read;
mod settle;
mod start;
mod under_way;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use driven::{keep_invited, taken_over};
pub use event::{Durable, Effect, Event, Evidence, Move, Step, StepKind, Ticket};
use honesty::Honesty;
use pace::Pace;
pub use policy::Policy;
use start::Turns;

use super::wire::{Identity, Reader};
use super::{Found, Outcome};
use crate::directory::Change;
use crate::domain::{
    Base, Call, Failure, Method, OpId, OpKind, OpState, Operation, RequestClass, Time, UniqueIdentifier,
};

/// What an operation is doing.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// Wants a place.
    Ready,
    /// Has a place; a read is under way.
    Asking,
    /// The journal is told before this is sent; made under which settings.
    Journalling(Ticket, Call, u64),
    /// The journal knows; wants a place to be sent.
    Journalled(Call),
    /// Has a place; the write is under way, by this method.
    Writing(Method),
    /// Gave its place back; the journal is told how it ended.
    Ending(Ticket, Outcome, Option<Failure>),
    /// Waits for its time, an operator, an earlier operation or the store.
    Still,
}

impl Stage {
    fn holds_a_place(&self) -> bool {
        matches!(self, Self::Asking | Self::Writing(_))
    }

    /// Whether its own step decides what becomes of it.
    fn on_its_way(&self) -> bool {
        !matches!(self, Self::Ready | Self::Still)
    }
}

#[derive(Debug, Clone)]
struct Live {
    op: Operation,
    stage: Stage,
    /// The id that was asked for last.
    asked: String,
    /// The account as it was read before the write.
    found: Option<Found>,
    /// The link to the account that was found and says itself that it is ours, until the journal has it.
    ours: Vec<Change>,
    /// An earlier write of it may have been applied, or may yet be.
    doubted: bool,
    /// It was written, and is read again before that it was not applied is believed.
    looks_once_more: bool,
    /// By how much the clock was set since it was written: its own times are of the clock before.
    clock_moved: Option<i64>,
}

impl Live {
    fn of(op: Operation) -> Self {
        let (stage, found, ours, no) = (Stage::Still, None, Vec::new(), false);
        let asked = String::new();
        Self { op, stage, asked, found, ours, doubted: no, looks_once_more: no, clock_moved: None }
    }

    /// Whatever waits behind it is about this account too. What was there before stays with the operation, for its undo.
    fn is_about(&mut self, remote_id: String) {
        let intent = &mut self.op.intent;
        intent.remote_id = Some(remote_id);
        if let (Base::Unknown, Some(before)) = (&intent.base, &self.found) {
            intent.base = Base::Account(Box::new(before.account.values.clone()));
        }
    }
}

/// The machine of one connection.
#[derive(Debug, Clone)]
pub struct Machine {
    policy: Policy,
    reader: Reader,
    /// Counts the settings that say what may be written, and how.
    settings: u64,
    ops: BTreeMap<OpId, Live>,
    turns: Turns,
    sleeping: BTreeSet<(Time, OpId)>,
    /// What the endpoint asked for by then is over, whatever its time was.
    waits_over: Option<Time>,
    tickets: HashMap<Ticket, OpId, foldhash::quality::RandomState>,
    places: u32,
    pace: Pace,
    honesty: Honesty,
    /// Look again while no create of ours is under way ([`calm`]).
    calm: BTreeSet<OpId>,
    frozen: bool,
    last_ticket: u64,
    /// When it asked to be woken.
    asked: Option<Time>,
    now: Time,
    out: Vec<Effect>,
}

impl Machine {
    /// A machine that knows of no operation yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            reader: Reader::new(&policy.attributes),
            policy,
            settings: 0,
            ops: BTreeMap::new(),
            turns: Turns::default(),
            sleeping: BTreeSet::new(),
            waits_over: None,
            tickets: HashMap::default(),
            places: 0,
            pace: Pace::new(),
            honesty: Honesty::default(),
            calm: BTreeSet::new(),
            frozen: false,
            last_ticket: 0,
            asked: None,
            now: Time::default(),
            out: Vec::new(),
        }
    }

    /// With another seed for the waits that chance decides, so that many of them do not come back together.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.pace.seed(seed);
        self
    }

    /// The operations it knows of.
    pub fn known(&self) -> impl Iterator<Item = OpId> {
        self.ops.keys().copied()
    }

    /// Those among them that go on by themselves.
    pub fn moving(&self) -> impl Iterator<Item = OpId> {
        self.ops.iter().filter(|(_, live)| live.op.state.moving()).map(|(id, _)| *id)
    }

    /// Whether anything is under way or could start without an operator.
    pub fn busy(&self) -> bool {
        self.ops.values().any(|live| live.stage != Stage::Still || live.op.state.moving())
    }

    /// Takes an event and says what to do.
    pub fn handle(&mut self, now: Time, event: Event) -> Vec<Effect> {
        self.now = if matches!(event, Event::ClockMoved(_)) { now } else { self.now.max(now) };
        self.hear(&event);
        match event {
            Event::Boot(rows) => self.boot(rows),
            Event::Committed(rows) => self.committed(rows),
            Event::Saved(ticket) => self.saved(ticket),
            Event::SaveRefused(ticket) => self.save_refused(ticket),
            Event::Found(op, evidence) => self.found(op, evidence),
            Event::Answered { op, step, answer, failure } => match step {
                StepKind::Read => self.read_answered(op, &answer, failure),
                StepKind::Write => self.write_answered(op, &answer, failure),
                StepKind::Verify => self.verify_answered(op, &answer, failure),
            },
            Event::Elsewhere { op, step, failure } => self.elsewhere(op, step, failure),
            Event::Lost { op, step: StepKind::Write, maybe_sent, failure } => {
                self.write_lost(op, maybe_sent, failure);
            }
            Event::Lost { op, step: StepKind::Verify, failure, .. } => self.verify_lost(op, failure),
            Event::Lost { op, step: StepKind::Read, failure, .. } => self.read_lost(op, failure),
            Event::Tick => self.asked = None,
            Event::AskedToWait { class, wait_ms, failure } => self.asked_to_wait(class, wait_ms, failure),
            Event::Freeze => {
                self.frozen = true;
                self.take_back();
            }
            Event::Thaw => self.frozen = false,
            Event::TokenChanged => self.resume(),
            Event::WaitsOver(at) => self.waits_over(at),
            Event::Accepted(people) => self.accepted(&people),
            Event::ClockMoved(by_ms) => self.clock_moved(by_ms),
        }
        self.wake_sleepers();
        self.start_ready();
        self.schedule();
        std::mem::take(&mut self.out)
    }

    fn boot(&mut self, rows: Vec<Operation>) {
        self.ops.clear();
        self.turns = Turns::default();
        self.pace.forget_sent();
        self.sleeping.clear();
        self.calm.clear();
        self.tickets.clear();
        self.places = 0;
        for row in rows {
            if row.state == OpState::Inflight {
                let (id, from) = (row.id, row.state);
                self.ops.insert(id, Live::of(row));
                self.doubt(id, from, None);
            } else {
                self.take_in(row);
            }
        }
    }

    fn committed(&mut self, rows: Vec<Operation>) {
        let saving: BTreeSet<OpId> = self.tickets.values().copied().collect();
        for row in rows {
            match self.ops.get(&row.id).map(|live| &live.stage) {
                // What was read may be older than what is just being written.
                _ if saving.contains(&row.id) => {}
                // Nothing of it is sent any more: what its look brings is to nobody's question.
                Some(Stage::Asking) if !row.state.live() => {
                    self.give_back(row.id);
                    self.take_in(row);
                }
                // Its own step decides; a refused save tells that somebody else replaced it.
                Some(stage) if stage.on_its_way() => {}
                _ => self.take_in(row),
            }
        }
    }

    fn take_in(&mut self, row: Operation) {
        let id = row.id;
        self.pace.suspects.retain(|(other, ..)| *other != id);
        if !row.state.live() {
            self.ops.remove(&id);
            return;
        }
        let queued = row.state == OpState::Queued;
        // The same row again does not know that the clock was set meanwhile.
        let known = self.ops.get(&id).filter(|live| live.op.updated_at == row.updated_at);
        let clock_moved = known.and_then(|live| live.clock_moved);
        self.ops.insert(id, Live { clock_moved, ..Live::of(row) });
        if queued {
            self.make_ready(id, false);
        } else {
            self.sleep(id);
        }
    }

    /// Waiting and in doubt operations want a place again when their time has come.
    fn sleep(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        if live.stage == Stage::Still && matches!(live.op.state, OpState::Waiting | OpState::InDoubt) {
            self.sleeping.insert((self.due_at(live), id));
        }
    }

    fn wake_sleepers(&mut self) {
        while let Some((at, id)) = self.sleeping.first().copied().filter(|(at, _)| *at <= self.now) {
            self.sleeping.remove(&(at, id));
            let due = self.ops.get(&id).is_some_and(|live| {
                live.stage == Stage::Still && matches!(live.op.state, OpState::Waiting | OpState::InDoubt)
            });
            if due {
                // One that was asked to wait was first in the queue, and is again.
                let first = self
                    .ops
                    .get(&id)
                    .is_some_and(|l| l.op.state == OpState::Waiting && l.op.failure.is_none());
                self.make_ready(id, first);
            }
        }
    }

    /// Whether the plan's "nobody there" is fresh enough to create without another look.
    fn creates_at_once(&self, live: &Live) -> bool {
        let op = &live.op;
        // Never sent, or proven not to have been applied.
        let first = matches!(op.state, OpState::Queued | OpState::Waiting) && op.attempts == 0;
        first
            && op.failure.is_none()
            && self.fresh(op.id, op)
            && op.intent.remote_id.is_none()
            && op.intent.base == Base::Absent
    }

    fn start(&mut self, id: OpId) {
        let wire = self.policy.wire;
        let Some(live) = self.ops.get_mut(&id) else { return };
        let intent = &live.op.intent;
        let step = match (&intent.remote_id, wire.identity(&intent.wanted)) {
            (Some(remote_id), _) => Step::Read(wire.read(remote_id)),
            (None, Some(who)) => {
                let fresh = live.op.state == OpState::InDoubt;
                // What was sent, by it or an earlier one, may be there under a name that the endpoint changed.
                let also = fresh || intent.base == Base::Unknown || live.op.kind == OpKind::Link;
                let or = also.then(|| Identity::of(UniqueIdentifier::ExternalId, &intent.wanted)).flatten();
                Step::LookUp { who, or, fresh }
            }
            (None, None) => return self.nothing_to_look_for(id),
        };
        live.looks_once_more = honesty::looks_once_more(&live.op);
        live.stage = Stage::Asking;
        self.places += 1;
        self.send(id, step);
    }

    fn send(&mut self, id: OpId, step: Step) {
        let Some(live) = self.ops.get_mut(&id) else { return };
        let attempt = live.op.attempts.max(1);
        let class = match &step {
            Step::Write(_, call) => call.class(),
            Step::LookUp { .. } | Step::Read(_) | Step::Verify(_) => RequestClass::Read,
        };
        if let Step::Read(call) | Step::Verify(call) = &step {
            live.asked = call.path.last().cloned().unwrap_or_default();
        }
        self.pace.sent(id, class, self.now);
        let step = match step {
            Step::Read(call) => Step::Read(tagged(call, id)),
            Step::Verify(call) => Step::Verify(tagged(call, id)),
            Step::Write(durable, call) => Step::Write(durable, tagged(call, id)),
            look_up @ Step::LookUp { .. } => look_up,
        };
        self.out.push(Effect::Send { op: id, attempt, step });
    }

    fn ticket(&mut self, id: OpId) -> Ticket {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.tickets.insert(ticket, id);
        ticket
    }

    fn give_back(&mut self, id: OpId) {
        if self.ops.get(&id).is_some_and(|live| live.stage.holds_a_place()) {
            self.places = self.places.saturating_sub(1);
        }
    }
}

fn tagged(mut call: Call, id: OpId) -> Call {
    call.operation = Some(id);
    call
}

#[cfg(test)]
mod anew_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod doubt_tests;
#[cfg(test)]
mod gone_tests;
#[cfg(test)]
mod pace_tests;
#[cfg(test)]
mod pace_world;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
pub(crate) use tests::sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire_tests;
