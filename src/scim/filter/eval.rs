//! What a resource says to a filter, by the schema's rules of case (RFC 7643 section 2.2).

use std::cmp::Ordering;

use serde_json::Value;

use super::{Filter, Op};
use crate::scim::resource::{self, AttrRef, Resource};
use crate::scim::schema::{Attribute, Kind, ResourceSchema};

impl Filter {
    /// Whether the resource matches. An unknown attribute is compared without case.
    pub fn matches(&self, resource: &Resource, schema: &ResourceSchema) -> bool {
        let scope = Scope::Top(schema);
        self.eval(resource, scope)
    }

    /// Whether an element of the multi-valued attribute `of` matches, the filter's names being its
    /// sub-attributes. An element that is no object is taken as its own `value`.
    pub fn matches_element(&self, element: &Value, of: Option<&Attribute>) -> bool {
        match element {
            Value::Object(map) => self.eval(map, Scope::Element(of)),
            Value::Null => false,
            simple => {
                let mut map = Resource::new();
                map.insert("value".to_owned(), simple.clone());
                self.eval(&map, Scope::Element(of))
            }
        }
    }

    fn eval(&self, map: &Resource, scope: Scope<'_>) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.eval(map, scope)),
            Self::Or(parts) => parts.iter().any(|part| part.eval(map, scope)),
            Self::Not(part) => !part.eval(map, scope),
            Self::Present(attr) => values(attr, map).into_iter().any(|value| match value {
                Value::String(text) => !text.is_empty(),
                other => resource::is_assigned(other),
            }),
            Self::Element(attr, part) => {
                let of = scope.attribute(attr);
                match attr.lookup(map) {
                    Some(Value::Array(items)) => items.iter().any(|item| part.matches_element(item, of)),
                    Some(value) => part.matches_element(value, of),
                    None => false,
                }
            }
            Self::Compare(attr, op, wanted) => {
                let definition = scope.leaf(attr);
                let found: Vec<&Value> =
                    values(attr, map).into_iter().filter(|v| resource::is_assigned(v)).collect();
                match (op, wanted) {
                    (Op::Eq, Value::Null) => found.is_empty(),
                    (Op::Ne, Value::Null) => !found.is_empty(),
                    (Op::Ne, _) if found.is_empty() => true,
                    _ => found.into_iter().any(|value| compare(value, *op, wanted, definition)),
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Scope<'a> {
    Top(&'a ResourceSchema),
    Element(Option<&'a Attribute>),
}

impl<'a> Scope<'a> {
    fn attribute(self, attr: &AttrRef) -> Option<&'a Attribute> {
        match self {
            Self::Top(schema) => schema.attribute(attr),
            Self::Element(of) => of?.sub(&attr.name),
        }
    }

    /// The definition of what is compared: for `emails eq "x"` that of `emails.value`.
    fn leaf(self, attr: &AttrRef) -> Option<&'a Attribute> {
        let found = self.attribute(attr)?;
        match &attr.sub {
            Some(sub) => found.sub(sub),
            None if found.kind == Kind::Complex => found.sub("value"),
            None => Some(found),
        }
    }
}

/// Every value a reference points to: arrays give each element, complex ones the sub-attribute (`value` when
/// none is named).
fn values<'a>(attr: &AttrRef, map: &'a Resource) -> Vec<&'a Value> {
    let Some(found) = attr.lookup(map) else { return Vec::new() };
    let items = match found {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    items
        .iter()
        .filter_map(|item| match (item, &attr.sub) {
            (Value::Object(map), Some(sub)) => resource::get(map, sub),
            (Value::Object(map), None) => Some(resource::get(map, "value").unwrap_or(item)),
            (simple, None) => Some(simple),
            (simple, Some(sub)) => sub.eq_ignore_ascii_case("value").then_some(simple),
        })
        .collect()
}

fn compare(found: &Value, op: Op, wanted: &Value, definition: Option<&Attribute>) -> bool {
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => compare_text(found, op, wanted, definition),
        (Value::Number(found), Value::Number(wanted)) => match (found.as_f64(), wanted.as_f64()) {
            (Some(found), Some(wanted)) => holds(found.partial_cmp(&wanted), op),
            _ => false,
        },
        _ => match (resource::read_bool(found), resource::read_bool(wanted)) {
            (Some(found), Some(wanted)) => match op {
                Op::Eq => found == wanted,
                Op::Ne => found != wanted,
                _ => false,
            },
            // Values of two types are never equal.
            _ => op == Op::Ne,
        },
    }
}

fn compare_text(found: &str, op: Op, wanted: &str, definition: Option<&Attribute>) -> bool {
    if definition.is_some_and(|d| d.kind == Kind::DateTime)
        && let (Ok(found), Ok(wanted)) = (found.parse::<jiff::Timestamp>(), wanted.parse())
    {
        return holds(Some(found.cmp(&wanted)), op);
    }
    if definition.is_some_and(|d| d.case_exact) {
        text_holds(found, op, wanted)
    } else {
        text_holds(&found.to_lowercase(), op, &wanted.to_lowercase())
    }
}

fn text_holds(found: &str, op: Op, wanted: &str) -> bool {
    match op {
        Op::Co => found.contains(wanted),
        Op::Sw => found.starts_with(wanted),
        Op::Ew => found.ends_with(wanted),
        _ => holds(Some(found.cmp(wanted)), op),
    }
}

fn holds(ordering: Option<Ordering>, op: Op) -> bool {
    match (op, ordering) {
        (Op::Ne, None) => true,
        (_, None) | (Op::Co | Op::Sw | Op::Ew, _) => false,
        (Op::Eq, Some(o)) => o.is_eq(),
        (Op::Ne, Some(o)) => o.is_ne(),
        (Op::Gt, Some(o)) => o.is_gt(),
        (Op::Ge, Some(o)) => o.is_ge(),
        (Op::Lt, Some(o)) => o.is_lt(),
        (Op::Le, Some(o)) => o.is_le(),
    }
}
