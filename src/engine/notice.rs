//! What the background tells a face without being asked.

use super::Holder;
use crate::audit::AuditEntry;
use crate::directory::Directory;
use crate::domain::{Failure, Rehearsal, Time};

/// Who sends for the connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sending {
    /// This process; nothing stands still.
    #[default]
    Here,
    /// Another process on this home, where it says who it is.
    Elsewhere(Option<Box<Holder>>),
    /// Nobody: the connection is disabled or this is read-only mode.
    Off,
    /// This process, and it stopped until an operator acts: a refused token, a journal that cannot be written.
    Stopped(Failure),
    /// This process, waiting until then because the endpoint asked for it or is down.
    Waiting(Time, Failure),
    /// A stopped run was found at start; it goes on when an operator says so.
    Offered(u32),
}

/// The state of the activity feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FeedState {
    /// The endpoint has none; the feed shows our own operations and what checks see.
    #[default]
    None,
    /// Read at this time without trouble.
    Live(Time),
    /// The last read failed.
    Failing(Failure),
}

/// A notice.
#[expect(clippy::large_enum_variant, reason = "notices are few, and most carry the directory")]
#[derive(Debug, Clone)]
pub enum Notice {
    /// The directory as it is now.
    Directory(Directory),
    /// New audit entries, oldest first.
    Audit(Vec<AuditEntry>),
    /// Who sends, and whether it goes.
    Sending(Sending),
    /// How the activity feed is.
    Feed(FeedState),
    /// Since when nothing of the queue worked; none when it works, or nothing is due.
    Stuck(Option<Time>),
    /// What the sandbox has on purpose; none where the connection leads to no sandbox on this machine.
    Rehearsal(Option<Rehearsal>),
}
