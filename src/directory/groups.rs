//! A group with its members, its assignment and its push.

use std::collections::BTreeSet;

use super::Directory;
use crate::domain::{Group, GroupAssignment, PersonId, Push};

/// A group as the Groups pane shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Who it is.
    pub group: Group,
    /// Who is in it.
    pub members: BTreeSet<PersonId>,
    /// Its assignment to the app, where there is one.
    pub assignment: Option<GroupAssignment>,
    /// Its push to the endpoint, where there is one.
    pub push: Option<Push>,
}

/// How a group's push stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// It is there as it is here.
    Pushed,
    /// Something moved here since; it is sent, and who has to leave waits for a plan.
    Due,
    /// The last try did not go through.
    Failed,
    /// Its push is being ended: it is to be deleted there, or to be looked for before it is forgotten.
    Ending,
}

impl PushState {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Due => "due",
            Self::Failed => "failed",
            Self::Ending => "ending",
        }
    }
}

impl GroupRow {
    /// Remote ids of the members that belong there, sorted: those with an account and access. Members who are not
    /// provisioned yet wait for it.
    pub fn members_there(&self, directory: &Directory) -> Vec<String> {
        let people = self.members.iter().filter_map(|id| directory.get(*id));
        let mut ids: Vec<String> = people
            .filter(|p| p.shall_have_access() && p.has_access_there())
            .filter_map(|p| p.remote_id().map(str::to_owned))
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Whether what is there is not what it shall be, as far as we know.
    pub fn push_due(&self, directory: &Directory) -> bool {
        self.push.as_ref().is_some_and(|push| {
            // What was made there and is not known by its id any more was unlinked meanwhile: it is looked for.
            push.remote_id.is_none()
                || push.ending.is_some()
                || push.sent_at.is_some()
                || push.failure.is_some()
                || push.name != self.group.name
                || push.members.as_ref() != Some(&self.members_there(directory))
        })
    }

    /// Whether any of what is due may be sent without another plan. Who is to be taken out there and was not
    /// approved waits for one, and so does a group that was changed there.
    pub fn push_goes(&self, directory: &Directory) -> bool {
        let Some(push) = self.push.as_ref().filter(|_| self.push_due(directory)) else { return false };
        if push.waits && push.ending.is_none() {
            return false;
        }
        let known = push.remote_id.is_some() && push.ending.is_none() && push.sent_at.is_none();
        let Some(members) = push.members.as_ref().filter(|_| known) else { return true };
        let wanted = self.members_there(directory);
        let lacks = |among: &[String], id: &String| among.binary_search(id).is_err();
        push.name != self.group.name
            || wanted.iter().any(|id| lacks(members, id))
            || members.iter().any(|id| lacks(&wanted, id) && !lacks(&push.may_leave, id))
    }

    /// How the push stands; none without one.
    pub fn push_state(&self, directory: &Directory) -> Option<PushState> {
        let push = self.push.as_ref()?;
        Some(match (&push.failure, push.ending) {
            (Some(_), _) => PushState::Failed,
            (None, Some(_)) => PushState::Ending,
            (None, None) if self.push_due(directory) => PushState::Due,
            (None, None) => PushState::Pushed,
        })
    }
}
