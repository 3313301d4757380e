//! The small synchronous traits under the store: a backend writes, a reader reads beside it.

use super::{Applied, Batch, BrakeHistory, StoreError, Which};
use crate::audit::{AuditEntry, AuditQuery, chain::Chained};
use crate::directory::{Change, OpMark, QueueCounts};
use crate::domain::{Connection, ConnectionId, OpId, Operation, PersonId, Time};
use crate::engine::Trace;
use crate::engine::compare::{Orphan, OrphansSeen};

/// What these traits give back.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What is told of a connection that is being made.
pub type Told<'a> = &'a mut dyn FnMut(&mut Connection) -> Vec<AuditEntry>;

/// Where committed data lives. One thread owns it and everything it does is durable when it returns.
pub trait Backend: Send {
    /// Writes batches in one transaction. A batch that is refused leaves no trace and does not spoil the others;
    /// when the transaction itself fails, every batch gets that error and nothing at all is written.
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>>;

    /// Makes a connection row; the id given is ignored. `told` sees it with the id that it gets, may still complete it, and
    /// gives the first entries of its audit log, which are written in the same transaction.
    fn add_connection_told(&mut self, connection: Connection, told: Told<'_>) -> Result<Connection>;

    /// The same of one that nobody tells of.
    fn add_connection(&mut self, connection: Connection) -> Result<Connection> {
        self.add_connection_told(connection, &mut |_| Vec::new())
    }

    /// A new sender starts: batches with an older fence are refused from now on.
    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64>;

    /// Sets a value by key, for a connection or for the whole home.
    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()>;

    /// Keeps the accounts of nobody here that a look at everybody found. One that was known keeps since when; those
    /// that a complete look did not find any more are forgotten.
    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()>;

    /// Another number than last time: somebody else has committed meanwhile. Our own commits do not change it.
    fn data_version(&mut self) -> Result<u64>;

    /// How many transactions were committed: one fsync each.
    fn transactions(&self) -> u64;

    /// A reader of its own, which neither waits for writes nor holds them up.
    fn reader(&self) -> Result<Box<dyn Reader>>;
}

/// What a load gives besides the changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadedRest {
    /// The number of the last change.
    pub last_change: u64,
    /// Live operations, oldest first.
    pub live: Vec<(PersonId, OpMark)>,
}

/// Reads committed data. Every call sees one moment.
pub trait Reader: Send {
    /// One more reader of the same, for something long beside this one.
    fn another(&self) -> Result<Box<dyn Reader>>;

    /// All connections, by id.
    fn connections(&mut self) -> Result<Vec<Connection>>;

    /// Gives the changes that rebuild a connection's directory from nothing, in an order that applies.
    fn load(&mut self, connection: ConnectionId, sink: &mut dyn FnMut(Change)) -> Result<LoadedRest>;

    /// Changes after a number, and the number of the last one; none when they are not all there any more.
    fn changes_since(&mut self, connection: ConnectionId, after: u64) -> Result<Option<(Vec<Change>, u64)>>;

    /// Operations.
    fn operations(&mut self, connection: ConnectionId, which: &Which) -> Result<Vec<Operation>>;

    /// Whose live operations there are and how they stand, oldest first.
    fn live(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, OpMark)>>;

    /// Live operations by state.
    fn queue_counts(&mut self, connection: ConnectionId) -> Result<QueueCounts>;

    /// A page of the audit feed, oldest first.
    fn audit(&mut self, connection: ConnectionId, query: &AuditQuery) -> Result<Vec<AuditEntry>>;

    /// A page of the audit feed as it is chained, from after a number on.
    fn chained(&mut self, connection: ConnectionId, after: u64, limit: u32) -> Result<Vec<Chained>>;

    /// The attempts of an operation, oldest first.
    fn traces(&mut self, connection: ConnectionId, operation: OpId) -> Result<Vec<Trace>>;

    /// One attempt by its number.
    fn trace(&mut self, seq: u64) -> Result<Option<Trace>>;

    /// Whom operations were committed for since a moment.
    fn brake_history(&mut self, connection: ConnectionId, since: Time) -> Result<BrakeHistory>;

    /// What an operator set here since the last import, by person and field.
    fn console_values(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, String)>>;

    /// Accounts there that nobody here has, by user name.
    fn orphans(&mut self, connection: ConnectionId) -> Result<Vec<Orphan>>;

    /// A value by key.
    fn meta(&mut self, connection: Option<ConnectionId>, key: &str) -> Result<Option<String>>;
}
