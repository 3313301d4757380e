//! The 404 of a linked account: what the engine wants to see before it believes it is asked for.

use std::collections::BTreeSet;

use scimdeck::directory::Directory;
use scimdeck::domain::{Answer, Call, Method, OpId, Outcome, SETTLE_MS, Time};
use scimdeck::endpoint::probe;
use scimdeck::engine::finder::{Ask, Heard, Presence, Telling, Told};
use scimdeck::engine::machine::{Event, StepKind};
use scimdeck::engine::wire::Wire;

use crate::ask::{account, page};
use crate::world::{What, World};

/// The answer to a step, while it is not known yet what it means.
pub(crate) struct Missing {
    step: StepKind,
    call: Call,
    answer: Answer,
    presence: Presence,
}

pub(crate) fn call(ask: &Ask) -> Call {
    match ask {
        Ask::Account(id) => Call::new(Method::Get, &["Users", id]),
        Ask::Filter(who) => who.look_up(),
        Ask::Sample | Ask::Everybody => probe::request(),
    }
}

pub(crate) fn heard(call: &Call, outcome: &Outcome, directory: &Directory) -> Heard {
    match call.path.len() > 1 {
        true => account(call, outcome, directory.attributes()),
        false => page(call, outcome),
    }
}

impl World {
    /// Whether it is such an answer, so that its operation has to wait.
    pub(crate) fn is_missing(
        &mut self,
        p: usize,
        op: OpId,
        step: StepKind,
        call: &Call,
        answer: &Answer,
    ) -> bool {
        let process = &self.processes[p];
        let person = process.machine.person_of(op).and_then(|id| process.directory.get(id));
        let id = call.path.get(1).filter(|_| step != StepKind::Write && answer.is_missing());
        let linked = person.zip(id).filter(|(person, id)| person.remote_id() == Some(id));
        let Some((person, id)) = linked else { return false };
        let who = Wire::of(process.directory.connection()).identity(&person.wanted());
        let (presence, telling) = Presence::begin(id, who, &process.directory);
        let missing = Missing { step, call: call.clone(), answer: answer.clone(), presence };
        self.tell(p, op, missing, telling);
        true
    }

    fn tell(&mut self, p: usize, op: OpId, missing: Missing, telling: Telling) {
        let step = missing.step;
        let event = match telling {
            Telling::Ask(ask) => {
                self.processes[p].missing.insert(op, missing);
                return self.request(p, op, What::Missing, call(&ask));
            }
            Telling::Told(Told::Gone { .. }) => {
                self.say(|| format!("p{p} {op} is gone"));
                return self.heard(p, op, step, &missing.call, &Outcome::Answered(missing.answer));
            }
            Telling::Told(Told::Elsewhere(failure)) => {
                self.say(|| format!("p{p} {op}: {}", failure.text));
                self.stands = self.nobody_is_there(p);
                Event::Elsewhere { op, step, failure }
            }
            Telling::Told(Told::Failed(failure)) => Event::Lost { op, step, maybe_sent: false, failure },
        };
        self.feed(p, event);
    }

    /// Whether nobody is there who has been linked for longer than a copy lags behind: other hands removed everybody, so
    /// this may be another workspace, and nothing is sent before an operator says that it is not.
    fn nobody_is_there(&self, p: usize) -> bool {
        let there: BTreeSet<&str> =
            self.server.workspace.accounts().map(|account| account.id.as_str()).collect();
        let young = |at: Option<Time>| at.is_some_and(|at| self.clock(p).since(at) < SETTLE_MS);
        let mut people = self.processes[p].directory.people();
        !people.any(|person| {
            person.remote_id().is_some_and(|id| there.contains(id)) && !young(person.linked_at())
        })
    }

    pub(crate) fn told(&mut self, p: usize, op: OpId, call: &Call, outcome: &Outcome) {
        let Some(mut missing) = self.processes[p].missing.remove(&op) else { return };
        let directory = &self.processes[p].directory;
        let telling = missing.presence.heard(heard(call, outcome, directory), directory);
        self.tell(p, op, missing, telling);
    }
}
