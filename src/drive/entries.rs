//! What was decided here, in the audit log: about whom or what, the values before and after, and what was typed for it.

use std::collections::BTreeMap;

use super::touched::touched;
use super::{access, imported};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory};
use crate::domain::{Difference, GroupId, PersonId, Time};
use crate::engine::Preview;
use crate::verbs::{Command, Decision};

/// The entries of a decision that is about to be committed at this time; `before` is the directory without it.
pub(super) fn of(
    preview: &Preview,
    before: &Directory,
    at: Time,
    actor: &str,
    reason: Option<&str>,
) -> Vec<AuditEntry> {
    let decision = &preview.decision;
    let blank = || AuditEntry {
        time: at,
        source: source(&preview.command),
        event: decision.cause.clone(),
        actor: actor.to_owned(),
        reason: reason.map(str::to_owned),
        ..AuditEntry::default()
    };
    let mut entries = typed(preview, blank());
    let decides = decides(decision);
    let mut after = before.clone();
    after.apply_all(&decision.changes);
    if decides && decision.import.is_some() {
        entries.extend(import(preview, before, &blank));
    } else if decides {
        let named = people(decision, (before, &after), &blank);
        if named.is_empty() || decision.changes.iter().any(is_other) {
            entries.push(AuditEntry {
                subject: subject(decision, before),
                detail: about(preview),
                changes: group_changes(decision, before),
                ..blank()
            });
        }
        entries.extend(named);
    }
    entries.extend(given_up(preview, before, &blank));
    access::keep(&mut entries, preview, (before, &after), blank);
    entries
}

/// Whether it changes anything here. A look that taught nothing is no event: imports may run every hour.
fn decides(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| !matches!(change, Change::Swept(_)))
}

fn source(command: &Command) -> Source {
    match command {
        Command::ImportPeople(..) | Command::ImportGroups(..) | Command::ImportAccounts(_) => Source::Import,
        _ => Source::Console,
    }
}

/// The brake's number and the names of protected people: whoever typed them answers for it.
fn typed(preview: &Preview, blank: AuditEntry) -> Vec<AuditEntry> {
    let mut entries = Vec::new();
    if let Some(number) = preview.plan.brake.held {
        entries.push(AuditEntry {
            event: "brake released".to_owned(),
            detail: format!("the number {number} was given: {}", preview.plan.brake.text),
            ..blank.clone()
        });
    }
    if !preview.typed.is_empty() {
        entries.push(AuditEntry {
            event: "protection released".to_owned(),
            subject: preview.typed.join(", "),
            detail: "the user name was typed".to_owned(),
            ..blank
        });
    }
    entries
}

/// An import: its counts, and whom it linked.
fn import(preview: &Preview, before: &Directory, blank: &impl Fn() -> AuditEntry) -> Vec<AuditEntry> {
    let Some(import) = &preview.decision.import else { return Vec::new() };
    let detail = format!(
        "{} new, {} changed, {} unchanged, {} absent, {} rejected",
        import.new,
        import.matched,
        import.unchanged,
        import.absent,
        import.rejected.len()
    );
    let mut entries = vec![AuditEntry { detail, ..blank() }];
    for (id, subject, remote_id) in imported::linked(preview, before) {
        let detail = format!("linked with the account {remote_id}; nothing was sent");
        let remote_id = Some(remote_id.to_owned());
        entries.push(AuditEntry { person: Some(id), subject, detail, remote_id, ..blank() });
    }
    entries
}

/// One entry for each person that the decision is about, with what their account shall be before and after it.
fn people(
    decision: &Decision,
    (before, after): (&Directory, &Directory),
    blank: &impl Fn() -> AuditEntry,
) -> Vec<AuditEntry> {
    let touched = touched(&decision.changes);
    if touched.is_empty() {
        return Vec::new();
    }
    let groups = groups_of(decision, before);
    let said: BTreeMap<PersonId, &str> =
        decision.said.iter().filter_map(|said| Some((said.person?, said.text.as_str()))).collect();
    let entry = |id: PersonId| {
        let (was, is) = (before.get(id), after.get(id));
        let subject = was.or(is).map(|p| p.user_name().to_owned()).unwrap_or_default();
        let changes = match (was, is) {
            (Some(was), Some(is)) => was.wanted().differences(&is.wanted()),
            _ => Vec::new(),
        };
        let mut detail = said.get(&id).map_or_else(|| decision.cause.clone(), |text| (*text).to_owned());
        if let Some(groups) = groups.get(&id) {
            detail.push_str(&format!(" ({})", groups.join(", ")));
        }
        AuditEntry { person: Some(id), subject, detail, changes, ..blank() }
    };
    touched.into_iter().map(entry).collect()
}

/// Operations of theirs that were dropped without a change here.
fn given_up(preview: &Preview, before: &Directory, blank: &impl Fn() -> AuditEntry) -> Vec<AuditEntry> {
    let decision = &preview.decision;
    if decides(decision) {
        return Vec::new();
    }
    let entry = |id: &PersonId| {
        let person = before.get(*id)?;
        let (_, kind, _) = person.operation()?;
        let detail = format!("what was queued ({}) is not sent", kind.word());
        Some(AuditEntry { person: Some(*id), subject: person.user_name().to_owned(), detail, ..blank() })
    };
    decision.cancel.iter().filter_map(entry).collect()
}

/// Whether a change is about something else than a person.
fn is_other(change: &Change) -> bool {
    matches!(
        change,
        Change::Group(_)
            | Change::GroupDropped(_)
            | Change::GroupAssigned(..)
            | Change::GroupUnassigned(_)
            | Change::GroupPushed(..)
            | Change::GroupPushDropped(_)
            | Change::Attribute(..)
            | Change::AttributeDropped(_)
            | Change::Connection(_)
    )
}

/// The group of a change, by its name.
fn group_name(change: &Change, before: &Directory) -> Option<String> {
    let named = |id: &GroupId| before.group(*id).map(|row| row.group.name.clone());
    match change {
        Change::Group(group) => Some(group.name.clone()),
        Change::GroupDropped(id)
        | Change::GroupAssigned(id, _)
        | Change::GroupUnassigned(id)
        | Change::GroupPushed(id, _)
        | Change::GroupPushDropped(id)
        | Change::Member(id, _)
        | Change::MemberDropped(id, _) => named(id),
        _ => None,
    }
}

/// The groups that people join or leave by it.
fn groups_of(decision: &Decision, before: &Directory) -> BTreeMap<PersonId, Vec<String>> {
    let mut groups: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for change in &decision.changes {
        if let Change::Member(_, id) | Change::MemberDropped(_, id) = change
            && let Some(name) = group_name(change, before)
        {
            groups.entry(*id).or_default().push(name);
        }
    }
    groups
}

/// What it is about besides people: groups, attributes, protected people.
fn subject(decision: &Decision, before: &Directory) -> String {
    let mut names: Vec<String> = Vec::new();
    for change in decision.changes.iter().filter(|change| is_other(change)) {
        let name = match change {
            Change::Attribute(_, attribute) => vec![attribute.variable.clone()],
            Change::AttributeDropped(variable) => vec![variable.clone()],
            Change::Connection(settings) => {
                let old = &before.connection().protected;
                let all = old.iter().chain(&settings.protected);
                let moved = all.filter(|id| old.contains(*id) != settings.protected.contains(*id));
                let names: Vec<String> =
                    moved.filter_map(|id| before.get(*id).map(|p| p.user_name().to_owned())).collect();
                if names.is_empty() { vec![settings.name.clone()] } else { names }
            }
            other => group_name(other, before).into_iter().collect(),
        };
        for name in name {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.join(", ")
}

/// The values that groups give and their priority, before and after.
fn group_changes(decision: &Decision, before: &Directory) -> Vec<Difference> {
    let mut changes = Vec::new();
    for change in &decision.changes {
        let (id, given) = match change {
            Change::GroupAssigned(id, given) => (id, Some(given)),
            Change::GroupUnassigned(id) => (id, None),
            _ => continue,
        };
        let was = before.group(*id).and_then(|row| row.assignment.as_ref());
        let mut names: Vec<&String> =
            was.into_iter().chain(given).flat_map(|one| one.roles.0.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let mut put = |attribute: &str, before: Option<String>, after: Option<String>| {
            if before != after {
                changes.push(Difference { attribute: attribute.to_owned(), before, after });
            }
        };
        put("priority", was.map(|one| one.priority.to_string()), given.map(|one| one.priority.to_string()));
        for name in names {
            let value = |one: Option<&crate::domain::GroupAssignment>| {
                one.and_then(|one| one.roles.get(name)).map(str::to_owned)
            };
            put(name, value(was), value(given));
        }
    }
    changes
}

/// What the one entry about the whole says: of settings, which they are.
fn about(preview: &Preview) -> String {
    let decision = &preview.decision;
    let said = decision.said.iter().find(|said| said.person.is_none());
    match (&preview.command, said) {
        (Command::ConnectionSet(_), Some(said)) => said.text.clone(),
        _ => decision.cause.clone(),
    }
}
