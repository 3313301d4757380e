//! The audit log as an auditor reads it: the chain itself, its head, and how fast access ended.

use super::{Drive, problem};
use crate::audit::AuditQuery;
use crate::audit::chain::{Chained, Head};
use crate::domain::{Operation, Time};
use crate::engine::Problem;
use crate::store::Which;

/// Entries of one page.
const PAGE: u32 = 1_000;

impl Drive {
    /// A page of the audit log as it is chained, from after a number on; none when there are no more.
    pub async fn chained(&self, after: u64) -> Result<Vec<Chained>, Problem> {
        let page = self.shared.store.chained(self.shared.connection, after, PAGE).await;
        page.map_err(|e| problem::store(&e))
    }

    /// The end of the chain as it is now, unchecked; none for an empty one.
    pub async fn audit_head(&self) -> Result<Option<Head>, Problem> {
        let newest = self.audit(AuditQuery { limit: 1, ..AuditQuery::default() }).await?;
        let Some(entry) = newest.last() else { return Ok(None) };
        let page = self.shared.store.chained(self.shared.connection, entry.seq.saturating_sub(1), 1).await;
        let page = page.map_err(|e| problem::store(&e))?;
        Ok(page.first().map(|last| Head { count: last.seq, hash: last.hash }))
    }

    /// Operations that end access: those open, and those decided from a time on; oldest first.
    pub async fn deactivations(&self, since: Option<Time>) -> Result<Vec<Operation>, Problem> {
        let rows = self.shared.store.operations(self.shared.connection, Which::EndsOfAccess(since)).await;
        rows.map_err(|e| problem::store(&e))
    }
}
