//! The requests of the sender, one task each.

use std::sync::Arc;

use super::lock::Leave;
use super::open_line;
use super::order::Order;
use super::shared::{Line, Shared};
use super::thread::UnderWay;
use super::words::overtaken;
use crate::domain::{AccountState, Exchange, Failure, OpId, Outcome, PersonId};
use crate::endpoint::{MayLeave, judge};
use crate::engine::Trace;
use crate::engine::finder::Told;
use crate::engine::machine::{Event, Step, StepKind};
use crate::engine::wire::Wire;

/// One request of one operation, and its answer back to the machine.
pub(super) async fn perform(
    shared: Arc<Shared>,
    (op, person): (OpId, Option<PersonId>),
    attempt: u32,
    step: Step,
    leave: Leave,
    _under_way: UnderWay,
) {
    let line = match open_line(&shared).await {
        Ok(line) => line,
        Err(failure) => {
            let event = Event::not_taken(op, &step, failure);
            return shared.order(Order::Heard(Box::new((event, None))));
        }
    };
    // Who is overtaken opens no connection either. The last look is taken while the body is written.
    if matches!(step, Step::Write(..)) && !leave.holds() {
        return kept_back(&shared, op);
    }
    let trace = |step: &str, exchange: Exchange| {
        Some(Trace { seq: 0, operation: Some(op), step: step.to_owned(), attempt, exchange })
    };
    let (kind, word, call) = match step {
        Step::LookUp { who, or, fresh } => {
            let attributes = shared.look(|directory| directory.attributes().to_vec());
            let before = (attributes.as_slice(), &|| shared.directory());
            let mut seen = Vec::new();
            let found = line.finder.look_for(&who, or.as_ref(), fresh, before, &mut seen).await;
            let trace = seen.pop().and_then(|exchange| trace("look up", exchange));
            return shared.order(Order::Heard(Box::new((Event::Found(op, found.into()), trace))));
        }
        Step::Read(call) => (StepKind::Read, "read", call),
        Step::Write(_, call) => (StepKind::Write, "write", call),
        Step::Verify(call) => (StepKind::Verify, "verify", call),
    };
    let asked = leave.clone();
    let may_leave = (kind == StepKind::Write).then(|| Box::new(move || asked.holds()) as MayLeave);
    let Some(exchange) = line.sending().send_this(call, may_leave).await else {
        return kept_back(&shared, op);
    };
    let told = is_told(&shared, &line, person, kind, &exchange).await;
    let failure = judge(&exchange.call, &exchange.outcome).err().map(Failure::from);
    // It only tells how a refusal is to be read.
    let invited = failure.is_some()
        && shared.look(|directory| {
            person.and_then(|id| directory.get(id)).is_some_and(|p| p.account() == AccountState::Invited)
        });
    let event = match told {
        None | Some(Told::Gone { .. }) => {
            Event::heard(op, kind, &exchange.call, &exchange.outcome, failure, invited)
        }
        Some(Told::Elsewhere(failure)) => Event::Elsewhere { op, step: kind, failure },
        Some(Told::Failed(failure)) => Event::Lost { op, step: kind, maybe_sent: false, failure },
    };
    shared.order(Order::Heard(Box::new((event, trace(word, exchange)))));
}

/// A write that did not leave, since this process may not be the sender any more.
fn kept_back(shared: &Shared, op: OpId) {
    shared.order(Order::Overtaken);
    let event = Event::Lost { op, step: StepKind::Write, maybe_sent: false, failure: overtaken() };
    shared.order(Order::Heard(Box::new((event, None))));
}

/// What the 404 of somebody's linked account means, asked for where it is one.
async fn is_told(
    shared: &Shared,
    line: &Line,
    person: Option<PersonId>,
    kind: StepKind,
    exchange: &Exchange,
) -> Option<Told> {
    let Outcome::Answered(answer) = &exchange.outcome else { return None };
    let id = exchange.call.path.get(1).filter(|_| kind != StepKind::Write)?;
    let (there, missing) = (answer.ok() && answer.body.contains(id.as_str()), answer.is_missing());
    if !there && !missing {
        return None;
    }
    let who = shared.look(|directory| {
        let person = directory.get(person?).filter(|person| person.remote_id() == Some(id))?;
        Some(missing.then(|| Wire::of(directory.connection()).identity(&person.wanted())).flatten())
    })?;
    if there {
        line.finder.sees_linked();
        return None;
    }
    Some(line.finder.gone(id, who, &|| shared.directory()).await)
}
