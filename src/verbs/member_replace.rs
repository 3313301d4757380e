//! A value of an enumerated list is replaced by another, for all who have it, and taken off the list. A value that
//! is not on the list yet takes the other's place there.

use super::{Context, Decision, Refusal, check_attribute, check_role_value, reach, values, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{Assignment, GroupAssignment, Member, ProfileAttribute, RoleValues};

pub(super) fn decide(
    directory: &Directory,
    variable: &str,
    from: &str,
    to: &str,
    cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let Some(place) = directory.attributes().iter().position(|a| a.variable == variable) else {
        return Err(values::unknown(directory, variable));
    };
    let before = &directory.attributes()[place];
    let (from, to) = (from.trim(), to.trim());
    let uses = moved(directory, variable, from, to);
    check_from(before, from, uses.is_empty())?;
    let after = check_to(directory, before, from, to)?;
    let mut changes = Vec::new();
    if after != *before {
        changes.push(Change::Attribute(u32::try_from(place).unwrap_or(u32::MAX), after.clone()));
    }
    let used = uses.len();
    changes.extend(uses);
    let reached = reach::touched(directory, &changes);
    let exactly = reached.roles_moved(directory);
    let mut decision = Decision { exactly, ..Decision::touching(cause, changes, reached.people) };
    decision.confirm = used > 0;
    say(directory, before, from, to, &mut decision);
    Ok(decision)
}

fn check_from(attribute: &ProfileAttribute, from: &str, unused: bool) -> Result<(), Refusal> {
    if !unused || attribute.rank(from).is_some() {
        return Ok(());
    }
    let text = match attribute.near_miss(from) {
        Some(right) => {
            format!("{} has no value {from}; did you mean {right}? Values match exactly.", attribute.variable)
        }
        None => format!("{} has no value {from}, and nobody has it.", attribute.variable),
    };
    Err(Refusal::bad("bad_value", text, "Name the value that shall go as it stands in the list."))
}

/// The attribute with the new list.
fn check_to(
    directory: &Directory,
    before: &ProfileAttribute,
    from: &str,
    to: &str,
) -> Result<ProfileAttribute, Refusal> {
    let bad = |text: String| Refusal::bad("bad_value", text, "Name another value that takes its place.");
    if to.is_empty() || from == to {
        return Err(bad(format!("Nothing takes the place of {from}.")));
    }
    let mut after = before.clone();
    let place = after.rank(from);
    if after.members.is_empty() || after.rank(to).is_some() {
        after.members.retain(|m| m.value != from);
    } else {
        let others = ProfileAttribute {
            members: before.members.iter().filter(|m| m.value != from).cloned().collect(),
            ..before.clone()
        };
        if let Some(right) = others.near_miss(to) {
            let name = &before.variable;
            return Err(bad(format!(
                "{name} has no value {to}; did you mean {right}? Values match exactly."
            )));
        }
        match place.and_then(|at| after.members.get_mut(at)) {
            Some(member) => *member = Member::plain(to),
            None => after.members.push(Member::plain(to)),
        }
    }
    check_role_value(&after, to).map_err(bad)?;
    let errors = check_attribute(&after, directory.attributes(), Some(&before.variable));
    match errors.first() {
        Some(error) => Err(bad(error.text.clone())),
        None => Ok(after),
    }
}

/// All assignments that give the value, with the other one.
fn moved(directory: &Directory, variable: &str, from: &str, to: &str) -> Vec<Change> {
    let other = |roles: &RoleValues| {
        (roles.get(variable) == Some(from)).then(|| {
            let mut roles = roles.clone();
            roles.set(variable, to);
            roles
        })
    };
    let own = directory.people().filter_map(|person| {
        let (roles, (origin, since)) = (other(person.individual_roles()?)?, person.individual_origin()?);
        Some(Change::Assigned(person.id(), Assignment { roles, since, origin }))
    });
    let groups = directory.assigned_groups().into_iter().filter_map(|group| {
        let assignment = group.assignment.as_ref()?;
        let roles = other(&assignment.roles)?;
        Some(Change::GroupAssigned(group.group.id, GroupAssignment { roles, ..assignment.clone() }))
    });
    own.chain(groups).collect()
}

fn say(directory: &Directory, before: &ProfileAttribute, from: &str, to: &str, decision: &mut Decision) {
    let variable = before.variable.as_str();
    let has = |p: &PersonView<'_>| p.roles().get(variable) == Some(from);
    let people = directory.people().filter(|p| p.assigned() && has(p)).count();
    let groups = decision.changes.iter().filter(|c| matches!(c, Change::GroupAssigned(..))).count();
    let mut users = words::people(people);
    if groups > 0 {
        users.push_str(&format!(" and {}", words::count(groups, "group", "groups")));
    }
    decision.say(match (before.rank(from), before.rank(to)) {
        (Some(old), Some(new)) if new < old => {
            format!("{from} -> {to} raises {users}; {from} leaves the list.")
        }
        (Some(_), Some(_)) => format!("{from} -> {to} lowers {users}; {from} leaves the list."),
        (Some(_), None) => format!("{to} takes the place of {from} in the list, for {users}."),
        (None, _) => format!("{from} is on no list any more: {users} get {to}."),
    });
    let later = people - decision.people().len().min(people);
    if later > 0 {
        decision.say(format!(
            "{} no account that can be written now: {to} is sent when they are provisioned or come back.",
            words::count(later, "person of them has", "people of them have")
        ));
    }
    let gone = directory.people().filter(|p| p.kind() == AssignmentKind::None && has(p)).count();
    if gone > 0 {
        decision.say(format!(
            "{} had {from} before; it is asked for another value when the app is assigned again.",
            words::people(gone)
        ));
    }
}

#[cfg(test)]
#[path = "member_replace_tests.rs"]
mod tests;
