//! What a command is about: the people its changes touch, and what an operator set by hand with it.

use std::collections::HashSet;

use crate::directory::Change;
use crate::domain::PersonId;
use crate::verbs::{Command, PersonFields};

/// What an operator set by hand: the next people file does not silently take it back. Fields by column name.
pub(super) fn set_here(command: &Command) -> Vec<(PersonId, String)> {
    let of = |people: &[PersonId], fields: Vec<String>| {
        people.iter().flat_map(|id| fields.iter().map(|field| (*id, field.clone()))).collect()
    };
    match command {
        Command::Assign { people, roles } => of(people, roles.0.keys().cloned().collect()),
        Command::Role { people, values } => of(people, values.keys().cloned().collect()),
        Command::SetStatus { people, .. } => of(people, vec!["status".to_owned()]),
        Command::Unassign(people) => of(people, vec!["assigned".to_owned()]),
        Command::PersonSet { person: Some(person), fields } => of(&[*person], named(fields)),
        _ => Vec::new(),
    }
}

fn named(fields: &PersonFields) -> Vec<String> {
    let given = [
        ("user_name", fields.user_name.is_some()),
        ("given_name", fields.given_name.is_some()),
        ("family_name", fields.family_name.is_some()),
        ("display_name", fields.display_name.is_some()),
        ("email", fields.email.is_some()),
        ("title", fields.title.is_some()),
        ("department", fields.department.is_some()),
        ("external_id", fields.external_id.is_some()),
    ];
    given.into_iter().filter(|(_, set)| *set).map(|(name, _)| name.to_owned()).collect()
}

/// The people that changes are about, each once, in order.
pub(super) fn touched(changes: &[Change]) -> Vec<PersonId> {
    let mut seen = HashSet::new();
    let people = changes.iter().filter_map(|change| match change {
        Change::Person(person) => Some(person.id),
        Change::PersonDropped(id)
        | Change::Member(_, id)
        | Change::MemberDropped(_, id)
        | Change::Assigned(id, _)
        | Change::Unassigned(id)
        | Change::LinkDropped(id)
        | Change::Noted(id, _)
        | Change::NoteDropped(id) => Some(*id),
        _ => None,
    });
    people.filter(|id| seen.insert(*id)).collect()
}
