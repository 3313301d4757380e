//! How a value goes into an attribute: lists are joined, objects merged, and at most one element stays primary.

use std::collections::HashMap;

use serde_json::Value;

use super::Verb;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::{self, Resource};
use crate::scim::schema::{Attribute, Kind, Mutability};

/// Writes `value` as the whole attribute `attribute` of `map`.
pub(super) fn write(
    map: &mut Resource,
    attribute: &Attribute,
    verb: Verb,
    value: &Value,
) -> Result<(), ScimError> {
    if !resource::is_assigned(value) {
        if verb == Verb::Replace {
            resource::remove(map, &attribute.name);
        }
        return Ok(());
    }
    if attribute.multi {
        return write_list(map, attribute, verb, value);
    }
    match (attribute.kind, value) {
        // Sub-attributes that are not named stay (RFC 7644 section 3.5.2.3).
        (Kind::Complex, Value::Object(parts)) => {
            if !matches!(resource::get(map, &attribute.name), Some(Value::Object(_))) {
                resource::set(map, &attribute.name, Value::Object(Resource::new()));
            }
            if let Some(Value::Object(target)) = resource::get_mut(map, &attribute.name) {
                merge(target, parts, attribute)?;
            }
            Ok(())
        }
        (Kind::Complex, _) => Err(wrong_type(attribute)),
        (Kind::Boolean, value) => {
            let flag = resource::read_bool(value).ok_or_else(|| wrong_type(attribute))?;
            resource::set(map, &attribute.name, Value::Bool(flag));
            Ok(())
        }
        (_, Value::String(_)) => {
            resource::set(map, &attribute.name, value.clone());
            Ok(())
        }
        _ => Err(wrong_type(attribute)),
    }
}

/// Merges the members of a complex value.
pub(super) fn merge(target: &mut Resource, parts: &Resource, of: &Attribute) -> Result<(), ScimError> {
    for (name, part) in parts {
        match of.sub(name) {
            Some(sub) => write_sub(target, sub, part)?,
            None => resource::set(target, name, part.clone()),
        }
    }
    Ok(())
}

/// Writes one sub-attribute; readOnly ones are the server's and an immutable one is set once.
pub(super) fn write_sub(target: &mut Resource, sub: &Attribute, value: &Value) -> Result<(), ScimError> {
    let present = resource::get(target, &sub.name).filter(|v| resource::is_assigned(v));
    match sub.mutability {
        Mutability::ReadOnly => Ok(()),
        Mutability::Immutable if present.is_some_and(|present| present != value) => Err(ScimError::typed(
            ScimType::Mutability,
            format!("{} cannot be changed once it is set", sub.name),
        )),
        _ => write(target, sub, Verb::Replace, value),
    }
}

fn write_list(map: &mut Resource, attribute: &Attribute, verb: Verb, value: &Value) -> Result<(), ScimError> {
    let incoming = match value {
        Value::Array(items) => items.clone(),
        one => vec![one.clone()],
    };
    if attribute.kind == Kind::Complex && !incoming.iter().all(Value::is_object) {
        return Err(wrong_type(attribute));
    }
    let mut items = match (verb, resource::remove(map, &attribute.name)) {
        (Verb::Add, Some(Value::Array(items))) => items,
        (Verb::Add, Some(one)) => vec![one],
        _ => Vec::new(),
    };
    let old = items.len();
    // By value, so that a long list of members is joined without comparing everything with everything.
    let mut known: HashMap<Option<String>, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        known.entry(value_of(item)).or_default().push(at);
    }
    for item in incoming {
        let bucket = known.entry(value_of(&item)).or_default();
        if !bucket.iter().any(|at| items.get(*at).is_some_and(|present| same_element(present, &item))) {
            bucket.push(items.len());
            items.push(item);
        }
    }
    let newest = (old..items.len()).rev().find(|at| is_primary(items.get(*at)));
    keep_one_primary(&mut items, newest);
    resource::set(map, &attribute.name, Value::Array(items));
    Ok(())
}

/// What tells elements of a list apart first: the `value` of an object, as text.
pub(super) fn value_of(item: &Value) -> Option<String> {
    item.as_object()?.get("value").map(Value::to_string)
}

/// Two elements are the same when they are equal, or when both are references (`$ref` or only a `value`, as
/// group members are) with the same `value`.
fn same_element(a: &Value, b: &Value) -> bool {
    let reference = |map: &Resource| map.len() == 1 || map.contains_key("$ref");
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if reference(x) || reference(y) => {
            x.get("value").is_some() && x.get("value") == y.get("value")
        }
        _ => a == b,
    }
}

fn is_primary(item: Option<&Value>) -> bool {
    item.and_then(Value::as_object)
        .and_then(|map| resource::get(map, "primary"))
        .and_then(resource::read_bool)
        .unwrap_or(false)
}

/// A new primary element takes the mark from the others (RFC 7644 section 3.5.2).
pub(super) fn keep_one_primary(items: &mut [Value], primary: Option<usize>) {
    let Some(primary) = primary else { return };
    for (at, item) in items.iter_mut().enumerate() {
        if at != primary
            && is_primary(Some(item))
            && let Some(map) = item.as_object_mut()
        {
            resource::set(map, "primary", Value::Bool(false));
        }
    }
}

/// Which of the changed elements is primary now.
pub(super) fn primary_among(items: &[Value], changed: &[usize]) -> Option<usize> {
    changed.iter().rev().copied().find(|at| is_primary(items.get(*at)))
}

pub(super) fn wrong_type(attribute: &Attribute) -> ScimError {
    let kind = match (attribute.multi, attribute.kind) {
        (true, Kind::Complex) => "an object or an array of objects",
        (false, Kind::Complex) => "an object",
        (_, Kind::Boolean) => "true or false",
        _ => "a string",
    };
    ScimError::typed(ScimType::InvalidValue, format!("{} must be {kind}", attribute.name))
}
