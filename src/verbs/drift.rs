//! What was changed in the app by another hand: pushed over, or adopted.

use super::{Context, Decision, Refusal};
use crate::directory::Directory;
use crate::domain::PersonId;

pub(super) fn push(_directory: &Directory, _people: &[PersonId], _cause: &str) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}

pub(super) fn adopt(
    _directory: &Directory,
    _people: &[PersonId],
    _cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
