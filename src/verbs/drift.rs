//! What was changed in the app by another hand: pushed over, or adopted. Nothing else ever touches it.

mod adopt;

use super::{Decision, Refusal, named};
use crate::directory::{Directory, PersonView};
use crate::domain::{AccountValues, Difference, Flag, PersonId, field};

pub(super) use adopt::adopt;

/// One attribute that was changed in the app since our last push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// A [`field`] name or a role attribute's variable name.
    pub attribute: String,
    /// What we last pushed; none is "not set".
    pub pushed: Option<String>,
    /// What is there now.
    pub there: Option<String>,
    /// What we want.
    pub ours: Option<String>,
}

/// The attributes that were changed in the app since our last push.
pub fn drifted(person: &PersonView<'_>) -> Vec<Drifted> {
    let Some((sent, settled, theirs)) = person.known() else { return Vec::new() };
    let wanted = person.wanted();
    let one = |difference: Difference| Drifted {
        pushed: value(&sent, &difference.attribute),
        ours: value(&wanted, &difference.attribute),
        there: difference.after,
        attribute: difference.attribute,
    };
    settled.differences(&theirs).into_iter().map(one).collect()
}

fn value(values: &AccountValues, attribute: &str) -> Option<String> {
    if attribute == field::ACTIVE {
        return Some(values.active.to_string());
    }
    match values.texts().into_iter().find(|(name, _)| *name == attribute) {
        Some((_, text)) => Some(text.to_owned()).filter(|text| !text.is_empty()),
        None => values.roles.get(attribute).map(str::to_owned),
    }
}

pub(super) fn push(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    let mut scope = Vec::new();
    for person in named::people(directory, people)? {
        match pushable(directory, &person) {
            Ok(names) => {
                decision.exactly.insert(person.id(), names);
                scope.push(person.id());
            }
            Err(reason) => decision.left_out.push((person.id(), reason)),
        }
    }
    decision.confirm = scope.len() > 1;
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

/// The names of what is written over.
fn pushable(directory: &Directory, person: &PersonView<'_>) -> Result<Vec<String>, String> {
    if let Some(reason) = undrifted(person) {
        return Err(reason);
    }
    let all = drifted(person);
    let ours = |name: &str| {
        name == field::ACTIVE
            || AccountValues::default().texts().iter().any(|(text, _)| *text == name)
            || directory.attribute(name).is_some()
    };
    let mut names: Vec<String> = all.into_iter().map(|one| one.attribute).filter(|name| ours(name)).collect();
    if !person.shall_have_access() {
        // An account without access is only ever told that it has none.
        names.retain(|name| name == field::ACTIVE && person.has_access_there());
    }
    match names.is_empty() {
        false => Ok(names),
        true if !person.shall_have_access() => {
            Err("shall have no access here: only that would be sent, and it is so there".to_owned())
        }
        true => Err("was changed there only in what the profile does not have".to_owned()),
    }
}

fn undrifted(person: &PersonView<'_>) -> Option<String> {
    if person.flags().contains(Flag::Drift) {
        return None;
    }
    Some(match person.remote_id() {
        None => "has no account of ours".to_owned(),
        Some(_) if person.flags().contains(Flag::AccountGone) => {
            "has an account that is gone: search or create again, or unlink".to_owned()
        }
        Some(_) => "has no drift: the app is as our last push left it; check compares again".to_owned(),
    })
}

#[cfg(test)]
#[path = "drift_tests.rs"]
mod tests;
