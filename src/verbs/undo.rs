//! Undo: the inverse of what operations did.

use super::{Context, Decision, Refusal};
use crate::directory::Directory;
use crate::domain::Operation;

pub(super) fn decide(
    _directory: &Directory,
    _operations: &[Operation],
    _cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
