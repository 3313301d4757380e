//! The audit log as an auditor reads it: the chain itself, its head, and how fast access ended.

use super::shared::{Shared, hold};
use super::{Drive, problem};
use crate::audit::AuditQuery;
use crate::audit::chain::{Chained, Head};
use crate::domain::{ConnectionId, Operation};
use crate::engine::Problem;
use crate::store::Which;

/// Entries of one page.
const PAGE: u32 = 1_000;

/// This process is on that connection now.
pub(super) fn on(shared: &Shared) {
    let mut used = hold(&shared.used);
    if !used.contains(&shared.connection) {
        used.push(shared.connection);
    }
}

impl Drive {
    /// A page of the audit log as it is chained, from after a number on; none when there are no more.
    pub async fn chained(&self, after: u64) -> Result<Vec<Chained>, Problem> {
        let page = self.shared.store.chained(self.shared.connection, after, PAGE).await;
        page.map_err(|e| problem::store(&e))
    }

    /// The end of the chain as it is now, unchecked; none for an empty one.
    pub async fn audit_head(&self) -> Result<Option<Head>, Problem> {
        self.head_of(self.shared.connection).await
    }

    /// The ends of the chains of all connections that this process was on, by their names.
    pub async fn audit_heads(&self) -> Result<Vec<(String, Head)>, Problem> {
        let used = hold(&self.shared.used).clone();
        let mut heads = Vec::new();
        for connection in
            super::connections(&self.shared.store).await?.into_iter().filter(|c| used.contains(&c.id))
        {
            let head = self.head_of(connection.id).await?;
            heads.extend(head.map(|head| (connection.name, head)));
        }
        Ok(heads)
    }

    async fn head_of(&self, connection: ConnectionId) -> Result<Option<Head>, Problem> {
        let store = &self.shared.store;
        let newest = store.audit(connection, AuditQuery { limit: 1, ..AuditQuery::default() }).await;
        let Some(seq) = newest.map_err(|e| problem::store(&e))?.last().map(|entry| entry.seq) else {
            return Ok(None);
        };
        let page = store.chained(connection, seq.saturating_sub(1), 1).await;
        let page = page.map_err(|e| problem::store(&e))?;
        Ok(page.first().map(|last| Head { count: last.seq, hash: last.hash }))
    }

    /// Operations under way that end access, oldest first.
    pub async fn deactivations(&self) -> Result<Vec<Operation>, Problem> {
        let rows = self.shared.store.operations(self.shared.connection, Which::EndsOfAccess).await;
        rows.map_err(|e| problem::store(&e))
    }
}
