//! Pushed groups: what a group there needs to become what it is here, as exact requests.
//!
//! A push is not journalled like a person's operation. It converges: the group is read first, only what differs is
//! written, and it is read again. Cut short at any point it is due again and starts with the read, so nothing is
//! made twice. A group is found by its name or by our `externalId` before it is ever created.

mod allowed;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use allowed::{Allowed, approved};

use super::Outcome;
use crate::directory::GroupRow;
use crate::domain::{Call, Failure, GroupId, Method, OpId, WireProfile};
use crate::scim::filter;
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

/// Reads a group. `None` when the resource has no usable `id`.
pub fn found(resource: Resource) -> Option<FoundGroup> {
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

/// Deletes a group there.
pub fn delete(remote_id: &str) -> Call {
    Call::new(Method::Delete, &["Groups", remote_id])
}

/// Makes a group, with as many members as one request may name; the others follow.
pub fn create(wanted: &WantedGroup) -> Call {
    let first: Vec<String> = wanted.members.iter().take(PIECE).cloned().collect();
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
/// the other profiles, change by PATCH, at most [`PIECE`] members a request. Where `okta-classic` finds that the endpoint has no
/// PATCH, [`replace`] is what remains.
pub fn changes(
    profile: WireProfile,
    removal: Removal,
    found: &FoundGroup,
    wanted: &WantedGroup,
) -> Vec<Call> {
    let (added, removed) = moves(found, wanted);
    let renamed = found.name != wanted.name;
    if !renamed && added.is_empty() && removed.is_empty() {
        return Vec::new();
    }
    if profile == WireProfile::OktaClassic && wanted.members.len().max(found.members.len()) <= PIECE {
        return vec![replace(found, wanted)];
    }
    let mut calls = Vec::new();
    if renamed {
        calls.push(patch(&found.remote_id, vec![named(&wanted.name)]));
    }
    // First in, then out: nobody who only moves between forms is without the group in between.
    for piece in added.chunks(PIECE) {
        let add = json!({"op": "add", "path": "members", "value": values(piece)});
        calls.push(patch(&found.remote_id, vec![add]));
    }
    for piece in removed.chunks(PIECE) {
        let operations = match removal {
            Removal::ByPath => piece.iter().map(|id| remove_one(id)).collect(),
            Removal::ByValue => vec![json!({"op": "remove", "path": "members", "value": values(piece)})],
        };
        calls.push(patch(&found.remote_id, operations));
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
    Call::new(Method::Put, &["Groups", &found.remote_id]).body(Value::Object(body))
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
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<u32>) -> Vec<String> {
        range.map(|n| format!("id-{n:04}")).collect()
    }

    fn there(members: &[String]) -> FoundGroup {
        let body = json!({
            "id": "g1", "displayName": "Team", "externalId": "x", "meta": {"version": "1"},
            "urn:other": {"kept": true}, "members": values(members),
        });
        found(body.as_object().cloned().unwrap_or_default()).unwrap()
    }

    fn wanted(members: Vec<String>) -> WantedGroup {
        WantedGroup::new(GroupId(7), "Team", members)
    }

    fn named_in(call: &Call) -> usize {
        call.body.as_ref().unwrap().to_string().matches("id-").count()
    }

    #[test]
    fn a_group_that_is_so_already_needs_no_request() {
        let found = there(&ids(0..3));
        for profile in WireProfile::ALL {
            assert!(changes(profile, Removal::ByPath, &found, &wanted(ids(0..3))).is_empty());
        }
    }

    #[test]
    fn who_may_not_leave_stays_and_who_was_not_shown_does_not_come() {
        let found = there(&ids(0..3));
        let target = |allowed: &Allowed| allowed.of(&found.members, &wanted(ids(2..5))).members;
        let set = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<String>>();
        assert_eq!(target(&Allowed::default()), set(ids(0..5)), "nobody leaves by itself");
        let all = Allowed { joining: None, leaving: set(ids(0..2)) };
        assert_eq!(target(&all), set(ids(2..5)));
        let shown = Allowed { joining: Some(set(ids(3..4))), leaving: set(ids(0..3)) };
        assert_eq!(target(&shown), set(ids(2..4)), "who is wanted never leaves");
    }

    #[test]
    fn okta_classic_replaces_the_group_and_keeps_what_it_does_not_know() {
        let calls =
            changes(WireProfile::OktaClassic, Removal::ByPath, &there(&ids(0..3)), &wanted(ids(1..5)));
        assert_eq!(calls.len(), 1);
        let body = calls[0].body.as_ref().unwrap();
        assert_eq!((calls[0].method, named_in(&calls[0])), (Method::Put, 4));
        assert_eq!(body["urn:other"]["kept"], true);
        assert!(body.get("meta").is_none());
    }

    #[test]
    fn long_lists_change_in_pieces_of_at_most_a_hundred_members_in_every_profile() {
        for profile in WireProfile::ALL {
            for removal in [Removal::ByPath, Removal::ByValue] {
                let calls = changes(profile, removal, &there(&ids(0..250)), &wanted(ids(120..480)));
                assert!(
                    calls.iter().all(|c| c.method == Method::Patch && named_in(c) <= PIECE),
                    "{profile:?}"
                );
                assert_eq!(calls.iter().map(named_in).sum::<usize>(), 230 + 120);
                assert_eq!(calls.len(), 3 + 2);
            }
        }
    }

    #[test]
    fn both_forms_of_removal_are_written_as_the_rfc_has_them() {
        let out = |removal| {
            let calls = changes(WireProfile::Rfc, removal, &there(&ids(0..2)), &wanted(ids(0..1)));
            calls[0].body.as_ref().unwrap()["Operations"].clone()
        };
        let by_path = json!([{"op": "remove", "path": "members[value eq \"id-0001\"]"}]);
        let by_value = json!([{"op": "remove", "path": "members", "value": [{"value": "id-0001"}]}]);
        assert_eq!((out(Removal::ByPath), out(Removal::ByValue)), (by_path, by_value));
    }

    #[test]
    fn an_id_with_quotes_cannot_leave_its_filter() {
        let mut members = ids(0..1);
        members.push("x\" or value pr".to_owned());
        let calls = changes(WireProfile::Rfc, Removal::ByPath, &there(&members), &wanted(ids(0..1)));
        let path = calls[0].body.as_ref().unwrap()["Operations"][0]["path"].as_str().unwrap().to_owned();
        assert_eq!(path, r#"members[value eq "x\" or value pr"]"#);
    }

    #[test]
    fn a_new_group_names_no_more_members_than_one_request_may() {
        assert_eq!(named_in(&create(&wanted(ids(0..250)))), PIECE);
    }
}
