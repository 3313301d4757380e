//! `rfc`: a change is a PATCH with a path for each attribute that differs, nothing else (RFC 7644, 3.5.2).

use serde_json::{Value, json};

use super::account::{counting_email, is_entity_tag, is_primary};
use super::body::typed;
use crate::domain::{AccountValues, Call, Method, Owned, ProfileAttribute, field};
use crate::engine::Found;
use crate::scim::filter;
use crate::scim::resource::{self, Resource, urn};

/// With `etags` the version that was read goes along, where there is one: nobody's change in between is overwritten
/// (RFC 7644, 3.14).
pub(super) fn change(
    found: &Found,
    goal: &AccountValues,
    owned: &Owned,
    attributes: &[ProfileAttribute],
    etags: bool,
) -> Call {
    let moved = found.account.values.differences(goal).into_iter().filter(|d| owned.has(&d.attribute));
    let operations =
        moved.filter_map(|d| operation(&found.resource, goal, &d.attribute, attributes)).collect();
    let mut call = patch(&found.account.remote_id, operations);
    call.if_match = found.account.version.clone().filter(|version| etags && is_entity_tag(version));
    call
}

/// A PATCH of an account.
pub(super) fn patch(remote_id: &str, operations: Vec<Value>) -> Call {
    let body = json!({"schemas": [urn::PATCH_OP], "Operations": operations});
    Call::new(Method::Patch, &["Users", remote_id]).body(body)
}

/// The operation that gives one attribute its value.
fn operation(
    resource: &Resource,
    goal: &AccountValues,
    name: &str,
    attributes: &[ProfileAttribute],
) -> Option<Value> {
    if name == field::ACTIVE {
        return Some(one(resource::get(resource, "active"), "active", Some(goal.active.into())));
    }
    if let Some((_, text)) = goal.texts().into_iter().find(|(n, _)| *n == name) {
        let value = (!text.is_empty()).then(|| Value::from(text));
        return match name {
            field::EMAIL => email(resource, value),
            field::DEPARTMENT => Some(of_extension(resource, urn::ENTERPRISE_USER, name, value)),
            _ => Some(one(at(resource, name), name, value)),
        };
    }
    let attribute = attributes.iter().find(|a| a.variable == name && a.sendable())?;
    let value = goal.roles.get(name).map(|value| typed(attribute, value));
    let external = attribute.external_name.as_str();
    Some(match &attribute.external_namespace {
        Some(urn) => of_extension(resource, urn, external, value),
        None => one(resource::get(resource, external), external, value),
    })
}

/// An attribute or, after a dot, a sub-attribute of the resource.
fn at<'a>(resource: &'a Resource, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        Some((name, sub)) => resource::get(resource::get(resource, name)?.as_object()?, sub),
        None => resource::get(resource, path),
    }
}

fn of_extension(resource: &Resource, urn: &str, name: &str, value: Option<Value>) -> Value {
    let there = resource::get(resource, urn).and_then(Value::as_object).and_then(|e| resource::get(e, name));
    one(there, &format!("{urn}:{name}"), value)
}

/// Adds what is not there, replaces what is, removes what shall not be.
fn one(there: Option<&Value>, path: &str, value: Option<Value>) -> Value {
    match value {
        None => json!({"op": "remove", "path": path}),
        Some(value) => {
            let op = if there.is_some_and(resource::is_assigned) { "replace" } else { "add" };
            json!({"op": op, "path": path, "value": value})
        }
    }
}

/// The address that counts is named by what tells it apart: its type where no other has it, as most clients do, else
/// that it is the primary one, else its value.
fn email(resource: &Resource, value: Option<Value>) -> Option<Value> {
    let emails = resource::get(resource, "emails").and_then(Value::as_array);
    let Some(there) = counting_email(resource) else {
        let value = json!([{"value": value?, "type": "work", "primary": true}]);
        return Some(json!({"op": "add", "path": "emails", "value": value}));
    };
    let others = || emails.into_iter().flatten().filter_map(Value::as_object);
    let kind = resource::text(there, "type").filter(|kind| {
        others().filter(|e| resource::text(e, "type").is_some_and(|k| k.eq_ignore_ascii_case(kind))).count()
            == 1
    });
    let selected = match (kind, resource::text(there, "value")) {
        (Some(kind), _) => format!("emails[type eq {}]", filter::quote(kind)),
        (None, _) if is_primary(there) => "emails[primary eq true]".to_owned(),
        (None, Some(old)) => format!("emails[value eq {}]", filter::quote(old)),
        (None, None) => {
            let value = value.map(|value| json!([{"value": value, "type": "work", "primary": true}]));
            return Some(one(Some(&Value::Bool(true)), "emails", value));
        }
    };
    Some(match value {
        Some(value) => one(resource::get(there, "value"), &format!("{selected}.value"), Some(value)),
        None => one(None, &selected, None),
    })
}

#[cfg(test)]
mod tests;
