//! How an operation comes to rest, and what the journal, the directory and the audit keep of it.

use super::persist::persists;
use super::{Effect, Machine, Move, Stage, Ticket};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Link, Observation};
use crate::domain::{
    Account, AccountState, AccountValues, Base, Difference, Failure, FailureKind, OpId, OpKind, OpState,
    Operation, ProfileAttribute, Time,
};
use crate::engine::{Outcome, wire};

impl Machine {
    pub(super) fn save(
        &mut self,
        ticket: Ticket,
        moves: Vec<Move>,
        mut changes: Vec<Change>,
        audit: Vec<AuditEntry>,
    ) {
        // Before what was learned after it.
        let ours = moves.first().and_then(|step| self.ops.get_mut(&step.to.id));
        if let Some(live) = ours {
            changes.splice(..0, std::mem::take(&mut live.ours));
        }
        self.out.push(Effect::Save { ticket, moves, changes, audit });
    }

    /// Applied, or already so.
    pub(super) fn finish(&mut self, id: OpId, account: Account, outcome: Outcome) {
        self.finish_but(id, account, outcome, &[], None);
    }

    /// As [`Self::finish`], where something beside what it is about was not applied, which stays unsent and is told.
    pub(super) fn finish_but(
        &mut self,
        id: OpId,
        account: Account,
        outcome: Outcome,
        missing: &[String],
        told: Option<Failure>,
    ) {
        let now = self.now;
        let Some(live) = self.ops.get_mut(&id) else { return };
        live.is_about(account.remote_id.clone());
        let before = live.found.as_ref().map(|f| &f.account.values);
        let op = &live.op;
        let changes = written(op, before, &account.values, outcome);
        // What was sent and lost, then found done, was done by us.
        let outcome = if op.attempts > 0 { Outcome::Done } else { outcome };
        let active = account.values.active;
        let sent = pushed_but(op, &account, &self.policy.attributes, missing);
        let mut learned = linked(op, account, sent, now);
        let detail = match outcome {
            _ if !missing.is_empty() => {
                format!("{}: confirmed by the app; not applied: {}", op.cause, missing.join(", "))
            }
            Outcome::Unchanged => format!("{}: the app was already so, nothing was sent", op.cause),
            _ => format!("{}: confirmed by the app", op.cause),
        };
        let entry = entry(op, op.kind.word(), detail, changes, now);
        // An app that refused changes before the invitation was accepted and now took one: it is accepted.
        if op.failure.as_ref().is_some_and(|f| f.kind == FailureKind::Pending) && active {
            let seen = Observation { state: AccountState::Active, values: None, at: now };
            learned.push(Change::Observed(op.person, seen.into()));
        }
        self.end(id, OpState::Done, outcome, told, learned, entry);
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
        account: Account,
        missing: &[String],
        failure: Failure,
    ) {
        let now = self.now;
        let Some(live) = self.ops.get_mut(&id) else { return };
        // Whatever waits behind it is about this account.
        live.op.intent.remote_id = Some(account.remote_id.clone());
        let op = &live.op;
        let sent = pushed_but(op, &account, &self.policy.attributes, missing);
        let learned = linked(op, account, sent, now);
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
        // It was sent again since it was forbidden: what becomes of the others says nothing of this one.
        self.pace.suspects.retain(|(other, ..)| *other != id);
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

/// The link to an account that says itself that it is ours, whatever becomes of what is still to be written to it: left
/// without one, somebody whose account the app calls otherwise would be looked for by name, not found, and made again.
pub(super) fn link_of_ours(op: &Operation, account: &Account, now: Time) -> Vec<Change> {
    linked(op, account.clone(), account.values.clone(), now)
}

pub(super) fn gone_observation(op: &Operation, now: Time) -> Change {
    Change::Observed(op.person, Observation { state: AccountState::Gone, values: None, at: now }.into())
}

/// Our record of pushed values after this. For an account that is linked by it, what was left out of it is what the
/// account has now: it may have moved since the plan.
fn pushed(op: &Operation, account: &Account, attributes: &[ProfileAttribute]) -> AccountValues {
    let intent = &op.intent;
    let links = matches!(op.kind, OpKind::Create | OpKind::Link) && intent.before.is_some();
    if links {
        intent.pushed_beside(&wire::everything(&intent.wanted, attributes), &account.values)
    } else {
        intent.pushed()
    }
}

/// The same where these attributes were not applied: they are as the account has them.
fn pushed_but(
    op: &Operation,
    account: &Account,
    attributes: &[ProfileAttribute],
    missing: &[String],
) -> AccountValues {
    let mut sent = pushed(op, account, attributes);
    for name in missing {
        sent.copy(name, &account.values);
    }
    sent
}

/// The link after a push, and what is there where somebody else moved it.
fn linked(op: &Operation, account: Account, sent: AccountValues, now: Time) -> Vec<Change> {
    let Account { remote_id, values: theirs, .. } = account;
    let (settled, moved) = match op.intent.settled {
        None => (theirs, None),
        Some(_) => {
            let settled = op.intent.settles(&theirs);
            let moved = (settled != theirs).then_some(theirs);
            (settled, moved)
        }
    };
    let linked_at = op.intent.linked_at.unwrap_or(now);
    let link = Link { remote_id, linked_at, sent, settled, confirmed_at: now };
    let mut learned = vec![Change::Link(op.person, link.into())];
    if let Some(theirs) = moved {
        let state = if theirs.active { AccountState::Active } else { AccountState::Inactive };
        let seen = Observation { state, values: Some(theirs), at: now };
        learned.push(Change::Observed(op.person, seen.into()));
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
    let moved = match (before, &op.intent.base) {
        (Some(before), _) => before.differences(after),
        (None, Base::Account(base)) => base.differences(after),
        (None, _) if op.kind != OpKind::Create && outcome == Outcome::Unchanged => Vec::new(),
        (None, _) => after.from_nothing(),
    };
    moved.into_iter().filter(|d| op.intent.owned.has(&d.attribute)).collect()
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
