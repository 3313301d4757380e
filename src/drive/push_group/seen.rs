//! What became of pushed groups there, by a look at everybody. Reads only.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;

use super::job::Job;
use super::stops_all;
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory, GroupRow};
use crate::domain::{Difference, Failure, GroupId, Time};
use crate::drive::shared::{Line, Shared, now};
use crate::engine::push_group::{GroupDiffers, InGroup, differing, is_looked_at, learned};
use crate::store::{Batch, StoreError};

/// What a look at the pushed groups brought.
#[derive(Debug, Default)]
pub(in crate::drive) struct SeenGroups {
    /// How many were found otherwise than they were known to be.
    pub(in crate::drive) changed: u64,
    /// The first thing that went wrong. A group that could not be read stays as it is known.
    pub(in crate::drive) failure: Option<Failure>,
}

/// Reads each pushed group by its id: a list says nothing of members, and nothing of who is gone. What differs is kept
/// and told once; nothing of it is sent.
pub(in crate::drive) async fn look_at_all(
    shared: &Arc<Shared>,
    line: &Line,
) -> Result<SeenGroups, StoreError> {
    // What a push of this process has half done is no change of theirs.
    let _still = shared.groups.lock().await;
    let directory = shared.directory();
    let known = |row: &GroupRow| {
        let push = row.push.as_ref().filter(|push| is_looked_at(push))?;
        Some((row.group.id, push.remote_id.clone()?))
    };
    let known: Vec<(GroupId, String)> = directory.groups().into_iter().filter_map(known).collect();
    let places = directory.connection().concurrency.max(1) as usize;
    let looks = known.into_iter().map(|(id, remote_id)| async move {
        let mut job = Job::new(&**shared, id, None);
        (id, job.made(line, &remote_id).await)
    });
    let mut looks = std::pin::pin!(stream::iter(looks).buffered(places));
    let (mut seen, mut changes) = (SeenGroups::default(), Vec::new());
    while let Some((id, found)) = looks.next().await {
        match found {
            Ok(found) => {
                let row = directory.group(id);
                let push = row.and_then(|row| learned(row, &directory, found.as_ref()));
                changes.extend(push.map(|push| Change::GroupPushed(id, push)));
            }
            Err(failure) => {
                let all = stops_all(failure.kind);
                seen.failure.get_or_insert(failure);
                if all {
                    break;
                }
            }
        }
    }
    if changes.is_empty() {
        return Ok(seen);
    }
    let mut after = directory.clone();
    after.apply_all(&changes);
    let audit = moved(&directory, &after, now());
    seen.changed = audit.len() as u64;
    if shared.read_only {
        shared.see(&changes);
    } else {
        shared.commit(Batch { changes, audit, look: true, ..shared.batch() }).await?;
    }
    Ok(seen)
}

/// An entry for each group that was changed there, seen so for the first time.
fn moved(before: &Directory, after: &Directory, at: Time) -> Vec<AuditEntry> {
    let known = differing(before);
    let new = differing(after).into_iter().filter(|one| !known.contains(one));
    let entry = |one: GroupDiffers| {
        let event = if one.gone { "group gone" } else { "group changed in the app" };
        let detail = if one.gone {
            "the pushed group answers 404"
        } else {
            "a check saw a change of a pushed group that was not ours"
        };
        AuditEntry {
            time: at,
            source: Source::Drift,
            event: event.to_owned(),
            detail: detail.to_owned(),
            changes: differences(&one),
            subject: one.name,
            ..AuditEntry::default()
        }
    };
    new.map(entry).collect()
}

fn differences(one: &GroupDiffers) -> Vec<Difference> {
    let said = |attribute: &str, before: Option<String>, after: Option<String>| Difference {
        attribute: attribute.to_owned(),
        before,
        after,
    };
    let member = |one: &InGroup| one.user_name.clone().unwrap_or_else(|| one.account_id.clone());
    let named = one.named.iter().map(|named| said("name", Some(one.name.clone()), Some(named.clone())));
    let out = one.missing.iter().map(|one| said("member", Some(member(one)), None));
    let come = one.extra.iter().map(|one| said("member", None, Some(member(one))));
    named.chain(out).chain(come).collect()
}
