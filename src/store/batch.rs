//! What goes into the store and what comes out of it.

use crate::audit::AuditEntry;
use crate::directory::{Change, OpMark};
use crate::domain::{ConnectionId, OpId, Operation, PersonId, Time};
use crate::engine::{Basis, TasksQuery, Trace};

pub use crate::engine::machine::Move;

/// One transaction: all of it or nothing, its audit entries and change rows included.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// The connection all of it belongs to.
    pub connection: Option<ConnectionId>,
    /// Our side's changes.
    pub changes: Vec<Change>,
    /// New operations. For a person with a live operation that is not on its way, the new one replaces it and
    /// takes over the attributes it would have written; behind a sent one it waits as `Behind`, replacing an
    /// earlier `Behind`.
    pub operations: Vec<Operation>,
    /// Cancels operations of these people that were never sent.
    pub cancel: Vec<PersonId>,
    /// Moves of operations by the sender. When a sent one gets a known fate and another waits behind it, that one
    /// goes on as `Queued`: after a settled one with what that one wrote otherwise; in place of one that would be tried again or needs an
    /// operator, which is cancelled and whose attributes it takes over.
    pub moves: Vec<Move>,
    /// Audit entries, hashed and chained inside the transaction. One whose `remote_id` is already there is left
    /// out.
    pub audit: Vec<AuditEntry>,
    /// Attempts.
    pub traces: Vec<Trace>,
    /// What a decision was planned on. Where something was decided since, or one of its operations moved, the batch is
    /// refused whole.
    pub basis: Option<Basis>,
    /// How far the app's log is known after this. Where another process has read on since, the batch is refused whole.
    pub heard: Option<Heard>,
    /// The sender's fence; a batch with an older one than the connection's is refused whole.
    pub fence: Option<u64>,
    /// It is what a look found: nothing of it was decided, and what was pushed since then is newer.
    pub look: bool,
    /// A file was taken in: what the console had set before is forgotten, ahead of `console_set`.
    pub import_done: bool,
    /// Accounts whose leaving a pushed group is approved by this, which the brake counts from now on.
    pub taken_out: Vec<(String, Time)>,
    /// People and fields that an operator set here; the next import keeps them and reports a conflict.
    pub console_set: Vec<(PersonId, String)>,
}

/// Under this name in a connection's `meta` it is kept how far the app's log was read.
pub const HEARD: &str = "feed_mark";

/// How far the app's log was read, as text that the feed understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What was kept when the reading began.
    pub from: Option<String>,
    /// What is kept from now on.
    pub to: String,
}

/// What a transaction did, with everything it numbered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// All changes in order, those that follow from operations (`Change::Operation`) included; changes about
    /// people and groups that are not there any more are left out, they were not written.
    pub changes: Vec<Change>,
    /// The number of the last change.
    pub last_change: u64,
    /// Operations that are new, promoted, replaced or cancelled, as they are now. One that moved as its sender said is
    /// not among them, unless another waited behind it.
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
    pub live: Vec<(PersonId, OpMark)>,
}

/// The store could not do it. Nothing of the batch was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An operation moved meanwhile (replaced by another process): read again.
    #[error("operation {0} was changed by another process; nothing was written, it is read again")]
    Moved(OpId),
    /// What the batch was planned on is no longer so: plan again.
    #[error(
        "something else was decided or sent since this was planned; nothing was written, it is planned again"
    )]
    Overtaken,
    /// Another process is the sender now.
    #[error(
        "another scimdeck process took over sending for this connection; nothing was written by this one"
    )]
    FenceLost,
    /// The batch contradicts what is there: a user name that somebody else has, an unknown connection.
    #[error("refused: {why}; nothing was written")]
    Refused {
        /// What is wrong.
        why: String,
    },
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

/// Which operations to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The live ones, oldest first.
    Live,
    /// These, where they are there, oldest first.
    Ids(Vec<OpId>),
    /// The newest 100 of a person, oldest first.
    Person(PersonId),
    /// Live ones, the worst first (`engine::rank`).
    Worst(TasksQuery),
    /// The last run of this actor, done or not, oldest first; a run commits all its operations at one time.
    LastRun(String),
    /// The run that this operation is of, oldest first.
    RunOf(OpId),
    /// The live ones that end access, oldest first.
    EndsOfAccess,
    /// Those that a sender began: inflight, in doubt or waiting, oldest first.
    Begun,
}

pub use crate::engine::BrakeHistory;

impl StoreError {
    /// Whether only this batch is at fault; its neighbours in the same transaction can still be written.
    pub fn of_the_batch(&self) -> bool {
        matches!(self, Self::Moved(_) | Self::Overtaken | Self::FenceLost | Self::Refused { .. })
    }
}
