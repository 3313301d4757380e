//! What goes into the store and what comes out of it.

use crate::audit::AuditEntry;
use crate::directory::Change;
use crate::domain::{ConnectionId, OpId, OpState, Operation, PersonId};
use crate::engine::Trace;

/// An operation moves, by the sender. Refused when it is no longer in `from`: another process replaced it.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The state it must be in.
    pub from: OpState,
    /// The whole operation after the move.
    pub to: Operation,
}

/// One transaction: all of it or nothing, its audit entries and change rows included.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// The connection all of it belongs to.
    pub connection: Option<ConnectionId>,
    /// Our side's changes.
    pub changes: Vec<Change>,
    /// New operations. For a person with a live operation that was never sent, the new one replaces it and takes
    /// over the attributes it would have written; behind a sent one it waits as `Behind`, replacing an earlier
    /// `Behind`.
    pub operations: Vec<Operation>,
    /// Cancels operations of these people that were never sent.
    pub cancel: Vec<PersonId>,
    /// Moves of operations by the sender.
    pub moves: Vec<Move>,
    /// Audit entries, hashed and chained inside the transaction.
    pub audit: Vec<AuditEntry>,
    /// Attempts.
    pub traces: Vec<Trace>,
    /// The sender's fence; a batch with an older one than the connection's is refused whole.
    pub fence: Option<u64>,
}

/// What a transaction did, with everything it numbered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// All changes in order, those that follow from operations (`Change::Operation`) included.
    pub changes: Vec<Change>,
    /// The number of the last change.
    pub last_change: u64,
    /// Operations that are new or were replaced, as they are now.
    pub operations: Vec<Operation>,
    /// The entries with their numbers.
    pub audit: Vec<AuditEntry>,
}

/// Everything a process needs to start on a connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// Changes that rebuild the directory from nothing, in an order that applies.
    pub changes: Vec<Change>,
    /// The number of the last change they stand for.
    pub last_change: u64,
    /// Live operations, oldest first.
    pub operations: Vec<Operation>,
}

/// The store could not do it. Nothing of the batch was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An operation moved meanwhile (replaced by another process): read again.
    #[error("operation {0} was changed by another process; nothing was written, it is read again")]
    Moved(OpId),
    /// Another process is the sender now.
    #[error(
        "another scimdeck process took over sending for this connection; nothing was written by this one"
    )]
    FenceLost,
    /// Another process holds the file for too long.
    #[error("the store {path} is busy: {why}; nothing was written; try again when the other process is done")]
    Busy {
        /// Where.
        path: String,
        /// What SQLite said.
        why: String,
    },
    /// Disk full, read-only, permission, I/O.
    #[error(
        "the store {path} cannot be written: {why}; nothing was written and nothing is sent; free space or repair the folder, then start again"
    )]
    Unwritable {
        /// Where.
        path: String,
        /// What the system said.
        why: String,
    },
    /// The file is not ours, is newer than this program, or is damaged.
    #[error("the store {path} cannot be used: {why}; nothing was changed")]
    Unusable {
        /// Where.
        path: String,
        /// What is wrong, with the next step.
        why: String,
    },
}
