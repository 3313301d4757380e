//! A value of an enumerated list is replaced by another, for all who have it.

use super::{Context, Decision, Refusal};
use crate::directory::Directory;

pub(super) fn decide(
    _directory: &Directory,
    _variable: &str,
    _from: &str,
    _to: &str,
    _cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
