//! Resources as they are answered: id, schemas, meta, references, and only the attributes asked for
//! (RFC 7644 section 3.9).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::groups::{Group, Groups};
use super::people::People;
use super::query::Query;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::{self, AttrRef, Resource, urn};

/// What the client asked to see.
#[derive(Debug)]
pub(super) enum Projection {
    All,
    Only(Vec<AttrRef>),
    Without(Vec<AttrRef>),
}

impl Projection {
    pub(super) fn of(query: &Query) -> Result<Self, ScimError> {
        let names = |text: &str| -> Vec<AttrRef> {
            text.split(',').map(str::trim).filter_map(AttrRef::parse).collect()
        };
        match (query.get("attributes"), query.get("excludedAttributes")) {
            (Some(_), Some(_)) => Err(ScimError::typed(
                ScimType::InvalidValue,
                "attributes and excludedAttributes exclude each other",
            )),
            (Some(text), None) => Ok(Self::Only(names(text))),
            (None, Some(text)) => Ok(Self::Without(names(text))),
            (None, None) => Ok(Self::All),
        }
    }

    /// Whether a whole top-level attribute can be in the answer at all: saves making long member lists.
    pub(super) fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(attrs) => attrs.iter().any(|attr| attr.name.eq_ignore_ascii_case(name)),
            Self::Without(attrs) => !attrs.iter().any(|attr| attr.is_core(name)),
        }
    }

    /// `id` and `schemas` are always answered.
    pub(super) fn apply(&self, mut full: Resource) -> Resource {
        match self {
            Self::All => full,
            Self::Only(attrs) => {
                let mut kept = Resource::new();
                for name in ["schemas", "id"] {
                    if let Some(value) = full.get(name) {
                        kept.insert(name.to_owned(), value.clone());
                    }
                }
                for attr in attrs {
                    keep(&full, attr, &mut kept);
                }
                kept
            }
            Self::Without(attrs) => {
                for attr in attrs {
                    drop_attr(&mut full, attr);
                }
                full
            }
        }
    }
}

fn keep(full: &Resource, attr: &AttrRef, kept: &mut Resource) {
    let whole = attr.full();
    if let Some(key) = resource::key(full, &whole) {
        let value = full.get(key).cloned().unwrap_or(Value::Null);
        kept.insert(key.to_owned(), value);
        return;
    }
    let Some(value) = attr.lookup(full) else { return };
    let value = match &attr.sub {
        None => value.clone(),
        Some(sub) => only_sub(value, sub),
    };
    let spelled = |map: &Resource, name: &str| resource::key(map, name).unwrap_or(name).to_owned();
    let (target, name) = match attr.extension() {
        None => (kept, spelled(full, &attr.name)),
        Some(urn) => {
            let Some(extension) = resource::get(full, urn).and_then(Value::as_object) else { return };
            let name = spelled(extension, &attr.name);
            match kept.entry(spelled(full, urn)).or_insert_with(|| Value::Object(Resource::new())) {
                Value::Object(map) => (map, name),
                _ => return,
            }
        }
    };
    match (target.get_mut(&name), value) {
        (Some(Value::Object(present)), Value::Object(more)) => present.extend(more),
        (_, value) => {
            target.insert(name, value);
        }
    }
}

fn only_sub(value: &Value, sub: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| only_sub(item, sub)).collect(),
        Value::Object(map) => {
            let part = resource::key(map, sub).and_then(|key| Some((key.to_owned(), map.get(key)?.clone())));
            Value::Object(part.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn drop_attr(full: &mut Resource, attr: &AttrRef) {
    if attr.is_core("id") || attr.is_core("schemas") {
        return;
    }
    if resource::remove(full, &attr.full()).is_some() {
        return;
    }
    let map = match attr.extension() {
        None => Some(full),
        Some(urn) => resource::get_mut(full, urn).and_then(Value::as_object_mut),
    };
    let Some(map) = map else { return };
    let Some(sub) = &attr.sub else {
        resource::remove(map, &attr.name);
        return;
    };
    match resource::get_mut(map, &attr.name) {
        Some(Value::Object(inner)) => {
            resource::remove(inner, sub);
        }
        Some(Value::Array(items)) => {
            for inner in items.iter_mut().filter_map(Value::as_object_mut) {
                resource::remove(inner, sub);
            }
        }
        _ => {}
    }
}

fn meta(kind: &str, base: &str, id: &str, times: (Timestamp, Timestamp), etag: &str) -> Value {
    json!({
        "resourceType": kind,
        "created": format!("{:.3}", times.0),
        "lastModified": format!("{:.3}", times.1),
        "location": format!("{base}/{kind}s/{id}"),
        "version": etag,
    })
}

/// A User.
pub(super) fn user(account: &Account, groups: &Groups, base: &str, projection: &Projection) -> Resource {
    let mut full = Resource::new();
    let extensions = account.attributes.keys().filter(|name| name.starts_with("urn:"));
    let schemas: Vec<&str> = std::iter::once(urn::USER).chain(extensions.map(String::as_str)).collect();
    full.insert("schemas".to_owned(), json!(schemas));
    full.insert("id".to_owned(), account.id.as_str().into());
    full.extend(account.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
    if !account.groups.is_empty() && projection.wants("groups") {
        let of = account.groups.iter().filter_map(|id| groups.by_id(id)).map(|group| {
            json!({"value": group.id, "$ref": format!("{base}/Groups/{}", group.id),
                "display": group.display_name(), "type": "direct"})
        });
        full.insert("groups".to_owned(), of.collect());
    }
    let times = (account.created, account.modified);
    full.insert("meta".to_owned(), meta("User", base, &account.id, times, &account.etag()));
    projection.apply(full)
}

/// A Group.
pub(super) fn group(
    group: &Group,
    people: &People,
    groups: &Groups,
    base: &str,
    projection: &Projection,
) -> Resource {
    let mut full = Resource::new();
    full.insert("schemas".to_owned(), json!([urn::GROUP]));
    full.insert("id".to_owned(), group.id.as_str().into());
    full.extend(group.attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
    if !group.members.is_empty() && projection.wants("members") {
        let members = group.members.iter().map(|member| {
            let own = || match member.kind.as_str() {
                "Group" => groups.by_id(&member.value).map(|g| g.display_name().to_owned()),
                _ => people.by_id(&member.value).map(Account::name),
            };
            json!({"value": member.value, "$ref": format!("{base}/{}s/{}", member.kind, member.value),
                "type": member.kind, "display": member.display.clone().or_else(own)})
        });
        full.insert("members".to_owned(), members.collect());
    }
    let times = (group.created, group.modified);
    full.insert("meta".to_owned(), meta("Group", base, &group.id, times, &group.etag()));
    projection.apply(full)
}
