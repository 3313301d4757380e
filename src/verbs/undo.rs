//! Undo: the inverse of what operations did. It is a decision like any other: shown, asked, under the brake.

mod beside;
mod earlier;
mod membership;

use std::collections::BTreeMap;

use earlier::{link_before, values_before};

use super::assign::individual;
use super::{Context, Decision, Refusal, named, values, words};
use crate::directory::{AssignmentKind, Change, Directory, GroupRow, PersonView};
use crate::domain::{
    AccountValues, Assignment, OpKind, OpState, Operation, Ours, Person, PersonId, RoleValues, Status,
    Undoable, typed,
};

pub(super) fn decide(
    directory: &Directory,
    undoable: &Undoable,
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let Undoable { operations, beside } = undoable;
    if undoable.is_empty() {
        return Err(Refusal::bad(
            "nothing_to_undo",
            "Nothing was done that could be undone.",
            "Name a user, or an operation as results and the audit feed give it.",
        ));
    }
    let mut decision = Decision { confirm: true, ..Decision::here(cause, Vec::new()) };
    if let Some(run) = one_run(operations) {
        decision.say(run);
    }
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
                if matches!(op.kind, OpKind::Update) {
                    // What it wrote goes back, and nothing else that waits goes along.
                    let names = op.intent.owned.iter().map(str::to_owned).collect();
                    decision.exactly.insert(id, names);
                }
                decision.changes.extend(changes);
                decision.say_of(id, said);
                scope.push(id);
            }
            Err(reason) => decision.left_out.push((id, reason)),
        }
    }
    beside::take_back(directory, beside, operations.is_empty(), context, &mut decision)?;
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

/// Which run this takes back, where the operations are all of one: without names nobody knows otherwise.
fn one_run(operations: &[Operation]) -> Option<String> {
    let (first, rest) = operations.split_first()?;
    let same = |op: &Operation| (op.created_at, &op.actor) == (first.created_at, &first.actor);
    (!rest.is_empty() && rest.iter().all(same)).then(|| {
        format!("What the run of {} did ({}, {}) is taken back.", first.created_at, first.cause, first.actor)
    })
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
    match op.state {
        OpState::Done => {}
        OpState::Cancelled => return Err("was given up or replaced before it was sent".to_owned()),
        state => {
            let (kind, who) = (op.kind.word(), typed(person.user_name()));
            let state = state.word();
            return Err(format!("{kind} was not done ({state}): drop it instead: scimdeck drop {who}"));
        }
    }
    unchanged_since(person, op)?;
    if let Some(inverse) = membership::back(directory, person, op) {
        return Ok(inverse);
    }
    match op.kind {
        OpKind::Create => end_access(directory, person),
        OpKind::Link => link_before(directory, person, op, context),
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
        let command = format!("scimdeck member remove {} {}", typed(group), typed(person.user_name()));
        return Err(format!("has the app through {group}: take them out of it instead: {command}"));
    }
    if person.individual_roles().is_none() {
        return Err("is not assigned any more".to_owned());
    }
    let said = format!("{} loses the app again; the account stays there without access.", person.user_name());
    Ok(Inverse { changes: vec![Change::Unassigned(person.id())], said })
}

fn with_roles(
    directory: &Directory,
    person: &PersonView<'_>,
    roles: RoleValues,
    context: &Context<'_>,
) -> Assignment {
    Assignment { roles, ..individual(directory, person, context) }
}

/// Access ended: the same account gets it back, as our side had given it.
fn access_again(
    directory: &Directory,
    person: &PersonView<'_>,
    op: &Operation,
    context: &Context<'_>,
) -> Result<Inverse, String> {
    let ours = op.intent.ours_then();
    if !op.intent.had_access() && (op.intent.before.is_some() || ours.is_some()) {
        let who = typed(person.user_name());
        return Err(format!(
            "was not to have access here before either; if they shall have it: scimdeck reactivate {who}, or \
             scimdeck assign {who}"
        ));
    }
    let mut changes = Vec::new();
    if person.status() != Status::Active {
        changes.push(Change::Person(Person { status: Status::Active, ..person.record() }.into()));
    }
    let mut shown = person.roles().clone();
    let mut unsure = "";
    if person.kind() == AssignmentKind::None {
        let assignment = match ours {
            Some(Ours { individual: Some(was), .. }) => was.clone(),
            Some(Ours { group, .. }) => {
                return Err(through_group(person, group.and_then(|id| directory.group(id))));
            }
            None => {
                unsure = " Whether they had the app by themselves or through a group was not kept: they get it by \
                          an Individual assignment with the values last sent.";
                let before = op.intent.before.as_ref().map(|before| before.roles.clone());
                with_roles(directory, person, before.unwrap_or_else(|| shown.clone()), context)
            }
        };
        shown = assignment.roles.clone();
        changes.push(Change::Assigned(person.id(), assignment));
    }
    if changes.is_empty() {
        return Err("has the app again already".to_owned());
    }
    if let Some(reason) = not_taken(directory, person, &shown) {
        return Err(reason);
    }
    let said = format!(
        "{} gets access back on the same account: {}.{unsure}",
        person.user_name(),
        words::roles(&shown)
    );
    Ok(Inverse { changes, said })
}

/// What somebody had came from a group, and only the group gives it again.
fn through_group(person: &PersonView<'_>, group: Option<&GroupRow>) -> String {
    let name = group.map_or("a group", |row| row.group.name.as_str());
    let not_assigned = |row: &&GroupRow| row.assignment.is_none() && row.members.contains(&person.id());
    let who = typed(person.user_name());
    let (group_word, given) =
        group.map_or(("GROUP".into(), None), |row| (typed(name), row.assignment.as_ref()));
    match group.filter(not_assigned) {
        Some(_) => format!(
            "had the app through {name}, which is not assigned any more; to assign it again: scimdeck assign --group \
             {group_word} --role ATTRIBUTE=VALUE"
        ),
        None => {
            let back = format!("scimdeck member add {group_word} {who}");
            let also = if given.is_some() { "" } else { ", and the group has to be assigned again" };
            format!(
                "had the app through {name}; to put them back into it: {back}{also}; or: scimdeck assign {who}"
            )
        }
    }
}

/// Why the values of before cannot be given again, and what makes them possible: a value that went off the list takes
/// its place again where the one that came for it was given instead.
fn not_taken(directory: &Directory, person: &PersonView<'_>, roles: &RoleValues) -> Option<String> {
    let reason = values::lacking(directory, roles)?;
    let off = directory.attributes().iter().find_map(|attribute| {
        let (was, is) = (roles.get(&attribute.variable)?, person.roles().get(&attribute.variable)?);
        let back = [is, was].map(typed).join(" ");
        let command = format!("scimdeck attribute replace {} {back}", typed(&attribute.variable));
        let off = !attribute.members.is_empty() && attribute.rank(was).is_none();
        (off && was != is).then_some(command)
    });
    Some(match off {
        Some(command) => {
            format!("{reason}, or let the one of before take its place again for all: {command}")
        }
        None => reason,
    })
}

/// Access was given back: it ends again, by the way it had ended before.
fn access_ends(directory: &Directory, person: &PersonView<'_>, op: &Operation) -> Result<Inverse, String> {
    let ours = op.intent.ours_then();
    if op.intent.ours.is_some() && op.intent.had_access() {
        let who = typed(person.user_name());
        return Err(format!(
            "was to have access before it too; if they shall not have it: scimdeck suspend {who}"
        ));
    }
    if ours.is_some_and(|ours| ours.status == Status::Active) {
        return end_access(directory, person);
    }
    let status = ours.map_or(Status::Suspended, |ours| ours.status);
    let mut changes = vec![Change::Person(Person { status, ..person.record() }.into())];
    let had_none = ours.is_some_and(|ours| ours.individual.is_none());
    let kept = if had_none && person.individual_roles().is_some() {
        changes.push(Change::Unassigned(person.id()));
        "the assignment ends with it"
    } else {
        "assignment and roles are kept"
    };
    let (name, word) = (person.user_name(), status.word());
    let said = match (ours, &op.intent.ours) {
        (None, Some(_)) => format!(
            "{name} is {word}: access ends, {kept}. Whether they were suspended, deactivated or not assigned \
             before was not kept."
        ),
        _ => format!("{name} is {word} again: access ends, {kept}."),
    };
    Ok(Inverse { changes, said })
}

#[cfg(test)]
mod tests;
