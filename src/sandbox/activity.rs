//! The activity log: what happened in the workspace, who did it, and what it changed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scim::resource::Resource;

/// `details.activity` of every change made through SCIM. The word is Workato's; that it stands there is our
/// reading of its documents.
pub const SCIM_AUTO_SYNC: &str = "scim_auto_sync";

/// Kinds of event. Workato's own names for these are not published: these are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Someone new was invited.
    MemberInvited,
    /// The invitation of someone who has not accepted was changed.
    InvitationUpdated,
    /// The invitation was sent once more.
    InvitationResent,
    /// Someone accepted.
    InvitationAccepted,
    /// Roles or profile of a collaborator changed.
    MemberUpdated,
    /// Access was taken; the record stays.
    MemberDeactivated,
    /// Access was given back.
    MemberReactivated,
    /// The record was removed.
    MemberRemoved,
    /// Someone signed in.
    SignedIn,
    /// A group was made.
    GroupCreated,
    /// A group changed.
    GroupUpdated,
    /// A group was removed.
    GroupDeleted,
}

impl Event {
    /// The name as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MemberInvited => "member_invited",
            Self::InvitationUpdated => "invitation_updated",
            Self::InvitationResent => "invitation_resent",
            Self::InvitationAccepted => "invitation_accepted",
            Self::MemberUpdated => "member_updated",
            Self::MemberDeactivated => "member_deactivated",
            Self::MemberReactivated => "member_reactivated",
            Self::MemberRemoved => "member_removed",
            Self::SignedIn => "user_login",
            Self::GroupCreated => "group_created",
            Self::GroupUpdated => "group_updated",
            Self::GroupDeleted => "group_deleted",
        }
    }
}

/// `resource.type` of a collaborator (Workato: "Workspace collaborators and moderators").
pub(super) const MANAGED_USER_GRANT: &str = "ManagedUserGrant";
/// `resource.type` of an invitation (Workato: "Workspace invitations").
pub(super) const MEMBER_INVITATION: &str = "MemberInvitation";
/// `resource.type` of a group: ours.
pub(super) const COLLABORATOR_GROUP: &str = "CollaboratorGroup";

/// One attribute before and after; null where it was or is not there. Of group members only those that came or
/// went are listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `userName`, `name.givenName`, `URN:attr`.
    pub attribute: String,
    /// Value before.
    pub before: Value,
    /// Value after.
    pub after: Value,
}

/// Someone or something with a number, a name and an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Number in the workspace.
    pub id: u64,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
}

/// The request behind an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestInfo {
    /// Client address.
    pub ip_address: String,
    /// `User-Agent`.
    pub user_agent: String,
    /// `X-Request-Id`, where the client sent one: how it finds the echo of its own operation.
    pub request_id: Option<String>,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Number in the workspace.
    pub id: u64,
    /// Name.
    pub name: String,
    /// `ManagedUserGrant`, `MemberInvitation`, or our `CollaboratorGroup`.
    #[serde(rename = "type")]
    pub kind: String,
    /// E-mail; null for a group.
    pub email: Option<String>,
    /// When the invitation was accepted.
    pub email_confirmed_at: Option<Timestamp>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Running number from 1, without gaps.
    pub id: u64,
    /// When; never earlier than the entry before.
    pub timestamp: Timestamp,
    /// What.
    pub event: Event,
    /// [`SCIM_AUTO_SYNC`], or nothing when a person did it in the workspace.
    pub activity: Option<String>,
    /// Who.
    pub user: Actor,
    /// The request, when there was one.
    pub request: Option<RequestInfo>,
    /// About whom.
    pub resource: Target,
    /// What it changed.
    pub changes: Vec<Change>,
    /// The whole of it in words; empty for groups.
    #[serde(default)]
    pub sentence: String,
}

/// An entry before it has a number and a time.
pub(super) struct Draft {
    pub(super) event: Event,
    pub(super) activity: Option<String>,
    pub(super) user: Actor,
    pub(super) request: Option<RequestInfo>,
    pub(super) resource: Target,
    pub(super) changes: Vec<Change>,
    pub(super) sentence: String,
}

/// The log: entries in the order of their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    pub(super) entries: Vec<Entry>,
}

impl Log {
    /// Appends an entry. A clock that went back does not break the order of times.
    pub(super) fn append(&mut self, draft: Draft, now: Timestamp) -> (u64, Timestamp) {
        let last = self.entries.last();
        let id = last.map_or(1, |entry| entry.id + 1);
        let timestamp = last.map_or(now, |entry| entry.timestamp.max(now));
        let Draft { event, activity, user, request, resource, changes, sentence } = draft;
        let entry = Entry { id, timestamp, event, activity, user, request, resource, changes, sentence };
        self.entries.push(entry);
        (id, timestamp)
    }

    /// The entries from a time on.
    pub(super) fn since(&self, from: Option<Timestamp>) -> &[Entry] {
        let start = from.map_or(0, |from| self.entries.partition_point(|entry| entry.timestamp < from));
        self.entries.get(start..).unwrap_or(&[])
    }
}

/// What differs between two resources: one level into single complex attributes and extensions.
pub(super) fn diff(before: &Resource, after: &Resource) -> Vec<Change> {
    let mut changes = Vec::new();
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let none = Resource::new();
        let objects = match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => Some((old, new)),
            (Some(Value::Object(old)), None) => Some((old, &none)),
            (None, Some(Value::Object(new))) => Some((&none, new)),
            _ => None,
        };
        let Some((old_map, new_map)) = objects else {
            changes.push(change(name.clone(), old, new));
            continue;
        };
        let separator = if name.contains(':') { ':' } else { '.' };
        let inner = old_map.keys().chain(new_map.keys().filter(|name| !old_map.contains_key(*name)));
        for part in inner.filter(|part| old_map.get(*part) != new_map.get(*part)) {
            changes.push(change(format!("{name}{separator}{part}"), old_map.get(part), new_map.get(part)));
        }
    }
    changes
}

fn change(attribute: String, before: Option<&Value>, after: Option<&Value>) -> Change {
    let value = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
    Change { attribute, before: value(before), after: value(after) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_down_to_the_sub_attribute() {
        let map = |value: Value| value.as_object().cloned().expect("an object");
        let before = map(json!({"a": 1, "name": {"x": 1, "y": 2}, "urn:r": {"role": "A"}, "same": [1]}));
        let after =
            map(json!({"name": {"x": 1, "y": 3}, "urn:r": {"role": "B", "test": "C"}, "same": [1], "b": []}));
        let changes = diff(&before, &after);
        let named: Vec<_> = changes.iter().map(|c| (c.attribute.as_str(), &c.before, &c.after)).collect();
        assert_eq!(
            named,
            [
                ("a", &json!(1), &Value::Null),
                ("name.y", &json!(2), &json!(3)),
                ("urn:r:role", &json!("A"), &json!("B")),
                ("urn:r:test", &Value::Null, &json!("C")),
                ("b", &Value::Null, &json!([])),
            ]
        );
        assert!(diff(&after, &after).is_empty());
    }
}
