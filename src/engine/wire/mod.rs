//! How an account is read from and written into a SCIM resource, and the requests of the `okta-classic` profile:
//! look up by filter, then POST, or GET and PUT of the merged resource; never PATCH, never DELETE of a user.

use serde_json::{Map, Value, json};

use crate::domain::{Account, AccountValues, Call, Method, Owned, ProfileAttribute, RoleValues, field};
use crate::scim::filter;
use crate::scim::resource::{self, Resource, urn};

/// Rows asked for by a look-up, as Okta does: more than one shows a filter that is ignored.
const LOOK_UP_COUNT: &str = "100";

/// Reads an account. `None` when the resource has no usable `id`.
pub fn account(resource: &Resource, etag: Option<&str>, attributes: &[ProfileAttribute]) -> Option<Account> {
    let remote_id = resource::id(resource)?;
    let version = etag.map(str::to_owned).or_else(|| {
        let meta = resource::get(resource, "meta")?.as_object()?;
        resource::text(meta, "version").map(str::to_owned)
    });
    Some(Account { remote_id, version, values: values(resource, attributes) })
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

/// The primary address, else the first.
fn email(resource: &Resource) -> String {
    let Some(Value::Array(emails)) = resource::get(resource, "emails") else { return String::new() };
    let objects = || emails.iter().filter_map(Value::as_object);
    let primary = |e: &&Resource| resource::get(e, "primary").and_then(resource::read_bool) == Some(true);
    let found = objects().find(primary).or_else(|| objects().next());
    found.and_then(|e| resource::text(e, "value")).unwrap_or_default().to_owned()
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

/// A value as the attribute's data type writes it.
fn typed(attribute: &ProfileAttribute, value: &str) -> Value {
    use crate::domain::DataType;
    match attribute.data_type {
        DataType::String => Value::from(value),
        DataType::Integer => value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from),
        DataType::Number => value.parse::<f64>().map_or_else(|_| Value::from(value), Value::from),
        DataType::Boolean => Value::from(value == "true"),
    }
}

/// The body of a POST: attributes without a value are left out, extensions go under their URN (RFC 7643, 3.3).
pub fn create_body(values: &AccountValues, attributes: &[ProfileAttribute]) -> Value {
    let mut owned: Vec<String> = values.texts().iter().map(|(name, _)| (*name).to_owned()).collect();
    owned.push(field::ACTIVE.to_owned());
    owned.extend(attributes.iter().map(|a| a.variable.clone()));
    let mut body = Map::new();
    body.insert("schemas".to_owned(), json!([urn::USER]));
    write(&mut body, values, &Owned::of(owned), attributes);
    Value::Object(body)
}

/// The body of a PUT: the resource as it was read with our attributes written over it. Unknown attributes and
/// extensions survive; what the server alone may write (`meta`, `groups`) and a password are left out.
pub fn merged(
    resource: &Resource,
    goal: &AccountValues,
    owned: &Owned,
    attributes: &[ProfileAttribute],
) -> Value {
    let mut body = resource.clone();
    for name in ["meta", "groups", "password"] {
        resource::remove(&mut body, name);
    }
    write(&mut body, goal, owned, attributes);
    Value::Object(body)
}

fn write(body: &mut Resource, values: &AccountValues, owned: &Owned, attributes: &[ProfileAttribute]) {
    if owned.has(field::ACTIVE) {
        resource::set(body, "active", Value::from(values.active));
    }
    for (name, value) in values.texts() {
        if !owned.has(name) {
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
    for attribute in attributes.iter().filter(|a| a.sendable() && owned.has(&a.variable)) {
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
    let primary = |e: &Value| {
        e.as_object().and_then(|e| resource::get(e, "primary")).and_then(resource::read_bool) == Some(true)
    };
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

/// The names of everything a new or newly linked account gets from us.
pub fn everything(values: &AccountValues, attributes: &[ProfileAttribute]) -> Owned {
    let texts = values.texts();
    let set = texts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| (*name).to_owned());
    let roles = attributes
        .iter()
        .filter(|a| a.sendable() && values.roles.get(&a.variable).is_some())
        .map(|a| a.variable.clone());
    Owned::of(std::iter::once(field::ACTIVE.to_owned()).chain(set).chain(roles))
}

/// Looks for an account by user name.
pub fn look_up(user_name: &str) -> Call {
    Call::new(Method::Get, &["Users"])
        .query("filter", format!("userName eq {}", filter::quote(user_name)))
        .query("startIndex", "1")
        .query("count", LOOK_UP_COUNT)
}

/// Reads a linked account.
pub fn read(remote_id: &str) -> Call {
    Call::new(Method::Get, &["Users", remote_id])
}

/// Creates an account.
pub fn create(values: &AccountValues, attributes: &[ProfileAttribute]) -> Call {
    Call::new(Method::Post, &["Users"]).body(create_body(values, attributes))
}

/// Replaces an account.
pub fn replace(remote_id: &str, body: Value) -> Call {
    Call::new(Method::Put, &["Users", remote_id]).body(body)
}

#[cfg(test)]
mod tests;
