//! From the ids in a command to the people and groups they name.

use super::Refusal;
use crate::directory::{AssignmentKind, Directory, GroupRow, PersonView};
use crate::domain::{GroupId, PersonId, Status};

/// The people of a command, each once, in the order they were named.
///
/// # Errors
/// When nobody is named, or an id is not in the directory: a list that is wrong in one place is not half done.
pub(super) fn people<'a>(directory: &'a Directory, ids: &[PersonId]) -> Result<Vec<PersonView<'a>>, Refusal> {
    if ids.is_empty() {
        return Err(Refusal::bad("nobody_named", "Nobody is named.", "Name at least one person."));
    }
    let mut seen = std::collections::HashSet::new();
    ids.iter().filter(|id| seen.insert(**id)).map(|id| person(directory, *id)).collect()
}

/// One person.
///
/// # Errors
/// When the id is not in the directory.
pub(super) fn person(directory: &Directory, id: PersonId) -> Result<PersonView<'_>, Refusal> {
    directory.get(id).ok_or_else(|| {
        Refusal::bad(
            "unknown_person",
            format!("There is nobody with the id {id} in the directory."),
            "Look the person up again; somebody may have removed them.",
        )
    })
}

/// One group.
///
/// # Errors
/// When the id is not in the directory.
pub(super) fn group(directory: &Directory, id: GroupId) -> Result<&GroupRow, Refusal> {
    directory.group(id).ok_or_else(|| {
        Refusal::bad(
            "unknown_group",
            format!("There is no group with the id {id} in the directory."),
            "Look the group up again; somebody may have removed it.",
        )
    })
}

/// The name of the group through which a person has the app.
pub(super) fn giving_group(directory: &Directory, kind: AssignmentKind) -> Option<&str> {
    match kind {
        AssignmentKind::Group(id) => directory.group(id).map(|g| g.group.name.as_str()),
        AssignmentKind::Individual | AssignmentKind::None => None,
    }
}

/// Why somebody who is not active here cannot be given anything now; none for active people.
pub(super) fn away(person: &PersonView<'_>) -> Option<String> {
    match person.status() {
        Status::Active => None,
        status => Some(format!("is {} here; reactivate first", status.word())),
    }
}
