//! Import groups: a file's memberships into the directory. Nothing is sent.
//!
//! Groups that are not here are made; a row for somebody who is not here is refused. Members absent from the file
//! stay, unless it is whole: then those of the groups it names are taken out, but for people whose access would
//! end by that. They stay and are put on the list, because a file shall not take access away.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::import_people::refuse_bad;
use super::{Context, Decision, GroupRecord, ImportOptions, ImportReport, Refusal, Rejected, Said};
use crate::directory::{AssignmentKind, Change, Directory, GroupRow, Note};
use crate::domain::{Group, GroupId, PersonId, Status};

pub(super) fn decide(
    directory: &Directory,
    records: &[GroupRecord],
    options: &ImportOptions,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    let mut report =
        ImportReport { rejected: options.bad.clone(), ignored: options.ignored, ..Default::default() };
    let mut changes = Vec::new();
    let mut groups: BTreeMap<String, GroupId> =
        directory.groups().into_iter().map(|g| (g.group.name.to_lowercase(), g.group.id)).collect();
    let mut named: BTreeSet<GroupId> = BTreeSet::new();
    let mut members: HashSet<(GroupId, PersonId)> = HashSet::new();
    for record in records {
        let person = directory.find(&record.user_name).filter(|p| p.status() != Status::Removed);
        let Some(person) = person else {
            let reason = format!("nobody here has the user_name {}", record.user_name);
            report.rejected.push(Rejected { line: record.line, reason });
            continue;
        };
        let group = *groups.entry(record.group.to_lowercase()).or_insert_with(|| {
            let group = Group { id: context.ids.group(), name: record.group.clone() };
            let id = group.id;
            changes.push(Change::Group(group));
            id
        });
        named.insert(group);
        if !members.insert((group, person.id())) || person.groups().contains(&group) {
            report.unchanged += 1;
        } else {
            report.new += 1;
            changes.push(Change::Member(group, person.id()));
        }
    }
    report.rejected.sort_by_key(|r| r.line);
    refuse_bad(options, records.len(), &report.rejected)?;
    let mut said = Vec::new();
    let mut dropped: HashSet<(GroupId, PersonId)> = HashSet::new();
    for row in named.iter().filter_map(|id| directory.group(*id)) {
        for person in row.members.iter().filter(|p| !members.contains(&(row.group.id, **p))) {
            report.absent += 1;
            if !options.whole {
                continue;
            }
            dropped.insert((row.group.id, *person));
            if ends_access(directory, row, *person, &dropped, &members) {
                dropped.remove(&(row.group.id, *person));
                let text =
                    format!("absent from a file that was all of {}; would lose the app", row.group.name);
                let name = directory.get(*person).map_or("", |view| view.user_name());
                said.push(Said { person: Some(*person), text: format!("{name}: {text}, and stays in it") });
                if directory.note(*person).is_none() {
                    let note = Note { text, by: context.actor.to_owned(), at: context.now };
                    changes.push(Change::Noted(*person, note));
                }
            } else {
                report.matched += 1;
                changes.push(Change::MemberDropped(row.group.id, *person));
            }
        }
    }
    Ok(Decision { said, import: Some(report), ..Decision::here("groups import", changes) })
}

/// Whether nothing gives the app any more to somebody who has it through groups.
fn ends_access(
    directory: &Directory,
    from: &GroupRow,
    person: PersonId,
    dropped: &HashSet<(GroupId, PersonId)>,
    members: &HashSet<(GroupId, PersonId)>,
) -> bool {
    let Some(view) = directory.get(person) else { return false };
    let gives = |id: &GroupId| directory.group(*id).is_some_and(|g| g.assignment.is_some());
    from.assignment.is_some()
        && matches!(view.kind(), AssignmentKind::Group(_))
        && !view.groups().iter().any(|g| gives(g) && !dropped.contains(&(*g, person)))
        && !members.iter().any(|(g, p)| *p == person && gives(g))
}

#[cfg(test)]
#[path = "import_groups_tests.rs"]
mod tests;
