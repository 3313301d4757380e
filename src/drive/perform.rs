//! The requests of the sender, one task each.

use std::sync::Arc;

use super::lock::Leave;
use super::open_line;
use super::order::Order;
use super::shared::Shared;
use super::words::overtaken;
use crate::domain::{AccountState, Exchange, Failure, OpId, PersonId};
use crate::endpoint::judge;
use crate::engine::Trace;
use crate::engine::machine::{Event, Step, StepKind};

/// One request of one operation, and its answer back to the machine.
pub(super) async fn perform(
    shared: Arc<Shared>,
    (op, person): (OpId, Option<PersonId>),
    attempt: u32,
    step: Step,
    leave: Leave,
) {
    let line = match open_line(&shared).await {
        Ok(line) => line,
        Err(failure) => {
            let event = Event::not_taken(op, &step, failure);
            return shared.order(Order::Heard(Box::new((event, None))));
        }
    };
    // The last thing before it leaves: whoever took over looks up what may have left, once.
    if matches!(step, Step::Write(..)) && !leave.holds() {
        shared.order(Order::Overtaken);
        let event = Event::not_taken(op, &step, overtaken());
        return shared.order(Order::Heard(Box::new((event, None))));
    }
    let trace = |step: &str, exchange: Exchange| {
        Some(Trace { seq: 0, operation: Some(op), step: step.to_owned(), attempt, exchange })
    };
    let (kind, word, call) = match step {
        Step::LookUp { who, or, fresh } => {
            let attributes = shared.look(|directory| directory.attributes().to_vec());
            let mut seen = Vec::new();
            let found = line.finder.look_for(&who, or.as_ref(), fresh, &attributes, &mut seen).await;
            let trace = seen.pop().and_then(|exchange| trace("look up", exchange));
            return shared.order(Order::Heard(Box::new((Event::Found(op, found.into()), trace))));
        }
        Step::Read(call) => (StepKind::Read, "read", call),
        Step::Write(_, call) => (StepKind::Write, "write", call),
        Step::Verify(call) => (StepKind::Verify, "verify", call),
    };
    let exchange = line.endpoint.send_this(call).await;
    let failure = judge(&exchange.call, &exchange.outcome).err().map(Failure::from);
    let invited = shared.look(|directory| {
        person.and_then(|id| directory.get(id)).is_some_and(|p| p.account() == AccountState::Invited)
    });
    let event = Event::heard(op, kind, &exchange.call, &exchange.outcome, failure, invited);
    shared.order(Order::Heard(Box::new((event, trace(word, exchange)))));
}
