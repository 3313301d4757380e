//! Who holds the sending of a connection.

use serde::{Deserialize, Serialize};

use crate::domain::Time;

/// A process that is the sender says so in the home: who it is, since when, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Holder {
    /// Made anew each time that somebody becomes the sender: a take-over must name exactly this one.
    pub id: String,
    /// The operating system's user.
    pub user: String,
    /// The process.
    pub pid: u32,
    /// Its session, as its audit entries name it.
    #[serde(default)]
    pub session: Option<String>,
    /// The SSH client that it is reached from.
    #[serde(default)]
    pub ssh_from: Option<String>,
    /// Since when.
    pub since: Time,
    /// What it is: `console`, or the cause of the command that it runs.
    pub doing: String,
    /// Why, where a reason was given.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A holder as another process sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderSeen {
    /// Who.
    #[serde(flatten)]
    pub holder: Holder,
    /// For how many seconds it gave no sign of life, where that is longer than it should be: it hangs, or was stopped.
    pub silent_s: Option<u64>,
}

impl Holder {
    /// Who it is, in one phrase.
    pub fn words(&self) -> String {
        let from = self.ssh_from.as_ref().map(|from| format!(", from {from}")).unwrap_or_default();
        let reason = self.reason.as_ref().map(|why| format!(", because: {why}")).unwrap_or_default();
        format!("{} (process {}{from}, {} since {}{reason})", self.user, self.pid, self.doing, self.since)
    }
}

impl HolderSeen {
    /// Who it is, whether it lives, and what a take-over must name.
    pub fn words(&self) -> String {
        let silent = self.silent_s.map(|s| format!(", without a sign of life for {s} s")).unwrap_or_default();
        format!("{}{silent}; holder {}", self.holder.words(), self.holder.id)
    }
}
