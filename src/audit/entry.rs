//! One entry of the audit feed.

use serde::{Deserialize, Serialize};

use crate::domain::{Difference, OpId, PersonId, Time};

/// Where an entry is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The app's own log says that SCIM changed it: the seed's mark.
    ScimAutoSync,
    /// An operator of this program.
    #[default]
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

/// What an entry says about somebody's access: all that the evidence of its ends is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// They shall not have it any more.
    Ended,
    /// They shall have it again.
    Given,
    /// The operation that was to end it was given up.
    Dropped,
    /// They were to have none, and the app was found to give them none.
    NotThere,
}

/// Something that happened. Order is arrival.
///
/// An entry is hashed as the text it was stored with, so fields that came later are left out where they say nothing:
/// chains of earlier entries hold as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    /// The answer to our write: its HTTP status, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The process that wrote it, where it is an entry of ours. It is the operator's own one for a decision, and the
    /// sending one for what came of an operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// From where that session was reached over SSH: the client's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh_from: Option<String>,
    /// What it says about the person's access: an end of it is counted from the decision, whatever becomes of its
    /// operations, until one of them or a look confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
}

impl AuditEntry {
    /// Who did it, from where and in which process, as far as it is known.
    pub fn who(&self) -> String {
        let from = self.ssh_from.as_ref().map(|from| format!("from {from}"));
        let session = self.session.as_ref().map(|session| format!("session {session}"));
        let actor = Some(self.actor.clone()).filter(|actor| !actor.is_empty());
        let known: Vec<String> = [actor, from, session].into_iter().flatten().collect();
        known.join(", ")
    }
}

impl Source {
    /// Whether this program writes such entries about its own doings, not about what the app's log says.
    pub fn ours(self) -> bool {
        matches!(self, Self::Console | Self::Import)
    }
}

/// Who sits at a process: what every entry that it writes of its own is marked with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// A random name of the process.
    pub session: Option<String>,
    /// The SSH client's address.
    pub ssh_from: Option<String>,
}

impl Stamp {
    /// Marks an entry of ours that carries no mark yet.
    pub fn mark(&self, entry: &mut AuditEntry) {
        if entry.source.ours() && entry.session.is_none() {
            entry.session.clone_from(&self.session);
            entry.ssh_from.clone_from(&self.ssh_from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::text;

    #[test]
    fn an_entry_of_ours_is_marked_once_and_the_apps_own_never() {
        let stamp = Stamp { session: Some("s1".into()), ssh_from: Some("192.0.2.7".into()) };
        let mut own = AuditEntry::default();
        stamp.mark(&mut own);
        Stamp { session: Some("s2".into()), ssh_from: None }.mark(&mut own);
        assert_eq!((own.session.as_deref(), own.ssh_from.as_deref()), (Some("s1"), Some("192.0.2.7")));
        let mut echo = AuditEntry { source: Source::ScimAutoSync, ..AuditEntry::default() };
        stamp.mark(&mut echo);
        assert_eq!(echo.session, None);
    }

    #[test]
    fn an_earlier_entrys_text_is_read_and_written_as_it_was() {
        let earlier = text(&AuditEntry { seq: 1, event: "update".into(), ..AuditEntry::default() });
        assert!(!earlier.contains("session") && !earlier.contains("status"));
        assert_eq!(text(&serde_json::from_str(&earlier).unwrap()), earlier);
    }
}
