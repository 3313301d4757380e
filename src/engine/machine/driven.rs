//! What whoever drives a machine needs to know, so that it decides nothing itself.

use super::{Event, Evidence, Move, Policy, Step, StepKind};
use crate::directory::{Change, Directory};
use crate::domain::{
    AccountState, Call, Failure, FailureKind, Method, OpId, OpState, Operation, Outcome, Time,
};
use crate::engine::finder::LookUp;
use crate::engine::wire::Wire;

impl Policy {
    /// As the connection is set now.
    pub fn of(directory: &Directory) -> Self {
        let connection = directory.connection();
        Self {
            concurrency: connection.concurrency,
            ahead: connection.concurrency.saturating_mul(4).clamp(4, 64),
            attributes: directory.attributes().to_vec(),
            wire: Wire::of(connection),
            ..Self::default()
        }
    }
}

/// What a new sender writes before anything else: whatever the one before it left inflight may have been applied.
pub fn taken_over(live: &[Operation], now: Time) -> Vec<Move> {
    let inflight = live.iter().filter(|op| op.state == OpState::Inflight);
    inflight
        .map(|op| {
            let mut to = op.clone();
            to.state = OpState::InDoubt;
            to.not_before = Some(now.plus_ms(Policy::default().settle_ms));
            to.updated_at = now;
            Move { from: OpState::Inflight, to }
        })
        .collect()
}

/// An endpoint says active of somebody invited too: only the acceptance tells when that is over.
pub fn keep_invited(directory: &Directory, changes: &mut [Change]) {
    for change in changes {
        if let Change::Observed(id, seen) = change
            && seen.state == AccountState::Active
            && seen.values.is_some()
            && directory.get(*id).is_some_and(|person| person.account() == AccountState::Invited)
        {
            seen.state = AccountState::Invited;
        }
    }
}

impl Event {
    /// What an exchange means; `failure` is its judgement when it is no good answer. `invited`: our record says that
    /// the invitation is open. A refusal without that reason is taken for it then all the same.
    pub fn heard(
        op: OpId,
        step: StepKind,
        call: &Call,
        outcome: &Outcome,
        mut failure: Option<Failure>,
        invited: bool,
    ) -> Self {
        if let (StepKind::Write, Some(failure), Outcome::Answered(answer)) = (step, &mut failure, outcome)
            && invited
            && matches!(answer.status, 400 | 405 | 409 | 422)
            && call.method != Method::Post
        {
            failure.kind = FailureKind::Pending;
        }
        match (outcome, failure) {
            (Outcome::Answered(answer), failure) => {
                Self::Answered { op, step, answer: answer.clone(), failure }
            }
            (outcome, failure) => Self::Lost {
                op,
                step,
                maybe_sent: matches!(outcome, Outcome::MaybeSent(_)),
                failure: failure.unwrap_or_else(|| Failure {
                    kind: FailureKind::Unreachable,
                    text: "No answer came.".to_owned(),
                    next: "It is looked up before anything is sent again.".to_owned(),
                }),
            },
        }
    }

    /// A step that could not be taken at all: no byte of it left.
    pub fn not_taken(op: OpId, step: &Step, failure: Failure) -> Self {
        let lost = |step, failure| Self::Lost { op, step, maybe_sent: false, failure };
        match step {
            Step::LookUp { .. } => Self::Found(op, Evidence::Failed(failure)),
            Step::Read(_) => lost(StepKind::Read, failure),
            Step::Write(..) => lost(StepKind::Write, failure),
            Step::Verify(_) => lost(StepKind::Verify, failure),
        }
    }
}

impl From<LookUp> for Evidence {
    fn from(found: LookUp) -> Self {
        match found {
            LookUp::Absent => Self::Absent,
            LookUp::One(found) => Self::One(found),
            LookUp::Several(found) => Self::Several(u32::try_from(found.len()).unwrap_or(u32::MAX)),
            LookUp::Failed(failure) => Self::Failed(failure),
        }
    }
}
