//! Convert assignments: Individual to Group, and back.

use super::{Context, Convertees, Decision, Refusal};
use crate::directory::Directory;
use crate::domain::PersonId;

pub(super) fn decide(_directory: &Directory, _whom: &Convertees, _cause: &str) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}

pub(super) fn back(
    _directory: &Directory,
    _people: &[PersonId],
    _cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
