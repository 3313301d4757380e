//! What was decided here, in the audit log: about whom or what, the values before and after, and what was typed for it.

mod moved;

use std::collections::BTreeMap;

use super::check::{THERE_AGAIN, there_again};
use super::touched::touched;
use super::{access, imported};
use crate::audit::{Access, AuditEntry, Source};
use crate::directory::{Change, Directory};
use crate::domain::{GroupId, OpKind, PersonId, Time};
use crate::engine::Preview;
use crate::engine::compare::{Orphan, twice_words};
use crate::verbs::{Command, Decision};

/// The entries of a decision that is about to be committed at this time, with the directory `before` and `after` it.
pub(super) fn of(
    preview: &Preview,
    (before, after): (&Directory, &Directory),
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
    if decides && decision.import.is_some() {
        entries.extend(import(preview, before, &blank));
    } else if decides {
        let named = people(decision, (before, after), &blank);
        if named.is_empty() || decision.changes.iter().any(is_other) {
            entries.push(AuditEntry {
                subject: subject(decision, before),
                detail: about(preview),
                changes: moved::of_others(&decision.changes, before),
                ..blank()
            });
        }
        entries.extend(named);
    }
    entries.extend(given_up(preview, before, &blank));
    entries.extend(tried_again(preview, before, &blank));
    entries.extend(twice(preview, before, &blank));
    access::keep(&mut entries, preview, (before, after), blank);
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
    let (subject, from) = source_of(preview, before);
    let mut entries = vec![AuditEntry { subject, detail: detail + &from, ..blank() }];
    for (id, subject, remote_id) in imported::linked(preview, before) {
        let detail = format!("linked with the account {remote_id}; nothing was sent");
        let remote_id = Some(remote_id.to_owned());
        entries.push(AuditEntry { person: Some(id), subject, detail, remote_id, ..blank() });
    }
    for change in &preview.decision.changes {
        if let Change::Observed(id, seen) = change
            && let Some(person) = before.get(*id).filter(|person| there_again(person, seen.state))
        {
            let (event, subject) = (THERE_AGAIN.to_owned(), person.user_name().to_owned());
            let detail = "the linked account, which had answered 404, is on the list again".to_owned();
            entries.push(AuditEntry { person: Some(*id), event, subject, detail, ..blank() });
        }
    }
    entries
}

/// What an import was taken from, as its subject, and what tells it from another of that name.
fn source_of(preview: &Preview, before: &Directory) -> (String, String) {
    match &preview.command {
        Command::ImportPeople(_, options) | Command::ImportGroups(_, options) => {
            options.file.as_ref().map_or_else(Default::default, |file| {
                (file.name.clone(), format!("; {} bytes, SHA-256 {}", file.bytes, file.sha256))
            })
        }
        Command::ImportAccounts(import) => {
            let there = before.connection();
            let subject = format!("{} at {}", there.name, there.base_url);
            (subject, format!("; {} accounts were read", import.found.accounts.len()))
        }
        _ => Default::default(),
    }
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
        let groups = groups.get(&id).map_or(&[][..], Vec::as_slice);
        let changes = moved::of_person(groups, id, (before, after));
        let mut detail = said.get(&id).map_or_else(|| decision.cause.clone(), |text| (*text).to_owned());
        if !groups.is_empty() {
            let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
            detail.push_str(&format!(" ({})", names.join(", ")));
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
        let access = (kind == OpKind::Deactivate).then_some(Access::Dropped);
        Some(AuditEntry {
            person: Some(*id),
            subject: person.user_name().to_owned(),
            detail,
            access,
            ..blank()
        })
    };
    decision.cancel.iter().filter_map(entry).collect()
}

/// Operations that failed and are tried again on somebody's word.
fn tried_again(preview: &Preview, before: &Directory, blank: &impl Fn() -> AuditEntry) -> Vec<AuditEntry> {
    if !matches!(preview.command, Command::Retry(_)) {
        return Vec::new();
    }
    let entry = |id: PersonId| {
        let person = before.get(id)?;
        let (operation, kind, _) = person.operation()?;
        let detail = format!("what failed ({} {operation}) is tried again", kind.word());
        Some(AuditEntry { person: Some(id), subject: person.user_name().to_owned(), detail, ..blank() })
    };
    preview.plan.operations.iter().filter_map(|planned| entry(planned.person)).collect()
}

/// People for whom nothing could be planned, since several accounts there fit.
fn twice(preview: &Preview, before: &Directory, blank: &impl Fn() -> AuditEntry) -> Vec<AuditEntry> {
    let entry = |(id, accounts): &(PersonId, Vec<Orphan>)| {
        let subject = before.get(*id)?.user_name().to_owned();
        let ids: Vec<&str> = accounts.iter().map(|account| account.account_id.as_str()).collect();
        let detail = format!("{}; nothing was sent", twice_words(&ids));
        Some(AuditEntry { event: "twice there".to_owned(), person: Some(*id), subject, detail, ..blank() })
    };
    preview.twice.iter().filter_map(entry).collect()
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
            | Change::GroupPushDropped(..)
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
        | Change::GroupPushDropped(id, _)
        | Change::Member(id, _)
        | Change::MemberDropped(id, _) => named(id),
        _ => None,
    }
}

/// The groups that people join or leave by it, and which of the two.
fn groups_of(decision: &Decision, before: &Directory) -> BTreeMap<PersonId, Vec<(String, bool)>> {
    let mut groups: BTreeMap<PersonId, Vec<(String, bool)>> = BTreeMap::new();
    for change in &decision.changes {
        if let Change::Member(_, id) | Change::MemberDropped(_, id) = change
            && let Some(name) = group_name(change, before)
        {
            groups.entry(*id).or_default().push((name, matches!(change, Change::Member(..))));
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

/// What the one entry about the whole says: of settings, which they are.
fn about(preview: &Preview) -> String {
    let decision = &preview.decision;
    let said = decision.said.iter().find(|said| said.person.is_none());
    match (&preview.command, said) {
        (Command::ConnectionSet(_), Some(said)) => said.text.clone(),
        _ => decision.cause.clone(),
    }
}
