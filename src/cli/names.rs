//! Typed names into ids; a name that is not there changes nothing and says what is near.

use crate::directory::{Directory, GroupRow};
use crate::domain::PersonId;
use crate::engine::{Problem, ProblemKind};

/// Bad input, nothing changed.
pub(super) fn bad(code: &'static str, text: impl Into<String>, next: impl Into<String>) -> Problem {
    let text = format!("{} Nothing was changed.", text.into());
    Problem::new(ProblemKind::BadInput, code, text, next)
}

/// A person by user name without regard to case, or by the id we send.
pub(super) fn person(directory: &Directory, name: &str) -> Result<PersonId, Problem> {
    let by_id = || name.parse::<PersonId>().ok().and_then(|id| directory.get(id));
    if let Some(person) = directory.find(name).or_else(by_id) {
        return Ok(person.id());
    }
    let folded = name.to_lowercase();
    let near = (!folded.is_empty())
        .then(|| directory.people().find(|p| p.haystack().to_lowercase().contains(&folded)))
        .flatten();
    let next = match near {
        Some(near) => format!("Did you mean {}?", near.user_name()),
        None => "Look them up with: scimdeck people".to_owned(),
    };
    Err(bad("no_such_person", format!("Nobody here has the user name {name}."), next))
}

/// People in the order given, each once.
pub(super) fn people(directory: &Directory, names: &[String]) -> Result<Vec<PersonId>, Problem> {
    let mut ids = Vec::with_capacity(names.len());
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let id = person(directory, name)?;
        if seen.insert(id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// A group by name without regard to case.
pub(super) fn group<'a>(directory: &'a Directory, name: &str) -> Result<&'a GroupRow, Problem> {
    directory.group_named(name).ok_or_else(|| {
        let names: Vec<_> = directory.groups().into_iter().take(10).map(|g| g.group.name.clone()).collect();
        let next = if names.is_empty() {
            "There are no groups yet; make one with: scimdeck group add NAME".to_owned()
        } else {
            format!("There are: {}.", names.join(", "))
        };
        bad("no_such_group", format!("There is no group {name}."), next)
    })
}
