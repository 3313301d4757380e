//! Reading the endpoint for the people a decision touches. Reads only.

use futures_util::StreamExt;
use futures_util::stream;

use super::finder::{self, Finder, LookUp};
use super::sweep;
use crate::directory::{Change, Directory, Observation, state_shown};
use crate::domain::{AccountState, Failure, FailureKind, PersonId, ProfileAttribute, Time};
use crate::endpoint::Endpoint;
use crate::engine::compare::Comparison;
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
            Ok(Some((findings, missing))) => {
                // Not on the list is no proof: only its own 404 is.
                let mut seen = one_by_one(endpoint, finder, directory, &missing, concurrency).await;
                seen.findings.0.extend(findings.0);
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
    let attributes = directory.attributes();
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
            (remote_id, who) => whom.push((person.id(), who, remote_id)),
        }
    }
    // One probes; a refused token or a dead endpoint is not asked once for each of them.
    let mut looks = whom.into_iter().map(|(id, who, remote_id)| async move {
        let finding = match (remote_id, who) {
            (Some(remote_id), _) => linked(endpoint, &remote_id, attributes).await,
            (None, Some(who)) => unlinked(finder, &who, attributes).await,
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
    matches!(kind, FailureKind::TokenRefused | FailureKind::Unreachable | FailureKind::SlowDown)
}

/// One pass over the list when that takes fewer requests than asking for each: what it found, and who of the linked
/// was not on it.
async fn by_list(
    endpoint: &Endpoint,
    finder: &Finder,
    directory: &Directory,
    people: &[PersonId],
) -> Result<Option<(Findings, Vec<PersonId>)>, Failure> {
    let total = finder.total().await.map_err(Failure::from)?;
    if total.is_none_or(|total| total / PAGE + 1 >= people.len() as u64 / 2) {
        return Ok(None);
    }
    let compared = sweep::whole(endpoint, Comparison::only(directory, people)).await?;
    Ok(Some((compared.findings, compared.missing)))
}

async fn linked(
    endpoint: &Endpoint,
    remote_id: &str,
    attributes: &[ProfileAttribute],
) -> Result<Finding, Failure> {
    Ok(match finder::read(endpoint, remote_id, attributes).await? {
        Some(found) => Finding::Account(Box::new(found)),
        None => Finding::Gone,
    })
}

async fn unlinked(
    finder: &Finder,
    who: &Identity,
    attributes: &[ProfileAttribute],
) -> Result<Finding, Failure> {
    match finder.look_up(who, false, attributes, &mut Vec::new()).await {
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
            if person.account() == state && same_values {
                return None;
            }
            let observation = Observation { state, values: values.cloned(), at: now };
            Some((*id, Change::Observed(*id, observation)))
        })
        .collect();
    changes.sort_by_key(|(id, _)| *id);
    changes.into_iter().map(|(_, change)| change).collect()
}
