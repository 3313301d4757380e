//! A body that a client sent, brought into the schema's own spelling and types before it is kept.

use serde_json::Value;

use super::{Attribute, Kind, Mutability, ResourceSchema};
use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::{self, AttrRef, Resource};

impl ResourceSchema {
    /// Names in the schema's case, booleans from strings, single values of lists wrapped, flat `URN:attr` keys
    /// put under their URN. Dropped: null and empty (RFC 7643 section 2.5), unknown attributes, and what only
    /// the server sets, `schemas` included. Refused with 400 invalidValue: values of another type.
    pub fn normalise(&self, body: Resource) -> Result<Resource, ScimError> {
        let mut kept = Resource::new();
        for (name, value) in body {
            if name.eq_ignore_ascii_case("schemas") {
                continue;
            }
            if let Some(extension) = self.extension(&name) {
                let Some(inner) = object(&extension.id, value)? else { continue };
                let inner = normalise_map(inner, |name| extension.attribute(name))?;
                if !inner.is_empty() {
                    put_inside(&mut kept, &extension.id, inner);
                }
                continue;
            }
            let Some(attr) = AttrRef::parse(&name).filter(|attr| attr.sub.is_none()) else { continue };
            let Some(attribute) = self.attribute(&attr) else { continue };
            let Some(value) = normalise_value(attribute, value)? else { continue };
            match attr.extension().and_then(|urn| self.extension(urn)) {
                None => {
                    kept.insert(attribute.name.clone(), value);
                }
                Some(extension) => {
                    let inner = [(attribute.name.clone(), value)].into_iter().collect();
                    put_inside(&mut kept, &extension.id, inner);
                }
            }
        }
        Ok(kept)
    }

    /// The first required core attribute that is missing or empty.
    pub fn missing(&self, resource: &Resource) -> Option<&str> {
        let empty = |value: &Value| match value {
            Value::String(text) => text.trim().is_empty(),
            other => !resource::is_assigned(other),
        };
        self.core
            .attributes
            .iter()
            .find(|a| a.required && resource::get(resource, &a.name).is_none_or(empty))
            .map(|a| a.name.as_str())
    }
}

fn put_inside(kept: &mut Resource, urn: &str, inner: Resource) {
    match kept.get_mut(urn) {
        Some(Value::Object(present)) => present.extend(inner),
        _ => {
            kept.insert(urn.to_owned(), Value::Object(inner));
        }
    }
}

fn object(name: &str, value: Value) -> Result<Option<Resource>, ScimError> {
    match value {
        Value::Object(map) => Ok(Some(map)),
        Value::Null => Ok(None),
        _ => Err(wrong(name, "an object")),
    }
}

fn normalise_map<'a>(
    map: Resource,
    definition: impl Fn(&str) -> Option<&'a Attribute>,
) -> Result<Resource, ScimError> {
    let mut kept = Resource::new();
    for (name, value) in map {
        if let Some(attribute) = definition(&name)
            && let Some(value) = normalise_value(attribute, value)?
        {
            kept.insert(attribute.name.clone(), value);
        }
    }
    Ok(kept)
}

fn normalise_value(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    if attribute.mutability == Mutability::ReadOnly || !resource::is_assigned(&value) {
        return Ok(None);
    }
    if !attribute.multi {
        return normalise_one(attribute, value);
    }
    let items = match value {
        Value::Array(items) => items,
        one => vec![one],
    };
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if let Some(item) = normalise_one(attribute, item)? {
            kept.push(item);
        }
    }
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

fn normalise_one(attribute: &Attribute, value: Value) -> Result<Option<Value>, ScimError> {
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::Complex, value) => {
            let Some(inner) = object(&attribute.name, value)? else { return Ok(None) };
            let inner = normalise_map(inner, |name| attribute.sub(name))?;
            Ok((!inner.is_empty()).then_some(Value::Object(inner)))
        }
        (Kind::Boolean, value) => match resource::read_bool(&value) {
            Some(flag) => Ok(Some(Value::Bool(flag))),
            None => Err(wrong(&attribute.name, "true or false")),
        },
        (_, value @ Value::String(_)) => Ok(Some(value)),
        _ => Err(wrong(&attribute.name, "a string")),
    }
}

fn wrong(name: &str, kind: &str) -> ScimError {
    ScimError::typed(ScimType::InvalidValue, format!("{name} must be {kind}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::resource::urn;
    use crate::scim::schema::{user_with, workato_role};

    fn normalise(body: Value) -> Result<Value, String> {
        let schema = user_with(vec![workato_role(&[])]);
        let body = body.as_object().cloned().expect("an object");
        schema.normalise(body).map(Value::Object).map_err(|e| e.detail)
    }

    #[test]
    fn names_and_types_are_brought_to_the_schema() {
        let body = json!({
            "SCHEMAS": [], "id": "mine", "meta": {}, "groups": [{"value": "x"}], "shoeSize": 3,
            "username": "ana", "Active": "False", "title": null, "photos": [],
            "name": {"GIVENNAME": "Ana", "x": 1}, "emails": {"Value": "a@b", "primary": "true"},
            (format!("{}:workato_role_test", urn::WORKATO_ROLE)): "Operator",
            (urn::WORKATO_ROLE.to_uppercase()): {"Workato_Role": "Admin"},
        });
        assert_eq!(
            normalise(body),
            Ok(json!({
                "userName": "ana", "active": false, "name": {"givenName": "Ana"},
                "emails": [{"value": "a@b", "primary": true}],
                (urn::WORKATO_ROLE): {"workato_role_test": "Operator", "workato_role": "Admin"},
            }))
        );
    }

    #[test]
    fn a_value_of_another_type_is_refused_by_name() {
        assert_eq!(normalise(json!({"userName": 5})), Err("userName must be a string".to_owned()));
        assert_eq!(normalise(json!({"active": "maybe"})), Err("active must be true or false".to_owned()));
        assert_eq!(normalise(json!({"emails": ["a"]})), Err("emails must be an object".to_owned()));
    }

    #[test]
    fn an_empty_user_name_is_missing() {
        let schema = user_with(Vec::new());
        let user = |name: &str| [("userName".to_owned(), Value::from(name))].into_iter().collect();
        assert_eq!(schema.missing(&user(" ")), Some("userName"));
        assert_eq!(schema.missing(&user("a")), None);
    }
}
