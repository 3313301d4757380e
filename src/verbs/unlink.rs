//! The linked account is gone or wrong: forget it, or search again and create.

use super::{Decision, Refusal};
use crate::directory::Directory;
use crate::domain::PersonId;

pub(super) fn decide(
    _directory: &Directory,
    _people: &[PersonId],
    _cause: &str,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}

pub(super) fn recreate(_directory: &Directory, _person: PersonId, _cause: &str) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
