//! One operation on one resource.

use std::collections::HashSet;

use serde_json::Value;

use super::value::{keep_one_primary, primary_among, value_of, write, write_sub, wrong_type};
use super::{Operation, Verb, invalid_path};
use crate::scim::error::{ScimError, ScimType};
use crate::scim::filter::{Filter, Op};
use crate::scim::path::Path;
use crate::scim::resource::{self, AttrRef, Resource};
use crate::scim::schema::{Attribute, Kind, Mutability, ResourceSchema};

pub(super) fn one(
    resource: &mut Resource,
    operation: &Operation,
    schema: &ResourceSchema,
) -> Result<(), ScimError> {
    if let Some(path) = &operation.path {
        return at_path(resource, path, operation.verb, operation.value.as_ref(), schema);
    }
    // Without a path each member of the value is a target; names may be URNs or dotted paths.
    let Some(Value::Object(parts)) = &operation.value else {
        return Err(ScimError::typed(ScimType::InvalidValue, "without a path the value must be an object"));
    };
    for (name, value) in parts {
        // A client that sends back what it read names readOnly attributes; unchanged they do no harm.
        let unchanged = resource::get(resource, name) == Some(value);
        if name.eq_ignore_ascii_case("schemas") || unchanged {
            continue;
        }
        let path = Path::parse(name).ok_or_else(|| invalid_path(name))?;
        at_path(resource, &path, operation.verb, Some(value), schema)?;
    }
    Ok(())
}

fn at_path(
    resource: &mut Resource,
    path: &Path,
    verb: Verb,
    value: Option<&Value>,
    schema: &ResourceSchema,
) -> Result<(), ScimError> {
    if let Some(extension) = schema.extension(&path.attr.full()) {
        return whole_extension(resource, &extension.id.clone(), verb, value, schema);
    }
    if path.attr.full().eq_ignore_ascii_case(&schema.core.id) {
        let operation = Operation { verb, path: None, value: value.cloned() };
        return one(resource, &operation, schema);
    }
    let attribute = schema.attribute(&path.attr).ok_or_else(|| invalid_path(&path.to_string()))?;
    writable(attribute, verb, path.sub().is_none() && path.filter.is_none())?;
    let urn = path.attr.extension().and_then(|urn| schema.extension(urn)).map(|schema| schema.id.clone());
    let Some(urn) = urn else { return in_map(resource, path, attribute, verb, value) };
    if !matches!(resource::get(resource, &urn), Some(Value::Object(_))) {
        if verb == Verb::Remove {
            return Ok(());
        }
        resource::set(resource, &urn, Value::Object(Resource::new()));
    }
    if let Some(Value::Object(map)) = resource::get_mut(resource, &urn) {
        in_map(map, path, attribute, verb, value)?;
        if map.is_empty() {
            resource::remove(resource, &urn);
        }
    }
    Ok(())
}

fn whole_extension(
    resource: &mut Resource,
    urn: &str,
    verb: Verb,
    value: Option<&Value>,
    schema: &ResourceSchema,
) -> Result<(), ScimError> {
    match (verb, value) {
        (Verb::Remove, _) | (Verb::Replace, Some(Value::Null)) => {
            resource::remove(resource, urn);
            Ok(())
        }
        (_, Some(Value::Object(parts))) => {
            // Some clients write a `schemas` into the block; it says nothing.
            for (name, value) in parts.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")) {
                let attr = AttrRef { urn: Some(urn.to_owned()), ..AttrRef::core(name) };
                let path = Path { attr, filter: None, sub: None };
                at_path(resource, &path, verb, Some(value), schema)?;
            }
            Ok(())
        }
        _ => Err(ScimError::typed(ScimType::InvalidValue, format!("{urn} must be an object"))),
    }
}

fn writable(attribute: &Attribute, verb: Verb, whole: bool) -> Result<(), ScimError> {
    let refuse = |why: &str| {
        let detail = format!("{} {why}", attribute.name);
        Err(ScimError::typed(ScimType::Mutability, detail))
    };
    if attribute.mutability == Mutability::ReadOnly {
        return refuse("is set by the server only");
    }
    if attribute.required && verb == Verb::Remove && whole {
        return refuse("is required and cannot be removed");
    }
    Ok(())
}

fn in_map(
    map: &mut Resource,
    path: &Path,
    attribute: &Attribute,
    verb: Verb,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    match (&path.filter, path.sub(), verb) {
        (Some(filter), sub, _) => elements(map, attribute, filter, sub, verb, value),
        (None, Some(sub), _) => part(map, attribute, sub, verb, value),
        (None, None, Verb::Remove) => {
            remove_whole(map, attribute, value);
            Ok(())
        }
        (None, None, _) => write(map, attribute, verb, value.unwrap_or(&Value::Null)),
    }
}

/// Removes an attribute, or with a value the listed elements of it (the form Entra sends).
fn remove_whole(map: &mut Resource, attribute: &Attribute, value: Option<&Value>) {
    let listed = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(object @ Value::Object(_)) => std::slice::from_ref(object),
        _ => &[],
    };
    if listed.is_empty() || !attribute.multi {
        resource::remove(map, &attribute.name);
        return;
    }
    let gone: HashSet<String> = listed.iter().filter_map(value_of).collect();
    if let Some(Value::Array(items)) = resource::get_mut(map, &attribute.name) {
        items.retain(|item| match value_of(item) {
            Some(value) => !gone.contains(&value),
            None => !listed.contains(item),
        });
        if items.is_empty() {
            resource::remove(map, &attribute.name);
        }
    }
}

/// `attr.sub`: in a list, the sub-attribute of every element.
fn part(
    map: &mut Resource,
    attribute: &Attribute,
    sub: &str,
    verb: Verb,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let definition = sub_of(attribute, sub)?;
    let whole = Path { attr: AttrRef::core(&attribute.name), filter: None, sub: None };
    if attribute.multi {
        let any = match resource::get(map, &attribute.name) {
            Some(Value::Array(items)) => !items.is_empty(),
            _ => false,
        };
        if any {
            return change(map, attribute, |_| true, Some(definition), verb, value).map(|_| ());
        }
        if verb == Verb::Remove {
            return Ok(());
        }
        let element = element_with(&[(definition.name.clone(), value.cloned().unwrap_or(Value::Null))]);
        return in_map(map, &whole, attribute, Verb::Add, Some(&element));
    }
    if verb != Verb::Remove {
        if !matches!(resource::get(map, &attribute.name), Some(Value::Object(_))) {
            resource::set(map, &attribute.name, Value::Object(Resource::new()));
        }
        return match resource::get_mut(map, &attribute.name) {
            Some(Value::Object(inner)) => write_sub(inner, definition, value.unwrap_or(&Value::Null)),
            _ => Err(wrong_type(attribute)),
        };
    }
    if let Some(Value::Object(inner)) = resource::get_mut(map, &attribute.name) {
        resource::remove(inner, &definition.name);
        if inner.is_empty() {
            resource::remove(map, &attribute.name);
        }
    }
    Ok(())
}

/// `attr[filter]` and `attr[filter].sub`.
fn elements(
    map: &mut Resource,
    attribute: &Attribute,
    filter: &Filter,
    sub: Option<&str>,
    verb: Verb,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    if !attribute.multi {
        let detail = format!("{} is no list, so it takes no filter", attribute.name);
        return Err(ScimError::typed(ScimType::InvalidPath, detail));
    }
    let definition = sub.map(|sub| sub_of(attribute, sub)).transpose()?;
    let wanted = |item: &Value| filter.matches_element(item, Some(attribute));
    if change(map, attribute, wanted, definition, verb, value)? > 0 {
        return Ok(());
    }
    // An add for an element that is not there makes it, with what the filter says about it: clients ask for
    // `emails[type eq "work"].value` before there is a work address.
    if verb == Verb::Add
        && let (Some(mut parts), Some(value)) = (equalities(filter), value)
    {
        match (definition, value) {
            (Some(definition), value) => parts.push((definition.name.clone(), value.clone())),
            (None, Value::Object(more)) => parts.extend(more.clone()),
            _ => return Err(wrong_type(attribute)),
        }
        return write(map, attribute, Verb::Add, &element_with(&parts));
    }
    let detail = format!("no element of {} matches {filter}", attribute.name);
    Err(ScimError::typed(ScimType::NoTarget, detail))
}

/// Changes the wanted elements of a list and says how many they were.
fn change(
    map: &mut Resource,
    attribute: &Attribute,
    wanted: impl Fn(&Value) -> bool,
    sub: Option<&Attribute>,
    verb: Verb,
    value: Option<&Value>,
) -> Result<usize, ScimError> {
    let Some(Value::Array(items)) = resource::get_mut(map, &attribute.name) else { return Ok(0) };
    let hit: Vec<usize> = (0..items.len()).filter(|at| items.get(*at).is_some_and(&wanted)).collect();
    if verb == Verb::Remove && sub.is_none() {
        let mut at = 0;
        items.retain(|_| {
            at += 1;
            hit.binary_search(&(at - 1)).is_err()
        });
    }
    for at in hit.iter().filter(|_| verb != Verb::Remove || sub.is_some()) {
        let Some(item) = items.get_mut(*at) else { continue };
        let Some(inner) = item.as_object_mut() else { return Err(wrong_type(attribute)) };
        match (sub, verb, value) {
            (Some(sub), Verb::Remove, _) => {
                resource::remove(inner, &sub.name);
            }
            (Some(sub), _, value) => write_sub(inner, sub, value.unwrap_or(&Value::Null))?,
            (None, _, Some(Value::Object(parts))) => super::value::merge(inner, parts, attribute)?,
            _ => return Err(wrong_type(attribute)),
        }
    }
    if verb != Verb::Remove {
        let primary = primary_among(items, &hit);
        keep_one_primary(items, primary);
    }
    items.retain(|item| item.as_object().is_none_or(|map| !map.is_empty()));
    if items.is_empty() {
        resource::remove(map, &attribute.name);
    }
    Ok(hit.len())
}

fn sub_of<'a>(attribute: &'a Attribute, sub: &str) -> Result<&'a Attribute, ScimError> {
    let found = attribute.sub(sub).filter(|_| attribute.kind == Kind::Complex);
    let found = found.ok_or_else(|| invalid_path(&format!("{}.{sub}", attribute.name)))?;
    writable(found, Verb::Replace, false)?;
    Ok(found)
}

/// The parts of a filter that is only `a eq x and b eq y`.
fn equalities(filter: &Filter) -> Option<Vec<(String, Value)>> {
    match filter {
        Filter::Compare(attr, Op::Eq, value) if attr.sub.is_none() => {
            Some(vec![(attr.name.clone(), value.clone())])
        }
        Filter::And(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(equalities).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn element_with(parts: &[(String, Value)]) -> Value {
    Value::Object(parts.iter().cloned().collect())
}
