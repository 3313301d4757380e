//! One entry of the audit feed.

use serde::{Deserialize, Serialize};

use crate::domain::{Difference, OpId, PersonId, Time};

/// Where an entry is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The app's own log says that SCIM changed it: the seed's mark.
    ScimAutoSync,
    /// An operator of this program.
    Console,
    /// A file or the endpoint was taken in.
    Import,
    /// The app's log: an invitation was sent or accepted.
    Invitation,
    /// The app's log: somebody signed in.
    SignIn,
    /// A look found a change that was not ours.
    Drift,
    /// Anything else from the app's log.
    App,
}

impl Source {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::ScimAutoSync => "scim_auto_sync",
            Self::Console => "console",
            Self::Import => "import",
            Self::Invitation => "invitation",
            Self::SignIn => "sign_in",
            Self::Drift => "drift",
            Self::App => "app",
        }
    }
}

/// Something that happened. Order is arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Place in the order of arrival on this connection; 0 until it is stored.
    pub seq: u64,
    /// When it arrived here.
    pub time: Time,
    /// When it happened by the app's clock, where the app says so.
    pub remote_time: Option<Time>,
    /// Where it is known from.
    pub source: Source,
    /// What happened, in a plain word: `create`, `update`, `deactivate`, `member_updated`, `people import` ...
    pub event: String,
    /// Who it is about, where that is one of ours.
    pub person: Option<PersonId>,
    /// Who it is about, as a name to show: user name or e-mail.
    pub subject: String,
    /// Who did it: the operating system's user here, or the app's actor.
    pub actor: String,
    /// The operation of ours it belongs to. Our own entry and its `scim_auto_sync` echo share it and are one row.
    pub operation: Option<OpId>,
    /// A sentence.
    pub detail: String,
    /// What was before and what is after.
    #[serde(default)]
    pub changes: Vec<Difference>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The app's id of the entry, so that it is taken in once.
    pub remote_id: Option<String>,
}
