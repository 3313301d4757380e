//! Look-up and read: what is there before anything is written.

use super::persist::persists;
use super::{Evidence, Machine, Step, StepKind};
use crate::domain::{
    Account, AccountValues, Answer, Base, Difference, Failure, FailureKind, OpId, OpKind, OpState, Operation,
    RequestClass, typed,
};
use crate::engine::advice::link_with;
use crate::engine::{Found, Outcome, by_id, wire};

impl Machine {
    pub(super) fn found(&mut self, id: OpId, evidence: Evidence) {
        self.calm.remove(&id);
        if !matches!(evidence, Evidence::Failed(_) | Evidence::Unclear(_)) {
            self.good_answer();
        }
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        match evidence {
            Evidence::Failed(failure) => self.read_failed(id, failure, None),
            Evidence::Unclear(failure) => self.unclear(id, failure),
            Evidence::Several(n) => {
                let text = format!(
                    "{n} accounts there have the {} of {}; {}.",
                    wire::words(self.policy.wire.unique_identifier),
                    op.user_name,
                    what_was_sent(op)
                );
                let next = format!(
                    "Take the extra ones away in the app, then retry; or link the right one: {}",
                    link_with(&op.user_name, "ACCOUNT_ID")
                );
                self.park(id, OpState::Conflict, failure(FailureKind::Conflict, text, &next), None);
            }
            Evidence::Absent => {
                if op.kind == OpKind::Deactivate {
                    self.finish_nobody(id);
                } else if op.kind == OpKind::Link && op.attempts == 0 {
                    let text = format!(
                        "the account that {} was to be linked to is gone; nothing was sent.",
                        op.user_name
                    );
                    self.park(id, OpState::Stale, failure(FailureKind::Stale, text, "Plan again."), None);
                } else if let Some(accepted) =
                    op.failure.clone().filter(|f| op.attempts > 0 && f.kind == FailureKind::NotApplied)
                {
                    let text = format!("{} Nobody is there; nothing more was sent.", accepted.text);
                    self.park(id, OpState::Parked, Failure { text, ..accepted }, None);
                } else if self.spent(id) {
                    let text = format!(
                        "{} was sent {} times without a clear answer, and no account is there.",
                        op.user_name, op.attempts
                    );
                    let next = "Look at the trace, then retry.";
                    self.park(id, OpState::Parked, failure(FailureKind::Refused, text, next), None);
                } else {
                    self.create(id);
                }
            }
            Evidence::One(found) => {
                let (theirs, ours) = (&found.account.values.external_id, &op.intent.wanted.external_id);
                // An account that nobody linked loses its access only where it says itself that we made it.
                if op.kind == OpKind::Deactivate && theirs != ours {
                    return self.finish_nobody(id);
                }
                if !theirs.is_empty() && theirs != ours {
                    let text = format!(
                        "the account of {} there carries another externalId ({theirs}); {}.",
                        op.user_name,
                        what_was_sent(op)
                    );
                    let next = format!(
                        "Decide whose account it is. If it is theirs: {}",
                        link_with(&op.user_name, &typed(&found.account.remote_id))
                    );
                    self.park(id, OpState::Conflict, failure(FailureKind::Conflict, text, &next), None);
                    return;
                }
                let remote_id = found.account.remote_id.clone();
                let wire = self.policy.wire;
                let ours = match !theirs.is_empty() {
                    true => super::settle::link_of_ours(op, &found.account, self.now),
                    false => Vec::new(),
                };
                if let Some(live) = self.ops.get_mut(&id) {
                    live.ours = ours;
                    live.op.intent.remote_id = Some(remote_id);
                    wire.restrict_link(&mut live.op.intent, &found.account.values);
                }
                self.read(id);
            }
        }
    }

    /// Reads the account before it is written, now or when a read may go.
    fn read(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        let may = !self.pace.paused() && self.pace.may_go(RequestClass::Read, self.now);
        match &live.op.intent.remote_id {
            Some(remote_id) if may => self.send(id, Step::Read(self.policy.wire.read(remote_id))),
            _ => self.back_to_ready(id),
        }
    }

    pub(super) fn read_answered(&mut self, id: OpId, answer: &Answer, failed: Option<Failure>) {
        let Some(live) = self.ops.get(&id) else { return };
        if answer.is_missing() {
            self.good_answer();
            return self.not_found(id);
        }
        if let Some(failure) = failed {
            if answer.status == 403 {
                return self.forbidden(id, failure, StepKind::Read);
            }
            return self.read_failed(id, failure, Some(answer));
        }
        let found = match by_id::account(answer, &live.asked, &self.reader) {
            Ok(found) => found,
            Err(why) => {
                let (name, sent) = (&live.op.user_name, what_was_sent(&live.op));
                let text = format!("the account of {name} could not be read: {}; {sent}.", why.words("user"));
                return self.not_seen(id, why.failure(text));
            }
        };
        self.good_answer();
        self.is_there(id);
        self.compare(id, found);
    }

    /// Other linked accounts are not there either: nothing is believed, and everything stays queued.
    pub(super) fn elsewhere(&mut self, id: OpId, step: StepKind, failure: Failure) {
        // The look of what was dropped meanwhile stops nobody.
        if !self.ops.contains_key(&id) {
            return;
        }
        match step {
            StepKind::Read if self.waits_for_a_new_account(id) => return,
            StepKind::Verify => self.doubt(id, OpState::Inflight, Some(failure.clone())),
            StepKind::Read | StepKind::Write => self.back_to_ready(id),
        }
        if !self.pace.heard.old {
            self.stand_still(failure);
        }
    }

    /// A linked account answers: a 404 before it does not count any more.
    fn is_there(&mut self, id: OpId) {
        if let Some(live) = self.ops.get_mut(&id) {
            live.op.failure.take_if(|before| before.kind == FailureKind::AccountGone);
        }
    }

    /// The account is known: it is as it shall be, or moved since the plan, or gets the write.
    fn compare(&mut self, id: OpId, found: Found) {
        let Some(live) = self.ops.get(&id) else { return };
        let (op, theirs) = (&live.op, &found.account.values);
        if is_of_another(op, theirs) {
            return self.of_another(id, &found.account);
        }
        let goal = op.intent.goal(theirs);
        if op.intent.same(theirs, &goal) {
            if self.waits_as_it_may_be_late(id, &found.account.values) {
                return;
            }
            return self.finish(id, found.account, Outcome::Unchanged);
        }
        if live.looks_once_more {
            let nothing = AccountValues::default();
            let before = if let Base::Account(base) = &op.intent.base { base } else { &nothing };
            let missing = not_applied(op, before, &goal, theirs);
            return match missing.is_empty() {
                true => self.finish(id, found.account, Outcome::Done),
                false => self.was_not_applied(id, found.account, &missing, true),
            };
        }
        if self.restrict(id, &found.account.values) {
            return self.compare(id, found);
        }
        let Some(live) = self.ops.get(&id) else { return };
        let (op, theirs) = (&live.op, &found.account.values);
        // An end of access is the same whatever moved meanwhile.
        if let Base::Account(base) = &op.intent.base
            && !persists(op)
            && !op.intent.same(theirs, base)
        {
            let moved: Vec<String> = base
                .differences(theirs)
                .into_iter()
                .filter(|d| op.intent.owned.has(&d.attribute))
                .map(|d| d.attribute)
                .collect();
            let text = format!(
                "the account of {} moved there since the plan ({}); {}.",
                op.user_name,
                moved.join(", "),
                what_was_sent(op)
            );
            return self.park(id, OpState::Stale, failure(FailureKind::Stale, text, "Plan again."), None);
        }
        // One that waited for its time may be written once more; then it waits again.
        let waited = persists(op) && op.state != OpState::InDoubt;
        if self.spent(id) && !waited {
            let text = format!("{} was written {} times and is still not so.", op.user_name, op.attempts);
            let next = "Look at the trace, then retry.";
            return self.park(id, OpState::Parked, failure(FailureKind::NotApplied, text, next), None);
        }
        let (kind, policy) = (op.kind, &self.policy);
        let call = policy.wire.change(&found, &goal, &op.intent.owned, &policy.attributes);
        // What is to be created and was found is linked, which needs no leave to create.
        if kind != OpKind::Create && !self.may_write(id, kind) {
            return;
        }
        if let Some(live) = self.ops.get_mut(&id) {
            live.found = Some(found);
        }
        self.journal_write(id, call);
    }

    /// The link leads to somebody else: the answer to a create may have named the wrong id.
    fn of_another(&mut self, id: OpId, account: &Account) {
        let Some(op) = self.ops.get(&id).map(|live| &live.op) else { return };
        let theirs = &account.values;
        let carries = match theirs.external_id.as_str() {
            "" => "no externalId".to_owned(),
            external => format!("another externalId ({external})"),
        };
        let text = format!(
            "the linked account of {} has another user name ({}) and {carries}: it may be somebody else's; {}.",
            op.user_name,
            theirs.user_name,
            what_was_sent(op)
        );
        let next = format!(
            "Decide whose account it is. If it is theirs: {}; if not, unlink it.",
            link_with(&op.user_name, &typed(&account.remote_id))
        );
        self.park(id, OpState::Conflict, failure(FailureKind::Conflict, text, &next), None);
    }

    pub(super) fn read_failed(&mut self, id: OpId, failure: Failure, answer: Option<&Answer>) {
        if self.pause_for(&failure, answer) {
            self.back_to_ready(id);
        } else {
            self.not_seen(id, failure);
        }
    }

    /// The look brought nothing. What was sent and not yet found stays in doubt and is looked up again, since given
    /// up or replaced it could leave an account behind that nobody knows of.
    fn not_seen(&mut self, id: OpId, failure: Failure) {
        let now = self.now;
        let Some(live) = self.ops.get(&id).filter(|live| live.op.state == OpState::InDoubt) else {
            return self.park(id, OpState::Parked, failure, None);
        };
        let op = &live.op;
        let until = super::persist::next_try(op, failure.kind, now);
        let news = op.failure.as_ref().map(|f| f.kind) != Some(failure.kind);
        let event = format!("{} in doubt", op.kind.word());
        let entry = news.then(|| super::settle::entry(op, &event, failure.text.clone(), Vec::new(), now));
        self.end_at(id, OpState::InDoubt, Some(until), Outcome::InDoubt, Some(failure), Vec::new(), entry);
    }

    pub(super) fn read_lost(&mut self, id: OpId, failure: Failure) {
        self.read_failed(id, failure, None);
    }

    /// A linked id answers 404. A copy that lags behind says so too, of an account that is there and has access: an end
    /// of access believes it only when it is said again after the settle time.
    pub(super) fn not_found(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        let (op, from) = (&live.op, live.op.state);
        let again = op.failure.as_ref().is_some_and(|before| before.kind == FailureKind::AccountGone);
        if op.kind != OpKind::Deactivate || again {
            return match self.waits_for_a_new_account(id) {
                true => {}
                false => self.gone(id),
            };
        }
        let text = format!(
            "the linked account of {} is not there (404); it is looked at once more before that is believed.",
            op.user_name
        );
        self.doubt(id, from, Some(failure(FailureKind::AccountGone, text, "")));
    }

    /// The linked id answers 404. Someone who shall have no access there has none.
    fn gone(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        if op.kind == OpKind::Deactivate {
            return self.finish_gone(id);
        }
        let sent = if op.attempts > 0 { "nothing was changed" } else { "nothing was sent" };
        let text = format!("the linked account of {} is not there any more (404); {sent}.", op.user_name);
        let next = "Search again, re-create or unlink, for this person.";
        let observed = super::settle::gone_observation(op, self.now);
        self.park(id, OpState::Parked, failure(FailureKind::AccountGone, text, next), Some(observed));
    }

    /// Reads an account from the answer to a write.
    pub(super) fn account(&self, answer: &Answer) -> Option<Account> {
        let account = self.reader.read(&answer.body).filter(|_| !answer.lossy)?;
        let version = answer.etag.clone().or_else(|| account.version.as_deref().map(str::to_owned));
        let values = account.values(&self.policy.attributes);
        Some(Account { remote_id: account.remote_id.into_owned(), version, values })
    }
}

/// A failure in words.
pub(super) fn failure(kind: FailureKind, text: impl Into<String>, next: &str) -> Failure {
    Failure { kind, text: text.into(), next: next.to_owned() }
}

/// Attributes whose read-back must be what was written. Texts may come back normalised or not at all, since an app
/// keeps the attributes it knows; access and roles may not, and no text may stay as it was `before`.
pub(super) fn not_applied(
    op: &Operation,
    before: &AccountValues,
    goal: &AccountValues,
    theirs: &AccountValues,
) -> Vec<String> {
    let held = before.texts();
    let stayed = |d: &Difference| {
        let there = d.before.as_deref().unwrap_or_default();
        !there.is_empty() && held.iter().any(|(name, value)| *name == d.attribute && *value == there)
    };
    theirs
        .differences(goal)
        .into_iter()
        .filter(|d| op.intent.owned.has(&d.attribute))
        .filter(|d| {
            let text = goal.texts().iter().any(|(name, _)| *name == d.attribute);
            let user_name = d.attribute == crate::domain::field::USER_NAME
                && !goal.user_name.to_lowercase().eq(&theirs.user_name.to_lowercase());
            !text || user_name || stayed(d)
        })
        .map(|d| d.attribute)
        .collect()
}

/// Whether a linked account is neither by its name nor by its externalId whose it was: one of the two may be changed
/// by an operator of the app, both together are somebody else.
fn is_of_another(op: &Operation, theirs: &AccountValues) -> bool {
    let Some(known) = &op.intent.settled else { return false };
    let named = |ours: &AccountValues| ours.user_name.to_lowercase() == theirs.user_name.to_lowercase();
    let marked = |ours: &AccountValues| ours.external_id == theirs.external_id;
    let fits = |ours: &AccountValues| named(ours) || marked(ours);
    !fits(known) && !fits(&op.intent.wanted)
}

/// What a refusal after a look says of the writes before it: an app that refused one was asked all the same.
fn what_was_sent(op: &Operation) -> &'static str {
    if op.attempts > 0 { "nothing more was sent" } else { "nothing was sent" }
}
