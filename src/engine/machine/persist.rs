//! What is not given up: an end of access until the app confirms it, and changes that wait for an invitation.

use super::{Machine, Stage};
use crate::directory::{Change, Observation};
use crate::domain::{
    AccountState, Failure, FailureKind, OpId, OpKind, OpState, Operation, PersonId, Time, typed,
};
use crate::engine::Outcome;

/// First and longest wait before an end of access is tried again.
const SOONEST_MS: i64 = 5_000;
const LATEST_MS: i64 = 15 * 60_000;
/// Wait after a request that the app refused: it is not likely to change its mind soon.
const REFUSED_MS: i64 = 5 * 60_000;
/// How often a change is tried while the invitation is not accepted.
const PENDING_MS: i64 = 15 * 60_000;

/// Whether it is tried until it is confirmed, whatever goes wrong.
pub(super) fn persists(op: &Operation) -> bool {
    op.kind == OpKind::Deactivate
}

/// The wait grows with the age of the operation, by half of it, so that a long outage is not hammered.
pub(super) fn next_try(op: &Operation, kind: FailureKind, now: Time) -> Time {
    let refused = matches!(kind, FailureKind::Refused | FailureKind::NotAllowed | FailureKind::TokenRefused);
    let soonest = if refused { REFUSED_MS } else { SOONEST_MS };
    now.plus_ms((now.since(op.created_at) / 2).clamp(soonest, LATEST_MS))
}

impl Machine {
    /// An end of access that did not go through waits and is tried again by itself.
    pub(super) fn persist(&mut self, id: OpId, mut failure: Failure, changes: Vec<Change>) {
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        let until = next_try(op, failure.kind, self.now);
        failure.next = format!(
            "It is tried again by itself, not before {until}, until the app confirms it. Until then end the access of {} in \
             the app by hand.",
            op.user_name
        );
        // The same again is no news; the requests are kept in any case.
        let news = op.failure.as_ref().map(|f| f.kind) != Some(failure.kind);
        let event = format!("{} failed", op.kind.word());
        let entry =
            news.then(|| super::settle::entry(op, &event, failure.text.clone(), Vec::new(), self.now));
        self.wait(id, until, Outcome::Failed, failure, changes, entry);
    }

    /// The app changes nothing before the invitation is accepted.
    pub(super) fn pending(&mut self, id: OpId, mut failure: Failure) {
        let now = self.now;
        let until = now.plus_ms(PENDING_MS);
        let Some(live) = self.ops.get_mut(&id) else { return };
        // Proven not to be applied: it does not count.
        live.op.attempts = live.op.attempts.saturating_sub(1);
        let op = &live.op;
        let since = op.failure.as_ref().is_none_or(|f| f.kind != FailureKind::Pending);
        failure.next = format!(
            "It waits for the invitation to be accepted and is tried again by itself, not before {until} or the \
             acceptance is seen. To send the invitation again: scimdeck resend {}",
            typed(&op.user_name)
        );
        let (event, outcome) = match op.kind {
            OpKind::Deactivate => ("deactivate failed".to_owned(), Outcome::Failed),
            kind => (format!("{} waits", kind.word()), Outcome::Held),
        };
        let entry = since.then(|| super::settle::entry(op, &event, failure.text.clone(), Vec::new(), now));
        let seen = Observation { state: AccountState::Invited, values: None, at: now };
        let change = Change::Observed(op.person, seen.into());
        self.wait(id, until, outcome, failure, vec![change], entry);
    }

    fn wait(
        &mut self,
        id: OpId,
        until: Time,
        outcome: Outcome,
        failure: Failure,
        changes: Vec<Change>,
        entry: Option<crate::audit::AuditEntry>,
    ) {
        self.end_at(id, OpState::Waiting, Some(until), outcome, Some(failure), changes, entry);
    }

    /// These people accepted their invitation: what waited for that is tried now.
    pub(super) fn accepted(&mut self, people: &[PersonId]) {
        let waits = |op: &Operation| {
            people.contains(&op.person)
                && op.state == OpState::Waiting
                && op.failure.as_ref().is_some_and(|f| f.kind == FailureKind::Pending)
        };
        let ids: Vec<OpId> = self
            .ops
            .iter()
            .filter(|(_, live)| live.stage == Stage::Still && waits(&live.op))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.sleeping.retain(|(_, other)| *other != id);
            self.make_ready(id, false);
        }
    }

    /// Since when the oldest operation is due that could go by itself; one that waits for an invitation is not.
    pub fn oldest_due(&self) -> Option<Time> {
        self.ops.values().filter(|live| due(&live.op)).map(|live| live.op.created_at).min()
    }

    /// Whether any operation is due that could go by itself.
    pub fn any_due(&self) -> bool {
        self.ops.values().any(|live| due(&live.op))
    }

    /// Whose operation this is.
    pub fn person_of(&self, id: OpId) -> Option<PersonId> {
        self.ops.get(&id).map(|live| live.op.person)
    }
}

fn due(op: &Operation) -> bool {
    op.state.moving() && op.failure.as_ref().is_none_or(|f| f.kind != FailureKind::Pending)
}

#[cfg(test)]
mod tests;
