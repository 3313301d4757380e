//! Look-ups under way: what the engine's finder asks for is sent, one request at a time.

use std::sync::Arc;

use scimdeck::directory::Directory;
use scimdeck::domain::{
    Call, Exchange, Failure, Method, OpId, Outcome, ProfileAttribute, Time, UniqueIdentifier,
};
use scimdeck::endpoint::paging::{PageQuery, Pass};
use scimdeck::endpoint::{Cause, Trouble, judge, probe};
use scimdeck::engine::by_id::{self, Unreadable};
use scimdeck::engine::finder::{
    Ask, Doubt, Everybody, Heard, Look, LookUp, Next, Proof, Proving, Sheet, Trial, Tried, Trust,
};
use scimdeck::engine::machine::Event;
use scimdeck::engine::wire::{Identity, Reader};
use scimdeck::scim::list::ListPage;
use scimdeck::scim::resource::Resource;

use crate::process::Process;
use crate::world::{What, World};

/// Rows of a page: few, so that a pass takes several and the list can move in between.
const PAGE: u32 = 4;

/// One look-up of one operation.
pub(crate) struct Asking {
    who: Identity,
    or: Option<Identity>,
    trial: Option<Trial>,
    look: Option<Look>,
    /// Of a filter that found nobody, or of the list that was read.
    proof: Option<(Proof, Option<Everybody>)>,
    /// As the directory was when the look began.
    before: Directory,
    begun: Time,
    pass: Option<(Pass, Vec<(String, Resource)>)>,
    /// Its request under way: an answer to another one is of a look that was given up.
    asked: Option<Call>,
}

impl World {
    pub(crate) fn look_up(&mut self, p: usize, op: OpId, who: Identity, or: Option<Identity>) {
        let (before, begun) = (self.processes[p].directory.clone(), self.clock(p));
        let mut asking =
            Asking { who, or, trial: None, look: None, proof: None, before, begun, pass: None, asked: None };
        let ask = if self.processes[p].trust == Trust::Unknown {
            let (trial, ask) = Trial::begin(asking.who.by);
            asking.trial = Some(trial);
            ask
        } else {
            asking.begin(self.processes[p].trust)
        };
        let call = asking.call(ask);
        asking.asked = Some(call.clone());
        self.processes[p].looks.insert(op, asking);
        self.request(p, op, What::Look, call);
    }

    pub(crate) fn looked(&mut self, p: usize, op: OpId, call: &Call, outcome: &Outcome) {
        let looks = &mut self.processes[p].looks;
        if looks.get(&op).is_none_or(|asking| asking.asked.as_ref() != Some(call)) {
            return;
        }
        let Some(mut asking) = looks.remove(&op) else { return };
        match asking.heard(&mut self.processes[p], call, outcome) {
            Step::Ask(call) => {
                asking.asked = Some(call.clone());
                self.processes[p].looks.insert(op, asking);
                self.request(p, op, What::Look, call);
            }
            Step::Over(found) => {
                if matches!(found, LookUp::Absent) {
                    self.watch.absent_for(op);
                }
                self.say(|| {
                    let text = format!("{found:?}");
                    let word = text.split(['(', ' ']).next().unwrap_or_default();
                    format!("p{p} {op} looked for {}: {word}", asking.who.value)
                });
                self.feed(p, Event::Found(op, found.into()));
            }
        }
    }
}

enum Step {
    Ask(Call),
    Over(LookUp),
}

impl Asking {
    fn begin(&mut self, trust: Trust) -> Ask {
        let (look, ask) = Look::begin(self.who.clone(), self.or.clone(), trust);
        self.look = Some(look);
        ask
    }

    fn call(&mut self, ask: Ask) -> Call {
        match ask {
            Ask::Sample => probe::request(),
            Ask::Account(id) => Call::new(Method::Get, &["Users", &id]),
            Ask::Filter(who) => who.look_up(),
            Ask::Everybody => {
                let mut pass = Pass::new(PageQuery { count: PAGE, ..PageQuery::all("Users") });
                let call = pass.ask().expect("a pass begins with a page");
                self.pass = Some((pass, Vec::new()));
                call
            }
        }
    }

    fn heard(&mut self, process: &mut Process, call: &Call, outcome: &Outcome) -> Step {
        let heard = match self.paged(process, call, outcome) {
            Ok(more) => return Step::Ask(more),
            Err(heard) => heard,
        };
        if let Some(trial) = &mut self.trial {
            let ask = match trial.heard(heard) {
                Tried::Ask(ask) => ask,
                Tried::Failed(failure) => {
                    return Step::Over(LookUp::Failed(failure));
                }
                Tried::Learned(trust) => {
                    process.trust = trust;
                    self.trial = None;
                    self.begin(trust)
                }
            };
            return Step::Ask(self.call(ask));
        }
        if let Some((mut proof, list)) = self.proof.take() {
            let proving = proof.heard(heard);
            return self.proving(process, proof, list, proving);
        }
        if let Heard::Everybody(all) = heard {
            let all = Arc::unwrap_or_clone(all);
            if all.doubt.is_some() {
                return self.told(process, Heard::Everybody(Arc::new(all)));
            }
            let (proof, first) = Proof::of_list(&all, &self.before, self.begun);
            return self.proving(process, proof, Some(all), first);
        }
        self.told(process, heard)
    }

    fn told(&mut self, process: &mut Process, heard: Heard) -> Step {
        let look = self.look.as_mut().expect("a look is under way");
        let next = look.heard(heard, &mut process.trust, process.directory.attributes());
        self.next(process, next)
    }

    fn next(&mut self, process: &mut Process, next: Next) -> Step {
        match next {
            Next::Ask(ask) => Step::Ask(self.call(ask)),
            Next::Prove(by) => {
                let (proof, first) = Proof::of_filter(by, &self.before);
                self.proving(process, proof, None, first)
            }
            Next::Found(found) => Step::Over(found),
        }
    }

    fn proving(
        &mut self,
        process: &mut Process,
        proof: Proof,
        list: Option<Everybody>,
        proving: Proving,
    ) -> Step {
        match (proving, list) {
            (Proving::Ask(ask), list) => {
                self.proof = Some((proof, list));
                Step::Ask(self.call(ask))
            }
            (Proving::Failed(failure), _) => Step::Over(LookUp::Failed(failure)),
            (Proving::Shown(shown), Some(all)) => {
                self.told(process, Heard::Everybody(Arc::new(all.shown(shown))))
            }
            (Proving::Shown(shown), None) => {
                let next = self.look.as_mut().expect("a look is under way").shown(&shown);
                self.next(process, next)
            }
        }
    }

    /// A page of a pass, or the whole of it at its end; any other answer as it is.
    fn paged(&mut self, process: &Process, call: &Call, outcome: &Outcome) -> Result<Call, Heard> {
        let Some((mut pass, mut rows)) = self.pass.take() else {
            let by_id = call.path.len() > 1;
            let attributes = process.directory.attributes();
            return Err(if by_id { account(call, outcome, attributes) } else { page(call, outcome) });
        };
        let exchange =
            Exchange { call: call.clone(), outcome: outcome.clone(), at: Time::default(), took_ms: 0 };
        match pass.heard(exchange) {
            Err(error) => return Err(Heard::Failed(error.trouble.into())),
            Ok(page) => rows.extend(page.items.into_iter().map(|item| (item.id, item.resource))),
        }
        if let Some(next) = pass.ask() {
            self.pass = Some((pass, rows));
            return Ok(next);
        }
        let doubt = pass.completeness().gap().map(|gap| match gap.may_be_movement() {
            true => Doubt::Moved(gap.to_string()),
            false => Doubt::Unfit(gap.to_string()),
        });
        let by: UniqueIdentifier = self.who.by;
        Err(Heard::Everybody(Arc::new(Everybody::of(by, rows, doubt, process.directory.attributes()))))
    }
}

pub(crate) fn account(call: &Call, outcome: &Outcome, attributes: &[ProfileAttribute]) -> Heard {
    match judge(call, outcome) {
        Ok(answer) => match by_id::account(answer, &call.path[1], &Reader::new(attributes)) {
            Ok(found) => Heard::Account(Some(Box::new(found))),
            Err(Unreadable::NoResource) => Heard::Failed(Trouble::not_scim(answer, "a user").into()),
            Err(why) => Heard::Failed(why.failure(why.words("user"))),
        },
        Err(trouble) if trouble.cause == Cause::ResourceGone => Heard::Account(None),
        Err(trouble) => Heard::Failed(trouble.into()),
    }
}

pub(crate) fn page(call: &Call, outcome: &Outcome) -> Heard {
    let answer = match judge(call, outcome) {
        Ok(answer) => answer,
        Err(trouble) if trouble.may_be_the_filter() => return Heard::Refused(trouble.into()),
        Err(trouble) => return Heard::Failed(trouble.into()),
    };
    match ListPage::read(answer.body.as_bytes()) {
        Ok(page) => Heard::Page(Sheet::of(&page, answer.lossy)),
        Err(_) => Heard::Failed(Failure::from(Trouble::not_scim(answer, "a list"))),
    }
}
