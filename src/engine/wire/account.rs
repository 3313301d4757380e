//! How an account is read from a SCIM resource.

use serde_json::Value;

use crate::domain::{Account, AccountValues, ProfileAttribute, RoleValues, field};
use crate::scim::resource::{self, Resource, urn};

/// Reads an account. `None` when the resource has no usable `id`, or a `userName` that is no text: who that is nobody can
/// tell.
pub fn account(resource: &Resource, etag: Option<&str>, attributes: &[ProfileAttribute]) -> Option<Account> {
    let remote_id = resource::id(resource)?;
    if resource::get(resource, "userName").is_some_and(|name| !name.is_string() && !name.is_null()) {
        return None;
    }
    let version = version(resource, etag);
    Some(Account { remote_id, version, values: values(resource, attributes) })
}

/// The version with which a resource was read: the answer's ETag, else its `meta.version`.
pub(in crate::engine) fn version(resource: &Resource, etag: Option<&str>) -> Option<String> {
    etag.map(str::to_owned).or_else(|| {
        let meta = resource::get(resource, "meta")?.as_object()?;
        resource::text(meta, "version").map(str::to_owned)
    })
}

/// `meta.version` should be one (RFC 7643, 3.1); where it is another text, no header can be made of it.
pub(in crate::engine) fn is_entity_tag(version: &str) -> bool {
    let opaque = version.strip_prefix("W/").unwrap_or(version);
    opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
}

/// Reads the attributes we own. An absent `active` counts as active: most endpoints leave it out then
/// (RFC 7643, 4.1.1 gives it no default).
pub fn values(resource: &Resource, attributes: &[ProfileAttribute]) -> AccountValues {
    let text = |name: &str| resource::text(resource, name).unwrap_or_default().to_owned();
    let name = resource::get(resource, "name").and_then(Value::as_object);
    let part = |key: &str| name.and_then(|n| resource::text(n, key)).unwrap_or_default().to_owned();
    let department = resource::get(resource, urn::ENTERPRISE_USER)
        .and_then(Value::as_object)
        .and_then(|e| resource::text(e, field::DEPARTMENT));
    AccountValues {
        active: resource::active(resource).unwrap_or(true),
        external_id: text("externalId"),
        user_name: text("userName"),
        given_name: part("givenName"),
        family_name: part("familyName"),
        display_name: text("displayName"),
        email: email(resource),
        title: text("title"),
        department: department.unwrap_or_default().to_owned(),
        roles: roles(resource, attributes),
    }
}

fn email(resource: &Resource) -> String {
    counting_email(resource).and_then(|e| resource::text(e, "value")).unwrap_or_default().to_owned()
}

/// The address that counts: the primary, else the first.
pub(super) fn counting_email(resource: &Resource) -> Option<&Resource> {
    let emails = resource::get(resource, "emails")?.as_array()?;
    let objects = || emails.iter().filter_map(Value::as_object);
    objects().find(|e| is_primary(e)).or_else(|| objects().next())
}

/// Whether an element of a list is the primary one.
pub(super) fn is_primary(element: &Resource) -> bool {
    resource::get(element, "primary").and_then(resource::read_bool) == Some(true)
}

fn roles(resource: &Resource, attributes: &[ProfileAttribute]) -> RoleValues {
    let mut roles = RoleValues::default();
    for attribute in attributes.iter().filter(|a| a.sendable()) {
        let home = match &attribute.external_namespace {
            Some(urn) => resource::get(resource, urn).and_then(Value::as_object),
            None => Some(resource),
        };
        let value = match home.and_then(|home| resource::get(home, &attribute.external_name)) {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
            _ => continue,
        };
        roles.set(&attribute.variable, &value);
    }
    roles
}
