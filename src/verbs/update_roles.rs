//! Role edits, of people and of a group's assignment. Only the attributes the operator changed are carried; the
//! others keep what the app has, and `active` is never touched.

use std::collections::BTreeMap;

use super::assign::individual;
use super::{Context, Decision, Refusal, named, reach, values, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{GroupAssignment, GroupId, PersonId, Status};

pub(super) fn people(
    directory: &Directory,
    people: &[PersonId],
    given: &BTreeMap<String, String>,
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    values::check_edit(directory, given)?;
    let mut decision = Decision::here(cause, Vec::new());
    let mut scope = Vec::new();
    for person in named::people(directory, people)? {
        if let Some(reason) = unfit(&person) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        let mut assignment = individual(directory, &person, context);
        for (variable, value) in given {
            assignment.roles.set(variable, value);
        }
        if let Some(reason) = values::lacking(directory, &assignment.roles) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        let name = person.user_name();
        if let Some(group) = named::giving_group(directory, person.kind()) {
            decision.confirm = true;
            let values = words::roles(&assignment.roles);
            let text = format!(
                "{name} gets an Individual assignment with the other values of {group} copied: {values}. \
                 {group} no longer decides them."
            );
            decision.say_of(person.id(), text);
        }
        match unsendable(&person) {
            None => scope.push(person.id()),
            Some(why) => decision.say_of(person.id(), format!("{name} {why}")),
        }
        if person.individual_roles() != Some(&assignment.roles) {
            decision.changes.push(Change::Assigned(person.id(), assignment));
        }
    }
    decision.exactly = exactly(given, &scope);
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

/// Only what was given is written.
fn exactly(given: &BTreeMap<String, String>, people: &[PersonId]) -> BTreeMap<PersonId, Vec<String>> {
    let names: Vec<String> = given.keys().cloned().collect();
    people.iter().map(|id| (*id, names.clone())).collect()
}

fn unfit(person: &PersonView<'_>) -> Option<String> {
    match (person.status(), person.kind()) {
        (Status::Deactivated | Status::Removed, _) => named::away(person),
        (_, AssignmentKind::None) => Some("is not assigned; assign the app first".to_owned()),
        _ => None,
    }
}

/// Why the new values do not go out now: a role edit neither makes an account nor writes to one whose owner is away.
fn unsendable(person: &PersonView<'_>) -> Option<&'static str> {
    if person.status() == Status::Suspended {
        return Some("is suspended here: the new values are sent on reactivation.");
    }
    (!known_there(person)).then_some("is not provisioned: the new values are sent by Provision User.")
}

/// Whether there is an account, or one is about to be made: that one must not be made with the earlier values.
fn known_there(person: &PersonView<'_>) -> bool {
    person.remote_id().is_some() || person.operation().is_some_and(|(.., state)| state.moving())
}

pub(super) fn group(
    directory: &Directory,
    id: GroupId,
    given: &BTreeMap<String, String>,
    cause: &str,
) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    let Some(assignment) = &group.assignment else {
        return Err(Refusal::bad(
            "group_not_assigned",
            format!("{name} is not assigned to the app."),
            format!("Assign the app to {name} with these values."),
        ));
    };
    values::check_edit(directory, given)?;
    let mut roles = assignment.roles.clone();
    for (variable, value) in given {
        roles.set(variable, value);
    }
    if let Some(reason) = values::lacking(directory, &roles) {
        return Err(Refusal::bad("role_missing", format!("{name}: {reason}."), "Give that value too."));
    }
    let changes = match roles == assignment.roles {
        true => Vec::new(),
        false => vec![Change::GroupAssigned(id, GroupAssignment { roles, ..assignment.clone() })],
    };
    // Who is meant are all whom the group gives their values, those whose value only the app has moved included.
    let sendable =
        |p: &PersonView<'_>| p.kind() == AssignmentKind::Group(id) && p.shall_have_access() && known_there(p);
    let members = group.members.iter().filter_map(|m| directory.get(*m)).filter(sendable);
    let scope: Vec<PersonId> = members.map(|p| p.id()).collect();
    let reached = reach::touched(directory, &changes);
    let exactly = exactly(given, &scope);
    let mut decision = Decision { exactly, ..Decision::touching(cause, changes, scope) };
    decision.confirm = !decision.people().is_empty();
    if let Some(text) = reached.sentence() {
        decision.say(format!("Through {name}: {text}"));
    }
    let own =
        group.members.iter().filter_map(|m| directory.get(*m)).filter(|p| p.individual_roles().is_some());
    match own.count() {
        0 => {}
        n => decision
            .say(format!("{} of {name} with an Individual assignment keep their own.", words::people(n))),
    }
    Ok(decision)
}

#[cfg(test)]
#[path = "update_roles_tests.rs"]
mod tests;
