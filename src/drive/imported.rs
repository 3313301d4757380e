//! Whom an import from the endpoint linked: each has an entry of their own in the audit feed.

use std::collections::HashMap;

use crate::directory::{Change, Directory};
use crate::domain::PersonId;
use crate::engine::Preview;
use crate::verbs::Command;

/// Where more people than this are linked at once the counts alone are kept.
const LISTED: usize = 1_000;

/// Who gets a link, their user name and account. Nobody for other commands.
pub(super) fn linked<'a>(preview: &'a Preview, before: &Directory) -> Vec<(PersonId, String, &'a str)> {
    if !matches!(preview.command, Command::ImportAccounts(_)) {
        return Vec::new();
    }
    let changes = &preview.decision.changes;
    let people: HashMap<PersonId, &str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Person(person) => Some((person.id, person.user_name.as_str())),
            _ => None,
        })
        .collect();
    let fresh = |id| before.get(id).is_none_or(|p| p.remote_id().is_none());
    let name = |id| people.get(&id).copied().or_else(|| before.get(id).map(|p| p.user_name())).unwrap_or("");
    let all: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Link(id, link) if fresh(*id) => {
                Some((*id, name(*id).to_owned(), link.remote_id.as_str()))
            }
            _ => None,
        })
        .collect();
    if all.len() > LISTED { Vec::new() } else { all }
}
