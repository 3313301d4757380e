//! Pushed groups are made true at the endpoint: read, write what differs, read again.
//!
//! Only the sender does it, one group at a time, after the people of a run: a member is named there only once the
//! account exists. What a group shall be follows from the directory, so a push that was cut short is due again.

mod there;

use std::sync::Arc;
use std::time::Duration;

use there::body_of;

use super::open_line;
use super::shared::{Line, Shared, hold, now};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory, GroupRow};
use crate::domain::{
    Call, Difference, Exchange, Failure, FailureKind, GroupId, OpId, Push, Unlinked, WireProfile,
};
use crate::endpoint::{Cause, Trouble, judge};
use crate::engine::push_group::{self as wire, FoundGroup, Removal, WantedGroup};
use crate::engine::{GroupKind, GroupResult, Outcome, PlannedGroup, Sending, Trace};
use crate::store::Batch;

/// How often the background looks whether a group moved; nothing is read or sent while none did.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long after a failure that may pass the background tries again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Makes moved groups true as long as the drive lives; for a face that stays.
pub(super) async fn follow(shared: Arc<Shared>) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = None;
    let mut again = tokio::time::Instant::now() + AGAIN_AFTER;
    loop {
        look.tick().await;
        let directory = shared.directory();
        let due_again = again <= tokio::time::Instant::now();
        if !may_send(&shared) || (seen == Some(directory.version()) && !due_again) {
            continue;
        }
        converge(&shared, |row| may_go_on(row, due_again)).await;
        if due_again {
            again = tokio::time::Instant::now() + AGAIN_AFTER;
        }
        // As it was before: what moved meanwhile is looked at next time.
        seen = Some(directory.version());
    }
}

/// A group that was refused waits for an operator; one that could not be reached is tried again.
fn may_go_on(row: &GroupRow, again: bool) -> bool {
    let failure = row.push.as_ref().and_then(|push| push.failure.as_ref());
    failure.is_none_or(|failure| again && passes(failure.kind))
}

fn passes(kind: FailureKind) -> bool {
    use FailureKind::{NotScim, SlowDown, TokenRefused, Unreachable};
    matches!(kind, Unreachable | SlowDown | NotScim | TokenRefused)
}

/// Whether this process sends for the connection just now.
fn may_send(shared: &Shared) -> bool {
    *shared.sending.borrow() == Sending::Here && shared.directory().connection().enabled
}

/// Sending ended while groups were being pushed: the rest is due, and goes when it is allowed again.
fn ended() -> Failure {
    Failure {
        kind: FailureKind::Unreachable,
        text: "Sending ended while the group was being pushed; the rest of it was not sent.".to_owned(),
        next: "It goes on when sending does.".to_owned(),
    }
}

/// Makes every group true that is due and chosen. One at a time, so that two callers never write the same group.
pub(super) async fn converge(shared: &Arc<Shared>, chosen: impl Fn(&GroupRow) -> bool) -> Vec<GroupResult> {
    let _turn = shared.groups.lock().await;
    let directory = shared.directory();
    let due = |row: &&GroupRow| chosen(row) && row.push_due(&directory);
    let mut due: Vec<(String, GroupId)> = directory
        .groups()
        .into_iter()
        .filter(due)
        .map(|row| (row.group.name.clone(), row.group.id))
        .collect();
    due.sort();
    let mut results = Vec::new();
    for (name, id) in due {
        if !may_send(shared) {
            break;
        }
        let mut job = Job::new(shared, id);
        let operation = job.operation;
        let ended = job.run().await;
        let error = job.keep(&name, ended).await;
        let outcome = if error.is_some() { Outcome::Failed } else { Outcome::Done };
        results.push(GroupResult { group: id, name, kind: job.kind, operation, outcome, error });
    }
    results
}

/// What a push would send now; reads only. None when it cannot be looked at.
pub(super) async fn planned(shared: &Arc<Shared>, after: &Directory, id: GroupId) -> Option<PlannedGroup> {
    let row = after.group(id).filter(|row| row.push_due(after))?;
    let push = row.push.as_ref()?;
    let mut job = Job::new(shared, id);
    let line = open_line(shared).await.ok()?;
    let wanted = wanted(row, after);
    let made = |kind, added: usize, removed: usize, calls| PlannedGroup {
        group: id,
        name: row.group.name.clone(),
        kind,
        added: u32::try_from(added).unwrap_or(u32::MAX),
        removed: u32::try_from(removed).unwrap_or(u32::MAX),
        calls,
    };
    if push.ending == Some(Unlinked::Deleted) {
        let calls = push.remote_id.iter().map(|remote_id| wire::delete(remote_id)).collect();
        return Some(made(GroupKind::Delete, 0, 0, calls));
    }
    match job.find(&line, push, &wanted).await.ok()? {
        None => Some(made(GroupKind::Create, wanted.members.len(), 0, vec![wire::create(&wanted)])),
        Some(found) => {
            let (added, removed) = wire::moves(&found, &wanted);
            let calls = wire::changes(after.connection().profile, Removal::ByPath, &found, &wanted);
            let kind = if push.remote_id.is_some() { GroupKind::Update } else { GroupKind::Link };
            Some(made(kind, added.len(), removed.len(), calls))
        }
    }
}

fn wanted(row: &GroupRow, directory: &Directory) -> WantedGroup {
    WantedGroup::new(row.group.id, &row.group.name, row.members_there(directory))
}

/// One group being made true.
struct Job<'a> {
    shared: &'a Arc<Shared>,
    group: GroupId,
    operation: OpId,
    traces: Vec<Trace>,
    kind: Option<GroupKind>,
    changes: Vec<Difference>,
    /// What it was made to be: the directory may have moved on meanwhile, and then it is due again.
    wanted: Option<WantedGroup>,
}

impl<'a> Job<'a> {
    fn new(shared: &'a Arc<Shared>, group: GroupId) -> Self {
        let operation = hold(&shared.ids).op(now());
        Self { shared, group, operation, traces: Vec::new(), kind: None, changes: Vec::new(), wanted: None }
    }

    /// Goes the whole way. What it leaves behind is in the directory even where it fails.
    async fn run(&mut self) -> Result<(), Failure> {
        let line = open_line(self.shared).await?;
        let directory = self.shared.directory();
        let Some(row) = directory.group(self.group) else { return Ok(()) };
        let Some(push) = row.push.clone() else { return Ok(()) };
        if push.ending == Some(Unlinked::Deleted) {
            return self.delete(&line, &push).await;
        }
        let wanted = wanted(row, &directory);
        self.wanted = Some(wanted.clone());
        let found = match self.find(&line, &push, &wanted).await? {
            Some(found) => {
                self.kind = Some(if push.remote_id.is_some() { GroupKind::Update } else { GroupKind::Link });
                found
            }
            None => {
                self.kind = Some(GroupKind::Create);
                self.create(&line, &wanted).await?
            }
        };
        self.remember(&found.remote_id).await?;
        let (added, removed) = wire::moves(&found, &wanted);
        self.note("members added", added.len());
        self.note("members removed", removed.len());
        self.bring(&line, found, &wanted, directory.connection().profile).await
    }

    fn note(&mut self, attribute: &str, count: usize) {
        if count > 0 {
            let after = Some(count.to_string());
            self.changes.push(Difference { attribute: attribute.to_owned(), before: None, after });
        }
    }

    /// Writes what differs and reads it back. A removal that was accepted and not applied is tried in its other form.
    async fn bring(
        &mut self,
        line: &Line,
        found: FoundGroup,
        wanted: &WantedGroup,
        profile: WireProfile,
    ) -> Result<(), Failure> {
        let mut found = found;
        let mut refused = None;
        // Okta never patches: where that is not offered a long list goes whole all the same.
        let whole = profile == WireProfile::OktaClassic;
        for removal in [Removal::ByPath, Removal::ByValue] {
            for call in wire::changes(profile, removal, &found, wanted) {
                if !may_send(self.shared) {
                    return Err(ended());
                }
                match self.send(line, "write", call).await {
                    Ok(_) => {}
                    Err(trouble) if trouble.cause == Cause::NotOffered && whole => {
                        let found = self.read(line, &found.remote_id).await?.ok_or_else(gone)?;
                        self.send(line, "write", wire::replace(&found, wanted)).await?;
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
            let (added, removed) = wire::moves(&found, wanted);
            if added.is_empty() && removed.is_empty() && found.name == wanted.name {
                return Ok(());
            }
        }
        if let Some(trouble) = refused {
            return Err(trouble.into());
        }
        let (added, removed) = wire::moves(&found, wanted);
        Err(Failure {
            kind: FailureKind::NotApplied,
            text: format!(
                "Accepted, not applied: {} of {} members are missing there and {} are too many.",
                added.len(),
                wanted.members.len(),
                removed.len()
            ),
            next: "Look at the trace; push the group again, or try another wire profile.".to_owned(),
        })
    }

    async fn delete(&mut self, line: &Line, push: &Push) -> Result<(), Failure> {
        self.kind = Some(GroupKind::Delete);
        if let Some(remote_id) = &push.remote_id {
            match self.send(line, "write", wire::delete(remote_id)).await {
                Ok(_) => {}
                Err(trouble) if trouble.cause == Cause::ResourceGone => {}
                Err(trouble) => return Err(trouble.into()),
            }
            if self.read(line, remote_id).await?.is_some() {
                return Err(Failure {
                    kind: FailureKind::NotApplied,
                    text: "Accepted, not applied: the group is still there.".to_owned(),
                    next: "Delete it in the app, or end the push and leave it.".to_owned(),
                });
            }
        }
        Ok(())
    }

    async fn create(&mut self, line: &Line, wanted: &WantedGroup) -> Result<FoundGroup, Failure> {
        let exchange = self.send(line, "write", wire::create(wanted)).await?;
        let made = body_of(&exchange).and_then(wire::found);
        let made = made.ok_or_else(|| Failure {
            kind: FailureKind::NotScim,
            text: "The answer to the new group is no group; it may or may not be there.".to_owned(),
            next: "Push it again: it is looked up before anything is made.".to_owned(),
        })?;
        // The list in the answer is not trusted: some answer without it.
        self.read(line, &made.remote_id).await?.ok_or_else(gone)
    }

    async fn send(&mut self, line: &Line, step: &str, mut call: Call) -> Result<Exchange, Trouble> {
        call.operation = Some(self.operation);
        let exchange = line.endpoint.send(&call).await;
        let judged = judge(&call, &exchange.outcome).map(|_| ());
        self.traces.push(Trace {
            seq: 0,
            operation: Some(self.operation),
            step: step.to_owned(),
            attempt: 1,
            exchange: exchange.clone(),
        });
        judged.map(|()| exchange)
    }

    /// The id is kept at once: what was made or found there is never looked for again.
    async fn remember(&self, remote_id: &str) -> Result<(), Failure> {
        let directory = self.shared.directory();
        let Some(push) = directory.group(self.group).and_then(|row| row.push.clone()) else { return Ok(()) };
        if push.remote_id.as_deref() == Some(remote_id) {
            return Ok(());
        }
        let push = Push { remote_id: Some(remote_id.to_owned()), ..push };
        let batch = Batch { changes: vec![Change::GroupPushed(self.group, push)], ..self.shared.batch() };
        self.shared.commit(batch).await.map(|_| ()).map_err(|error| super::words::store_failure(&error))
    }

    /// Keeps how it ended, with its traces. Returns why it failed.
    async fn keep(&mut self, name: &str, ended: Result<(), Failure>) -> Option<Failure> {
        // What another process decided meanwhile stands.
        let _ = self.shared.catch_up().await;
        let directory = self.shared.directory();
        let row = directory.group(self.group)?;
        let push = row.push.clone()?;
        let failure = ended.err();
        let change = match &failure {
            Some(failure) => Change::GroupPushed(self.group, Push { failure: Some(failure.clone()), ..push }),
            None if self.wanted.is_none() && push.ending.is_some() => Change::GroupPushDropped(self.group),
            None if self.wanted.is_none() => return None,
            None => Change::GroupPushed(
                self.group,
                Push {
                    name: self.wanted.as_ref().map(|w| w.name.clone()).unwrap_or_default(),
                    members: self.wanted.as_ref().map(|w| w.members.iter().cloned().collect()),
                    pushed_at: Some(now()),
                    failure: None,
                    ..push
                },
            ),
        };
        let word = self.kind.map_or("push", GroupKind::word);
        let entry = AuditEntry {
            seq: 0,
            time: now(),
            remote_time: None,
            source: Source::Console,
            event: format!("group {word}"),
            person: None,
            subject: name.to_owned(),
            actor: self.shared.actor.clone(),
            operation: Some(self.operation),
            detail: failure.as_ref().map_or_else(|| "confirmed by the app".to_owned(), |f| f.text.clone()),
            changes: std::mem::take(&mut self.changes),
            reason: self.shared.reason.clone(),
            remote_id: None,
            ..AuditEntry::default()
        };
        let traces = std::mem::take(&mut self.traces);
        let batch = Batch { changes: vec![change], audit: vec![entry], traces, ..self.shared.batch() };
        self.shared.wrote.notify_one();
        match self.shared.commit(batch).await {
            Ok(_) => failure,
            Err(error) => Some(super::words::store_failure(&error)),
        }
    }
}

fn gone() -> Failure {
    Failure {
        kind: FailureKind::AccountGone,
        text: "The group is not there any more (404).".to_owned(),
        next: "Push it again: it is looked for by name, and made anew where there is none.".to_owned(),
    }
}
