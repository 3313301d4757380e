//! Homes and their connections.

use std::path::Path;

use super::problem;
use crate::domain::Connection;
use crate::engine::Problem;
use crate::store::Store;

/// The store's file in a home.
const FILE: &str = "scimdeck.db";

/// Opens a home's store, made new where there is none.
pub fn open_store(home: &Path) -> Result<Store, Problem> {
    Store::open(&home.join(FILE)).map_err(|e| problem::store(&e))
}

/// All connections of a home, the oldest first.
pub async fn connections(store: &Store) -> Result<Vec<Connection>, Problem> {
    store.connections().await.map_err(|e| problem::store(&e))
}

/// Adds a connection; the store gives it its number.
pub async fn add_connection(store: &Store, connection: Connection) -> Result<Connection, Problem> {
    store.add_connection(connection).await.map_err(|e| problem::store(&e))
}
