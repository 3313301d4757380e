//! What the background tells a face without being asked.

use serde::{Deserialize, Serialize};

use super::{Ahead, Holder};
use crate::audit::AuditEntry;
use crate::directory::Directory;
use crate::domain::{Failure, FailureKind, LONGEST_WAIT_MS, Rehearsal, Time};

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

/// Why nothing is sent for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Until when; none where it ends by an operator only.
    pub until: Option<Time>,
    /// Why, and what follows.
    #[serde(flatten)]
    pub failure: Failure,
}

impl Pause {
    /// What to do, with how an operator who knows better goes on before the app's time.
    pub fn next(&self) -> String {
        match self.failure.kind {
            FailureKind::SlowDown => {
                format!("{} To ask it at once all the same: scimdeck test --now", self.failure.next)
            }
            _ => self.failure.next.clone(),
        }
    }
}

/// For how long an endpoint asked for nothing of a kind, as it is kept for the next process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When it was asked.
    pub at: Time,
    /// Nothing goes before this.
    pub until: Time,
    /// Why, and what follows.
    #[serde(flatten)]
    pub failure: Failure,
}

impl Asked {
    /// How many milliseconds it still is; below zero where it is over. A clock that was set makes it no longer than it was.
    pub fn left_ms(&self, now: Time) -> i64 {
        self.until.since(now).min(self.until.since(self.at)).min(LONGEST_WAIT_MS)
    }
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
    /// What is left, by the limits that were learned.
    Ahead(Ahead),
    /// How the activity feed is.
    Feed(FeedState),
    /// Since when nothing of the queue worked; none when it works, or nothing is due.
    Stuck(Option<Time>),
    /// What the sandbox has on purpose; none where the connection leads to no sandbox on this machine.
    Rehearsal(Option<Rehearsal>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_was_kept_is_no_longer_than_it_was_nor_than_any_that_is_believed() {
        let failure = Failure { kind: FailureKind::SlowDown, text: "429".into(), next: String::new() };
        let at = Time::from_ms(1_000_000);
        let asked = |ms| Asked { at, until: at.plus_ms(ms), failure: failure.clone() };
        assert_eq!(asked(60_000).left_ms(at.plus_ms(20_000)), 40_000);
        assert_eq!(asked(60_000).left_ms(at.plus_ms(90_000)), -30_000, "it is over");
        assert_eq!(asked(60_000).left_ms(at.plus_ms(-86_400_000)), 60_000, "the clock was set back");
        assert_eq!(asked(i64::MAX / 2).left_ms(at), LONGEST_WAIT_MS, "nobody wrote that");
    }
}
