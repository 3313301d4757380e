//! Values that were written go back to what was there before, and the assignment with them.

use super::super::{Context, named, words};
use super::{Inverse, end_access, not_taken, with_roles};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{
    AccountValues, Assignment, Base, Operation, Person, RoleValues, Winner, field, typed, winner,
};

/// An account that had access before it was linked gets its own values back; one that had none loses access again.
pub(super) fn link_before(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    match &op.intent.base {
        Base::Account(theirs) if theirs.active => {
            values_before(directory, person, op, context).map_err(|why| {
                if why == NOTHING_LEFT {
                    let who = typed(person.user_name());
                    format!("was only linked, no value was written: unlink it instead: scimdeck unlink {who}")
                } else {
                    why
                }
            })
        }
        _ => end_access(directory, person),
    }
}

/// What an attribute goes back to: what was there before the write. Where the app had it so already, what we had
/// pushed before.
fn there_before(op: &Operation) -> Option<AccountValues> {
    let intent = &op.intent;
    match (&intent.base, &intent.before) {
        (Base::Account(theirs), Some(pushed)) if intent.same(theirs, &intent.pushed()) => {
            Some(pushed.clone())
        }
        (Base::Account(theirs), _) => Some((**theirs).clone()),
        (_, pushed) => pushed.clone(),
    }
}

/// Values of attributes that were written go back to what was there before; an assignment that the decision made or
/// ended goes back with them.
pub(super) fn values_before(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    let before = there_before(op).ok_or("what was there before is not known")?;
    let (mut changes, mut said) = (Vec::new(), Vec::new());
    let mut record = person.record();
    let mut roles = person.roles().clone();
    for name in op.intent.owned.iter() {
        if directory.attributes().iter().any(|a| a.variable == name) {
            roles.set(name, before.roles.get(name).unwrap_or(""));
        } else {
            text_before(&mut record, &before, name);
        }
    }
    if record != person.record() {
        if let Some(other) = directory.find(&record.user_name).filter(|p| p.id() != person.id()) {
            return Err(format!("the user name {} is taken by now", other.user_name()));
        }
        said.push("profile fields".to_owned());
        changes.push(Change::Person(record.into()));
    }
    let moved = roles != *person.roles();
    match tie_before(directory, person, op, &roles, moved, context)? {
        Some(Tie::Own(assignment)) => {
            if let Some(reason) = not_taken(directory, person, &assignment.roles) {
                return Err(reason);
            }
            said.push(words::roles(&assignment.roles));
            changes.push(Change::Assigned(person.id(), assignment));
        }
        Some(Tie::Group(name)) => {
            said.push(format!("the values of {name}, {}", words::roles(&roles)));
            changes.push(Change::Unassigned(person.id()));
        }
        None => {}
    }
    if changes.is_empty() {
        return Err(NOTHING_LEFT.to_owned());
    }
    Ok(Inverse { changes, said: format!("{} goes back to: {}.", person.user_name(), said.join(", ")) })
}

const NOTHING_LEFT: &str = "nothing of it is left to undo";

/// What gives the app again after an undo.
enum Tie<'a> {
    /// An Individual assignment.
    Own(Assignment),
    /// A group, by its name: the Individual one ends.
    Group(&'a str),
}

/// The assignment that gives these values again; none where it stays as it is.
fn tie_before<'a>(
    directory: &'a Directory,
    person: &PersonView<'_>,
    op: &Operation,
    roles: &RoleValues,
    moved: bool,
    context: &Context<'_>,
) -> Result<Option<Tie<'a>>, String> {
    let ours = op.intent.ours.as_deref();
    let own = || with_roles(directory, person, roles.clone(), context);
    match (ours.map(|ours| ours.individual.as_ref()), person.kind()) {
        // A conversion to the group: it is taken back by the assignment that was.
        (Some(Some(was)), AssignmentKind::Group(_)) => {
            Ok(Some(Tie::Own(Assignment { roles: roles.clone(), ..was.clone() })))
        }
        (Some(None), AssignmentKind::Individual) => {
            let given = group_below(directory, person).filter(|(_, given)| *given == roles);
            match given {
                Some((name, _)) => Ok(Some(Tie::Group(name))),
                None => Ok(moved.then(|| Tie::Own(own()))),
            }
        }
        _ if !moved => Ok(None),
        _ => match named::giving_group(directory, person.kind()) {
            Some(group) => {
                // They had others then: by other values of the group, or by an assignment of their own that a file
                // or a decision which was given up ended.
                let moved =
                    roles.0.iter().filter(|(name, value)| person.roles().get(name) != Some(value.as_str()));
                let values: String =
                    moved.map(|(name, value)| format!(" {}={}", typed(name), typed(value))).collect();
                let who = typed(person.user_name());
                Err(format!(
                    "has the values through {group}: change the values of {group}: scimdeck role --group {}{values}; or \
                     give them their own ({}): scimdeck role {who}{values}",
                    typed(group),
                    words::roles(roles)
                ))
            }
            None => Ok(Some(Tie::Own(own()))),
        },
    }
}

/// The group that would give the app without the Individual assignment, and its values.
fn group_below<'a>(directory: &'a Directory, person: &PersonView<'_>) -> Option<(&'a str, &'a RoleValues)> {
    let rows: Vec<_> = person.groups().iter().filter_map(|id| directory.group(*id)).collect();
    let given = rows.iter().filter_map(|row| Some((row.group.id, row.assignment.as_ref()?)));
    match winner(None, given)? {
        Winner::Group(id, given) => directory.group(id).map(|row| (row.group.name.as_str(), &given.roles)),
        Winner::Individual(_) => None,
    }
}

fn text_before(person: &mut Person, before: &AccountValues, name: &str) {
    let slot = match name {
        field::USER_NAME => &mut person.user_name,
        field::GIVEN_NAME => &mut person.given_name,
        field::FAMILY_NAME => &mut person.family_name,
        field::DISPLAY_NAME => &mut person.display_name,
        field::TITLE => &mut person.title,
        field::DEPARTMENT => &mut person.department,
        field::EMAIL => {
            // An e-mail that only repeats the user name is not kept here.
            person.email =
                if before.email == before.user_name { String::new() } else { before.email.clone() };
            return;
        }
        field::EXTERNAL_ID => {
            let own = before.external_id == person.id.to_string();
            person.external_id = (!own).then(|| before.external_id.clone());
            return;
        }
        _ => return,
    };
    if let Some((_, value)) = before.texts().into_iter().find(|(n, _)| *n == name) {
        value.clone_into(slot);
    }
}
