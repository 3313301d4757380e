//! How an operation comes to rest, and what the journal, the directory and the audit keep of it.

use super::persist::persists;
use super::{Effect, Machine, Move, Stage, Ticket};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Link, Observation};
use crate::domain::{
    AccountState, AccountValues, Base, Difference, Failure, FailureKind, OpId, OpKind, OpState, Operation,
    ProfileAttribute, Time,
};
use crate::engine::{Found, Outcome, wire};

impl Machine {
    pub(super) fn save(
        &mut self,
        ticket: Ticket,
        moves: Vec<Move>,
        changes: Vec<Change>,
        audit: Vec<AuditEntry>,
    ) {
        self.out.push(Effect::Save { ticket, moves, changes, audit });
    }

    /// Applied, or already so.
    pub(super) fn finish(&mut self, id: OpId, found: Found, outcome: Outcome) {
        let now = self.now;
        let Some(live) = self.ops.get_mut(&id) else { return };
        // Whatever waits behind it is about this account.
        live.op.intent.remote_id = Some(found.account.remote_id.clone());
        let before = live.found.as_ref().map(|f| f.account.values.clone());
        if let (Base::Unknown, Some(before)) = (&live.op.intent.base, &before) {
            // What was there before stays with the operation, for its undo.
            live.op.intent.base = Base::Account(Box::new(before.clone()));
        }
        let op = &live.op;
        let changes = written(op, before.as_ref(), &found.account.values, outcome);
        // What was sent and lost, then found done, was done by us.
        let outcome = if op.attempts > 0 { Outcome::Done } else { outcome };
        let mut learned = linked(op, &found, pushed(op, &found, &self.policy.attributes), now);
        let detail = match outcome {
            Outcome::Unchanged => format!("{}: the app was already so, nothing was sent", op.cause),
            _ => format!("{}: confirmed by the app", op.cause),
        };
        let entry = entry(op, op.kind.word(), detail, changes, now);
        // An app that refused changes before the invitation was accepted and now took one: it is accepted.
        if op.failure.as_ref().is_some_and(|f| f.kind == FailureKind::Pending) && found.account.values.active
        {
            let seen = Observation { state: AccountState::Active, values: None, at: now };
            learned.push(Change::Observed(op.person, seen));
        }
        self.end(id, OpState::Done, outcome, None, learned, entry);
    }

    /// The account is gone, and it was to have no access.
    pub(super) fn finish_gone(&mut self, id: OpId) {
        let now = self.now;
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        let change = gone_observation(op, now);
        let detail = format!("{}: the account is not there any more", op.cause);
        let entry = entry(op, op.kind.word(), detail, Vec::new(), now);
        self.end(id, OpState::Done, Outcome::Done, None, vec![change], entry);
    }

    /// Nobody there is ours, and nobody of ours was to have access.
    pub(super) fn finish_nobody(&mut self, id: OpId) {
        let now = self.now;
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        let detail = format!("{}: no account of ours is there", op.cause);
        let entry = entry(op, op.kind.word(), detail, Vec::new(), now);
        self.end(id, OpState::Done, Outcome::Unchanged, None, Vec::new(), entry);
    }

    /// Accepted and not applied: linked all the same, and what was not applied stays unsent.
    pub(super) fn finish_not_applied(
        &mut self,
        id: OpId,
        found: Found,
        missing: &[String],
        failure: Failure,
    ) {
        let now = self.now;
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        let theirs = &found.account.values;
        let mut sent = pushed(op, &found, &self.policy.attributes);
        for name in missing {
            if name == crate::domain::field::ACTIVE {
                sent.active = theirs.active;
            } else if let Some((_, value)) = theirs.texts().into_iter().find(|(n, _)| n == name) {
                sent.set_text(name, value);
            } else {
                sent.roles.set(name, theirs.roles.get(name).unwrap_or(""));
            }
        }
        let learned = linked(op, &found, sent, now);
        self.park_with(id, OpState::Parked, failure, learned);
    }

    /// Stands still until an operator acts; an end of access waits and goes on by itself.
    pub(super) fn park(&mut self, id: OpId, state: OpState, failure: Failure, change: Option<Change>) {
        self.park_with(id, state, failure, change.into_iter().collect());
    }

    fn park_with(&mut self, id: OpId, state: OpState, failure: Failure, changes: Vec<Change>) {
        let now = self.now;
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        if persists(op) {
            return self.persist(id, failure, changes);
        }
        let event = format!("{} failed", op.kind.word());
        let entry = entry(op, &event, failure.text.clone(), Vec::new(), now);
        self.end(id, state, Outcome::Failed, Some(failure), changes, entry);
    }

    fn end(
        &mut self,
        id: OpId,
        state: OpState,
        outcome: Outcome,
        failure: Option<Failure>,
        changes: Vec<Change>,
        entry: AuditEntry,
    ) {
        self.end_at(id, state, None, outcome, failure, changes, Some(entry));
    }

    /// As [`Self::end`], with the time at which a waiting operation is tried again.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that the journal keeps of an end")]
    pub(super) fn end_at(
        &mut self,
        id: OpId,
        state: OpState,
        not_before: Option<Time>,
        outcome: Outcome,
        failure: Option<Failure>,
        changes: Vec<Change>,
        entry: Option<AuditEntry>,
    ) {
        self.give_back(id);
        let ticket = self.ticket(id);
        let now = self.now;
        let Some(live) = self.ops.get_mut(&id) else { return };
        let from = live.op.state;
        live.op.state = state;
        live.op.failure.clone_from(&failure);
        live.stamp(not_before, now);
        live.found = None;
        let to = live.op.clone();
        live.stage = Stage::Ending(ticket, outcome, failure);
        self.save(ticket, vec![Move { from, to }], changes, entry.into_iter().collect());
    }

    /// Its fate is not known: left alone for the settle time, then looked up.
    pub(super) fn doubt(&mut self, id: OpId, from: OpState, failure: Option<Failure>) {
        let at = self.now.plus_ms(self.policy.settle_ms);
        self.doubt_until(id, from, failure, at);
    }

    /// The answer itself says that nothing more will come of it: looked up at once.
    pub(super) fn doubt_now(&mut self, id: OpId, failure: Failure) {
        let attempts = self.ops.get(&id).map_or(0, |live| live.op.attempts);
        if attempts >= 2 {
            // Looked up once already, found nobody, refused again.
            return self.park(id, OpState::Parked, failure, None);
        }
        self.doubt_until(id, OpState::Inflight, Some(failure), self.now);
    }

    fn doubt_until(&mut self, id: OpId, from: OpState, failure: Option<Failure>, at: Time) {
        self.give_back(id);
        let now = self.now;
        let Some(live) = self.ops.get_mut(&id) else { return };
        live.op.state = OpState::InDoubt;
        live.op.failure = failure;
        live.stamp(Some(at), now);
        live.found = None;
        live.stage = Stage::Still;
        let to = live.op.clone();
        self.sleep(id);
        let ticket = self.ticket(id);
        self.save(ticket, vec![Move { from, to }], Vec::new(), Vec::new());
    }
}

pub(super) fn gone_observation(op: &Operation, now: Time) -> Change {
    Change::Observed(op.person, Observation { state: AccountState::Gone, values: None, at: now })
}

/// Our record of pushed values after this. For an account that is linked by it, what was left out of it is what the
/// account has now: it may have moved since the plan.
fn pushed(op: &Operation, found: &Found, attributes: &[ProfileAttribute]) -> AccountValues {
    let intent = &op.intent;
    let links = matches!(op.kind, OpKind::Create | OpKind::Link) && intent.before.is_some();
    if links {
        intent.pushed_beside(&wire::everything(&intent.wanted, attributes), &found.account.values)
    } else {
        intent.pushed()
    }
}

/// The link after a push, and what is there where somebody else moved it.
fn linked(op: &Operation, found: &Found, sent: AccountValues, now: Time) -> Vec<Change> {
    let theirs = &found.account.values;
    let link = Link {
        remote_id: found.account.remote_id.clone(),
        linked_at: op.intent.linked_at.unwrap_or(now),
        sent,
        settled: op.intent.settles(&found.account.values),
        confirmed_at: now,
    };
    let moved = link.settled != *theirs;
    let mut learned = vec![Change::Link(op.person, link)];
    if moved {
        let state = if theirs.active { AccountState::Active } else { AccountState::Inactive };
        let seen = Observation { state, values: Some(theirs.clone()), at: now };
        learned.push(Change::Observed(op.person, seen));
    }
    learned
}

/// The attributes this operation wrote, before and after.
fn written(
    op: &Operation,
    before: Option<&AccountValues>,
    after: &AccountValues,
    outcome: Outcome,
) -> Vec<Difference> {
    let before = match (before, &op.intent.base) {
        (Some(before), _) => before.clone(),
        (None, Base::Account(base)) => (**base).clone(),
        (None, _) if op.kind == OpKind::Create => AccountValues::default(),
        (None, _) if outcome == Outcome::Unchanged => after.clone(),
        (None, _) => AccountValues::default(),
    };
    before.differences(after).into_iter().filter(|d| op.intent.owned.has(&d.attribute)).collect()
}

pub(super) fn entry(
    op: &Operation,
    event: &str,
    detail: String,
    changes: Vec<Difference>,
    now: Time,
) -> AuditEntry {
    AuditEntry {
        seq: 0,
        time: now,
        remote_time: None,
        source: Source::Console,
        event: event.to_owned(),
        person: Some(op.person),
        subject: op.user_name.clone(),
        actor: op.actor.clone(),
        operation: Some(op.id),
        detail,
        changes,
        reason: op.reason.clone(),
        remote_id: None,
        ..AuditEntry::default()
    }
}
