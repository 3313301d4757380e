//! Push a directory group with its members, and end that.

use super::{Context, Decision, Refusal, Unlinked};
use crate::directory::Directory;
use crate::domain::GroupId;

pub(super) fn push(
    _directory: &Directory,
    _group: GroupId,
    _cause: &str,
    _context: &Context<'_>,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}

pub(super) fn unpush(
    _directory: &Directory,
    _group: GroupId,
    _what: Unlinked,
    _cause: &str,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
