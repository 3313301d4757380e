//! What a process does when its machine says so: it saves, sends, and brings back what it heard.

use scimdeck::domain::{AccountState, Answer, Call, Failure, FailureKind, OpId, Outcome};
use scimdeck::endpoint::judge;
use scimdeck::engine::machine::{Effect, Event, Step, StepKind, keep_invited, taken_over};
use scimdeck::store::{Backend, Batch, Which};

use crate::server::Arrival;
use crate::world::{CONNECTION, Ev, What, World};

/// So long a write may take from the look at the lock until it is on its way.
const LEAVES_MS: i64 = 100;

pub(crate) fn overtaken() -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: "another process took over".to_owned(),
        next: String::new(),
    }
}

impl World {
    /// Becomes the sender; by force as where the lock does not hold.
    pub(crate) fn lead(&mut self, p: usize, force: bool) {
        let process = &self.processes[p];
        if !process.alive || process.leads || (!force && self.lock.is_some()) {
            return;
        }
        self.lock = Some(p);
        self.taken_at = self.now;
        let now = self.clock(p);
        let process = &mut self.processes[p];
        process.fence = process.backend.raise_fence(CONNECTION).ok();
        let moves = taken_over(&process.operations(&Which::Live), now);
        let batch = Batch { connection: Some(CONNECTION), moves, fence: process.fence, ..Batch::default() };
        self.say(|| format!("p{p} leads{}", if force { " by force" } else { "" }));
        let _ = self.apply(p, &batch);
        self.processes[p].catch_up();
        self.processes[p].leads = true;
        let live = self.processes[p].operations(&Which::Live);
        self.settings(p);
        self.feed(p, Event::Thaw);
        self.feed(p, Event::Committed(live));
    }

    /// No longer the sender; whoever becomes it reads the journal anew.
    pub(crate) fn step_down(&mut self, p: usize) {
        self.processes[p].leads = false;
        if self.lock == Some(p) {
            self.lock = None;
        }
        self.feed(p, Event::Boot(Vec::new()));
        self.feed(p, Event::Freeze);
        self.at(1_000, 0, Ev::Lead);
        self.at(1_000, 1, Ev::Lead);
    }

    pub(crate) fn feed(&mut self, p: usize, event: Event) {
        let clock = self.clock(p);
        for effect in self.processes[p].machine.handle(clock, event) {
            match effect {
                Effect::Save { ticket, moves, mut changes, audit } => {
                    keep_invited(&self.processes[p].directory, &mut changes);
                    for step in &moves {
                        let (id, from, to, kind) = (step.to.id, step.from, step.to.state, step.to.kind);
                        let who = step.to.user_name.clone();
                        self.say(|| {
                            format!("p{p} {id} {who} {} {} -> {}", kind.word(), from.word(), to.word())
                        });
                    }
                    let fence = self.processes[p].fence;
                    let connection = Some(CONNECTION);
                    let batch = Batch { connection, moves, changes, audit, fence, ..Batch::default() };
                    // Batches reach the store in the order of the effects.
                    let due = self.processes[p].store_free.max(self.now.plus_ms(self.rng.below(3) as i64));
                    self.processes[p].store_free = due;
                    let wait = due.since(self.now) as u64;
                    self.at(wait, p, Ev::Save(ticket, Box::new(batch)));
                }
                Effect::Send { op, step, .. } => self.send(p, op, step),
                Effect::WakeAt(at) => {
                    let wait = at.since(clock).max(0) as u64;
                    self.at(wait, p, Ev::Tick);
                }
                Effect::Settled { .. } | Effect::Paused { .. } | Effect::Going => {}
            }
        }
    }

    fn send(&mut self, p: usize, op: OpId, step: Step) {
        let (kind, call) = match step {
            Step::LookUp { who, or, .. } => return self.look_up(p, op, who, or),
            Step::Read(call) => (StepKind::Read, call),
            // The last thing before it leaves: whoever took over looks up what may have left, once.
            Step::Write(..) if !self.may_leave(p) => {
                let event = Event::not_taken(op, &step, overtaken());
                return self.at(0, p, Ev::Overtaken(Box::new(event)));
            }
            Step::Write(_, call) => {
                self.leaves(p, op, &call);
                (StepKind::Write, call)
            }
            Step::Verify(call) => (StepKind::Verify, call),
        };
        self.request(p, op, What::Step(kind), call);
    }

    /// Whether the lock still says that this process sends; what left just before somebody else took it, left.
    pub(crate) fn may_leave(&self, p: usize) -> bool {
        self.lock == Some(p) || self.now.since(self.taken_at) < LEAVES_MS
    }

    /// A write leaves: the moment at which most promises can be broken.
    fn leaves(&mut self, p: usize, op: OpId, call: &Call) {
        let rows = self.processes[p].operations(&Which::Ids(vec![op]));
        // Whoever was overtaken by force does not know it yet.
        let leads = self.lock == Some(p);
        let Some(row) = rows.first() else { return self.watch.unknown(op) };
        self.watch.may(p, row, call);
        self.watch.leaves(row, leads);
    }

    pub(crate) fn request(&mut self, p: usize, op: OpId, what: What, call: Call) {
        *self.under_way.entry(op).or_default() += 1;
        self.most_under_way = self.most_under_way.max(self.under_way.len());
        let wait = 1 + self.rng.below(40);
        self.at(wait, p, Ev::Arrive(op, what, Box::new(call)));
    }

    pub(crate) fn arrive(&mut self, p: usize, life: u64, op: OpId, what: What, call: Box<Call>) {
        if self.rng.chance(self.server.bad.by_hand) {
            self.by_hand();
        }
        self.other_client(&call);
        self.watch.arrives(&self.server, &call);
        let weight = self.weight(p, &call);
        let outcome = match self.server.arrive(&call, self.now, &mut self.rng) {
            Arrival::Now(outcome) => outcome,
            Arrival::Later(outcome, after) => {
                self.at(after, p, Ev::Late(call.clone()));
                outcome
            }
        };
        self.watch.answered(&call, &outcome);
        self.weighed(p, &call, weight, &outcome);
        let refused = matches!(&outcome, Outcome::Answered(answer) if answer.status == 412);
        self.refused_versions += u32::from(refused);
        self.say(|| format!("p{p} {op} {} => {}", call.line(), short(&outcome)));
        let wait = 1 + self.rng.below(40);
        if self.processes[p].life == life {
            self.at(wait, p, Ev::Answer(op, what, call, Box::new(outcome)));
        } else {
            self.under_way.remove(&op);
        }
    }

    /// A request whose sender gave it up long ago is applied.
    pub(crate) fn late(&mut self, call: &Call) {
        let Answer { status, body, .. } = self.server.apply(call, self.now);
        self.say(|| format!("late      {} => {status}", call.line()));
        if !self.server.nature.very_late {
            return;
        }
        // Nobody can know of it before the next look; nor after it of an account that was proven not to be there.
        match call.path.get(1) {
            Some(id) => self.touched.insert(id.clone()),
            None => self.made_late.insert(crate::server::id_of(&body)),
        };
    }

    pub(crate) fn answer(&mut self, p: usize, op: OpId, what: What, call: &Call, outcome: &Outcome) {
        self.under_way.remove(&op);
        let step = match what {
            What::Look => return self.looked(p, op, call, outcome),
            What::Missing => return self.told(p, op, call, outcome),
            What::Step(step) => step,
        };
        if let Outcome::Answered(answer) = outcome
            && self.is_missing(p, op, step, call, answer)
        {
            return;
        }
        self.heard(p, op, step, call, outcome);
    }

    pub(crate) fn heard(&mut self, p: usize, op: OpId, step: StepKind, call: &Call, outcome: &Outcome) {
        let process = &self.processes[p];
        let person = process.machine.person_of(op).and_then(|id| process.directory.get(id));
        let invited = person.is_some_and(|person| person.account() == AccountState::Invited);
        let failure = judge(call, outcome).err().map(Failure::from);
        self.feed(p, Event::heard(op, step, call, outcome, failure, invited));
    }
}

pub(crate) fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) => answer.status.to_string(),
        Outcome::NotSent(_) => "not sent".to_owned(),
        Outcome::MaybeSent(_) => "lost".to_owned(),
    }
}
