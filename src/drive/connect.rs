//! Homes and their connections.

use std::path::Path;

use super::{homes, problem};
use crate::domain::{Connection, Secret, TokenSource};
use crate::endpoint::{Endpoint, EndpointConfig, token};
use crate::engine::{Problem, ProblemKind};
use crate::store::Store;

/// The store's file in a home.
const FILE: &str = "scimdeck.db";

/// Opens a home's store, made new where there is none.
pub fn open_store(home: &Path) -> Result<Store, Problem> {
    Store::open(&home.join(FILE)).map_err(|e| problem::store(&e))
}

/// The same for who only looks: also where its file system is read-only.
pub fn look_at_store(home: &Path) -> Result<Store, Problem> {
    Store::look(&home.join(FILE)).map_err(|e| problem::store(&e))
}

/// All connections of a home but those taken out, the oldest first.
pub async fn connections(store: &Store) -> Result<Vec<Connection>, Problem> {
    let mut all = store.connections().await.map_err(|e| problem::store(&e))?;
    let mut there = Vec::with_capacity(all.len());
    for connection in all.drain(..) {
        let removed = store.meta_get(Some(connection.id), homes::REMOVED).await;
        if removed.map_err(|e| problem::store(&e))?.is_none() {
            let feed = connection.feed.as_ref().map(|feed| &feed.token);
            for source in [Some(&connection.token), feed].into_iter().flatten() {
                // Whichever connection is used, the tokens of all are kept from programs that are started.
                if let TokenSource::Env { name } = source {
                    token::hide(name);
                }
            }
            there.push(connection);
        }
    }
    Ok(there)
}

/// Adds a connection; the store gives it its number.
pub async fn add_connection(store: &Store, connection: Connection) -> Result<Connection, Problem> {
    store.add_connection(connection).await.map_err(|e| problem::store(&e))
}

/// Adds a connection on an operator's word, which is the first entry of its audit log.
pub async fn add_connection_by(
    store: &Store,
    connection: Connection,
    actor: &str,
    reason: Option<&str>,
) -> Result<Connection, Problem> {
    add_connection_told(store, connection, actor, reason, |_| ()).await
}

/// The same of one that is completed by the number it gets. A process that dies leaves both or neither.
pub(super) async fn add_connection_told(
    store: &Store,
    connection: Connection,
    actor: &str,
    reason: Option<&str>,
    complete: impl Fn(&mut Connection) + Send + 'static,
) -> Result<Connection, Problem> {
    let (actor, reason) = (actor.to_owned(), reason.map(str::to_owned));
    let told = move |connection: &mut Connection| {
        complete(connection);
        vec![homes::added(connection, &actor, reason.as_deref())]
    };
    store.add_connection_told(connection, told).await.map_err(|e| problem::store(&e))
}

/// Whether a base URL is acceptable at all, before anything is saved.
pub fn check_base_url(base_url: &str) -> Result<(), Problem> {
    let config = EndpointConfig::new(base_url, Secret::new("-"));
    match Endpoint::new(config) {
        Ok(_) => Ok(()),
        Err(error) => Err(Problem::new(
            ProblemKind::BadInput,
            "base_url",
            format!("{}. Nothing was changed.", error.to_string().trim_end_matches('.')),
            "Copy the base URL from the app's SCIM settings.",
        )),
    }
}
