//! Two processes on one store against one endpoint, event by event in virtual time.

use std::collections::{BTreeMap, BTreeSet};

use scimdeck::directory::Directory;
use scimdeck::domain::{Call, ConnectionId, OpId, OpState, Operation, Outcome, PersonId, Time};
use scimdeck::endpoint::judge;
use scimdeck::engine::machine::{Effect, Event, Evidence, Move, Policy, Step, StepKind, Ticket};
use scimdeck::engine::wire::Wire;
use scimdeck::store::{Applied, Backend, Batch, StoreError, Which};

use crate::look::{Look, Next};
use crate::process::Process;
use crate::rng::Rng;
use crate::server::{Arrival, Server};

pub(crate) const CONNECTION: ConnectionId = ConnectionId(1);
/// More events than any schedule needs: something goes round and round.
const MOST_EVENTS: u32 = 20_000;

/// To which step of an operation an answer belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Look,
    Step(StepKind),
}

pub(crate) enum Ev {
    Save(Ticket, Box<Batch>),
    Heard(Ticket, Box<Result<Applied, StoreError>>),
    Arrive(OpId, What, Box<Call>),
    Answer(OpId, What, Box<Call>, Box<Outcome>),
    Late(Box<Call>),
    Tick,
    LookAgain,
    Lead,
    Command,
    Commit(Box<crate::operator::Prepared>),
    Crash,
    Restart,
    Steal,
    /// The faults end.
    Heal,
}

pub(crate) struct World {
    pub(crate) rng: Rng,
    pub(crate) now: Time,
    pub(crate) server: Server,
    pub(crate) processes: [Process; 2],
    /// Who holds the lock that the kernel frees at death.
    pub(crate) lock: Option<usize>,
    queue: BTreeMap<(Time, u64), (usize, u64, Ev)>,
    count: u64,
    pub(crate) people: Vec<PersonId>,
    /// Whose account another hand changed.
    pub(crate) touched: BTreeSet<String>,
    pub(crate) approved: BTreeSet<PersonId>,
    pub(crate) log: Option<Vec<String>>,
}

impl World {
    pub(crate) fn empty(rng: Rng, server: Server, processes: [Process; 2], log: bool) -> Self {
        Self {
            rng,
            now: Time::from_ms(1_700_000_000_000),
            server,
            processes,
            lock: None,
            queue: BTreeMap::new(),
            count: 0,
            people: Vec::new(),
            touched: BTreeSet::new(),
            approved: BTreeSet::new(),
            log: log.then(Vec::new),
        }
    }

    pub(crate) fn say(&mut self, text: impl FnOnce() -> String) {
        let ms = self.now.ms() - 1_700_000_000_000;
        if let Some(log) = &mut self.log {
            log.push(format!("{ms:>8} {}", text()));
        }
    }

    /// Happens to this process after so many milliseconds, unless it dies before.
    pub(crate) fn at(&mut self, after: u64, p: usize, ev: Ev) {
        self.count += 1;
        let key = (self.now.plus_ms(after as i64), self.count);
        self.queue.insert(key, (p, self.processes[p].life, ev));
    }

    /// Runs until nothing is left to happen.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let mut events = 0;
        while let Some(((at, _), (p, life, ev))) = self.queue.pop_first() {
            self.now = self.now.max(at);
            events += 1;
            if events > MOST_EVENTS {
                return Err("the schedule does not come to rest".to_owned());
            }
            let same = self.processes[p].life == life;
            match ev {
                Ev::Arrive(op, what, call) => self.arrive(p, life, op, what, call),
                Ev::Late(call) => {
                    self.say(|| format!("late      {}", call.line()));
                    self.server.apply(&call, self.now, false);
                }
                Ev::Crash if same => self.crash(p),
                Ev::Restart => self.restart(p),
                Ev::Heal => self.server.bad = self.server.bad.healed(),
                Ev::Steal => self.lead(p, true),
                ev if same && self.processes[p].alive => self.happen(p, ev),
                _ => {}
            }
        }
        Ok(())
    }

    fn happen(&mut self, p: usize, ev: Ev) {
        match ev {
            Ev::Save(ticket, batch) => {
                let result = self.apply(p, &batch);
                let wait = self.rng.below(3);
                self.at(wait, p, Ev::Heard(ticket, Box::new(result)));
            }
            Ev::Heard(ticket, result) => self.heard_store(p, ticket, *result),
            Ev::Answer(op, what, call, outcome) => self.answer(p, op, what, &call, &outcome),
            Ev::Tick => self.feed(p, Event::Tick),
            Ev::LookAgain => self.look_again(p),
            Ev::Lead => self.lead(p, false),
            Ev::Command => self.command(p),
            Ev::Commit(prepared) => self.commit(p, *prepared),
            _ => {}
        }
    }

    /// Writes to the store; the other process sees it within its quarter of a second.
    pub(crate) fn apply(&mut self, p: usize, batch: &Batch) -> Result<Applied, StoreError> {
        let result = self.processes[p].backend.apply(std::slice::from_ref(batch)).remove(0);
        let wait = 1 + self.rng.below(250);
        self.at(wait, 1 - p, Ev::LookAgain);
        if let Ok(applied) = &result {
            self.processes[p].follow(applied);
        }
        result
    }

    fn heard_store(&mut self, p: usize, ticket: Ticket, result: Result<Applied, StoreError>) {
        match result {
            Ok(applied) => {
                self.feed(p, Event::Saved(ticket));
                self.feed(p, Event::Committed(applied.operations));
            }
            Err(error) => {
                self.say(|| format!("p{p} save refused: {error}"));
                self.feed(p, Event::SaveRefused(ticket));
                match error {
                    StoreError::Moved(id) => {
                        let rows = self.processes[p].operations(&Which::Ids(vec![id]));
                        self.feed(p, Event::Committed(rows));
                    }
                    _ => self.step_down(p),
                }
            }
        }
    }

    fn step_down(&mut self, p: usize) {
        self.processes[p].leads = false;
        if self.lock == Some(p) {
            self.lock = None;
        }
        self.feed(p, Event::Boot(Vec::new()));
        self.feed(p, Event::Freeze);
        self.at(1_000, 0, Ev::Lead);
        self.at(1_000, 1, Ev::Lead);
    }

    fn look_again(&mut self, p: usize) {
        self.processes[p].catch_up();
        if !self.processes[p].leads {
            return;
        }
        let mut rows = self.processes[p].operations(&Which::Live);
        let live: BTreeSet<OpId> = rows.iter().map(|op| op.id).collect();
        let lost: Vec<OpId> = self.processes[p].machine.known().filter(|id| !live.contains(id)).collect();
        if !lost.is_empty() {
            rows.extend(self.processes[p].operations(&Which::Ids(lost)));
        }
        self.feed(p, Event::Committed(rows));
    }

    /// Becomes the sender; by force as where the lock does not hold.
    pub(crate) fn lead(&mut self, p: usize, force: bool) {
        let process = &self.processes[p];
        if !process.alive || process.leads || (!force && self.lock.is_some()) {
            return;
        }
        self.lock = Some(p);
        let process = &mut self.processes[p];
        process.fence = process.backend.raise_fence(CONNECTION).ok();
        let settle = Policy::default().settle_ms;
        let now = self.now;
        let inflight = |op: &Operation| op.state == OpState::Inflight;
        let moves = process.operations(&Which::Live).into_iter().filter(inflight).map(|op| {
            let not_before = Some(now.plus_ms(settle));
            let to = Operation { state: OpState::InDoubt, not_before, updated_at: now, ..op };
            Move { from: OpState::Inflight, to }
        });
        let moves: Vec<Move> = moves.collect();
        let batch = Batch { connection: Some(CONNECTION), moves, fence: process.fence, ..Batch::default() };
        self.say(|| format!("p{p} leads{}", if force { " by force" } else { "" }));
        let _ = self.apply(p, &batch);
        self.processes[p].catch_up();
        self.processes[p].leads = true;
        let live = self.processes[p].operations(&Which::Live);
        let directory = &self.processes[p].directory;
        let connection = directory.connection();
        let policy = Policy {
            concurrency: connection.concurrency,
            ahead: connection.concurrency * 4,
            attributes: directory.attributes().to_vec(),
            wire: Wire::of(connection),
            ..Policy::default()
        };
        self.processes[p].machine.set_policy(policy);
        self.feed(p, Event::Thaw);
        self.feed(p, Event::Committed(live));
    }

    fn crash(&mut self, p: usize) {
        self.say(|| format!("p{p} crashes"));
        if self.lock == Some(p) {
            self.lock = None;
        }
        self.processes[p].die();
        let wait = self.rng.below(4_000);
        self.at(wait, p, Ev::Restart);
        self.at(1_000, 1 - p, Ev::Lead);
    }

    fn restart(&mut self, p: usize) {
        self.say(|| format!("p{p} starts"));
        self.processes[p].start();
        self.lead(p, false);
    }

    pub(crate) fn feed(&mut self, p: usize, event: Event) {
        for effect in self.processes[p].machine.handle(self.now, event) {
            match effect {
                Effect::Save { ticket, moves, changes, audit } => {
                    for step in &moves {
                        let (id, from, to, kind) = (step.to.id, step.from, step.to.state, step.to.kind);
                        let who = step.to.user_name.clone();
                        self.say(|| {
                            format!("p{p} {id} {who} {} {} -> {}", kind.word(), from.word(), to.word())
                        });
                    }
                    let fence = self.processes[p].fence;
                    let batch = Batch {
                        connection: Some(CONNECTION),
                        moves,
                        changes,
                        audit,
                        fence,
                        ..Batch::default()
                    };
                    // Batches reach the store in the order of the effects.
                    let due = self.processes[p].store_free.max(self.now.plus_ms(self.rng.below(3) as i64));
                    self.processes[p].store_free = due;
                    let wait = due.since(self.now) as u64;
                    self.at(wait, p, Ev::Save(ticket, Box::new(batch)));
                }
                Effect::Send { op, step, .. } => self.send(p, op, step),
                Effect::WakeAt(at) => {
                    let wait = at.since(self.now).max(0) as u64;
                    self.at(wait, p, Ev::Tick);
                }
                Effect::Settled { .. } | Effect::Paused { .. } | Effect::Going => {}
            }
        }
    }

    fn send(&mut self, p: usize, op: OpId, step: Step) {
        let (what, call) = match step {
            Step::LookUp { who, .. } => {
                let (look, call) = Look::begin(who, self.processes[p].trust);
                self.processes[p].looks.insert(op, look);
                (What::Look, call)
            }
            Step::Read(call) => (What::Step(StepKind::Read), call),
            Step::Write(_, call) => {
                self.must_be_journalled(p, op);
                (What::Step(StepKind::Write), call)
            }
            Step::Verify(call) => (What::Step(StepKind::Verify), call),
        };
        self.request(p, op, what, call);
    }

    /// What leaves is in the journal first, as long as nobody took over.
    fn must_be_journalled(&mut self, p: usize, op: OpId) {
        let rows = self.processes[p].operations(&Which::Ids(vec![op]));
        let known = rows.first().is_some_and(|row| row.state == OpState::Inflight);
        if !known && self.lock == Some(p) {
            self.server.wrong.push(format!("{op} was written without the journal knowing"));
        }
    }

    fn request(&mut self, p: usize, op: OpId, what: What, call: Call) {
        let wait = 1 + self.rng.below(40);
        self.at(wait, p, Ev::Arrive(op, what, Box::new(call)));
    }

    fn arrive(&mut self, p: usize, life: u64, op: OpId, what: What, call: Box<Call>) {
        if self.rng.chance(self.server.bad.by_hand) {
            self.by_hand();
        }
        let outcome = match self.server.arrive(&call, self.now, &mut self.rng) {
            Arrival::Now(outcome) => outcome,
            Arrival::Later(outcome, after) => {
                self.at(after, p, Ev::Late(call.clone()));
                outcome
            }
        };
        self.say(|| format!("p{p} {op} {} => {}", call.line(), short(&outcome)));
        let wait = 1 + self.rng.below(40);
        if self.processes[p].life == life {
            self.at(wait, p, Ev::Answer(op, what, call, Box::new(outcome)));
        }
    }

    fn answer(&mut self, p: usize, op: OpId, what: What, call: &Call, outcome: &Outcome) {
        let step = match what {
            What::Look => return self.looked(p, op, call, outcome),
            What::Step(step) => step,
        };
        let failure = judge(call, outcome).err().map(Into::into);
        let event = match (outcome, failure) {
            (Outcome::Answered(answer), failure) => {
                Event::Answered { op, step, answer: answer.clone(), failure }
            }
            (lost, Some(failure)) => {
                Event::Lost { op, step, maybe_sent: matches!(lost, Outcome::MaybeSent(_)), failure }
            }
            _ => return,
        };
        self.feed(p, event);
    }

    fn looked(&mut self, p: usize, op: OpId, call: &Call, outcome: &Outcome) {
        let process = &mut self.processes[p];
        let Some(mut look) = process.looks.remove(&op) else { return };
        let next = look.heard(call, outcome, &mut process.trust, process.directory.attributes());
        match next {
            Next::Ask(call) => {
                process.looks.insert(op, look);
                self.request(p, op, What::Look, call);
            }
            Next::Found(evidence) => {
                let word = match &evidence {
                    Evidence::Absent => "absent",
                    Evidence::One(_) => "one",
                    Evidence::Several(_) => "several",
                    Evidence::Failed(_) => "failed",
                };
                self.say(|| format!("p{p} {op} looked for {}: {word}", look.who.value));
                self.feed(p, Event::Found(op, evidence));
            }
        }
    }

    pub(crate) fn directory(&mut self) -> Directory {
        self.processes[0].catch_up();
        self.processes[0].directory.clone()
    }
}

fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) => answer.status.to_string(),
        Outcome::NotSent(_) => "not sent".to_owned(),
        Outcome::MaybeSent(_) => "lost".to_owned(),
    }
}
