//! What the background tells the faces.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use crate::audit::AuditQuery;
use crate::engine::{Notice, Sending};
use crate::store::Which;

/// Many changes within this time are one notice.
const GATHER: Duration = Duration::from_millis(25);
/// How often the file is asked whether another process wrote.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Sends a snapshot when the directory changed.
pub(super) async fn directory(shared: Arc<Shared>) {
    loop {
        shared.changed.notified().await;
        tokio::time::sleep(GATHER).await;
        shared.notify(&Notice::Directory(shared.directory()));
    }
}

/// Takes in what other processes on the same home write: changes, audit entries, operations to send.
pub(super) async fn follow_store(shared: Arc<Shared>) {
    if shared.home.is_none() {
        return;
    }
    let mut version = shared.store.data_version().await.unwrap_or_default();
    let mut audit_seen = newest(&shared).await;
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        let Ok(now) = shared.store.data_version().await else { continue };
        if now == version {
            continue;
        }
        version = now;
        if let Err(error) = shared.catch_up().await {
            tracing::warn!(%error, "what another process wrote could not be read");
            continue;
        }
        let query = AuditQuery { after: Some(audit_seen), limit: 1_000, ..AuditQuery::default() };
        if let Ok(entries) = shared.store.audit(shared.connection, query).await
            && let Some(last) = entries.last()
        {
            audit_seen = last.seq;
            shared.notify(&Notice::Audit(entries));
        }
        if *shared.sending.borrow() != Sending::Elsewhere
            && let Ok(rows) = shared.store.operations(shared.connection, Which::Live).await
        {
            shared.hand_over(&rows);
        }
    }
}

async fn newest(shared: &Shared) -> u64 {
    let query = AuditQuery { limit: 1, ..AuditQuery::default() };
    let entries = shared.store.audit(shared.connection, query).await.unwrap_or_default();
    entries.last().map_or(0, |entry| entry.seq)
}
