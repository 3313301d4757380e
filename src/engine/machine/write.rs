//! The write: journalled first, then sent, then believed only as far as its answer proves.

use super::read::{failure, not_applied};
use super::{Live, Machine, Move, Stage, Step, StepKind, Ticket};
use crate::domain::{
    Account, AccountValues, Answer, Call, Failure, FailureKind, Method, OpId, OpKind, OpState, RequestClass,
};
use crate::engine::{Outcome, by_id};

impl Machine {
    pub(super) fn create(&mut self, id: OpId) {
        let Some(live) = self.ops.get(&id) else { return };
        let call = self.policy.wire.create(&live.op.intent.wanted, &self.policy.attributes);
        if self.may_write(id, OpKind::Create) {
            self.journal_write(id, call);
        }
    }

    /// Tells the journal that the write is about to go; only its word lets the write go.
    pub(super) fn journal_write(&mut self, id: OpId, call: Call) {
        let ticket = self.ticket(id);
        let now = self.now;
        self.give_back(id);
        self.forgive(id);
        let class = call.class();
        self.turns.lane(class).journalling += 1;
        let Some(live) = self.ops.get_mut(&id) else { return };
        let from = live.op.state;
        live.doubted = from == OpState::InDoubt;
        let mut to = live.op.clone();
        to.state = OpState::Inflight;
        to.attempts += 1;
        to.not_before = None;
        to.updated_at = now;
        live.stage = Stage::Journalling(ticket, call, self.settings);
        self.save(ticket, vec![Move { from, to }], Vec::new(), Vec::new());
    }

    /// The journal has it: it goes when there is a place, unless nothing may go meanwhile or other settings came.
    fn journalled(&mut self, id: OpId, call: Call, settings: u64) {
        let class = call.class();
        let lane = self.turns.lane(class);
        lane.journalling = lane.journalling.saturating_sub(1);
        let Some(live) = self.ops.get_mut(&id) else { return };
        live.op.state = OpState::Inflight;
        live.op.attempts += 1;
        live.op.not_before = None;
        live.stage = Stage::Journalled(call);
        let old = settings != self.settings;
        if old || self.frozen || self.pace.paused() || self.pace.closed_long(class, self.now).is_some() {
            return self.unsend(id, OpState::Queued, None);
        }
        self.turns.lane(class).journalled.push_back(id);
    }

    /// The one place from which a write is sent: only the arm that hears Saved puts anything here.
    pub(super) fn send_write(&mut self, id: OpId) {
        let Some(live) = self.ops.get_mut(&id) else { return };
        let call = match std::mem::replace(&mut live.stage, Stage::Still) {
            Stage::Journalled(call) => call,
            other => {
                live.stage = other;
                return;
            }
        };
        live.stage = Stage::Writing(call.method);
        self.places += 1;
        self.send(id, Step::Write(super::Durable::proven_by_saved(), call));
    }

    pub(super) fn write_answered(&mut self, id: OpId, answer: &Answer, failed: Option<Failure>) {
        if let Some(failure) = failed {
            return self.write_failed(id, answer, failure);
        }
        self.good_write();
        let Some(live) = self.ops.get(&id) else { return };
        let account = self.account(answer).filter(|account| answers(live, account));
        let (kind, known) = (live.op.kind, live.op.intent.remote_id.clone());
        let read_back = self.honesty.reads_back(
            id,
            kind,
            known.is_some(),
            self.policy.prove_first,
            self.policy.verify_percent,
        );
        let there = known.or_else(|| account.as_ref().map(|account| account.remote_id.clone()));
        match (account, there) {
            (Some(account), _) if !read_back => self.check(id, account, false),
            (_, Some(there)) => self.verify(id, &there),
            (_, None) => {
                self.accepted_without_account(id, "it answered without the account, or with another one")
            }
        }
    }

    /// A create that was answered as done, without an account that is there. It is looked up, and when nobody is there
    /// it is not sent again: it was not refused, so that a second one could make a second account.
    fn accepted_without_account(&mut self, id: OpId, why: &str) {
        let Some(live) = self.ops.get(&id) else { return };
        let text = format!("the app accepted {}, and {why}.", live.op.user_name);
        let next = "Compare with the app (scimdeck check), then retry.";
        self.doubt(id, OpState::Inflight, Some(failure(FailureKind::NotApplied, text, next)));
    }

    fn verify(&mut self, id: OpId, remote_id: &str) {
        // While nothing may be asked, it is as if no answer had come: looked up later.
        let shut = self.pace.closed_long(RequestClass::Read, self.now);
        if self.pace.paused() || shut.is_some() {
            return self.doubt(id, OpState::Inflight, None);
        }
        let call = self.policy.wire.read(remote_id);
        self.turns.verifying.push_back((id, call));
    }

    pub(super) fn verify_answered(&mut self, id: OpId, answer: &Answer, failed: Option<Failure>) {
        let Some(live) = self.ops.get(&id) else { return };
        let missing = answer.is_missing();
        if missing && live.op.kind == OpKind::Deactivate {
            return self.not_found(id);
        }
        if missing && live.op.intent.remote_id.is_none() {
            self.honesty.lied();
            return self.accepted_without_account(id, "the account that it answered with is not there (404)");
        }
        let read = match failed {
            Some(failed) => Err(failed),
            None => by_id::account(answer, &live.asked, &self.reader).map_err(|why| {
                let why_not = why.words("user");
                why.failure(format!("the change was accepted, but could not be read back: {why_not}."))
            }),
        };
        match read {
            Ok(found) if live.op.intent.remote_id.is_none() && !is_ours(live, &found.account) => {
                self.honesty.lied();
                self.accepted_without_account(id, "the account that it answered with is somebody else's");
            }
            Ok(found) => self.check(id, found.account, true),
            Err(cause) => {
                self.pause_for(&cause, Some(answer));
                self.doubt(id, OpState::Inflight, Some(cause));
            }
        }
    }

    pub(super) fn verify_lost(&mut self, id: OpId, failure: Failure) {
        self.pause_for(&failure, None);
        self.doubt(id, OpState::Inflight, Some(failure));
    }

    /// Compares what is there after the write with what was to be.
    fn check(&mut self, id: OpId, account: Account, read_back: bool) {
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        let nothing = AccountValues::default();
        let before = live.found.as_ref().map_or(&nothing, |found| &found.account.values);
        let merged = op.intent.remote_id.is_some().then(|| op.intent.goal(before));
        let goal = merged.as_ref().unwrap_or(&op.intent.wanted);
        let missing = not_applied(op, before, goal, &account.values);
        if missing.is_empty() {
            return self.finish(id, account, Outcome::Done);
        }
        let over = op.kind == OpKind::Deactivate && !account.values.active;
        if read_back && !over {
            return self.look_once_more(id, account.remote_id, &missing);
        }
        self.was_not_applied(id, account, &missing, false);
    }

    /// A read-back is not as sent. A copy that lags behind shows that too: it is believed when it is said again after
    /// the settle time.
    fn look_once_more(&mut self, id: OpId, remote_id: String, missing: &[String]) {
        self.honesty.doubted();
        let Some(live) = self.ops.get_mut(&id) else { return };
        live.is_about(remote_id);
        let op = &mut live.op;
        let text = format!(
            "the app accepted the change of {} and does not show it yet: {} is not as sent; it is looked at once more \
             before that is believed.",
            op.user_name,
            missing.join(", ")
        );
        self.doubt(id, OpState::Inflight, Some(failure(FailureKind::NotApplied, text, "")));
    }

    /// What was accepted is not there.
    pub(super) fn was_not_applied(
        &mut self,
        id: OpId,
        account: Account,
        missing: &[String],
        read_back: bool,
    ) {
        let Some(live) = self.ops.get(&id) else { return };
        let op = &live.op;
        // What an end of access is about is that access is over.
        if op.kind == OpKind::Deactivate && !account.values.active {
            let text = format!(
                "the access of {} is over; what was sent with it is not applied: {} is not as sent.",
                op.user_name,
                missing.join(", ")
            );
            let next =
                "Nothing needs to be done for the access; the rest is sent again when it is given back.";
            let told = failure(FailureKind::NotApplied, text, next);
            return self.finish_but(id, account, Outcome::Done, missing, Some(told));
        }
        let text = format!(
            "the app accepted the change of {} and did not apply it: {} is not as sent.",
            op.user_name,
            missing.join(", ")
        );
        let mut next = "Look at the trace; retry, or report it to the app's vendor.";
        if read_back && op.kind != OpKind::Deactivate {
            self.honesty.lied();
            next = "The app's answers are not true, and some before this one were believed: compare everybody with the \
                    app (scimdeck check), then retry, or report it to the app's vendor.";
        }
        self.finish_not_applied(id, account, missing, failure(FailureKind::NotApplied, text, next));
    }

    fn write_failed(&mut self, id: OpId, answer: &Answer, failure: Failure) {
        let Some(live) = self.ops.get(&id) else { return };
        let updating = live.op.intent.remote_id.is_some();
        let patched = live.stage == Stage::Writing(Method::Patch);
        if failure.kind == FailureKind::Pending {
            return self.pending(id, failure);
        }
        match answer.status {
            429 => {
                self.pause_for(&failure, Some(answer));
                self.unsend(id, OpState::Waiting, Some(self.opens()));
            }
            403 => self.forbidden(id, failure, StepKind::Write),
            401 => {
                self.refused_token(failure, StepKind::Write);
                self.unsend(id, OpState::Queued, None);
            }
            // It proves nothing, unlike other refusals.
            300..=399 => self.unproven(id, answer, failure),
            404 | 410 if answer.is_page() => self.unproven(id, answer, failure),
            404 if updating => self.not_taken(id, failure),
            // Somebody wrote between our read and our write: read, merge and compare again.
            412 => self.again(id, failure),
            405 | 501 if patched => {
                let next = "The connection's wire profile says how a change is written: okta-classic changes accounts \
                            by PUT only. Set that, then retry.";
                self.park(id, OpState::Parked, Failure { next: next.to_owned(), ..failure }, None);
            }
            // On a create these may mean that the account exists: it is a question, not an error.
            400 | 409 if !updating => self.doubt_now(id, failure),
            408 | 409 | 425 => self.doubt(id, OpState::Inflight, Some(failure)),
            400..=499 => self.park(id, OpState::Parked, failure, None),
            _ => self.unproven(id, answer, failure),
        }
    }

    /// Whoever answered may have answered after the app did what was asked.
    fn unproven(&mut self, id: OpId, answer: &Answer, failure: Failure) {
        self.pause_for(&failure, Some(answer));
        self.doubt(id, OpState::Inflight, Some(failure));
    }

    pub(super) fn write_lost(&mut self, id: OpId, maybe_sent: bool, failure: Failure) {
        self.pause_for(&failure, None);
        if maybe_sent {
            self.doubt(id, OpState::Inflight, Some(failure));
        } else {
            self.unsend(id, OpState::Queued, None);
        }
    }

    /// The write is proven not to have been applied: the journal takes the mark back and the attempt does not count.
    /// What an earlier attempt left in doubt is in doubt again: nothing may take its place as if it never left.
    pub(super) fn unsend(&mut self, id: OpId, state: OpState, not_before: Option<crate::domain::Time>) {
        let now = self.now;
        self.give_back(id);
        let Some(live) = self.ops.get_mut(&id) else { return };
        let (state, not_before) = match std::mem::take(&mut live.doubted) {
            true => (OpState::InDoubt, not_before.or(Some(now))),
            false => (state, not_before),
        };
        let from = live.op.state;
        live.op.state = state;
        live.op.attempts = live.op.attempts.saturating_sub(1);
        live.stamp(not_before, now);
        live.found = None;
        live.stage = Stage::Still;
        let to = live.op.clone();
        if state == OpState::Queued {
            self.make_ready(id, true);
        } else {
            self.sleep(id);
        }
        let ticket = self.ticket(id);
        self.save(ticket, vec![Move { from, to }], Vec::new(), Vec::new());
    }

    /// The app has no account for this write, which was there when it was read just before: only another read tells
    /// whether it is gone. Where that finds it and the write is refused so again, the app does not take it.
    fn not_taken(&mut self, id: OpId, failed: Failure) {
        let Some(live) = self.ops.get_mut(&id) else { return };
        if live.op.failure.as_ref().is_some_and(|before| before.kind == FailureKind::Refused) {
            let text = format!(
                "the app answers 404 to the change of {}, whose account is there when it is read: it does not take this \
                 request. Nothing was changed.",
                live.op.user_name
            );
            let next =
                "Look at the trace; retry, try another wire profile, or report it to the app's vendor.";
            return self.park(id, OpState::Parked, failure(FailureKind::Refused, text, next), None);
        }
        live.op.attempts += 1;
        live.op.failure = Some(Failure { kind: FailureKind::Refused, ..failed });
        self.unsend(id, OpState::Queued, None);
    }

    /// Not applied, and worth reading and merging once more; this one counts. The journal remembers why, so that a
    /// second time in a row ends it.
    fn again(&mut self, id: OpId, failure: Failure) {
        let Some(live) = self.ops.get_mut(&id) else { return };
        if live.op.failure.as_ref().is_some_and(|before| before.kind == FailureKind::Stale) {
            return self.park(id, OpState::Stale, failure, None);
        }
        live.op.attempts += 1;
        live.op.failure = Some(Failure { kind: FailureKind::Stale, ..failure });
        self.unsend(id, OpState::Queued, None);
    }

    pub(super) fn saved(&mut self, ticket: Ticket) {
        let Some((id, stage)) = self.of_ticket(ticket) else { return };
        match stage {
            Stage::Journalling(_, call, settings) => self.journalled(id, call, settings),
            Stage::Ending(_, outcome, failure) => {
                if let Some(live) = self.ops.get_mut(&id) {
                    live.stage = Stage::Still;
                    if !live.op.state.live() {
                        self.ops.remove(&id);
                    }
                }
                self.sleep(id);
                self.out.push(super::Effect::Settled { op: id, outcome, failure });
            }
            _ => {}
        }
    }

    /// Nothing was written: what it would have led to is not done. The store's own word comes as Committed.
    pub(super) fn save_refused(&mut self, ticket: Ticket) {
        let Some((id, stage)) = self.of_ticket(ticket) else { return };
        if let Stage::Journalling(_, call, _) = stage {
            let lane = self.turns.lane(call.class());
            lane.journalling = lane.journalling.saturating_sub(1);
        }
        self.ops.remove(&id);
    }

    /// The operation whose stage waits for this very save.
    fn of_ticket(&mut self, ticket: Ticket) -> Option<(OpId, Stage)> {
        let id = self.tickets.remove(&ticket)?;
        let live = self.ops.get_mut(&id)?;
        let waits = match &live.stage {
            Stage::Journalling(mine, ..) | Stage::Ending(mine, ..) => *mine == ticket,
            _ => false,
        };
        // What follows gives it another one at once.
        waits.then(|| (id, std::mem::replace(&mut live.stage, Stage::Still)))
    }
}

/// Whether an answer to a write is about the account that was written to.
fn answers(live: &Live, account: &Account) -> bool {
    let intent = &live.op.intent;
    let name = account.values.user_name.to_lowercase();
    let before = live.found.as_ref().map(|before| before.account.values.user_name.to_lowercase());
    let named = name == intent.wanted.user_name.to_lowercase() || before.is_some_and(|before| before == name);
    named && intent.remote_id.as_ref().map_or_else(|| is_ours(live, account), |id| *id == account.remote_id)
}

/// Whether an account that a create was answered with is the one that it was to make: by our externalId where it has
/// one, since an app may change the name, else by the name.
fn is_ours(live: &Live, account: &Account) -> bool {
    let (theirs, wanted) = (&account.values, &live.op.intent.wanted);
    match theirs.external_id.as_str() {
        "" => theirs.user_name.to_lowercase() == wanted.user_name.to_lowercase(),
        id => id == wanted.external_id,
    }
}
