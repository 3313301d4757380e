//! Calls on `/Groups`. All of it is our invention; display names are unique without case.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::activity::{COLLABORATOR_GROUP, Change, Draft, Event, Target, diff};
use super::calls::{self, answer};
use super::faults::Quirks;
use super::groups::{Group, Member};
use super::http::{Request, Response};
use super::query::Query;
use super::render::{self, Projection};
use super::workspace::Workspace;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::filter::Filter;
use crate::scim::patch;
use crate::scim::resource::{self, Resource};

impl Workspace {
    pub(super) fn group_resource(&self, group: &Group, projection: &Projection) -> Resource {
        render::group(group, &self.people, &self.groups, &self.base_url(), projection)
    }

    fn group_answer(&self, status: u16, id: &str, projection: &Projection) -> Result<Response, ScimError> {
        let group = self.groups.by_id(id).ok_or_else(|| no_group(id))?;
        let location = format!("{}/Groups/{id}", self.base_url());
        Ok(answer(status, self.group_resource(group, projection), group.etag()).with("location", location))
    }

    /// The groups that match. Members are only written out for a filter that names them.
    pub(super) fn find_groups(&self, filter: Option<&Filter>) -> Vec<&Group> {
        let members_matter = filter.is_some_and(|f| f.mentions("members"));
        let projection = if members_matter {
            Projection::All
        } else {
            Projection::Without(vec![resource::AttrRef::core("members")])
        };
        let matches = |group: &&Group| {
            filter.is_none_or(|f| f.matches(&self.group_resource(group, &projection), &self.group_schema))
        };
        self.groups.by_number.values().filter(matches).collect()
    }

    pub(super) fn read_group(&self, request: &Request, id: &str) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let group = self.groups.by_id(id).ok_or_else(|| no_group(id))?;
        if calls::is_known(request, &group.etag()) {
            return Ok(Response::empty(304).with("etag", group.etag()));
        }
        self.group_answer(200, id, &projection)
    }

    pub(super) fn create_group(
        &mut self,
        request: &Request,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let (mut attributes, mut members) = self.group_parts(calls::body(request)?)?;
        self.check_group(&attributes, None, quirks)?;
        self.keep_out_of_group((&mut attributes, &mut members), None);
        let (number, id) = self.ids.next();
        let empty = Group {
            id: id.clone(),
            number,
            attributes: Resource::new(),
            members: Vec::new(),
            version: 0,
            created: now,
            modified: now,
        };
        self.groups.by_number.insert(number, empty);
        self.store_group(&id, attributes, members, Event::GroupCreated, request, now);
        self.group_answer(201, &id, &projection)
    }

    pub(super) fn replace_group(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let group = self.groups.by_id(id).ok_or_else(|| no_group(id))?;
        calls::check_version(request, &group.etag())?;
        let (mut attributes, mut members) = self.group_parts(calls::body(request)?)?;
        self.check_group(&attributes, Some(id), quirks)?;
        self.keep_out_of_group((&mut attributes, &mut members), Some(id));
        self.store_group(id, attributes, members, Event::GroupUpdated, request, now);
        self.group_answer(200, id, &projection)
    }

    pub(super) fn patch_group(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
        quirks: Quirks,
    ) -> Result<Response, ScimError> {
        let projection = Projection::of(&Query::parse(&request.query))?;
        let group = self.groups.by_id(id).ok_or_else(|| no_group(id))?;
        calls::check_version(request, &group.etag())?;
        let operations = patch::read(&calls::body(request)?)?;
        let mut document = group.document();
        document.insert("id".to_owned(), id.into());
        let patched = patch::apply(document, &operations, &self.group_schema)?;
        let (mut attributes, mut members) = self.group_parts(patched)?;
        self.check_group(&attributes, Some(id), quirks)?;
        self.keep_out_of_group((&mut attributes, &mut members), Some(id));
        self.store_group(id, attributes, members, Event::GroupUpdated, request, now);
        self.group_answer(200, id, &projection)
    }

    pub(super) fn delete_group(
        &mut self,
        request: &Request,
        id: &str,
        now: Timestamp,
    ) -> Result<Response, ScimError> {
        let group = self.groups.by_id(id).ok_or_else(|| no_group(id))?;
        calls::check_version(request, &group.etag())?;
        let number = group.number;
        self.store_members(id, Vec::new());
        self.log_group(id, Event::GroupDeleted, Vec::new(), request, now);
        self.groups.by_number.remove(&number);
        for group in self.groups.by_number.values_mut() {
            let before = group.members.len();
            group.members.retain(|member| member.value != id);
            if group.members.len() != before {
                group.version += 1;
                group.modified = now;
            }
        }
        Ok(Response::empty(204))
    }

    /// Splits a body into attributes and members that exist; a member named twice counts once.
    fn group_parts(&self, body: Resource) -> Result<(Resource, Vec<Member>), ScimError> {
        let mut attributes = self.group_schema.normalise(body)?;
        let Some(Value::Array(items)) = attributes.shift_remove("members") else {
            return Ok((attributes, Vec::new()));
        };
        let mut seen = HashSet::new();
        let mut members = Vec::with_capacity(items.len());
        for item in items.iter().filter_map(Value::as_object) {
            let by_ref = || resource::text(item, "$ref").and_then(|url| url.rsplit('/').next());
            let value = resource::text(item, "value").or_else(by_ref).unwrap_or("");
            let kind = if self.people.by_id(value).is_some() {
                "User"
            } else if self.groups.by_id(value).is_some() {
                "Group"
            } else {
                let shown: String = value.chars().take(100).collect();
                let detail = format!("members: there is no user or group with the id {shown:?}");
                return Err(ScimError::typed(ScimType::InvalidValue, detail));
            };
            if seen.insert(value.to_owned()) {
                members.push(Member {
                    value: value.to_owned(),
                    kind: kind.to_owned(),
                    display: resource::text(item, "display").map(str::to_owned),
                });
            }
        }
        Ok((attributes, members))
    }

    fn check_group(&self, attributes: &Resource, id: Option<&str>, quirks: Quirks) -> Result<(), ScimError> {
        if let Some(name) = self.group_schema.missing(attributes) {
            return Err(ScimError::typed(ScimType::InvalidValue, format!("{name} is required")));
        }
        let name = resource::text(attributes, "displayName").unwrap_or("");
        match self.groups.by_name(name) {
            Some(other) if Some(other.id.as_str()) != id && !quirks.same_names => Err(ScimError::typed(
                ScimType::Uniqueness,
                format!("displayName {name:?} belongs to another group"),
            )),
            _ => Ok(()),
        }
    }

    fn store_group(
        &mut self,
        id: &str,
        attributes: Resource,
        members: Vec<Member>,
        event: Event,
        request: &Request,
        now: Timestamp,
    ) {
        let Some(group) = self.groups.by_id(id) else { return };
        let mut changes = diff(&group.attributes, &attributes);
        changes.extend(member_change(&group.members, &members));
        let same = changes.is_empty() && group.members == members;
        if same && event == Event::GroupUpdated {
            return;
        }
        self.store_members(id, members);
        if let Some(group) = self.groups.by_id_mut(id) {
            group.attributes = attributes;
            group.version += 1;
            group.modified = now;
        }
        self.log_group(id, event, changes, request, now);
    }

    /// Sets the members and keeps each account's own list of groups true.
    fn store_members(&mut self, id: &str, members: Vec<Member>) {
        let Some(group) = self.groups.by_id_mut(id) else { return };
        let gone = std::mem::replace(&mut group.members, members);
        for member in gone {
            self.people.touch(&member.value, |account| {
                account.groups.remove(id);
            });
        }
        let Some(group) = self.groups.by_id(id) else { return };
        for member in &group.members {
            self.people.touch(&member.value, |account| {
                account.groups.insert(id.to_owned());
            });
        }
    }

    fn log_group(&mut self, id: &str, event: Event, changes: Vec<Change>, request: &Request, now: Timestamp) {
        self.revision += 1;
        let Some(group) = self.groups.by_id(id) else { return };
        let resource = Target {
            id: group.number,
            name: group.display_name().to_owned(),
            kind: COLLABORATOR_GROUP.to_owned(),
            email: None,
            email_confirmed_at: None,
        };
        let cause = self.cause(request);
        let draft = Draft {
            event,
            activity: cause.activity.map(str::to_owned),
            user: cause.actor,
            request: Some(cause.request),
            resource,
            changes,
            sentence: String::new(),
        };
        self.log.append(draft, now);
    }
}

/// Who left (before) and who came (after).
fn member_change(before: &[Member], after: &[Member]) -> Option<Change> {
    let ids = |members: &[Member]| members.iter().map(|m| m.value.clone()).collect::<HashSet<_>>();
    let (old, new) = (ids(before), ids(after));
    let only = |members: &[Member], other: &HashSet<String>| -> Vec<String> {
        members.iter().map(|m| m.value.clone()).filter(|id| !other.contains(id)).collect()
    };
    let (left, came) = (only(before, &new), only(after, &old));
    let any = !left.is_empty() || !came.is_empty();
    any.then(|| Change { attribute: "members".to_owned(), before: json!(left), after: json!(came) })
}

fn no_group(id: &str) -> ScimError {
    let shown: String = id.chars().take(100).collect();
    ScimError::new(404, format!("there is no group with the id {shown:?}"))
}
