//! What is known of accounts, rewritten where an attribute of the profile comes to mean something else.

use super::{Refusal, words};
use crate::directory::{Change, Directory, Link, Observation, PersonView};
use crate::domain::{AccountValues, PersonId, ProfileAttribute};

/// What was last pushed, what the account was after that, and what it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    sent: AccountValues,
    settled: AccountValues,
    theirs: AccountValues,
}

impl Known {
    /// An attribute has another variable name.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for values in [&mut self.sent, &mut self.settled, &mut self.theirs] {
            if let Some(value) = values.roles.0.remove(from) {
                values.roles.0.insert(to.to_owned(), value);
            }
        }
    }

    /// Nothing was found there.
    pub(super) fn forget_found(&mut self, variable: &str) {
        self.settled.roles.0.remove(variable);
        self.theirs.roles.0.remove(variable);
    }

    /// Nothing was pushed there and nothing was found.
    pub(super) fn forget(&mut self, variable: &str) {
        self.sent.roles.0.remove(variable);
        self.forget_found(variable);
    }
}

/// The changes that rewrite what is known of a person's account; none where nothing differs.
pub(super) fn changed(person: &PersonView<'_>, change: impl FnOnce(&mut Known)) -> Vec<Change> {
    let (Some((sent, settled, theirs)), Some(remote_id)) = (person.known(), person.remote_id()) else {
        return Vec::new();
    };
    let before = Known { sent, settled, theirs };
    let mut after = before.clone();
    change(&mut after);
    if before == after {
        return Vec::new();
    }
    let link = Link {
        remote_id: remote_id.to_owned(),
        linked_at: person.linked_at().unwrap_or_default(),
        sent: after.sent,
        settled: after.settled,
        confirmed_at: person.confirmed_at().unwrap_or_default(),
    };
    // A link alone would be taken for a fresh push: what was seen since is put back on top of it.
    let seen = Observation {
        state: person.account(),
        values: Some(after.theirs),
        at: person.observed_at().unwrap_or_default(),
    };
    vec![Change::Link(person.id(), link.into()), Change::Observed(person.id(), seen.into())]
}

/// The changes when attributes write a place of the app that they did not write before: whoever has a value becomes
/// unsent. Somebody without an assignment keeps it in what was pushed, which is where it is remembered.
pub(super) fn elsewhere(directory: &Directory, attributes: &[&ProfileAttribute]) -> Vec<Change> {
    let mut changes = Vec::new();
    for person in directory.people() {
        changes.extend(changed(&person, |known| {
            for attribute in attributes {
                if attribute.sendable() && person.assigned() {
                    known.forget(&attribute.variable);
                } else {
                    known.forget_found(&attribute.variable);
                }
            }
        }));
    }
    changes
}

/// The linked people who shall have access and whose value of an attribute is not the one last pushed.
pub(super) fn unsent(directory: &Directory, variable: &str) -> Vec<PersonId> {
    let waits = |p: &PersonView<'_>| {
        let moved = |(sent, ..): (AccountValues, _, _)| sent.roles.get(variable) != p.roles().get(variable);
        p.shall_have_access() && p.known().is_some_and(moved)
    };
    directory.people().filter(waits).map(|p| p.id()).collect()
}

/// The attributes whose value was kept for some of these people while they had no assignment, and never reached their
/// account: it was not sent before the attribute was repaired.
pub(super) fn never_reached(directory: &Directory, people: &[PersonId]) -> Vec<String> {
    let lost = |id: &PersonId, variable: &str| {
        let known = directory.get(*id).filter(|p| !p.assigned()).and_then(|p| p.known());
        known.is_some_and(|(sent, settled, _)| {
            sent.roles.get(variable).is_some() && settled.roles.get(variable).is_none()
        })
    };
    let attributes = directory.attributes().iter().filter(|a| a.sendable()).map(|a| a.variable.as_str());
    attributes.filter(|v| people.iter().any(|id| lost(id, v))).map(str::to_owned).collect()
}

/// Refuses while an operation is under way for somebody with a value: its end would tell it as pushed.
pub(super) fn settled(directory: &Directory, variable: &str) -> Result<(), Refusal> {
    let busy = |p: &PersonView<'_>| {
        p.roles().get(variable).is_some() && p.operation().is_some_and(|(.., state)| state.moving())
    };
    match directory.people().filter(busy).count() {
        0 => Ok(()),
        n => Err(Refusal::bad(
            "queue_not_empty",
            format!(
                "{} under way for people with a value of {variable}.",
                words::count(n, "operation is", "operations are")
            ),
            "Let the queue finish, or drop what stands still, and change it then.",
        )),
    }
}
