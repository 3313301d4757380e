//! Protected people: those the operator named, and whoever is the last account with an Admin role.
//!
//! An Admin role is the value `Admin`, or the first value of an enumerated list where that list has `Admin` in it or
//! the value itself is called so (`Environment admin`, Workato's newer name), and it is
//! looked at attribute by attribute: the last Admin of the production environment is the last one even where
//! another environment has more. An account counts while it is linked, has access there, and shall have it.
//!
//! What counts is the moment of sending: an end of access that was decided earlier, by a file or before somebody was
//! protected, is asked about by the command that would send it.

use std::collections::BTreeSet;

use super::reach::concerned;
use super::{Decision, Refusal, words};
use crate::directory::{Change, Directory, PersonView};
use crate::domain::{Flag, OpKind, PersonId, ProfileAttribute, Status};

const ADMIN: &str = "Admin";

/// Whether this value of this attribute is an Admin role.
pub fn is_admin(attribute: &ProfileAttribute, value: &str) -> bool {
    let called_so = || value.to_lowercase().contains("admin");
    value == ADMIN || (attribute.rank(value) == Some(0) && (attribute.rank(ADMIN).is_some() || called_so()))
}

/// Refuses a decision that removes a protected person, or removes or lowers the last Admin, unless the user name
/// was typed. It is asked of every decision, whatever the verb; `resumes` says whether what is queued goes on with it.
pub(super) fn guard(
    directory: &Directory,
    decision: &Decision,
    resumes: bool,
    typed: &[String],
) -> Result<(), Refusal> {
    let sent = reached(directory, decision, resumes);
    if decision.changes.is_empty() && sent.is_empty() {
        return Ok(());
    }
    let mut moved = concerned(directory, &decision.changes);
    moved.extend(&sent);
    let mut after = directory.clone();
    after.apply_all(&decision.changes);
    let mut refused: BTreeSet<PersonId> = BTreeSet::new();
    let (mut named, mut why) = (Vec::new(), Vec::new());
    let free = |person: &PersonView<'_>| {
        typed.iter().any(|name| name.trim().to_lowercase() == person.user_name().to_lowercase())
    };
    for id in &directory.connection().protected {
        let Some(before) = directory.get(*id).filter(|p| moved.contains(id) && !free(p)) else { continue };
        let after = after.get(*id);
        if removed(&before, after.as_ref()) || (sent.contains(id) && access_ends(&before, after.as_ref())) {
            refused.insert(*id);
            named.push(before.user_name());
        }
    }
    match named.as_slice() {
        [] => {}
        [one] => why.push(format!("{one} is protected on this connection.")),
        many => why.push(format!("{} are protected on this connection.", few(many))),
    }
    for attribute in after.attributes() {
        // Who is Admin now is judged by the list as it is now: a value that is being replaced is off the new one.
        let present = directory.attribute(&attribute.variable).unwrap_or(attribute);
        let loses = |p: &PersonView<'_>| {
            let after = after.get(p.id());
            if p.shall_have_access() {
                return has(p, present) && !keeps(p, after, attribute, decision, &sent);
            }
            // Access that we had ended and another hand gave back never made anybody the last Admin.
            let ours = p.known().is_some_and(|(pushed, ..)| pushed.active);
            ours && sent.contains(&p.id()) && access_ends(p, after.as_ref()) && is_admin_there(p, present)
        };
        let lost: Vec<PersonView<'_>> =
            moved.iter().filter_map(|id| directory.get(*id)).filter(loses).collect();
        if lost.is_empty() || lost.iter().all(free) {
            continue;
        }
        let gone: BTreeSet<PersonId> = lost.iter().map(PersonView::id).collect();
        let kept =
            |p: PersonView<'_>| has(&p, present) && !is_lowered(&p, present) && !gone.contains(&p.id());
        if directory.people().any(kept) {
            continue;
        }
        let lost: Vec<_> = lost.into_iter().filter(|p| !free(p)).collect();
        refused.extend(lost.iter().map(|p| p.id()));
        let names: Vec<_> = lost.iter().map(|p| p.user_name()).collect();
        let text = match names.as_slice() {
            [one] => format!("{one} is the last account with an Admin role in {}.", attribute.variable),
            many => {
                format!("{} are the last accounts with an Admin role in {}.", few(many), attribute.variable)
            }
        };
        why.push(text);
    }
    if refused.is_empty() {
        return Ok(());
    }
    let names: Vec<_> =
        refused.iter().filter_map(|id| directory.get(*id)).map(|p| p.user_name().to_owned()).collect();
    Err(Refusal::protected(why.join(" "), names))
}

/// Two names, and how many more there are: who is to be typed is told apart from this, and must stay in sight.
fn few(names: &[&str]) -> String {
    match names {
        [first, second, rest @ ..] if rest.len() > 1 => format!("{first}, {second} and {} more", rest.len()),
        _ => words::names(names),
    }
}

/// Whether a person leaves the directory, loses their assignment, or loses access.
fn removed(before: &PersonView<'_>, after: Option<&PersonView<'_>>) -> bool {
    let Some(after) = after else { return true };
    let gone = |p: &PersonView<'_>| p.status() == Status::Removed;
    (gone(after) && !gone(before))
        || (before.assigned() && !after.assigned())
        || (before.shall_have_access() && !after.shall_have_access())
}

/// Whose account the decision has something sent to: those in its scope, and those whose queued end of access goes
/// on with it. One that was sent already is only looked up.
fn reached(directory: &Directory, decision: &Decision, resumes: bool) -> BTreeSet<PersonId> {
    let mut sent: BTreeSet<PersonId> = decision.people().iter().copied().collect();
    if resumes && directory.counters().queue.moving() > 0 {
        let ends = |p: &PersonView<'_>| {
            p.operation()
                .is_some_and(|(_, kind, state)| kind == OpKind::Deactivate && state.moving() && !state.sent())
        };
        sent.extend(directory.people().filter(ends).map(|p| p.id()));
    }
    sent
}

/// Whether sending it ends access that the account still has.
fn access_ends(before: &PersonView<'_>, after: Option<&PersonView<'_>>) -> bool {
    let ends = after.is_none_or(|after| !after.shall_have_access());
    ends && before.remote_id().is_some() && before.has_access_there()
}

fn has(person: &PersonView<'_>, attribute: &ProfileAttribute) -> bool {
    person.shall_have_access() && is_admin_there(person, attribute)
}

fn is_admin_there(person: &PersonView<'_>, attribute: &ProfileAttribute) -> bool {
    person.remote_id().is_some()
        && person.has_access_there()
        && there(person, &attribute.variable).is_some_and(|value| is_admin(attribute, &value))
}

/// Whether another value than an Admin role was decided on and is still to be sent.
fn is_lowered(person: &PersonView<'_>, attribute: &ProfileAttribute) -> bool {
    let ours = person.roles().get(&attribute.variable);
    person.flags().contains(Flag::Unsent) && !ours.is_some_and(|value| is_admin(attribute, value))
}

/// The value the account has there: ours, but where it was not sent yet or was changed there.
fn there(person: &PersonView<'_>, variable: &str) -> Option<String> {
    let flags = person.flags();
    if [Flag::Unsent, Flag::Drift, Flag::AccessRemains].into_iter().any(|flag| flags.contains(flag)) {
        return person.known().and_then(|(.., theirs)| theirs.roles.get(variable).map(str::to_owned));
    }
    person.roles().get(variable).map(str::to_owned)
}

/// Whether an account that has an Admin role still has it when the decision is done.
fn keeps(
    before: &PersonView<'_>,
    after: Option<PersonView<'_>>,
    attribute: &ProfileAttribute,
    decision: &Decision,
    sent: &BTreeSet<PersonId>,
) -> bool {
    let Some(after) = after.filter(PersonView::shall_have_access) else { return false };
    let variable = attribute.variable.as_str();
    let ours = after.roles().get(variable);
    let named = || decision.owned_of(after.id()).iter().any(|name| name == variable);
    // What waits unsent goes along, unless exactly other attributes are written; of a second try only the journal
    // knows which.
    let waits = || {
        let pushed = after.known().map(|(pushed, ..)| pushed);
        decision.exactly.get(&after.id()).is_none_or(Vec::is_empty)
            && pushed.is_some_and(|pushed| pushed.roles.get(variable) != ours)
    };
    let written =
        ours != before.roles().get(variable) || (sent.contains(&after.id()) && (named() || waits()));
    !written || ours.is_some_and(|value| is_admin(attribute, value))
}

/// A connection with another list of protected people.
pub(super) fn settings(directory: &Directory, protected: Vec<PersonId>) -> Change {
    let mut connection = directory.connection().clone();
    connection.protected = protected;
    Change::Connection(Box::new(connection))
}

#[cfg(test)]
#[path = "protect_tests.rs"]
mod tests;
