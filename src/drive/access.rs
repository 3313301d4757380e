//! Whose access a decision ends or gives, and who is seen without it: kept with entries of the audit log, so that the
//! time until the app confirms an end counts from the decision, whatever becomes of the operations.

use std::collections::{HashMap, HashSet};

use crate::audit::{Access, AuditEntry, Source};
use crate::directory::{Change, Directory, Observation};
use crate::domain::{AccountState, OpKind, PersonId, Time};
use crate::engine::Preview;
use crate::store::Batch;
use crate::verbs::concerned;

/// Marks the entries of everybody whose access turns, and of whose access that remained there is ended now; who has none
/// yet gets one, made from `blank`. They carry the blank's time, which is that of the operations committed with them.
pub(super) fn keep(
    entries: &mut Vec<AuditEntry>,
    preview: &Preview,
    (before, after): (&Directory, &Directory),
    blank: impl Fn() -> AuditEntry,
) {
    let mut turned = turned(before, after, &preview.decision.changes);
    remaining(preview, &mut turned);
    if turned.is_empty() {
        return;
    }
    let places: HashMap<PersonId, usize> =
        entries.iter().enumerate().filter_map(|(place, entry)| Some((entry.person?, place))).collect();
    for Turn { person, name, access, cause } in turned {
        let told = places.get(&person).and_then(|place| entries.get_mut(*place));
        if let Some(entry) = told {
            entry.access = Some(access);
            entry.time = blank().time;
            continue;
        }
        let detail = match access {
            Access::Given => "access given here",
            _ if cause.is_some() => "access that remains there is ended",
            _ => "access ended here",
        };
        let blank = blank();
        entries.push(AuditEntry {
            event: cause.unwrap_or(blank.event),
            person: Some(person),
            subject: name,
            detail: detail.to_owned(),
            access: Some(access),
            ..blank
        });
    }
}

/// Somebody whose access a decision ends or gives.
struct Turn {
    person: PersonId,
    name: String,
    access: Access,
    /// Why it was to end, where that was decided before.
    cause: Option<String>,
}

/// Who shall have access after these changes and did not before, and the other way round. Somebody of whom the app
/// never heard has none to lose, and is given nothing again.
fn turned(before: &Directory, after: &Directory, changes: &[Change]) -> Vec<Turn> {
    let people = concerned(before, changes);
    let turn = |id: PersonId| {
        let was = before.get(id)?;
        let shall = after.get(id).is_some_and(|now| now.shall_have_access());
        if was.remote_id().is_none() && was.operation().is_none() {
            return None;
        }
        let access = match (was.shall_have_access(), shall) {
            (true, false) => Access::Ended,
            (false, true) => Access::Given,
            _ => return None,
        };
        Some(Turn { person: id, name: was.user_name().to_owned(), access, cause: None })
    };
    people.into_iter().filter_map(turn).collect()
}

/// Whose access is ended by an operation of this plan though they were to have none before it either: it may have come
/// back there by another hand.
fn remaining(preview: &Preview, turned: &mut Vec<Turn>) {
    let known: HashSet<PersonId> = turned.iter().map(|turn| turn.person).collect();
    let ends = preview.plan.operations.iter().filter(|planned| planned.kind == OpKind::Deactivate);
    turned.extend(ends.filter(|planned| !known.contains(&planned.person)).map(|planned| Turn {
        person: planned.person,
        name: planned.user_name.clone(),
        access: Access::Ended,
        cause: Some(planned.cause.clone()),
    }));
}

/// Tells whose access is found ended there by what is about to be written: who was to have none and is seen without it
/// now, and whose access ends here when the app gave them none already. `here` is the directory before it.
pub(super) fn seen(here: &Directory, batch: &mut Batch) {
    // A 404 that came so soon after a push ends nothing yet.
    let too_soon = |id: PersonId, seen: &Observation| {
        seen.state == AccountState::Gone && here.get(id).is_some_and(|p| p.pushed_just_before(seen.at))
    };
    let gone: HashMap<PersonId, Time> = batch
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::Observed(id, seen) => {
                (without(seen.state) && !too_soon(*id, seen)).then_some((*id, seen.at))
            }
            _ => None,
        })
        .collect();
    let sends: HashSet<PersonId> = batch.operations.iter().map(|op| op.person).collect();
    let mut found: Vec<(PersonId, Time)> = Vec::new();
    let mut turned: HashSet<PersonId> = HashSet::new();
    for entry in &batch.audit {
        let (Some(id), Some(access)) = (entry.person, entry.access) else { continue };
        turned.insert(id);
        let Some(person) = here.get(id).filter(|_| access == Access::Ended) else { continue };
        let sent = person.operation().is_some_and(|(.., state)| state.sent());
        let there = person.has_access_there() && !gone.contains_key(&id);
        if !there && !sent && !sends.contains(&id) {
            found.push((id, entry.time));
        }
    }
    let remained = |id: &PersonId| {
        here.get(*id).is_some_and(|p| p.has_access_there() && !p.shall_have_access()) && !turned.contains(id)
    };
    found.extend(gone.iter().filter(|(id, _)| remained(id)).map(|(id, at)| (*id, *at)));
    if found.is_empty() {
        return;
    }
    found.sort_unstable();
    // What the look that found it says of them is marked; where it says nothing yet, it is said.
    let places: HashMap<PersonId, usize> = (0..)
        .zip(&batch.audit)
        .filter_map(|(place, entry)| Some((entry.person.filter(|_| entry.source == Source::Drift)?, place)))
        .collect();
    for (id, at) in found {
        let looked = places.get(&id).and_then(|place| batch.audit.get_mut(*place));
        match looked {
            Some(entry) => entry.access = Some(Access::NotThere),
            None => batch.audit.push(found_without(here, id, at)),
        }
    }
}

fn without(state: AccountState) -> bool {
    matches!(state, AccountState::None | AccountState::Inactive | AccountState::Gone)
}

fn found_without(here: &Directory, id: PersonId, at: Time) -> AuditEntry {
    AuditEntry {
        time: at,
        source: Source::Drift,
        event: "access ended there".to_owned(),
        person: Some(id),
        subject: here.get(id).map(|person| person.user_name().to_owned()).unwrap_or_default(),
        detail: "the app was found to give them no access".to_owned(),
        access: Some(Access::NotThere),
        ..AuditEntry::default()
    }
}
