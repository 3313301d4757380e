//! Look-ups under way: what the engine's finder asks for is sent, one request at a time.

use std::sync::Arc;

use scimdeck::domain::{Call, Exchange, Failure, OpId, Outcome, Time, UniqueIdentifier};
use scimdeck::endpoint::paging::{PageQuery, Pass};
use scimdeck::endpoint::{judge, probe};
use scimdeck::engine::finder::{Ask, Everybody, Heard, Look, Next, Sheet, Trial, Tried, Trust};
use scimdeck::engine::machine::Event;
use scimdeck::engine::wire::Identity;
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
    pass: Option<(Pass, Vec<(String, Resource)>)>,
}

impl World {
    pub(crate) fn look_up(&mut self, p: usize, op: OpId, who: Identity, or: Option<Identity>) {
        let mut asking = Asking { who, or, trial: None, look: None, pass: None };
        let ask = if self.processes[p].trust == Trust::Unknown {
            let (trial, ask) = Trial::begin(asking.who.by);
            asking.trial = Some(trial);
            ask
        } else {
            asking.begin(self.processes[p].trust)
        };
        let call = asking.call(ask);
        self.processes[p].looks.insert(op, asking);
        self.request(p, op, What::Look, call);
    }

    pub(crate) fn looked(&mut self, p: usize, op: OpId, call: &Call, outcome: &Outcome) {
        let Some(mut asking) = self.processes[p].looks.remove(&op) else { return };
        match asking.heard(&mut self.processes[p], call, outcome) {
            Step::Ask(call) => {
                self.processes[p].looks.insert(op, asking);
                self.request(p, op, What::Look, call);
            }
            Step::Over(found) => {
                if matches!(found, scimdeck::engine::finder::LookUp::Absent) {
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
    Over(scimdeck::engine::finder::LookUp),
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
                    return Step::Over(scimdeck::engine::finder::LookUp::Failed(failure));
                }
                Tried::Learned(trust) => {
                    process.trust = trust;
                    self.trial = None;
                    self.begin(trust)
                }
            };
            return Step::Ask(self.call(ask));
        }
        let look = self.look.as_mut().expect("a look is under way");
        match look.heard(heard, &mut process.trust, process.directory.attributes()) {
            Next::Ask(ask) => Step::Ask(self.call(ask)),
            Next::Found(found) => Step::Over(found),
        }
    }

    /// A page of a pass, or the whole of it at its end; any other answer as it is.
    fn paged(&mut self, process: &Process, call: &Call, outcome: &Outcome) -> Result<Call, Heard> {
        let Some((mut pass, mut rows)) = self.pass.take() else { return Err(page(call, outcome)) };
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
        let gap = pass.completeness().gap().map(ToString::to_string);
        let by: UniqueIdentifier = self.who.by;
        Err(Heard::Everybody(Arc::new(Everybody::of(by, rows, gap, process.directory.attributes()))))
    }
}

fn page(call: &Call, outcome: &Outcome) -> Heard {
    let answer = match judge(call, outcome) {
        Ok(answer) => answer,
        Err(trouble) if trouble.may_be_the_filter() => return Heard::Refused(trouble.into()),
        Err(trouble) => return Heard::Failed(trouble.into()),
    };
    match ListPage::read(answer.body.as_bytes()) {
        Ok(page) => Heard::Page(Sheet::of(&page)),
        Err(_) => Heard::Failed(Failure::from(scimdeck::endpoint::Trouble::not_scim(answer, "a list"))),
    }
}
