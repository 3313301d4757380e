//! Undo: the inverse of what operations did. It is a decision like any other: shown, asked, under the brake.

use std::collections::BTreeMap;

use super::assign::individual;
use super::{Context, Decision, Refusal, named, values, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{
    AccountValues, Assignment, OpKind, OpState, Operation, Origin, Person, PersonId, RoleValues, Status,
    field,
};

/// Causes of lost access that an Individual assignment gives back.
const OWN_ENDINGS: [&str; 2] = ["app access removed", "undo"];
/// The cause of a change of values by which a person came under a group.
const CONVERTED: &str = "converted to group";

pub(super) fn decide(
    directory: &Directory,
    operations: &[Operation],
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    if operations.is_empty() {
        return Err(Refusal::bad(
            "nothing_to_undo",
            "Nothing was done that could be undone.",
            "Name a user, or an operation as results and the audit feed give it.",
        ));
    }
    let mut decision = Decision { confirm: true, ..Decision::here(cause, Vec::new()) };
    let mut scope = Vec::new();
    // Of several operations of one person only the last can be undone now.
    let mut latest: BTreeMap<PersonId, &Operation> = BTreeMap::new();
    for op in operations {
        let slot = latest.entry(op.person).or_insert(op);
        if op.id > slot.id {
            *slot = op;
        }
    }
    for (id, op) in latest {
        let Some(person) = directory.get(id) else {
            decision.say(format!("{} is not in the directory any more and is left out.", op.user_name));
            continue;
        };
        match undo(directory, &person, op, context) {
            Ok(Inverse { changes, said }) => {
                decision.changes.extend(changes);
                decision.say_of(id, said);
                scope.push(id);
            }
            Err(reason) => decision.left_out.push((id, reason)),
        }
    }
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

struct Inverse {
    changes: Vec<Change>,
    said: String,
}

fn undo(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    if op.state != OpState::Done {
        return Err(format!("{} was not done ({}): drop it instead", op.kind.word(), op.state.word()));
    }
    unchanged_since(person, op)?;
    match op.kind {
        OpKind::Create | OpKind::Link => end_access(directory, person),
        OpKind::Update => values_before(directory, person, op, context),
        OpKind::Deactivate => access_again(directory, person, op, context),
        OpKind::Reactivate => access_ends(directory, person, op),
    }
}

/// Undoing below a later change would take that one back too, unseen.
fn unchanged_since(person: &PersonView<'_>, op: &Operation) -> Result<(), String> {
    if let Some((_, kind, state)) = person.operation() {
        return Err(format!("has an {} {} since: settle or drop that first", kind.word(), state.word()));
    }
    let Some((sent, ..)) = person.known() else {
        return Err("is not linked any more".to_owned());
    };
    let later = person.confirmed_at().is_some_and(|at| at > op.updated_at);
    let pushed = op.intent.pushed();
    let moved = |a: &AccountValues, b: &AccountValues| {
        a.differences(b).iter().any(|d| op.intent.owned.has(&d.attribute))
    };
    if later || moved(&pushed, &sent) {
        return Err("was changed and pushed again since: undo the later change first".to_owned());
    }
    if moved(&sent, &person.wanted()) {
        return Err("was changed here since, and that is not sent yet".to_owned());
    }
    Ok(())
}

/// The app was given: it is taken away again. The account stays, without access.
fn end_access(directory: &Directory, person: &PersonView<'_>) -> Result<Inverse, String> {
    if let Some(group) = named::giving_group(directory, person.kind()) {
        return Err(format!("has the app through {group}: take them out of {group} instead"));
    }
    if person.individual_roles().is_none() {
        return Err("is not assigned any more".to_owned());
    }
    let said = format!("{} loses the app again; the account stays there without access.", person.user_name());
    Ok(Inverse { changes: vec![Change::Unassigned(person.id())], said })
}

/// Values of attributes that were written go back to what was pushed before.
fn values_before(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    let before = op.intent.before.as_ref().ok_or("what was there before is not known")?;
    let (mut changes, mut said) = (Vec::new(), Vec::new());
    let mut record = person.record();
    let mut roles = person.roles().clone();
    for name in op.intent.owned.iter() {
        if directory.attributes().iter().any(|a| a.variable == name) {
            roles.set(name, before.roles.get(name).unwrap_or(""));
        } else {
            text_before(&mut record, before, name);
        }
    }
    if record != person.record() {
        if let Some(other) = directory.find(&record.user_name).filter(|p| p.id() != person.id()) {
            return Err(format!("the user name {} is taken by now", other.user_name()));
        }
        said.push("profile fields".to_owned());
        changes.push(Change::Person(record));
    }
    if roles != *person.roles() {
        if let Some(group) = named::giving_group(directory, person.kind()).filter(|_| op.cause != CONVERTED) {
            return Err(format!("has the values through {group}: change the values of {group} instead"));
        }
        if let Some(reason) = values::lacking(directory, &roles) {
            return Err(reason);
        }
        said.push(words::roles(&roles));
        changes.push(Change::Assigned(person.id(), with_roles(directory, person, roles, context)));
    }
    if changes.is_empty() {
        return Err("nothing of it is left to undo".to_owned());
    }
    Ok(Inverse { changes, said: format!("{} goes back to: {}.", person.user_name(), said.join(", ")) })
}

fn with_roles(
    directory: &Directory,
    person: &PersonView<'_>,
    roles: RoleValues,
    context: &Context<'_>,
) -> Assignment {
    Assignment { roles, ..individual(directory, person, context) }
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

/// Access ended: the same account gets it back, with the earlier values.
fn access_again(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    let before = op.intent.before.as_ref().map(|b| b.roles.clone());
    let ended = person.kind() == AssignmentKind::None;
    let mut changes = Vec::new();
    if person.status() == Status::Active {
        if !ended {
            return Err("has the app again already".to_owned());
        }
        if !OWN_ENDINGS.contains(&op.cause.as_str()) {
            return Err("lost the app through a group: put them back into it, or assign the app".to_owned());
        }
    } else {
        changes.push(Change::Person(Person { status: Status::Active, ..person.record() }));
    }
    let mut shown = person.roles().clone();
    if ended {
        shown = before.unwrap_or(shown);
        let assignment = with_roles(directory, person, shown.clone(), context);
        changes.push(Change::Assigned(person.id(), Assignment { origin: Origin::Operator, ..assignment }));
    }
    if let Some(reason) = values::lacking(directory, &shown) {
        return Err(reason);
    }
    let said =
        format!("{} gets access back on the same account: {}.", person.user_name(), words::roles(&shown));
    Ok(Inverse { changes, said })
}

/// Access was given back: it ends again.
fn access_ends(directory: &Directory, person: &PersonView<'_>, op: &Operation) -> Result<Inverse, String> {
    if op.cause == "reactivated" || op.cause == "undo" {
        let record = Person { status: Status::Suspended, ..person.record() };
        let said =
            format!("{} is suspended again: access ends, assignment and roles are kept.", person.user_name());
        return Ok(Inverse { changes: vec![Change::Person(record)], said });
    }
    end_access(directory, person)
}

#[cfg(test)]
mod tests;
