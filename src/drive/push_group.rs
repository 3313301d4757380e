//! Pushed groups are made true at the endpoint: read, write what differs, read again.
//!
//! Only the sender does it, one group at a time, after the people of a run: a member is named there only once the
//! account exists. What a group shall be follows from the directory, so a push that was cut short is due again. Who
//! comes in goes by itself; who is taken out goes when a plan that showed it was approved.

mod job;
mod rest;
mod seat;
mod there;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use job::{End, Job};
pub(super) use rest::Rest;
pub(super) use seat::Seat;

use super::open_line;
use super::shared::{Shared, now};
use crate::directory::{Directory, GroupRow};
use crate::domain::{Failure, FailureKind, GroupId, Push, Unlinked};
use crate::engine::push_group::{self as wire, Allowed, FoundGroup, Removal, WantedGroup};
use crate::engine::{GroupKind, GroupResult, Outcome, PlannedGroup};
use crate::scim::resource::Resource;
use crate::verbs::Command;

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
        if shared.may_send().is_err() || (seen == Some(directory.version()) && !due_again) {
            continue;
        }
        if shared.groups.lock().await.holds(&directory, now()) {
            continue;
        }
        converge(&shared, |row| may_go_on(row, due_again), None).await;
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
    failure.is_none_or(|failure| again && stops_all(failure.kind))
}

/// Failures that the next group would meet as well, and that may pass.
pub(super) fn stops_all(kind: FailureKind) -> bool {
    use FailureKind::{NotScim, SlowDown, TokenRefused, Unreachable};
    matches!(kind, Unreachable | SlowDown | NotScim | TokenRefused)
}

/// Whether groups go along with a command. Nothing is sent by an import.
pub(super) fn goes_with(command: &Command) -> bool {
    use Command::{ImportAccounts, ImportGroups, ImportPeople, ImportRules};
    !matches!(command, ImportPeople(..) | ImportGroups(..) | ImportAccounts(_) | ImportRules(_))
}

/// Whether a command tries groups again that failed before.
pub(super) fn tries_again(command: &Command) -> bool {
    matches!(command, Command::PushGroup(_) | Command::UnpushGroup(..) | Command::Apply)
}

/// Makes every group true that is due and chosen, as far as that was approved. One at a time, so that two callers never
/// write the same group. Of those in `shown` only those members come in that were shown.
pub(super) async fn converge(
    shared: &Arc<Shared>,
    chosen: impl Fn(&GroupRow) -> bool,
    shown: Option<&[PlannedGroup]>,
) -> Vec<GroupResult> {
    let mut rest = shared.groups.lock().await;
    let directory = shared.directory();
    let due = |row: &&GroupRow| chosen(row) && row.push_goes(&directory);
    let mut due: Vec<(String, GroupId)> = directory
        .groups()
        .into_iter()
        .filter(due)
        .map(|row| (row.group.name.clone(), row.group.id))
        .collect();
    due.sort();
    let mut stopped = rest.asked(now());
    let mut results = Vec::new();
    for (name, id) in due {
        let seat = match (&stopped, shared.may_send()) {
            (None, Ok(seat)) => seat,
            (Some(why), _) => {
                results.push(held(shared, (name, id), why.clone()));
                continue;
            }
            (None, Err(why)) => {
                results.push(held(shared, (name, id), why.clone()));
                stopped = Some(why);
                continue;
            }
        };
        let mut job = Job::new(shared, id, seat);
        let planned = shown.and_then(|shown| shown.iter().find(|planned| planned.group == id));
        job.allowed.joining = planned.map(|planned| planned.joining.iter().cloned().collect());
        let ended = job.run().await;
        let ended = job.keep(ended).await;
        let (operation, kind) = (job.operation, job.kind);
        let (outcome, error) = match ended {
            Ok(()) => {
                *rest = Rest::default();
                (Outcome::Done, None)
            }
            Err(End::Held(why)) => {
                stopped = Some(why.clone());
                (Outcome::Held, Some(why))
            }
            Err(End::Failed(failure)) => {
                if stops_all(failure.kind) || failure.kind == FailureKind::Store {
                    *rest = Rest::after(&failure, job.asked_until, &directory, now());
                    stopped = Some(failure.clone());
                }
                (Outcome::Failed, Some(failure))
            }
        };
        results.push(GroupResult { group: id, name, kind, operation, outcome, error });
    }
    results
}

fn held(shared: &Shared, (name, group): (String, GroupId), why: Failure) -> GroupResult {
    let operation = super::shared::hold(&shared.ids).op(now());
    GroupResult { group, name, kind: None, operation, outcome: Outcome::Held, error: Some(why) }
}

/// What a command would send of a group now; reads only. Nothing where nothing is due. Where it cannot be looked at, or
/// `down` says that nothing can, it is told from what was last made there, together with why.
pub(super) async fn planned(
    shared: &Arc<Shared>,
    command: &Command,
    (before, after): (&Directory, &Directory),
    row: &GroupRow,
    down: Option<Failure>,
) -> (Option<PlannedGroup>, Option<Failure>) {
    let Some(push) = row.push.as_ref().filter(|_| row.push_due(after)) else { return (None, None) };
    if push.failure.is_some() && !tries_again(command) {
        return (None, None);
    }
    let all = match command {
        Command::Apply => true,
        Command::PushGroup(id) | Command::UnpushGroup(id, _) => *id == row.group.id,
        _ => false,
    };
    let caused = caused(before, after, row);
    if !all && caused.is_empty() && !row.push_goes(after) {
        return (None, None);
    }
    let wanted = wanted(row, after);
    let looked = match down {
        Some(why) => Err(why),
        None => look(shared, row, &wanted).await,
    };
    let (found, why) = match looked {
        Ok(found) => (found, None),
        Err(why) => (as_known(push, &wanted), Some(why)),
    };
    let kind = match (&found, push.ending, &push.remote_id) {
        (_, Some(Unlinked::Deleted), _) => GroupKind::Delete,
        (None, ..) => GroupKind::Create,
        (Some(_), _, Some(_)) => GroupKind::Update,
        (Some(_), _, None) => GroupKind::Link,
    };
    let (joining, mut leaving) = match (&found, kind) {
        (None, GroupKind::Delete) => (Vec::new(), Vec::new()),
        (None, _) => (wanted.members.iter().cloned().collect(), Vec::new()),
        (Some(found), GroupKind::Delete) => (Vec::new(), found.members.iter().cloned().collect()),
        (Some(found), _) => wire::moves(found, &wanted),
    };
    leaving.retain(|id| {
        all || kind == GroupKind::Delete || caused.contains(id) || push.may_leave.binary_search(id).is_ok()
    });
    let calls = match (&found, kind) {
        // Without a base nobody can say.
        _ if why.is_some() => Vec::new(),
        (None, GroupKind::Delete) => Vec::new(),
        (None, _) => vec![wire::create(&wanted)],
        (Some(found), GroupKind::Delete) => vec![wire::delete(&found.remote_id)],
        (Some(found), _) => {
            let allowed = Allowed { joining: None, leaving: leaving.iter().cloned().collect() };
            let target = allowed.of(&found.members, &wanted);
            wire::changes(after.connection().profile, Removal::ByPath, found, &target)
        }
    };
    (Some(PlannedGroup::new(row, kind, (joining, leaving), calls)), why)
}

/// A group as it was last made there.
fn as_known(push: &Push, wanted: &WantedGroup) -> Option<FoundGroup> {
    Some(FoundGroup {
        remote_id: push.remote_id.clone()?,
        name: push.name.clone(),
        external_id: wanted.external_id.clone(),
        members: push.members.iter().flatten().cloned().collect(),
        resource: Resource::new(),
    })
}

/// Members who have to leave because of what a command does, and not for an earlier reason.
fn caused(before: &Directory, after: &Directory, row: &GroupRow) -> BTreeSet<String> {
    let Some(was) = before.group(row.group.id) else { return BTreeSet::new() };
    let stay = row.members_there(after);
    was.members_there(before).into_iter().filter(|id| stay.binary_search(id).is_err()).collect()
}

/// The group as it is there.
async fn look(
    shared: &Arc<Shared>,
    row: &GroupRow,
    wanted: &WantedGroup,
) -> Result<Option<FoundGroup>, Failure> {
    let Some(push) = &row.push else { return Ok(None) };
    let line = open_line(shared).await?;
    let mut job = Job::new(shared, row.group.id, Seat::default());
    match (&push.remote_id, push.ending) {
        (Some(remote_id), Some(Unlinked::Deleted)) => job.read(&line, remote_id).await,
        (None, Some(Unlinked::Deleted)) => Ok(None),
        _ => job.find(&line, push, wanted).await,
    }
}

fn wanted(row: &GroupRow, directory: &Directory) -> WantedGroup {
    WantedGroup::new(row.group.id, &row.group.name, row.members_there(directory))
}
