//! Pushed groups: what a group there needs to become what it is here, as exact requests.
//!
//! A push is not journalled like a person's operation. It converges: the group is read first, only what differs is
//! written, and it is read again. Cut short at any point it is due again and starts with the read, so nothing is
//! made twice. A group is found by its name or by our `externalId` before it is ever created.

mod allowed;
mod differing;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use allowed::{Allowed, approved};
pub use differing::{GroupDiffers, InGroup, differing, is_looked_at, learned};

use super::Outcome;
use super::wire::{is_entity_tag, version};
use crate::directory::GroupRow;
use crate::domain::{Call, Failure, GroupId, Method, OpId, WireProfile};
use crate::scim::filter;
use crate::scim::repeated::Names;
use crate::scim::resource::{self, Resource, urn};

/// Members named in one request at most: longer lists are refused by many endpoints.
pub const PIECE: usize = 100;

/// What a group shall be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedGroup {
    /// `displayName`.
    pub name: String,
    /// `externalId`.
    pub external_id: String,
    /// Remote ids of the members.
    pub members: BTreeSet<String>,
}

impl WantedGroup {
    /// A group of this directory.
    pub fn new(id: GroupId, name: &str, members: impl IntoIterator<Item = String>) -> Self {
        Self { name: name.to_owned(), external_id: id.to_string(), members: members.into_iter().collect() }
    }
}

/// How members are taken out by PATCH: endpoints differ in which they understand (RFC 7644, 3.5.2.2 has both).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// A path for each: `members[value eq "id"]`.
    ByPath,
    /// The path `members` and the values in an array.
    ByValue,
}

/// A group as it was read there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundGroup {
    /// Its `id`.
    pub remote_id: String,
    /// `displayName`.
    pub name: String,
    /// `externalId`.
    pub external_id: String,
    /// Values of its members.
    pub members: BTreeSet<String>,
    /// The version it was read with, where that is an entity tag: it goes along with what is written on it, so that
    /// nobody's change in between is overwritten (RFC 7644, 3.14).
    pub version: Option<String>,
    /// The whole resource, for a merged replacement.
    pub resource: Resource,
}

/// What is planned for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Made there.
    Create,
    /// One of the same name is there and becomes this one.
    Link,
    /// Changed there.
    Update,
    /// Deleted there.
    Delete,
}

impl GroupKind {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Link => "link",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// One group of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedGroup {
    /// Which.
    pub group: GroupId,
    /// Its name.
    pub name: String,
    /// What happens to it.
    pub kind: GroupKind,
    /// Members that are put in.
    pub added: u32,
    /// Members that are taken out.
    pub removed: u32,
    /// Who is put in, by remote id.
    #[serde(default)]
    pub joining: Vec<String>,
    /// Who is taken out, by remote id.
    #[serde(default)]
    pub leaving: Vec<String>,
    /// The exact requests that write; none where it could not be looked at.
    pub calls: Vec<Call>,
}

impl PlannedGroup {
    /// These moves of a group.
    pub fn new(
        row: &GroupRow,
        kind: GroupKind,
        (joining, leaving): (Vec<String>, Vec<String>),
        calls: Vec<Call>,
    ) -> Self {
        let count = |ids: &[String]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let (added, removed) = (count(&joining), count(&leaving));
        Self {
            group: row.group.id,
            name: row.group.name.clone(),
            kind,
            added,
            removed,
            joining,
            leaving,
            calls,
        }
    }
}

/// What became of a group in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupResult {
    /// Which.
    pub group: GroupId,
    /// Its name.
    pub name: String,
    /// What was done, where something was.
    pub kind: Option<GroupKind>,
    /// Names its requests in the trace.
    pub operation: OpId,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not go through.
    pub error: Option<Failure>,
}

/// The names that count: a group that has one of them twice is not read.
pub fn names() -> Names {
    Names::of(["id", "displayName", "externalId"])
        .with("members", Names::of(["value"]))
        .with("meta", Names::of(["version"]))
}

/// Reads a group, `etag` being the one of its answer. `None` when the resource has no usable `id`.
pub fn found(resource: Resource, etag: Option<&str>) -> Option<FoundGroup> {
    let text = |name| resource::text(&resource, name).unwrap_or_default().to_owned();
    let members = match resource::get(&resource, "members") {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|member| resource::text(member, "value").map(str::to_owned))
            .collect(),
        _ => BTreeSet::new(),
    };
    Some(FoundGroup {
        remote_id: resource::id(&resource)?,
        name: text("displayName"),
        external_id: text("externalId"),
        members,
        version: version(&resource, etag).filter(|version| is_entity_tag(version)),
        resource,
    })
}

/// Looks for a group by its name, as Okta does.
pub fn look_up(name: &str) -> Call {
    Call::new(Method::Get, &["Groups"])
        .query("filter", format!("displayName eq {}", filter::quote(name)))
        .query("startIndex", "1")
        .query("count", "100")
}

/// Reads a group with its members.
pub fn read(remote_id: &str) -> Call {
    Call::new(Method::Get, &["Groups", remote_id])
}

/// Deletes a group there, as it was read where the endpoint tells versions.
pub fn delete(found: &FoundGroup) -> Call {
    let mut call = Call::new(Method::Delete, &["Groups", &found.remote_id]);
    call.if_match.clone_from(&found.version);
    call
}

/// Makes a group, with as many members as one request may name; the others follow.
pub fn create(wanted: &WantedGroup, piece: usize) -> Call {
    let first: Vec<String> = wanted.members.iter().take(piece).cloned().collect();
    Call::new(Method::Post, &["Groups"]).body(json!({
        "schemas": [urn::GROUP],
        "displayName": wanted.name,
        "externalId": wanted.external_id,
        "members": values(&first),
    }))
}

/// Who is put in and who is taken out.
pub fn moves(found: &FoundGroup, wanted: &WantedGroup) -> (Vec<String>, Vec<String>) {
    let added = wanted.members.difference(&found.members).cloned().collect();
    let removed = found.members.difference(&wanted.members).cloned().collect();
    (added, removed)
}

/// The requests that make a group what it shall be; none when it is so.
///
/// `okta-classic` replaces the whole group, as Okta does, while its list fits into one request. Longer lists, and
/// the other profiles, change by PATCH, at most `piece` members a request. Where `okta-classic` finds that the endpoint has no
/// PATCH, [`replace`] is what remains.
///
/// The version that was read goes along with the first: it is another one after that, and what comes then puts in and
/// takes out single members, which overwrites nobody's change.
pub fn changes(
    (profile, removal, piece): (WireProfile, Removal, usize),
    found: &FoundGroup,
    wanted: &WantedGroup,
) -> Vec<Call> {
    let (added, removed) = moves(found, wanted);
    let renamed = found.name != wanted.name;
    if !renamed && added.is_empty() && removed.is_empty() {
        return Vec::new();
    }
    if profile == WireProfile::OktaClassic && wanted.members.len().max(found.members.len()) <= piece {
        return vec![replace(found, wanted)];
    }
    let mut calls = Vec::new();
    if renamed {
        calls.push(patch(&found.remote_id, vec![named(&wanted.name)]));
    }
    // First in, then out: nobody who only moves between forms is without the group in between.
    for some in added.chunks(piece) {
        let add = json!({"op": "add", "path": "members", "value": values(some)});
        calls.push(patch(&found.remote_id, vec![add]));
    }
    for some in removed.chunks(piece) {
        let operations = match removal {
            Removal::ByPath => some.iter().map(|id| remove_one(id)).collect(),
            Removal::ByValue => vec![json!({"op": "remove", "path": "members", "value": values(some)})],
        };
        calls.push(patch(&found.remote_id, operations));
    }
    if let Some(first) = calls.first_mut() {
        first.if_match.clone_from(&found.version);
    }
    calls
}

/// The whole group as it shall be; attributes that are not ours survive.
pub fn replace(found: &FoundGroup, wanted: &WantedGroup) -> Call {
    let mut body = found.resource.clone();
    resource::remove(&mut body, "meta");
    resource::set(&mut body, "displayName", Value::from(wanted.name.as_str()));
    let members: Vec<String> = wanted.members.iter().cloned().collect();
    resource::set(&mut body, "members", values(&members));
    let mut call = Call::new(Method::Put, &["Groups", &found.remote_id]).body(Value::Object(body));
    call.if_match.clone_from(&found.version);
    call
}

fn patch(remote_id: &str, operations: Vec<Value>) -> Call {
    Call::new(Method::Patch, &["Groups", remote_id])
        .body(json!({"schemas": [urn::PATCH_OP], "Operations": operations}))
}

fn named(name: &str) -> Value {
    json!({"op": "replace", "path": "displayName", "value": name})
}

fn remove_one(id: &str) -> Value {
    json!({"op": "remove", "path": format!("members[value eq {}]", filter::quote(id))})
}

fn values(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}

#[cfg(test)]
mod tests;
