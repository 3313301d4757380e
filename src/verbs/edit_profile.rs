//! The profile editor: attributes added, changed and removed. Nothing is sent.

use super::{
    Decision, Refusal, attribute_warning, check_attribute, check_role_value, known, named, values, words,
};
use crate::directory::{Change, Directory, PersonView};
use crate::domain::{Assignment, GroupAssignment, Member, ProfileAttribute, RoleValues};

pub(super) fn add(
    directory: &Directory,
    attribute: &ProfileAttribute,
    cause: &str,
) -> Result<Decision, Refusal> {
    let attribute = tidy(attribute);
    check(directory, &attribute, None)?;
    let last = u32::try_from(directory.attributes().len()).unwrap_or(u32::MAX);
    let mut decision = Decision::here(cause, vec![Change::Attribute(last, attribute.clone())]);
    say(directory, &attribute, false, &attribute.variable, &mut decision);
    // Values that people were given while there was another attribute of this name.
    never_sent(directory, &attribute, &attribute.variable, &mut decision)?;
    Ok(decision)
}

pub(super) fn set(
    directory: &Directory,
    variable: &str,
    attribute: &ProfileAttribute,
    cause: &str,
) -> Result<Decision, Refusal> {
    let Some(place) = directory.attributes().iter().position(|a| a.variable == variable) else {
        return Err(values::unknown(directory, variable));
    };
    let before = &directory.attributes()[place];
    let attribute = tidy(attribute);
    check(directory, &attribute, Some(variable))?;
    still_taken(directory, before, &attribute)?;
    let mut decision = Decision::here(cause, Vec::new());
    if *before == attribute {
        decision.say("All fields are as they were.");
        return Ok(decision);
    }
    if attribute.variable != variable {
        settled_queue(directory, variable)?;
        decision.changes.push(Change::AttributeDropped(variable.to_owned()));
        rename(directory, variable, &attribute.variable, &mut decision.changes);
        decision
            .say(format!("{variable} is called {} here from now on; nothing is sent.", attribute.variable));
    }
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    decision.changes.push(Change::Attribute(place, attribute.clone()));
    say(directory, &attribute, before.required, variable, &mut decision);
    if before.path() != attribute.path() || before.sendable() != attribute.sendable() {
        never_sent(directory, &attribute, variable, &mut decision)?;
        // Nothing is sent, but people who were true no longer are: that is looked at first.
        decision.confirm = !known::unsent(&after(directory, &decision), &attribute.variable).is_empty();
    }
    Ok(decision)
}

fn after(directory: &Directory, decision: &Decision) -> Directory {
    let mut after = directory.clone();
    after.apply_all(&decision.changes);
    after
}

/// An attribute writes another place of the app than before: what was pushed and found was another place's, so
/// whoever has a value becomes unsent.
fn never_sent(
    directory: &Directory,
    attribute: &ProfileAttribute,
    present: &str,
    decision: &mut Decision,
) -> Result<(), Refusal> {
    known::settled(directory, present)?;
    let mut after = after(directory, decision);
    let changes = known::elsewhere(&after, &[attribute]);
    after.apply_all(&changes);
    decision.changes.extend(changes);
    let unsent = known::unsent(&after, &attribute.variable).len();
    if unsent > 0 && attribute.sendable() {
        decision.say(format!(
            "{} a value of {} that was never sent there: unsent until Apply sends it.",
            words::count(unsent, "person has", "people have"),
            attribute.variable
        ));
    }
    Ok(())
}

pub(super) fn remove(directory: &Directory, variable: &str, cause: &str) -> Result<Decision, Refusal> {
    if directory.attribute(variable).is_none() {
        return Err(values::unknown(directory, variable));
    }
    let mut decision = Decision::here(cause, vec![Change::AttributeDropped(variable.to_owned())]);
    let has = |p: &PersonView<'_>| match p.known() {
        Some((.., theirs)) => theirs.roles.get(variable).is_some(),
        None => false,
    };
    let keep = directory.people().filter(has).count();
    // Nobody reads that attribute any more: what was found there must not look like a change by another hand.
    for person in directory.people() {
        decision.changes.extend(known::changed(&person, |known| known.forget_found(variable)));
    }
    if keep > 0 {
        decision.confirm = true;
        let who = words::count(keep, "person keeps", "people keep");
        decision
            .say(format!("{who} the present value of {variable} in the app; it is no longer managed here."));
    }
    Ok(decision)
}

fn check(directory: &Directory, attribute: &ProfileAttribute, editing: Option<&str>) -> Result<(), Refusal> {
    let errors = check_attribute(attribute, directory.attributes(), editing);
    if errors.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = errors.iter().take(5).map(|e| e.text.as_str()).collect();
    Err(Refusal::bad("bad_attribute", texts.join(" "), "Correct the named fields and save again."))
}

/// An operation in the queue names the attributes it writes: under a name that is gone it would write nothing.
fn settled_queue(directory: &Directory, variable: &str) -> Result<(), Refusal> {
    match directory.queue().total() as usize {
        0 => Ok(()),
        n => Err(Refusal::bad(
            "queue_not_empty",
            format!(
                "The queue holds {} that may write {variable}.",
                words::count(n, "operation", "operations")
            ),
            "Let the queue finish, or drop what stands still, and give the new name then.",
        )),
    }
}

/// Trims what is typed, and shows a value that has no words of its own as it is sent.
fn tidy(attribute: &ProfileAttribute) -> ProfileAttribute {
    let trim = |text: &str| text.trim().to_owned();
    let member = |m: &Member| match m.display.trim() {
        "" => Member::plain(&m.value),
        display => Member { display: display.to_owned(), value: m.value.clone() },
    };
    ProfileAttribute {
        variable: trim(&attribute.variable),
        display_name: trim(&attribute.display_name),
        external_name: trim(&attribute.external_name),
        external_namespace: attribute.external_namespace.as_deref().map(trim).filter(|urn| !urn.is_empty()),
        members: attribute.members.iter().map(member).collect(),
        ..attribute.clone()
    }
}

/// Refuses a change of list or type that some value in use would no longer fit.
fn still_taken(
    directory: &Directory,
    before: &ProfileAttribute,
    after: &ProfileAttribute,
) -> Result<(), Refusal> {
    let lost = |roles: &RoleValues| {
        let value = roles.get(&before.variable)?;
        let lost = check_role_value(before, value).is_ok() && check_role_value(after, value).is_err();
        lost.then(|| value.to_owned())
    };
    let own: Vec<String> = directory.people().filter_map(|p| p.individual_roles().and_then(lost)).collect();
    let groups: Vec<(String, &str)> = directory
        .assigned_groups()
        .into_iter()
        .filter_map(|g| Some((lost(&g.assignment.as_ref()?.roles)?, g.group.name.as_str())))
        .collect();
    let Some(value) = own.first().or_else(|| groups.first().map(|(value, _)| value)) else { return Ok(()) };
    let mut users = Vec::new();
    let people = own.iter().filter(|v| *v == value).count();
    if people > 0 {
        users.push(words::people(people));
    }
    let names: Vec<_> = groups.iter().filter(|(v, _)| v == value).map(|(_, name)| *name).collect();
    if !names.is_empty() {
        users.push(format!("{} ({})", words::count(names.len(), "group", "groups"), words::names(&names)));
    }
    Err(Refusal::bad(
        "member_in_use",
        format!("The value {value} of {} is in use by {}.", before.variable, users.join(" and ")),
        format!(
            "Replace it first: m in the Profile Editor, or scimdeck attribute replace {} {value:?} OTHER.",
            before.variable
        ),
    ))
}

/// Carries all that is known under the old name over to the new one: assignments, and what was sent and found,
/// because a name of ours that changes is no change of anybody's account.
fn rename(directory: &Directory, from: &str, to: &str, changes: &mut Vec<Change>) {
    let moved = |roles: &RoleValues| {
        let mut roles = roles.clone();
        let value = roles.0.remove(from)?;
        roles.0.insert(to.to_owned(), value);
        Some(roles)
    };
    for person in directory.people() {
        if let (Some(roles), Some((origin, since))) =
            (person.individual_roles().and_then(moved), person.individual_origin())
        {
            changes.push(Change::Assigned(person.id(), Assignment { roles, since, origin }));
        }
        changes.extend(known::changed(&person, |known| known.rename(from, to)));
    }
    for group in directory.assigned_groups() {
        let Some(assignment) = &group.assignment else { continue };
        if let Some(roles) = moved(&assignment.roles) {
            let assignment = GroupAssignment { roles, ..assignment.clone() };
            changes.push(Change::GroupAssigned(group.group.id, assignment));
        }
    }
}

fn say(
    directory: &Directory,
    attribute: &ProfileAttribute,
    was_required: bool,
    present: &str,
    decision: &mut Decision,
) {
    if let Some(text) = attribute_warning(attribute) {
        decision.say(text);
    }
    if !attribute.required || was_required {
        return;
    }
    let without: Vec<PersonView<'_>> =
        directory.people().filter(|p| p.assigned() && p.roles().get(present).is_none()).collect();
    if let Some(first) = without.first() {
        let through = named::giving_group(directory, first.kind()).map(|g| format!(" through {g}"));
        decision.say(format!(
            "{} assigned without a value of {}, for example {}{}; nothing more is sent for them until it is given.",
            words::people(without.len()),
            attribute.variable,
            first.user_name(),
            through.unwrap_or_default()
        ));
    }
}

#[cfg(test)]
#[path = "edit_profile_tests.rs"]
mod tests;
