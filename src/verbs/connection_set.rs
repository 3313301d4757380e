//! New settings of the connection.

use super::{Decision, Refusal};
use crate::directory::Directory;
use crate::domain::Connection;

pub(super) fn decide(
    _directory: &Directory,
    _connection: &Connection,
    _cause: &str,
) -> Result<Decision, Refusal> {
    Err(Refusal::bad("not_there", "This cannot be done yet.", "Nothing was changed."))
}
