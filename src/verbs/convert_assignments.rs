//! Convert assignments: Individual to Group, so that the roles follow the group, and back.

use super::assign::individual;
use super::{Context, Convertees, Decision, Refusal, move_words, named, reach, role_moves, values, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{Difference, GroupId, PersonId, RoleValues};

/// What becomes of somebody whose Individual assignment is converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The group that gives the values then.
    pub group: GroupId,
    /// Its name.
    pub group_name: String,
    /// The role values that move, in the profile's order; none when the group gives the same.
    pub moves: Vec<Difference>,
}

/// What converting would do for somebody.
///
/// # Errors
/// Why they cannot be converted, in words that follow their name.
pub fn convertible(directory: &Directory, person: &PersonView<'_>) -> Result<Conversion, String> {
    let Some(own) = person.individual_roles() else {
        return Err(match named::giving_group(directory, person.kind()) {
            Some(group) => format!("has the app through {group} already"),
            None => "is not assigned".to_owned(),
        });
    };
    let rows = person.groups().iter().filter_map(|id| directory.group(*id));
    let first = rows
        .filter_map(|row| Some((row, row.assignment.as_ref()?)))
        .min_by_key(|(row, assignment)| (assignment.priority, row.group.id));
    let Some((row, assignment)) = first else {
        return Err("is in no group that the app is assigned to".to_owned());
    };
    if let Some(reason) = values::lacking(directory, &assignment.roles) {
        return Err(format!("would get the values of {}, and there {reason}", row.group.name));
    }
    Ok(Conversion {
        group: row.group.id,
        group_name: row.group.name.clone(),
        moves: role_moves(directory.attributes(), own, &assignment.roles),
    })
}

pub(super) fn decide(directory: &Directory, whom: &Convertees, cause: &str) -> Result<Decision, Refusal> {
    let people = match whom {
        Convertees::Named(ids) => named::people(directory, ids)?,
        Convertees::All => directory.people().filter(|p| p.individual_roles().is_some()).collect(),
    };
    let (mut changes, mut said, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for person in people {
        match convertible(directory, &person) {
            Ok(conversion) => {
                said.push((person.id(), sentence(directory, &person, &conversion)));
                changes.push(Change::Unassigned(person.id()));
            }
            Err(reason) => left_out.push((person.id(), reason)),
        }
    }
    let reached = reach::touched(directory, &changes);
    let exactly = reached.roles_moved(directory);
    let mut decision = Decision { exactly, ..Decision::touching(cause, changes, reached.people) };
    let n = said.len();
    decision.set = said.iter().map(|(id, _)| (*id, "assigned".to_owned())).collect();
    for (id, text) in said {
        decision.say_of(id, text);
    }
    if *whom == Convertees::All {
        // Nobody was named: who has no group to go to is counted, and is no failure.
        keep(&mut decision, &left_out);
    } else {
        decision.left_out = left_out;
    }
    decision.confirm = n > 0;
    decision.done = (n > 0).then(|| {
        format!("{} converted: roles follow the group now.", words::count(n, "assignment", "assignments"))
    });
    Ok(decision)
}

fn keep(decision: &mut Decision, left_out: &[(PersonId, String)]) {
    if decision.changes.is_empty() {
        decision.say("Nobody with an Individual assignment is in a group that the app is assigned to.");
        return;
    }
    let mut reasons = std::collections::BTreeMap::<&str, usize>::new();
    for (_, reason) in left_out {
        *reasons.entry(reason).or_default() += 1;
    }
    for (reason, n) in reasons {
        let who = words::people(n);
        decision.say(format!("Not converted: {who}, each {reason}."));
    }
}

/// "ana: workato_role Admin -> Operator (lowered) through Engineering".
fn sentence(directory: &Directory, person: &PersonView<'_>, conversion: &Conversion) -> String {
    let (name, group) = (person.user_name(), &conversion.group_name);
    if conversion.moves.is_empty() {
        let values = own_words(person);
        return format!("{name}: {values} as before, through {group} from now on.");
    }
    let moves = move_words(directory.attributes(), &conversion.moves);
    let end = match person.status() {
        crate::domain::Status::Active => String::new(),
        status => format!(" ({} here: sent on reactivation)", status.word()),
    };
    format!("{name}: {moves} through {group}{end}.")
}

fn own_words(person: &PersonView<'_>) -> String {
    words::roles(person.individual_roles().unwrap_or(&RoleValues::default()))
}

pub(super) fn back(
    directory: &Directory,
    people: &[PersonId],
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        let AssignmentKind::Group(_) = person.kind() else {
            let reason = match person.kind() {
                AssignmentKind::Individual => "has an Individual assignment already",
                _ => "is not assigned",
            };
            decision.left_out.push((person.id(), reason.to_owned()));
            continue;
        };
        let assignment = individual(directory, &person, context);
        let group = named::giving_group(directory, person.kind()).unwrap_or_default();
        let text = format!(
            "{} keeps {}, from now on by an Individual assignment; {group} no longer decides them.",
            person.user_name(),
            words::roles(&assignment.roles)
        );
        decision.say_of(person.id(), text);
        let columns = assignment.roles.0.keys().cloned().chain(["assigned".to_owned()]);
        decision.set.extend(columns.map(|column| (person.id(), column)));
        decision.changes.push(Change::Assigned(person.id(), assignment));
    }
    let n = decision.changes.len();
    decision.done = (n > 0).then(|| {
        let count = words::count(n, "assignment", "assignments");
        format!("{count} converted to Individual; nothing was sent.")
    });
    Ok(decision)
}

#[cfg(test)]
#[path = "convert_assignments_tests.rs"]
mod tests;
