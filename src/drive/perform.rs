//! The requests of the sender, one task each.

use std::sync::Arc;

use super::finder::LookUp;
use super::open_line;
use super::order::Order;
use super::shared::Shared;
use crate::domain::{Exchange, Failure, FailureKind, OpId, Outcome as Fate};
use crate::endpoint::judge;
use crate::engine::Trace;
use crate::engine::machine::{Event, Evidence, Step, StepKind};

/// One request of one operation, and its answer back to the machine.
pub(super) async fn perform(shared: Arc<Shared>, op: OpId, attempt: u32, step: Step) {
    let line = match open_line(&shared).await {
        Ok(line) => line,
        Err(failure) => {
            let event = match step {
                Step::LookUp { .. } => Event::Found(op, Evidence::Failed(failure)),
                Step::Read(_) => Event::Lost { op, step: StepKind::Read, maybe_sent: false, failure },
                Step::Write(..) => Event::Lost { op, step: StepKind::Write, maybe_sent: false, failure },
                Step::Verify(_) => Event::Lost { op, step: StepKind::Verify, maybe_sent: false, failure },
            };
            return shared.order(Order::Heard(Box::new((event, None))));
        }
    };
    let trace = |step: &str, exchange: Exchange| {
        Some(Trace { seq: 0, operation: Some(op), step: step.to_owned(), attempt, exchange })
    };
    let (kind, word, call) = match step {
        Step::LookUp { who, fresh } => {
            let directory = shared.directory();
            let mut seen = Vec::new();
            let found = line.finder.look_up(&who, fresh, directory.attributes(), &mut seen).await;
            let evidence = match found {
                LookUp::Absent => Evidence::Absent,
                LookUp::One(found) => Evidence::One(found),
                LookUp::Several(found) => Evidence::Several(u32::try_from(found.len()).unwrap_or(u32::MAX)),
                LookUp::Failed(failure) => Evidence::Failed(failure),
            };
            let trace = seen.pop().and_then(|exchange| trace("look up", exchange));
            return shared.order(Order::Heard(Box::new((Event::Found(op, evidence), trace))));
        }
        Step::Read(call) => (StepKind::Read, "read", call),
        Step::Write(_, call) => (StepKind::Write, "write", call),
        Step::Verify(call) => (StepKind::Verify, "verify", call),
    };
    let exchange = line.endpoint.send(&call).await;
    let failure = judge(&call, &exchange.outcome).err().map(Failure::from);
    let event = match (&exchange.outcome, failure) {
        (Fate::Answered(answer), failure) => {
            Event::Answered { op, step: kind, answer: answer.clone(), failure }
        }
        (fate, failure) => Event::Lost {
            op,
            step: kind,
            maybe_sent: matches!(fate, Fate::MaybeSent(_)),
            failure: failure.unwrap_or_else(|| Failure {
                kind: FailureKind::Unreachable,
                text: "No answer came.".to_owned(),
                next: "It is looked up before anything is sent again.".to_owned(),
            }),
        },
    };
    shared.order(Order::Heard(Box::new((event, trace(word, exchange)))));
}
