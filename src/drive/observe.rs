//! Reading the endpoint for the people a decision touches. Reads only.

use futures_util::StreamExt;
use futures_util::stream;

use super::finder::{self, Finder, LookUp, Pass};
use crate::directory::{Change, Directory, Observation};
use crate::domain::{AccountState, AccountValues, Failure, FailureKind, PersonId, ProfileAttribute, Time};
use crate::endpoint::Endpoint;
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
    let attributes = directory.attributes();
    finder.forget().await;
    let mut seen = Seen::default();
    let pass = match whole_list(finder, attributes, people.len()).await {
        Ok(pass) => pass,
        Err(failure) => {
            // It is the same for everybody: one failed request is enough.
            let unknown = people.iter().map(|id| (*id, Finding::Unknown(failure.text.clone())));
            return Seen { findings: Findings(unknown.collect()), failure: Some(failure) };
        }
    };
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
    let mut looks = whom.into_iter().map(|(id, who, remote_id)| {
        let pass = pass.as_deref();
        async move {
            let finding = match (remote_id, who) {
                (Some(remote_id), _) => linked(endpoint, &remote_id, pass, attributes).await,
                (None, Some(who)) => unlinked(finder, &who, pass, attributes).await,
                (None, None) => Ok(Finding::Absent),
            };
            (id, finding)
        }
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

/// A pass over everybody when that takes fewer requests than asking for each.
async fn whole_list(
    finder: &Finder,
    attributes: &[ProfileAttribute],
    people: usize,
) -> Result<Option<std::sync::Arc<Pass>>, Failure> {
    if people <= FEW {
        return Ok(None);
    }
    let total = finder.total().await.map_err(Failure::from)?;
    if total.is_some_and(|total| total / PAGE + 1 < people as u64 / 2) {
        return finder.everybody(attributes).await.map(Some).map_err(Failure::from);
    }
    Ok(None)
}

async fn linked(
    endpoint: &Endpoint,
    remote_id: &str,
    pass: Option<&Pass>,
    attributes: &[ProfileAttribute],
) -> Result<Finding, Failure> {
    if let Some(found) = pass.and_then(|pass| pass.id(remote_id)) {
        return Ok(Finding::Account(Box::new(found.clone())));
    }
    // Not on the list is no proof: only its own 404 is.
    Ok(match finder::read(endpoint, remote_id, attributes).await? {
        Some(found) => Finding::Account(Box::new(found)),
        None => Finding::Gone,
    })
}

async fn unlinked(
    finder: &Finder,
    who: &Identity,
    pass: Option<&Pass>,
    attributes: &[ProfileAttribute],
) -> Result<Finding, Failure> {
    let found = match pass {
        Some(pass) => pass.find(who),
        None => finder.look_up(who, false, attributes, &mut Vec::new()).await,
    };
    match found {
        LookUp::Absent => Ok(Finding::Absent),
        LookUp::One(found) => Ok(Finding::Account(found)),
        LookUp::Several(found) => Ok(Finding::Several(found.into_iter().map(|f| f.account).collect())),
        LookUp::Failed(failure) => Err(failure),
    }
}

/// What the directory learns from findings: only where they say something it does not know yet.
pub(super) fn learned(directory: &Directory, findings: &Findings, now: Time) -> Vec<Change> {
    let mut changes: Vec<(PersonId, Change)> = findings
        .0
        .iter()
        .filter_map(|(id, finding)| {
            let person = directory.get(*id)?;
            let (state, values) = match finding {
                Finding::Account(found) => {
                    (state_of(person.account(), &found.account.values), Some(&found.account.values))
                }
                Finding::Absent => (AccountState::None, None),
                Finding::Gone => (AccountState::Gone, None),
                Finding::Several(_) | Finding::Unknown(_) => return None,
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

/// An endpoint says active of somebody invited too: only the feed tells when that is over.
fn state_of(known: AccountState, values: &AccountValues) -> AccountState {
    match (values.active, known) {
        (true, AccountState::Invited) => AccountState::Invited,
        (true, _) => AccountState::Active,
        (false, _) => AccountState::Inactive,
    }
}
