//! One group being made true.
//!
//! Before a request that changes something leaves, the store has what went before it, that it goes, and for a new group
//! that one may be there from now on. Whoever finds that mark without an id looks for the group once more, after the
//! time that a late one takes, before making it again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::there::body_of;
use super::{Seat, wanted};
use crate::audit::{AuditEntry, Source};
use crate::directory::Change;
use crate::domain::{
    Call, Difference, Exchange, Failure, FailureKind, GroupId, LONGEST_WAIT_MS, OpId, Outcome, Push,
    RetryAfter, Time, Unlinked, WireProfile,
};
use crate::drive::open_line;
use crate::drive::shared::{Line, Shared, hold, now};
use crate::drive::words::{overtaken, store_failure};
use crate::endpoint::{Cause, Trouble, judge};
use crate::engine::machine::Policy;
use crate::engine::push_group::{self as wire, Allowed, FoundGroup, Removal, WantedGroup};
use crate::engine::{GroupKind, Trace};
use crate::store::{Batch, StoreError};

/// Why a group is not true yet.
#[derive(Debug)]
pub(super) enum End {
    /// It was not to go just now: it stays due.
    Held(Failure),
    /// It went wrong.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble.into())
    }
}

/// One group being made true.
pub(super) struct Job<'a> {
    pub(super) shared: &'a Arc<Shared>,
    group: GroupId,
    seat: Seat,
    pub(super) operation: OpId,
    traces: Vec<Trace>,
    pub(super) kind: Option<GroupKind>,
    /// Which of its moves may go.
    pub(super) allowed: Allowed,
    /// Until when the endpoint asked for nothing.
    pub(super) asked_until: Option<Time>,
    changes: Vec<Difference>,
    /// Whether the last answer proves that nothing happened there.
    not_applied: bool,
    /// Whether the audit knows that something of it went.
    told: bool,
    /// What it was made to be: the directory may have moved on meanwhile, and then it is due again.
    made: Option<WantedGroup>,
}

impl<'a> Job<'a> {
    pub(super) fn new(shared: &'a Arc<Shared>, group: GroupId, seat: Seat) -> Self {
        let operation = hold(&shared.ids).op(now());
        Self {
            shared,
            group,
            seat,
            operation,
            traces: Vec::new(),
            kind: None,
            allowed: Allowed::default(),
            asked_until: None,
            changes: Vec::new(),
            not_applied: false,
            told: false,
            made: None,
        }
    }

    fn push(&self) -> Option<Push> {
        self.shared.look(|directory| directory.group(self.group).and_then(|row| row.push.clone()))
    }

    /// Goes the whole way. What it leaves behind is in the directory even where it fails.
    pub(super) async fn run(&mut self) -> Result<(), End> {
        let line = open_line(self.shared).await?;
        let directory = self.shared.directory();
        let Some(row) = directory.group(self.group) else { return Ok(()) };
        let Some(push) = row.push.clone() else { return Ok(()) };
        self.allowed.leaving = push.may_leave.iter().cloned().collect();
        if push.ending == Some(Unlinked::Deleted) {
            return self.delete(&line, &push).await;
        }
        let wanted = wanted(row, &directory);
        let mut found = self.find(&line, &push, &wanted).await?;
        if let (None, Some(at)) = (&found, push.sent_at) {
            settle(at).await;
            found = self.find(&line, &push, &wanted).await?;
        }
        let found = match found {
            Some(found) => {
                self.kind = Some(if push.remote_id.is_some() { GroupKind::Update } else { GroupKind::Link });
                self.count(&found.members, &wanted);
                found
            }
            None => {
                self.kind = Some(GroupKind::Create);
                self.count(&BTreeSet::new(), &wanted);
                self.create(&line, &wanted).await?
            }
        };
        self.remember(&found.remote_id).await?;
        self.bring(&line, found, &wanted, directory.connection().profile).await
    }

    /// How many come and leave, for the audit.
    fn count(&mut self, there: &BTreeSet<String>, wanted: &WantedGroup) {
        let target = self.allowed.of(there, wanted).members;
        let added = target.difference(there).count();
        let removed = there.difference(&target).count();
        for (attribute, count) in [("members added", added), ("members removed", removed)] {
            if count > 0 {
                let after = Some(count.to_string());
                self.changes.push(Difference { attribute: attribute.to_owned(), before: None, after });
            }
        }
    }

    /// Writes what differs and may go, and reads it back. A removal that was accepted and not applied is tried in its
    /// other form.
    async fn bring(
        &mut self,
        line: &Line,
        found: FoundGroup,
        wanted: &WantedGroup,
        profile: WireProfile,
    ) -> Result<(), End> {
        let mut found = found;
        let mut target = self.allowed.of(&found.members, wanted);
        let mut refused = None;
        // Okta never patches: where that is not offered a long list goes whole all the same.
        let whole = profile == WireProfile::OktaClassic;
        for removal in [Removal::ByPath, Removal::ByValue] {
            for call in wire::changes(profile, removal, &found, &target) {
                match self.write(line, call, None).await? {
                    Ok(_) => {}
                    Err(trouble) if trouble.cause == Cause::NotOffered && whole => {
                        let found = self.read(line, &found.remote_id).await?.ok_or_else(gone)?;
                        let target = self.allowed.of(&found.members, wanted);
                        self.write(line, wire::replace(&found, &target), None).await??;
                        break;
                    }
                    Err(trouble) if trouble.cause == Cause::Refused && removal == Removal::ByPath => {
                        refused = Some(trouble);
                        break;
                    }
                    Err(trouble) => return Err(trouble.into()),
                }
            }
            found = self.read(line, &found.remote_id).await?.ok_or_else(gone)?;
            target = self.allowed.of(&found.members, wanted);
            if found.members == target.members && found.name == target.name {
                self.made = Some(target);
                return Ok(());
            }
        }
        if let Some(trouble) = refused {
            return Err(trouble.into());
        }
        let (added, removed) = wire::moves(&found, &target);
        Err(End::Failed(Failure {
            kind: FailureKind::NotApplied,
            text: format!(
                "Accepted, not applied: {} of {} members are missing there and {} are too many.",
                added.len(),
                target.members.len(),
                removed.len()
            ),
            next: "Look at the trace; push the group again, or try another wire profile.".to_owned(),
        }))
    }

    async fn delete(&mut self, line: &Line, push: &Push) -> Result<(), End> {
        self.kind = Some(GroupKind::Delete);
        let Some(remote_id) = &push.remote_id else { return Ok(()) };
        let Some(found) = self.read(line, remote_id).await? else { return Ok(()) };
        let new = found.members.difference(&self.allowed.leaving).count();
        if new > 0 {
            return Err(End::Failed(Failure {
                kind: FailureKind::Stale,
                text: format!(
                    "{new} members of the group there were not shown when its end was approved; it was left there."
                ),
                next: "Look at the plan and approve it anew: scimdeck apply".to_owned(),
            }));
        }
        self.count(&found.members, &WantedGroup::new(self.group, &found.name, Vec::new()));
        match self.write(line, wire::delete(remote_id), None).await? {
            Ok(_) => {}
            Err(trouble) if trouble.cause == Cause::ResourceGone => {}
            Err(trouble) => return Err(trouble.into()),
        }
        if self.read(line, remote_id).await?.is_some() {
            return Err(End::Failed(Failure {
                kind: FailureKind::NotApplied,
                text: "Accepted, not applied: the group is still there.".to_owned(),
                next: "Delete it in the app, or end the push and leave it.".to_owned(),
            }));
        }
        Ok(())
    }

    async fn create(&mut self, line: &Line, wanted: &WantedGroup) -> Result<FoundGroup, End> {
        let first = self.allowed.of(&BTreeSet::new(), wanted);
        let mark = self.push().map(|push| Push { sent_at: Some(now()), ..push });
        let mark = mark.map(|push| Change::GroupPushed(self.group, push));
        let exchange = match self.write(line, wire::create(&first), mark).await? {
            Ok(exchange) => exchange,
            Err(trouble) => {
                if self.not_applied
                    && let Some(push) = self.push()
                {
                    let push = Push { sent_at: None, ..push };
                    self.save(vec![Change::GroupPushed(self.group, push)], Vec::new()).await?;
                }
                return Err(trouble.into());
            }
        };
        let made = body_of(&exchange).and_then(wire::found);
        let made = made.ok_or_else(|| Failure {
            kind: FailureKind::NotScim,
            text: "The answer to the new group is no group; it may or may not be there.".to_owned(),
            next: "Push it again: it is looked up before anything is made.".to_owned(),
        })?;
        // The list in the answer is not trusted: some answer without it.
        Ok(self.read(line, &made.remote_id).await?.ok_or_else(gone)?)
    }
}

impl Job<'_> {
    /// A request that changes something. The store has what it follows from and what it may leave behind before it
    /// goes, and its answer right after.
    async fn write(
        &mut self,
        line: &Line,
        call: Call,
        mark: Option<Change>,
    ) -> Result<Result<Exchange, Trouble>, End> {
        let told = std::mem::replace(&mut self.told, true);
        let audit = if told { Vec::new() } else { vec![self.entry("on its way to the app".to_owned())] };
        if !told || mark.is_some() || !self.traces.is_empty() {
            self.save(mark.into_iter().collect(), audit).await?;
        }
        // The last thing before it leaves: whoever took over reads the group first.
        self.shared.may_send().map_err(End::Held)?;
        let answer = self.send(line, "write", call).await;
        self.save(Vec::new(), Vec::new()).await?;
        Ok(answer)
    }

    pub(super) async fn send(
        &mut self,
        line: &Line,
        step: &str,
        mut call: Call,
    ) -> Result<Exchange, Trouble> {
        call.operation = Some(self.operation);
        let exchange = line.endpoint.send(&call).await;
        let judged = judge(&call, &exchange.outcome).map(|_| ());
        if let Outcome::Answered(answer) = &exchange.outcome {
            let status = answer.status;
            self.not_applied = matches!(status, 400..500) && !matches!(status, 408 | 409 | 425);
            self.asked_until = match answer.retry_after {
                Some(RetryAfter::Seconds(s)) => {
                    let ms = i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1_000);
                    Some(now().plus_ms(ms.min(LONGEST_WAIT_MS)))
                }
                Some(RetryAfter::At(at)) => Some(at.min(now().plus_ms(LONGEST_WAIT_MS))),
                None => None,
            };
        } else {
            self.not_applied = judged.as_ref().is_err_and(|trouble| trouble.cause == Cause::NotSent);
        }
        self.traces.push(Trace {
            seq: 0,
            operation: Some(self.operation),
            step: step.to_owned(),
            attempt: 1,
            exchange: exchange.clone(),
        });
        judged.map(|()| exchange)
    }

    /// Writes to the store under the sender's fence, with the requests so far.
    async fn save(&mut self, changes: Vec<Change>, audit: Vec<AuditEntry>) -> Result<(), End> {
        let traces = std::mem::take(&mut self.traces);
        let batch = Batch { changes, audit, traces, fence: self.seat.fence, ..self.shared.batch() };
        match self.shared.commit(batch).await {
            Ok(_) => Ok(()),
            Err(StoreError::FenceLost) => Err(End::Held(overtaken())),
            Err(error) => Err(End::Failed(store_failure(&error))),
        }
    }

    /// The id is kept at once: what was made or found there is never looked for again.
    async fn remember(&mut self, remote_id: &str) -> Result<(), End> {
        let Some(push) = self.push() else { return Ok(()) };
        if push.remote_id.as_deref() == Some(remote_id) && push.sent_at.is_none() {
            return Ok(());
        }
        let push = Push { remote_id: Some(remote_id.to_owned()), sent_at: None, ..push };
        self.save(vec![Change::GroupPushed(self.group, push)], Vec::new()).await
    }

    fn entry(&self, detail: String) -> AuditEntry {
        let name = |directory: &crate::directory::Directory| {
            directory.group(self.group).map(|row| row.group.name.clone()).unwrap_or_default()
        };
        AuditEntry {
            time: now(),
            source: Source::Console,
            event: format!("group {}", self.kind.map_or("push", GroupKind::word)),
            subject: self.shared.look(name),
            actor: self.shared.actor.clone(),
            operation: Some(self.operation),
            detail,
            reason: self.shared.reason.clone(),
            ..AuditEntry::default()
        }
    }

    /// Keeps how it ended, with its traces. Returns why it is not true.
    pub(super) async fn keep(&mut self, ended: Result<(), End>) -> Result<(), End> {
        // What another process decided meanwhile stands.
        let _ = self.shared.catch_up().await;
        let Some(push) = self.push() else {
            // Nobody pushes it any more; what went is kept all the same.
            let _ = self.save(Vec::new(), Vec::new()).await;
            return ended;
        };
        let made = self.made.take();
        let change = match &ended {
            Err(End::Held(_)) => None,
            Err(End::Failed(failure)) => {
                Some(Change::GroupPushed(self.group, Push { failure: Some(failure.clone()), ..push }))
            }
            Ok(()) => match made {
                None if push.ending.is_some() => Some(Change::GroupPushDropped(self.group)),
                None => return Ok(()),
                Some(made) => {
                    let mut may_leave = push.may_leave.clone();
                    // What was approved meanwhile is still to be done.
                    may_leave.retain(|id| !self.allowed.leaving.contains(id));
                    let (name, members) = (made.name, Some(made.members.into_iter().collect()));
                    let pushed_at = Some(now());
                    let push = Push { name, members, pushed_at, may_leave, failure: None, ..push };
                    Some(Change::GroupPushed(self.group, push))
                }
            },
        };
        let audit = match &ended {
            Err(End::Held(_)) if !self.told => Vec::new(),
            Err(End::Held(why) | End::Failed(why)) => vec![self.entry(why.text.clone())],
            Ok(()) => vec![self.entry("confirmed by the app".to_owned())],
        };
        let changes = std::mem::take(&mut self.changes);
        let audit = audit.into_iter().map(|entry| AuditEntry { changes: changes.clone(), ..entry }).collect();
        self.shared.wrote.notify_one();
        match (self.save(change.into_iter().collect(), audit).await, ended) {
            (Err(why), Ok(())) => Err(why),
            (_, ended) => ended,
        }
    }
}

/// A request whose fate is not known is given its time before anybody looks what became of it.
async fn settle(sent_at: Time) {
    let settle = Policy::default().settle_ms;
    let wait = sent_at.plus_ms(settle).since(now()).clamp(0, settle);
    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
}

fn gone() -> Failure {
    Failure {
        kind: FailureKind::AccountGone,
        text: "The group is not there any more (404).".to_owned(),
        next: "Push it again: it is looked for by name, and made anew where there is none.".to_owned(),
    }
}
