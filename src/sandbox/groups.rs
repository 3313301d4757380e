//! Groups of people. Workato does not document groups in its SCIM API; everything about them here is our
//! invention, kept close to RFC 7643 section 4.2.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::scim::resource::{self, Resource};

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Id of a user or group.
    pub value: String,
    /// `User` or `Group`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name the client gave; else the member's own is shown.
    pub display: Option<String>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// SCIM id.
    pub id: String,
    /// The workspace's own number.
    pub number: u64,
    /// The SCIM attributes, without id, meta, members and schemas.
    pub attributes: Resource,
    /// The members, in the order in which they came.
    pub members: Vec<Member>,
    /// Counts the changes; the ETag.
    pub version: u64,
    /// When the group was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

impl Group {
    /// `displayName`.
    pub fn display_name(&self) -> &str {
        resource::text(&self.attributes, "displayName").unwrap_or("")
    }

    /// The ETag.
    pub fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }

    /// The attributes with the members as JSON, as PATCH works on them.
    pub(super) fn document(&self) -> Resource {
        let mut document = self.attributes.clone();
        let members = self.members.iter().map(|member| match &member.display {
            None => json!({"value": member.value, "type": member.kind}),
            Some(display) => json!({"value": member.value, "type": member.kind, "display": display}),
        });
        let members: Vec<Value> = members.collect();
        if !members.is_empty() {
            document.insert("members".to_owned(), Value::Array(members));
        }
        document
    }
}

/// Groups by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub(super) by_number: BTreeMap<u64, Group>,
}

impl Groups {
    pub(super) fn by_id(&self, id: &str) -> Option<&Group> {
        self.by_number.values().find(|group| group.id == id)
    }

    pub(super) fn by_id_mut(&mut self, id: &str) -> Option<&mut Group> {
        self.by_number.values_mut().find(|group| group.id == id)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Group> {
        let wanted = name.to_lowercase();
        self.by_number.values().find(|group| group.display_name().to_lowercase() == wanted)
    }
}
