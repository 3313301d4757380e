//! Whole bodies: of a POST, and of a PUT, which is the resource as it was read with our attributes written over it.

use serde_json::{Map, Value, json};

use super::account::is_primary;
use crate::domain::{AccountValues, Owned, ProfileAttribute, field};
use crate::scim::resource::{self, Resource, urn};

/// A value as the attribute's data type writes it.
pub(super) fn typed(attribute: &ProfileAttribute, value: &str) -> Value {
    use crate::domain::DataType;
    match attribute.data_type {
        DataType::String => Value::from(value),
        DataType::Integer => value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from),
        DataType::Number => value.parse::<f64>().map_or_else(|_| Value::from(value), Value::from),
        DataType::Boolean => Value::from(value == "true"),
    }
}

/// The body of a POST: attributes without a value are left out, extensions go under their URN (RFC 7643, 3.3).
pub(super) fn create_body(values: &AccountValues, attributes: &[ProfileAttribute]) -> Value {
    let mut body = Map::with_capacity(field::TEXTS.len() + attributes.len() + 2);
    body.insert("schemas".to_owned(), json!([urn::USER]));
    write(&mut body, values, |_| true, attributes);
    Value::Object(body)
}

/// The body of a PUT: the resource as it was read with our attributes written over it. Unknown attributes and
/// extensions survive; what the server alone may write (`meta`, `groups`) and a password are left out.
pub(super) fn merged(
    resource: &Resource,
    goal: &AccountValues,
    owned: &Owned,
    attributes: &[ProfileAttribute],
) -> Value {
    let mut body = resource.clone();
    for name in ["meta", "groups", "password"] {
        resource::remove(&mut body, name);
    }
    write(&mut body, goal, |name| owned.has(name), attributes);
    Value::Object(body)
}

fn write(
    body: &mut Resource,
    values: &AccountValues,
    owned: impl Fn(&str) -> bool,
    attributes: &[ProfileAttribute],
) {
    if owned(field::ACTIVE) {
        resource::set(body, "active", Value::from(values.active));
    }
    for (name, value) in values.texts() {
        if !owned(name) {
            continue;
        }
        match name {
            field::EMAIL => write_email(body, value),
            field::DEPARTMENT => write_extension(body, urn::ENTERPRISE_USER, field::DEPARTMENT, text(value)),
            _ => match name.strip_prefix("name.") {
                Some(part) => write_name(body, part, value),
                None => put(body, name, text(value)),
            },
        }
    }
    for attribute in attributes.iter().filter(|a| a.sendable() && owned(&a.variable)) {
        let value = values.roles.get(&attribute.variable).map(|value| typed(attribute, value));
        match &attribute.external_namespace {
            Some(urn) => write_extension(body, urn, &attribute.external_name, value),
            None => put(body, &attribute.external_name, value),
        }
    }
}

fn text(value: &str) -> Option<Value> {
    (!value.is_empty()).then(|| Value::from(value))
}

fn put(map: &mut Resource, name: &str, value: Option<Value>) {
    match value {
        Some(value) => resource::set(map, name, value),
        None => {
            resource::remove(map, name);
        }
    }
}

/// The object under `name`, made when it is not there and there is something to put.
fn object<'a>(body: &'a mut Resource, name: &str, make: bool) -> Option<&'a mut Resource> {
    let there = resource::get(body, name).is_some_and(Value::is_object);
    if !there {
        if !make {
            return None;
        }
        resource::set(body, name, Value::Object(Map::new()));
    }
    resource::get_mut(body, name).and_then(Value::as_object_mut)
}

fn write_name(body: &mut Resource, part: &str, value: &str) {
    let Some(name) = object(body, "name", !value.is_empty()) else { return };
    if resource::text(name, part).unwrap_or_default() != value {
        // A formatted name made from the old parts would contradict the new ones.
        resource::remove(name, "formatted");
    }
    put(name, part, text(value));
}

fn write_extension(body: &mut Resource, urn: &str, name: &str, value: Option<Value>) {
    let given = value.is_some();
    let Some(extension) = object(body, urn, given) else { return };
    put(extension, name, value);
    if given {
        list_schema(body, urn);
    }
}

/// An extension in use is named in `schemas` (RFC 7643, 3).
fn list_schema(body: &mut Resource, urn: &str) {
    match resource::get_mut(body, "schemas") {
        Some(Value::Array(schemas)) => {
            let named = schemas.iter().any(|s| s.as_str().is_some_and(|s| s.eq_ignore_ascii_case(urn)));
            if !named {
                schemas.push(Value::from(urn));
            }
        }
        _ => resource::set(body, "schemas", json!([urn::USER, urn])),
    }
}

/// Replaces the address that counts and keeps the others.
fn write_email(body: &mut Resource, value: &str) {
    let mut emails = match resource::get(body, "emails") {
        Some(Value::Array(emails)) => emails.clone(),
        _ => Vec::new(),
    };
    let primary = |e: &Value| e.as_object().is_some_and(is_primary);
    let at = emails.iter().position(primary).or(if emails.is_empty() { None } else { Some(0) });
    match (at, value.is_empty()) {
        (Some(at), true) => {
            emails.remove(at);
        }
        (None, true) => {}
        (Some(at), false) => match emails[at].as_object_mut() {
            Some(email) => resource::set(email, "value", Value::from(value)),
            None => emails[at] = json!({"primary": true, "value": value, "type": "work"}),
        },
        (None, false) => emails.push(json!({"primary": true, "value": value, "type": "work"})),
    }
    put(body, "emails", (!emails.is_empty()).then_some(Value::Array(emails)));
}
