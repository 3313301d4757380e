//! Many operations of one machine against an endpoint in virtual time, for tests of the pace.

use std::collections::{BTreeMap, BTreeSet};

use super::jitter::Jitter;
use super::tests::{T0, attributes, create, role_edit};
use super::*;
use crate::domain::{
    Answer, FailureKind, Outcome as Fate, PersonId, RequestClass, RetryAfter, WORKATO_ROLE_URN,
};

/// What the endpoint says to a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Says {
    Good,
    Status(u16, Option<RetryAfter>),
    /// No byte of it left.
    Refused,
    /// It left, nothing came back, and nothing was done.
    Lost,
}

type Endpoint<'a> = Box<dyn FnMut(Time, RequestClass, OpId) -> Says + 'a>;

/// Later than anything that happens.
const END: Time = Time::from_ms(i64::MAX);

enum Later {
    Arrives(OpId, Step),
    Heard(Event),
    Tick,
}

/// A request as the endpoint saw it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) at: Time,
    pub(super) class: RequestClass,
    pub(super) says: Says,
    /// Others under way at that moment.
    pub(super) beside: usize,
}

/// What is wrong with an answer.
fn judge(fate: &Fate) -> Option<Failure> {
    let kind = match fate {
        Fate::Answered(answer) => match answer.status {
            200..=299 => return None,
            401 => FailureKind::TokenRefused,
            429 | 503 => FailureKind::SlowDown,
            _ => FailureKind::Refused,
        },
        Fate::NotSent(_) | Fate::MaybeSent(_) => FailureKind::Unreachable,
    };
    Some(Failure { kind, text: format!("{fate:?}"), next: String::new() })
}

pub(super) struct World<'a> {
    pub(super) machine: Machine,
    pub(super) now: Time,
    endpoint: Endpoint<'a>,
    later: BTreeMap<(Time, u64), Later>,
    count: u64,
    chance: Jitter,
    under_way: BTreeSet<OpId>,
    /// Accounts that were created or changed there.
    applied: BTreeSet<OpId>,
    pub(super) rows: BTreeMap<OpId, Operation>,
    pub(super) seen: Vec<Seen>,
    /// Until when nothing is sent, as it was told, and why.
    pub(super) told: Vec<(Option<Time>, FailureKind)>,
    /// When the machine heard an answer with this status.
    pub(super) heard: Vec<(Time, u16)>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        seed: u64,
        concurrency: u32,
        endpoint: impl FnMut(Time, RequestClass, OpId) -> Says + 'a,
    ) -> Self {
        let ahead = concurrency * 4;
        let policy = Policy { concurrency, ahead, attributes: attributes(), ..Default::default() };
        Self {
            machine: Machine::new(policy).seeded(seed),
            now: T0,
            endpoint: Box::new(endpoint),
            later: BTreeMap::new(),
            count: 0,
            chance: Jitter::new(seed ^ 77),
            under_way: BTreeSet::new(),
            applied: BTreeSet::new(),
            rows: BTreeMap::new(),
            seen: Vec::new(),
            told: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// So many creates and so many changes of roles are committed.
    pub(super) fn queue(&mut self, creates: u64, changes: u64) {
        let make = |n: u64, made: Operation| {
            let (id, person) = (OpId(n), PersonId(n));
            Operation { id, person, created_at: self.now, ..made }
        };
        let creates = (0..creates).map(|n| make(n, create()));
        let changes = (0..changes).map(|n| make(1_000_000 + n, role_edit("Viewer")));
        let rows: Vec<Operation> = creates.chain(changes).collect();
        self.rows.extend(rows.iter().map(|row| (row.id, row.clone())));
        self.say(Event::Committed(rows));
    }

    fn at(&mut self, at: Time, what: Later) {
        self.count += 1;
        self.later.insert((at.max(self.now), self.count), what);
    }

    pub(super) fn say(&mut self, event: Event) {
        for effect in self.machine.handle(self.now, event) {
            match effect {
                Effect::Save { ticket, moves, .. } => {
                    self.rows.extend(moves.into_iter().map(|step| (step.to.id, step.to)));
                    self.at(self.now, Later::Heard(Event::Saved(ticket)));
                }
                Effect::Send { op, step, .. } => {
                    let wait = 1 + self.chance.up_to(9);
                    self.at(self.now.plus_ms(wait), Later::Arrives(op, step));
                    self.under_way.insert(op);
                }
                Effect::WakeAt(at) => self.at(at, Later::Tick),
                Effect::Paused { failure, until } => self.told.push((until, failure.kind)),
                Effect::Settled { .. } | Effect::Going => {}
            }
        }
    }

    /// Runs until then, or until nothing happens any more.
    pub(super) fn run_until(&mut self, end: Time) {
        while let Some(((at, _), what)) = self.later.pop_first() {
            if at > end {
                self.at(at, what);
                self.now = end;
                return;
            }
            self.now = at;
            match what {
                Later::Tick => self.say(Event::Tick),
                Later::Arrives(op, step) => self.arrives(op, step),
                Later::Heard(event) => {
                    if let Event::Found(op, _) | Event::Answered { op, .. } | Event::Lost { op, .. } = &event
                    {
                        self.under_way.remove(op);
                    }
                    if let Event::Answered { answer, .. } = &event {
                        self.heard.push((self.now, answer.status));
                    }
                    self.say(event);
                }
            }
        }
        if end < END {
            self.now = end;
        }
    }

    pub(super) fn run(&mut self) {
        self.run_until(END);
    }

    fn arrives(&mut self, op: OpId, step: Step) {
        let (kind, call) = match step {
            Step::LookUp { .. } => (None, Call::new(Method::Get, &["Users"])),
            Step::Read(call) => (Some(StepKind::Read), call),
            Step::Write(_, call) => (Some(StepKind::Write), call),
            Step::Verify(call) => (Some(StepKind::Verify), call),
        };
        let class = call.class();
        let says = (self.endpoint)(self.now, class, op);
        let beside = self.under_way.len().saturating_sub(1);
        self.seen.push(Seen { at: self.now, class, says: says.clone(), beside });
        let fate = match says {
            Says::Good => {
                if call.method.writes() {
                    self.applied.insert(op);
                }
                let body = self.account(op).to_string();
                Fate::Answered(Answer { status: 200, body, ..Default::default() })
            }
            Says::Status(status, retry_after) => {
                Fate::Answered(Answer { status, retry_after, ..Default::default() })
            }
            Says::Refused => Fate::NotSent("refused".into()),
            Says::Lost => Fate::MaybeSent("lost".into()),
        };
        let failure = judge(&fate);
        let event = match (kind, fate, failure) {
            (None, _, Some(failure)) => Event::Found(op, Evidence::Failed(failure)),
            (None, ..) => Event::Found(op, self.look(op)),
            (Some(step), Fate::Answered(answer), failure) => Event::Answered { op, step, answer, failure },
            (Some(step), fate, failure) => Event::Lost {
                op,
                step,
                maybe_sent: matches!(fate, Fate::MaybeSent(_)),
                failure: failure.expect("a lost request has failed"),
            },
        };
        let wait = 1 + self.chance.up_to(9);
        self.at(self.now.plus_ms(wait), Later::Heard(event));
    }

    fn account(&self, op: OpId) -> serde_json::Value {
        let role = if self.applied.contains(&op) { "Admin" } else { "Viewer" };
        let linked = self.rows.get(&op).and_then(|row| row.intent.remote_id.clone());
        let id = linked.unwrap_or_else(|| format!("a{}", op.0));
        serde_json::json!({"schemas": [], "id": id, "externalId": "sd1",
            "userName": "ana@example.com", "active": true, WORKATO_ROLE_URN: {"workato_role": role}})
    }

    fn look(&self, op: OpId) -> Evidence {
        if !self.applied.contains(&op) {
            return Evidence::Absent;
        }
        let resource = self.account(op).as_object().cloned().unwrap_or_default();
        let account = super::super::wire::account(&resource, None, &attributes()).expect("an account");
        Evidence::One(Box::new(Found { account, resource }))
    }

    /// How many operations are in this state.
    pub(super) fn count(&self, state: OpState) -> usize {
        self.rows.values().filter(|row| row.state == state).count()
    }
}
