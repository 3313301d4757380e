//! A question to the audit feed.

use crate::domain::{OpId, PersonId, Time};

/// Which audit entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Only about this person.
    pub person: Option<PersonId>,
    /// Only of this operation.
    pub operation: Option<OpId>,
    /// Only those that arrived at this time or later.
    pub since: Option<Time>,
    /// Only numbers above this one, oldest first; for following.
    pub after: Option<u64>,
    /// Only numbers below this one; for paging back.
    pub before: Option<u64>,
    /// At most this many; the newest ones unless `after` is set. Always given back oldest first.
    pub limit: u32,
}
