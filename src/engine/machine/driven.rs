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
            prove_first: true,
            verify_percent: connection.verify_percent,
            attributes: directory.attributes().to_vec(),
            wire: Wire::of(connection),
            ..Self::default()
        }
    }
}

/// What a new sender writes before anything else. Whatever the one before it left inflight may have been applied; what
/// was in doubt settles anew, and no wait is longer than any that we make: the times in the journal are of a clock
/// that may have been set since.
pub fn taken_over(live: &[Operation], now: Time) -> Vec<Move> {
    let settled = now.plus_ms(Policy::default().settle_ms);
    let latest = now.plus_ms(crate::domain::LONGEST_WAIT_MS);
    live.iter()
        .filter_map(|op| {
            let (state, until) = match op.state {
                OpState::Inflight => (OpState::InDoubt, settled),
                OpState::InDoubt => (op.state, op.not_before?.clamp(settled, latest)),
                OpState::Waiting => (op.state, op.not_before?.min(latest)),
                _ => return None,
            };
            let mut to = op.clone();
            to.state = state;
            to.not_before = Some(until);
            to.updated_at = now;
            let same = op.state == state && op.not_before == to.not_before;
            (!same).then_some(Move { from: op.state, to })
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
            LookUp::Unclear(failure) => Self::Unclear(failure),
            LookUp::Failed(failure) => Self::Failed(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::machine::sample;

    #[test]
    fn g19_a_new_sender_trusts_no_time_of_a_clock_that_may_have_been_set() {
        let now = Time::from_ms(10_000_000);
        let day = 86_400_000;
        let row = |state, not_before: i64| Operation {
            state,
            not_before: Some(now.plus_ms(not_before)),
            ..sample(1)
        };
        let until = |op: Operation| {
            let moves = taken_over(&[op], now);
            moves.first().map(|step| (step.to.state, step.to.not_before.map(|at| at.since(now))))
        };
        let in_doubt = |ms| Some((OpState::InDoubt, Some(ms)));
        assert_eq!(until(row(OpState::Inflight, 0)), in_doubt(2_000));
        assert_eq!(until(row(OpState::InDoubt, -day)), in_doubt(2_000), "the clock was set forward");
        assert_eq!(until(row(OpState::InDoubt, day)), in_doubt(900_000), "the clock was set back");
        assert_eq!(until(row(OpState::Waiting, day)), Some((OpState::Waiting, Some(900_000))));
        assert_eq!(until(row(OpState::Waiting, 60_000)), None);
        assert_eq!(until(row(OpState::InDoubt, 60_000)), None);
        assert_eq!(until(row(OpState::Queued, 0)), None);
    }
}
