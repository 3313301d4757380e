//! The connections of a home as rows: which there are, which one is used, and their names.

use std::path::Path;

use super::shared::now;
use super::{connections, lock, problem};
use crate::audit::{AuditEntry, Source};
use crate::directory::Change;
use crate::domain::{Connection, ConnectionId, Difference, TokenSource};
use crate::engine::{ConnectionRow, Holder, Problem, ProblemKind, name_fault};
use crate::store::{Batch, Store, Which};

/// The home's own setting: which connection is used where none is named.
const CURRENT: &str = "current_connection";
/// Set for a connection that was taken out; its audit log and its number stay.
pub(super) const REMOVED: &str = "removed";
/// The folder of kept tokens in a home.
const TOKENS: &str = "tokens";

/// The connection that is used where none is named: the chosen one, or the only one.
pub async fn current_connection(store: &Store) -> Result<Option<ConnectionId>, Problem> {
    let all = connections(store).await?;
    let chosen = store.meta_get(None, CURRENT).await.map_err(|e| problem::store(&e))?;
    let chosen = chosen.and_then(|id| id.parse().ok()).map(ConnectionId);
    let there = chosen.filter(|id| all.iter().any(|c| c.id == *id));
    Ok(there.or_else(|| all.first().filter(|_| all.len() == 1).map(|c| c.id)))
}

/// Uses a connection from now on where none is named.
pub async fn use_connection(store: &Store, id: ConnectionId) -> Result<(), Problem> {
    store.meta_set(None, CURRENT, &id.0.to_string()).await.map_err(|e| problem::store(&e))
}

/// All connections of a home, the oldest first, with what can be told cheaply.
pub async fn connection_rows(store: &Store) -> Result<Vec<ConnectionRow>, Problem> {
    let current = current_connection(store).await?;
    let mut rows = Vec::new();
    for c in connections(store).await? {
        let queue = store.queue_counts(c.id).await.map_err(|e| problem::store(&e))?;
        rows.push(ConnectionRow {
            id: c.id,
            current: current == Some(c.id),
            name: c.name,
            badge: c.badge.0,
            base_url: c.base_url,
            enabled: c.enabled,
            queued: queue.moving(),
            standing: queue.total() - queue.moving(),
        });
    }
    Ok(rows)
}

/// Refuses a name that cannot be taken.
pub async fn check_name(store: &Store, name: &str) -> Result<(), Problem> {
    let all = connections(store).await?;
    let taken: Vec<&str> = all.iter().map(|c| c.name.as_str()).collect();
    match name_fault(name, &taken) {
        None => Ok(()),
        Some(why) => Err(Problem::new(
            ProblemKind::BadInput,
            "name_taken",
            format!("The connection cannot be named {name:?}: {why}. Nothing was changed."),
            "Give another name; to replace a token: scimdeck token",
        )),
    }
}

/// Gives a connection another name.
pub async fn rename_connection(
    store: &Store,
    mut connection: Connection,
    name: &str,
    actor: &str,
    reason: Option<&str>,
) -> Result<(), Problem> {
    if connection.name.to_lowercase() != name.trim().to_lowercase() {
        check_name(store, name).await?;
    }
    let detail = format!("{} -> {}", connection.name, name.trim());
    let connection_name = std::mem::replace(&mut connection.name, name.trim().to_owned());
    let renamed = Difference {
        attribute: "name".to_owned(),
        before: Some(connection_name),
        after: Some(connection.name.clone()),
    };
    let entry = AuditEntry {
        changes: vec![renamed],
        ..entry("connection renamed", &connection.name, detail, actor, reason)
    };
    change(store, connection, entry, Batch::default()).await
}

/// Takes a connection out of a home. Nothing is sent: accounts there stay as they are. Its audit log is kept in the
/// file, and its number is never used again.
pub async fn remove_connection(
    store: &Store,
    home: &Path,
    mut connection: Connection,
    actor: &str,
    reason: Option<&str>,
) -> Result<(), Problem> {
    let id = connection.id;
    // Nobody sends for it meanwhile. Freed when this returns.
    let holder = Holder {
        user: actor.to_owned(),
        pid: std::process::id(),
        since: now(),
        doing: "connection remove".to_owned(),
        ..Holder::default()
    };
    let _lock = match lock::take(home, id, &holder) {
        Ok(Some(file)) => file,
        Ok(None) => {
            let by = lock::seen(home, id).map(|seen| format!(": {}", seen.words())).unwrap_or_default();
            return Err(Problem::new(
                ProblemKind::NotAllowed,
                "in_use",
                format!("{} is open in another scimdeck{by}. Nothing was changed.", connection.name),
                "Leave that console or command first.",
            ));
        }
        Err(failure) => {
            return Err(Problem::new(ProblemKind::Internal, "lock", failure.text, failure.next));
        }
    };
    let live = store.operations(id, Which::Live).await.map_err(|e| problem::store(&e))?;
    let cancel = live.iter().filter(|op| !op.state.sent()).map(|op| op.person).collect();
    let gone = format!("{} (removed {})", connection.name, id.0);
    let name = std::mem::replace(&mut connection.name, gone);
    connection.enabled = false;
    let removed = Difference { attribute: "name".to_owned(), before: Some(name.clone()), after: None };
    let detail = "nothing was sent: accounts there stay as they are".to_owned();
    let entry =
        AuditEntry { changes: vec![removed], ..entry("connection removed", &name, detail, actor, reason) };
    let token = connection.token.clone();
    change(store, connection, entry, Batch { cancel, ..Batch::default() }).await?;
    store.meta_set(Some(id), REMOVED, &now().to_string()).await.map_err(|e| problem::store(&e))?;
    if let TokenSource::File { path } = token
        && path.starts_with(home.join(TOKENS))
    {
        // It is of no use any more; one that cannot be removed is still its owner's alone.
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}

/// Where a pasted token of a connection is kept.
pub(super) fn token_file(home: &Path, id: ConnectionId) -> std::path::PathBuf {
    home.join(TOKENS).join(format!("connection-{}", id.0))
}

/// Writes a connection's settings with the word about it.
async fn change(
    store: &Store,
    connection: Connection,
    entry: AuditEntry,
    batch: Batch,
) -> Result<(), Problem> {
    let batch = Batch {
        connection: Some(connection.id),
        changes: vec![Change::Connection(Box::new(connection))],
        audit: vec![entry],
        ..batch
    };
    store.apply(batch).await.map(|_| ()).map_err(|e| problem::store(&e))
}

/// An audit entry about the connection as a whole.
fn entry(event: &str, name: &str, detail: String, actor: &str, reason: Option<&str>) -> AuditEntry {
    AuditEntry {
        time: now(),
        source: Source::Console,
        event: event.to_owned(),
        subject: name.to_owned(),
        actor: actor.to_owned(),
        detail,
        reason: reason.map(str::to_owned),
        ..AuditEntry::default()
    }
}

/// The first entry of a connection's log: by whom it was made, and where it leads.
pub(super) fn added(connection: &Connection, actor: &str, reason: Option<&str>) -> AuditEntry {
    let set = |attribute: &str, value: String| Difference {
        attribute: attribute.to_owned(),
        before: None,
        after: Some(value),
    };
    let mut changes = vec![
        set("base_url", connection.base_url.clone()),
        set("token source", connection.token.words()),
        set("badge", connection.badge.0.clone()),
    ];
    changes.extend(connection.feed.as_ref().map(|feed| set("activity log", feed.url.clone())));
    let detail = "saved, and not enabled".to_owned();
    AuditEntry { changes, ..entry("connection added", &connection.name, detail, actor, reason) }
}
