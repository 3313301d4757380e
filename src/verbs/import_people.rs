//! Import people: a file's rows into the directory. Nothing is sent.
//!
//! A row means the person with its `external_id` where both have one, else the one with its `user_name` without
//! regard to case; a row that points at two people, and two rows for one person, are refused. Rules that the rows
//! follow: `assigned` = yes makes an Individual assignment with the row's roles; role values in a row without it
//! change an Individual assignment that is there, and are refused for anybody else, since a file shall not assign
//! by accident; `status` = deactivated ends the Individual assignment. A value set in the console since the last
//! import is kept. Protected people are guarded as in every decision.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::import_row::{Mark, Row};
use super::{Context, Decision, ImportOptions, ImportReport, PersonRecord, Refusal, Rejected};
use crate::directory::{Change, Directory, Note};
use crate::domain::{PersonId, Status};

/// Whom a row means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Target {
    Known(PersonId),
    New(String),
}

pub(super) fn decide(
    directory: &Directory,
    records: &[PersonRecord],
    options: &ImportOptions,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    let mut report =
        ImportReport { rejected: options.bad.clone(), ignored: options.ignored, ..Default::default() };
    let targets = targets(directory, records, &mut report.rejected);
    let mut changes = Vec::new();
    let mut said = Vec::new();
    let mut present = HashSet::new();
    for (record, target) in records.iter().zip(targets) {
        let Some(target) = target else { continue };
        let known = match &target {
            Target::Known(id) => directory.get(*id),
            Target::New(_) => None,
        };
        let id = known.map_or_else(|| context.ids.person(), |p| p.id());
        let row = Row { directory, options, record, known, id, now: context.now };
        let outcome = match row.decide() {
            Ok(outcome) => outcome,
            Err(reason) => {
                report.rejected.push(Rejected { line: record.line, reason });
                continue;
            }
        };
        present.insert(id);
        match outcome.mark {
            Mark::New => report.new += 1,
            Mark::Matched => report.matched += 1,
            Mark::Unchanged => report.unchanged += 1,
        }
        report.conflict += outcome.conflicts;
        said.extend(outcome.said);
        changes.extend(outcome.changes);
    }
    report.rejected.sort_by_key(|r| r.line);
    refuse_bad(options, records.len(), &report.rejected)?;
    for person in directory.people().filter(|p| p.status() != Status::Removed && !present.contains(&p.id())) {
        report.absent += 1;
        if options.whole && directory.note(person.id()).is_none() {
            let text = "absent from a people file that was everybody".to_owned();
            let note = Note { text, by: context.actor.to_owned(), at: context.now };
            changes.push(Change::Noted(person.id(), note));
        }
    }
    Ok(Decision { said, import: Some(report), ..Decision::here("people import", changes) })
}

/// A bad row refuses the file unless they are to be skipped; one that is everybody must not have any.
pub(super) fn refuse_bad(options: &ImportOptions, good: usize, rejected: &[Rejected]) -> Result<(), Refusal> {
    if rejected.is_empty() || options.skip_bad && !options.whole {
        return Ok(());
    }
    let (bad, all) = (rejected.len(), good.saturating_add(options.bad.len()));
    let next = if options.whole {
        "Correct them: a file that is everybody must not have a bad row."
    } else {
        "Correct them, or take the good rows with --skip-bad."
    };
    let (rows, are) = if bad == 1 { ("row", "is") } else { ("rows", "are") };
    let text = format!("{bad} of {all} {rows} {are} bad.");
    Err(Refusal { rejected: rejected.to_vec(), ..Refusal::bad("bad_rows", text, next) })
}

/// Whom each row means; none for a row that is refused here.
fn targets(
    directory: &Directory,
    records: &[PersonRecord],
    rejected: &mut Vec<Rejected>,
) -> Vec<Option<Target>> {
    let ids = external_ids(directory, records);
    let mut targets: Vec<Option<Target>> = records
        .iter()
        .map(|record| {
            target(directory, &ids, record)
                .map_err(|reason| rejected.push(Rejected { line: record.line, reason }))
                .ok()
        })
        .collect();
    let mut lines: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut seen: HashMap<Target, Vec<u64>> = HashMap::new();
    for (record, target) in records.iter().zip(&targets) {
        lines.entry(record.user_name.to_lowercase()).or_default().push(record.line);
        if let Some(target) = target {
            seen.entry(target.clone()).or_default().push(record.line);
        }
    }
    for (record, slot) in records.iter().zip(&mut targets) {
        let Some(target) = slot else { continue };
        let same = lines.get(&record.user_name.to_lowercase()).into_iter().chain(seen.get(target)).flatten();
        if let Some(other) = same.copied().find(|line| *line != record.line) {
            let reason = format!("line {other} is about the same person");
            rejected.push(Rejected { line: record.line, reason });
            *slot = None;
        }
    }
    targets
}

/// Everybody by the source's own id, when the file has any.
fn external_ids<'a>(directory: &'a Directory, records: &[PersonRecord]) -> HashMap<&'a str, Vec<PersonId>> {
    let mut ids: HashMap<&str, Vec<PersonId>> = HashMap::new();
    if records.iter().any(|r| given_id(r).is_some()) {
        for person in directory.people() {
            if let Some(id) = person.external_id() {
                ids.entry(id).or_default().push(person.id());
            }
        }
    }
    ids
}

fn given_id(record: &PersonRecord) -> Option<&str> {
    record.fields.external_id.as_deref().filter(|id| !id.is_empty())
}

fn target(
    directory: &Directory,
    ids: &HashMap<&str, Vec<PersonId>>,
    record: &PersonRecord,
) -> Result<Target, String> {
    let named = directory.find(&record.user_name);
    let same_id = given_id(record).and_then(|id| ids.get(id)).map_or(&[][..], Vec::as_slice);
    match (same_id, named) {
        ([], None) => Ok(Target::New(
            given_id(record)
                .map_or_else(|| format!("name {}", record.user_name.to_lowercase()), |id| format!("id {id}")),
        )),
        ([], Some(person)) => match (given_id(record), person.external_id()) {
            (Some(theirs), Some(ours)) => Err(format!(
                "user_name {} belongs here to external_id {ours}, the row says {theirs}",
                record.user_name
            )),
            _ => Ok(Target::Known(person.id())),
        },
        ([id], None) => Ok(Target::Known(*id)),
        ([id], Some(person)) if *id == person.id() => Ok(Target::Known(*id)),
        ([id], Some(person)) => Err(format!(
            "external_id points at {}, user_name at {}",
            directory.get(*id).map_or("somebody else", |p| p.user_name()),
            person.user_name()
        )),
        (several, _) => Err(format!("{} people here have this external_id", several.len())),
    }
}

#[cfg(test)]
#[path = "import_people_tests.rs"]
mod tests;
