//! Pushed groups are made true at the endpoint: read, write what differs, read again.
//!
//! Only the sender does it, one group at a time, after the people of a run: a member is named there only once the
//! account exists. What a group shall be follows from the directory, so a push that was cut short is due again. Who
//! comes in goes by itself; who is taken out goes when a plan that showed it was approved.

mod end;
mod job;
mod port;
mod rest;
mod seat;
mod seen;
mod there;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use job::{End, Job};
pub use port::Port;
pub use rest::Rest;
pub(super) use seat::Seat;
pub(super) use seen::look_at_all;

use super::shared::{Shared, now};
use crate::directory::{Directory, GroupRow};
use crate::domain::{Failure, FailureKind, GroupId, Push, Unlinked};
use crate::engine::push_group::{self as wire, Allowed, FoundGroup, Removal, WantedGroup};
use crate::engine::{GroupKind, GroupResult, Outcome, Plan, PlannedGroup};
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
        let goes =
            |row: &GroupRow, directory: &Directory| may_go_on(row, due_again) && row.push_goes(directory);
        converge(&*shared, &mut *shared.groups.lock().await, goes, None).await;
        if due_again {
            again = tokio::time::Instant::now() + AGAIN_AFTER;
        }
        // As it was before: what moved meanwhile is looked at next time.
        seen = Some(directory.version());
    }
}

/// A group that was refused waits for an operator; one that could not be reached, or of which the app says what does not
/// fit together or cannot be read, is tried again.
pub fn may_go_on(row: &GroupRow, again: bool) -> bool {
    let failure = row.push.as_ref().and_then(|push| push.failure.as_ref());
    let passes = |kind| stops_all(kind) || matches!(kind, FailureKind::Incomplete | FailureKind::Unreadable);
    failure.is_none_or(|failure| again && passes(failure.kind))
}

/// Failures that the next group would meet as well, and that may pass.
fn stops_all(kind: FailureKind) -> bool {
    use FailureKind::{Elsewhere, NotScim, SlowDown, TokenRefused, Unreachable};
    matches!(kind, Unreachable | SlowDown | NotScim | TokenRefused | Elsewhere)
}

/// Whether groups go along with a command. Nothing is sent by an import.
pub fn goes_with(command: &Command) -> bool {
    use Command::{ImportAccounts, ImportGroups, ImportPeople, ImportRules};
    !matches!(command, ImportPeople(..) | ImportGroups(..) | ImportAccounts(_) | ImportRules(_))
}

/// Whether a command tries groups again that failed before.
fn tries_again(command: &Command) -> bool {
    matches!(command, Command::PushGroup(_) | Command::UnpushGroup(..) | Command::Apply)
}

/// Whether a command is about all that is due of a group, and not only about what goes by itself.
fn all_of(command: &Command, row: &GroupRow) -> bool {
    match command {
        Command::Apply => true,
        Command::PushGroup(id) | Command::UnpushGroup(id, _) => *id == row.group.id,
        _ => false,
    }
}

/// Whether a group goes after a command's people; of those in `shown` where only they may. What waits for nothing but a
/// plan goes with the plan: whoever was to leave may have left there meanwhile.
pub fn goes_after(
    command: &Command,
    shown: Option<&[PlannedGroup]>,
    row: &GroupRow,
    directory: &Directory,
) -> bool {
    let failed = row.push.as_ref().is_some_and(|push| push.failure.is_some());
    shown.is_none_or(|shown| shown.iter().any(|planned| planned.group == row.group.id))
        && (tries_again(command) || !failed)
        && (row.push_goes(directory) || (all_of(command, row) && row.push_due(directory)))
}

/// Makes every group true that goes now, as far as that was approved. One at a time, so that two callers never
/// write the same group. Of those in `shown` only those members come in that were shown.
pub async fn converge<P: Port>(
    port: &P,
    rest: &mut Rest,
    goes: impl Fn(&GroupRow, &Directory) -> bool,
    shown: Option<&[PlannedGroup]>,
) -> Vec<GroupResult> {
    let (directory, _) = port.numbered();
    let mut due: Vec<(String, GroupId)> = directory
        .groups()
        .into_iter()
        .filter(|row| goes(row, &directory))
        .map(|row| (row.group.name.clone(), row.group.id))
        .collect();
    due.sort();
    let mut stopped = rest.asked(port.now());
    let mut results = Vec::new();
    for (name, id) in due {
        let fence = match (&stopped, port.may_send()) {
            (None, Ok(fence)) => fence,
            (Some(why), _) => {
                results.push(held(port, (name, id), why.clone()));
                continue;
            }
            (None, Err(why)) => {
                results.push(held(port, (name, id), why.clone()));
                stopped = Some(why);
                continue;
            }
        };
        let mut job = Job::new(port, id, fence);
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
                if why.kind == FailureKind::Elsewhere {
                    *rest = Rest::after(&why, job.asked_until, &directory, port.now());
                }
                // What was decided otherwise of one holds up no other.
                stopped = Some(why.clone()).filter(|why| why.kind != FailureKind::Stale);
                (Outcome::Held, Some(why))
            }
            Err(End::Failed(failure)) => {
                if stops_all(failure.kind) || failure.kind == FailureKind::Store {
                    *rest = Rest::after(&failure, job.asked_until, &directory, port.now());
                    stopped = Some(failure.clone());
                }
                (Outcome::Failed, Some(failure))
            }
        };
        results.push(GroupResult { group: id, name, kind, operation, outcome, error });
    }
    results
}

fn held<P: Port>(port: &P, (name, group): (String, GroupId), why: Failure) -> GroupResult {
    let operation = port.op();
    GroupResult { group, name, kind: None, operation, outcome: Outcome::Held, error: Some(why) }
}

/// The groups that go along with a command. Where `down` says that nothing can be looked at they are told from what was
/// last made there.
pub async fn plan<P: Port>(
    port: &P,
    command: &Command,
    (before, after): (&Directory, &Directory),
    mut down: Option<Failure>,
    plan: &mut Plan,
) {
    for row in after.groups() {
        let (planned, why) = planned(port, command, (before, after), row, down.clone()).await;
        plan.groups.extend(planned);
        // It could not be looked at: what would be sent is not all told.
        plan.complete &= why.is_none();
        down = down.or(why.filter(|why| stops_all(why.kind)));
    }
    plan.groups.sort_by(|a, b| a.name.cmp(&b.name));
}

/// What a command would send of a group now; reads only. Nothing where nothing is due. Where it cannot be looked at, or
/// `down` says that nothing can, it is told from what was last made there, together with why.
async fn planned<P: Port>(
    port: &P,
    command: &Command,
    (before, after): (&Directory, &Directory),
    row: &GroupRow,
    down: Option<Failure>,
) -> (Option<PlannedGroup>, Option<Failure>) {
    let Some(push) = row.push.as_ref().filter(|_| row.push_due(after)) else { return (None, None) };
    if push.failure.is_some() && !tries_again(command) {
        return (None, None);
    }
    // One that is to be left there is only looked for.
    if push.ending == Some(Unlinked::Left) {
        return (None, None);
    }
    let all = all_of(command, row);
    let caused = caused(before, after, row);
    // One that was changed there waits, and goes along with whatever changes it here.
    let was = before.group(row.group.id).map(|was| was.members_there(before));
    let moves = push.waits && was.is_some_and(|was| was != row.members_there(after));
    if !all && caused.is_empty() && !moves && !row.push_goes(after) {
        return (None, None);
    }
    let wanted = wanted(row, after);
    let looked = match down {
        Some(why) => Err(why),
        None => look(port, row, &wanted).await,
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
        (None, _) => vec![wire::create(&wanted, port.piece())],
        (Some(found), GroupKind::Delete) => vec![wire::delete(found)],
        (Some(found), _) => {
            let allowed = Allowed { joining: None, leaving: leaving.iter().cloned().collect() };
            let target = allowed.of(&found.members, &wanted);
            let how = (after.connection().profile, Removal::ByPath, port.piece());
            wire::changes(how, found, &target)
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
        version: None,
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
async fn look<P: Port>(
    port: &P,
    row: &GroupRow,
    wanted: &WantedGroup,
) -> Result<Option<FoundGroup>, Failure> {
    let Some(push) = &row.push else { return Ok(None) };
    let line = port.open().await?;
    let mut job = Job::new(port, row.group.id, None);
    match push.ending {
        Some(Unlinked::Deleted) => job.doomed(&line, push, wanted).await,
        _ => job.find(&line, push, wanted).await,
    }
}

fn wanted(row: &GroupRow, directory: &Directory) -> WantedGroup {
    WantedGroup::new(row.group.id, &row.group.name, row.members_there(directory))
}
