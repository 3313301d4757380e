//! Reading the endpoint for the people a decision touches. Reads only.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::stream;

use super::finder::{self, Finder, LookUp};
use super::sweep;
use crate::directory::{Change, Directory, Observation, PersonView, state_shown};
use crate::domain::{AccountState, Failure, FailureKind, OpKind, OpState, PersonId, Time, UniqueIdentifier};
use crate::endpoint::Endpoint;
use crate::engine::compare::{Compared, Comparison};
use crate::engine::finder::{Told, witnesses};
use crate::engine::wire::{self, Identity, Wire};
use crate::engine::{Finding, Findings};

/// Up to this many people are always read one by one.
const FEW: usize = 20;
/// So many looks that failed end the rest.
const MOST_FAILURES: u32 = 3;
/// Rows of a page.
const PAGE: u64 = 100;

/// What a look brought, and the first thing that went wrong.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) findings: Findings,
    pub(super) failure: Option<Failure>,
}

/// Looks for these people's accounts: one by one, or by one pass over the list where that is less.
pub(super) async fn people(
    endpoint: &Endpoint,
    finder: &Finder,
    directory: &Directory,
    people: &[PersonId],
    concurrency: usize,
) -> Seen {
    finder.forget().await;
    if people.len() > FEW {
        match by_list(endpoint, finder, directory, people).await {
            Ok(None) => {}
            Ok(Some(mut compared)) => {
                // Not on the list is no proof: only its own 404 is.
                let missing = std::mem::take(&mut compared.missing);
                let mut seen = one_by_one(endpoint, finder, directory, &missing, concurrency).await;
                compared.hear(&seen.findings);
                seen.failure = seen.failure.or_else(|| compared.unfit());
                let absent = |id: &PersonId| compared.findings.0.get(id) == Some(&Finding::Absent);
                let sent = |id: &PersonId| directory.get(*id).is_some_and(|p| sent_before(&p).is_some());
                let again: Vec<PersonId> =
                    people.iter().copied().filter(|id| absent(id) && sent(id)).collect();
                let again = one_by_one(endpoint, finder, directory, &again, concurrency).await;
                seen.failure = seen.failure.or(again.failure);
                seen.findings.0.extend(compared.findings.0);
                seen.findings.0.extend(again.findings.0);
                // Those by whom the list was tried are not asked about.
                let asked: HashSet<PersonId> = people.iter().copied().collect();
                seen.findings.0.retain(|id, _| asked.contains(id));
                return seen;
            }
            Err(failure) => {
                // It is the same for everybody: one failed request is enough.
                let unknown = people.iter().map(|id| (*id, Finding::Unknown(failure.text.clone())));
                return Seen { findings: Findings(unknown.collect()), failure: Some(failure) };
            }
        }
    }
    one_by_one(endpoint, finder, directory, people, concurrency).await
}

/// Looks for each of these people's accounts.
pub(super) async fn one_by_one(
    endpoint: &Endpoint,
    finder: &Finder,
    directory: &Directory,
    people: &[PersonId],
    concurrency: usize,
) -> Seen {
    let mut seen = Seen::default();
    let wire = Wire::of(directory.connection());
    let mut whom = Vec::new();
    for person in people.iter().filter_map(|id| directory.get(*id)) {
        match (person.remote_id().map(str::to_owned), wire.identity(&person.wanted())) {
            (None, None) => {
                let field = wire::words(wire.unique_identifier);
                let why = format!("{} has no {field} to look for.", person.user_name());
                seen.findings.0.insert(person.id(), Finding::Unknown(why));
            }
            (remote_id, who) => whom.push((person.id(), who, sent_before(&person), remote_id)),
        }
    }
    // One probes; a refused token or a dead endpoint is not asked once for each of them.
    let mut looks = whom.into_iter().map(|(id, who, or, remote_id)| async move {
        let finding = match (remote_id, who) {
            (Some(remote_id), who) => linked(endpoint, finder, (&remote_id, who), directory).await,
            (None, Some(who)) => unlinked(finder, &who, or.as_ref(), directory).await,
            (None, None) => Ok(Finding::Absent),
        };
        (id, finding)
    });
    let first = stream::iter(looks.next()).then(|look| look);
    let others = stream::iter(looks).buffer_unordered(concurrency.max(1));
    let mut results = std::pin::pin!(first.chain(others));
    let mut failures = 0;
    while failures < MOST_FAILURES
        && let Some((id, finding)) = results.next().await
    {
        let finding = finding.unwrap_or_else(|failure| {
            failures += if of_all(failure.kind) { MOST_FAILURES } else { 1 };
            let text = failure.text.clone();
            seen.failure.get_or_insert(failure);
            Finding::Unknown(text)
        });
        seen.findings.0.insert(id, finding);
    }
    if let Some(failure) = &seen.failure {
        for id in people {
            seen.findings.0.entry(*id).or_insert_with(|| Finding::Unknown(failure.text.clone()));
        }
    }
    seen
}

/// Whether everybody's look would fail in the same way.
fn of_all(kind: FailureKind) -> bool {
    use FailureKind::{Elsewhere, SlowDown, TokenRefused, Unreachable};
    matches!(kind, TokenRefused | Unreachable | SlowDown | Elsewhere)
}

/// One pass over the list when that takes fewer requests than asking for each. Some linked people are looked for on it
/// whoever it is about, since a list without them proves nobody's absence.
async fn by_list(
    endpoint: &Endpoint,
    finder: &Finder,
    directory: &Directory,
    people: &[PersonId],
) -> Result<Option<Compared>, Failure> {
    let total = finder.total().await.map_err(Failure::from)?;
    if total.is_none_or(|total| total / PAGE + 1 >= people.len() as u64 / 2) {
        return Ok(None);
    }
    let mut whom = people.to_vec();
    whom.extend(witnesses(directory));
    whom.sort_unstable();
    whom.dedup();
    Ok(Some(sweep::whole(endpoint, Comparison::only(directory, &whom)).await?))
}

async fn linked(
    endpoint: &Endpoint,
    finder: &Finder,
    (remote_id, who): (&str, Option<Identity>),
    directory: &Directory,
) -> Result<Finding, Failure> {
    if let Some(found) = finder::read(endpoint, remote_id, directory.attributes()).await? {
        finder.sees_linked();
        return Ok(Finding::Account(Box::new(found)));
    }
    match finder.gone(remote_id, who, &|| directory.clone()).await {
        Told::Gone { .. } => Ok(Finding::Gone),
        Told::Elsewhere(failure) | Told::Failed(failure) => Err(failure),
    }
}

/// What else an account of somebody may be found by: our own externalId, where a create was sent whose end nobody saw.
/// It may have been done long after it was looked up, under a name that the app changed.
fn sent_before(person: &PersonView<'_>) -> Option<Identity> {
    let (_, kind, state) = person.operation()?;
    let made = matches!(kind, OpKind::Create | OpKind::Link);
    let sent = made && state != OpState::Queued && person.remote_id().is_none();
    if sent { Identity::of(UniqueIdentifier::ExternalId, &person.wanted()) } else { None }
}

async fn unlinked(
    finder: &Finder,
    who: &Identity,
    or: Option<&Identity>,
    directory: &Directory,
) -> Result<Finding, Failure> {
    match finder
        .look_for(who, or, false, (directory.attributes(), &|| directory.clone()), &mut Vec::new())
        .await
    {
        LookUp::Absent => Ok(Finding::Absent),
        LookUp::One(found) => Ok(Finding::Account(found)),
        LookUp::Several(found) => Ok(Finding::Several(found.into_iter().map(|f| f.account).collect())),
        LookUp::Unclear(failure) | LookUp::Failed(failure) => Err(failure),
    }
}

/// What the directory learns from findings: only where they say something it does not know yet.
pub(super) fn learned(directory: &Directory, findings: &Findings, now: Time) -> Vec<Change> {
    let mut changes: Vec<(PersonId, Change)> = findings
        .0
        .iter()
        .filter_map(|(id, finding)| {
            let person = directory.get(*id)?;
            let finding = finding.whole(directory.attributes());
            let (state, values) = match finding.as_ref() {
                Finding::Account(found) => {
                    (state_shown(person.account(), found.account.values.active), Some(&found.account.values))
                }
                Finding::Absent => (AccountState::None, None),
                Finding::Gone => (AccountState::Gone, None),
                Finding::Several(_) | Finding::Unknown(_) | Finding::Row(_) => return None,
            };
            let theirs = person.known().map(|(_, _, theirs)| theirs);
            let same_values = theirs.is_none() || values.is_none() || theirs.as_ref() == values;
            // A 404 that came too soon after a push to be believed is believed once it is said again.
            let now_gone = state == AccountState::Gone && person.has_access_there();
            // So is drift: what is there then is not of the moment after our own push any more.
            let now_theirs = person.drift_may_be_ours() && !person.pushed_just_before(now);
            if person.account() == state && same_values && !now_gone && !now_theirs {
                return None;
            }
            let observation = Observation { state, values: values.cloned(), at: now };
            Some((*id, Change::Observed(*id, observation.into())))
        })
        .collect();
    changes.sort_by_key(|(id, _)| *id);
    changes.into_iter().map(|(_, change)| change).collect()
}

#[cfg(test)]
mod tests;
