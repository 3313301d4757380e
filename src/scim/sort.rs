//! Sorting (RFC 7644 section 3.4.2.3): what `sortBy` points to in a resource, and which of two comes first.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{ScimError, ScimType};
use super::resource::{self, AttrRef, Resource};
use super::schema::{Attribute, Kind, ResourceSchema, Returned};

/// Characters of a text that are compared; what differs later only is left in the order in which it came. Keeps a
/// cursor that holds such a text short.
const COMPARED: usize = 256;

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The attribute.
    pub by: AttrRef,
    /// The other way round; resources without a value then come first, else last.
    pub descending: bool,
}

/// The value of one resource that decides its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// false before true.
    Flag(bool),
    /// A count.
    Number(i64),
    /// The earlier one first.
    Time(Timestamp),
    /// Lower case, unless the attribute is caseExact.
    Text(String),
}

impl Sort {
    /// From `sortBy` and `sortOrder`, for resources of these types. Refused with 400 invalidValue: what is no
    /// attribute of any of them, what has no single value to compare, what is never answered, another order.
    pub fn parse(by: &str, order: Option<&str>, schemas: &[&ResourceSchema]) -> Result<Self, ScimError> {
        let wrong = |detail: String| ScimError::typed(ScimType::InvalidValue, detail);
        let descending = match order.map(str::trim) {
            None | Some("") => false,
            Some(order) if order.eq_ignore_ascii_case("ascending") => false,
            Some(order) if order.eq_ignore_ascii_case("descending") => true,
            Some(_) => return Err(wrong("sortOrder is ascending or descending".to_owned())),
        };
        let shown: String = by.chars().take(100).collect();
        let attr = AttrRef::parse(by.trim());
        let attr = attr.ok_or_else(|| wrong(format!("sortBy: {shown:?} is no attribute")))?;
        if !schemas.iter().any(|schema| schema.attribute(&attr).is_some()) {
            return Err(wrong(format!("sortBy: there is no attribute {shown:?} here")));
        }
        let sort = Self { by: attr, descending };
        let sortable = |definition: &&Attribute| {
            definition.kind != Kind::Complex && definition.returned != Returned::Never
        };
        match schemas.iter().filter_map(|schema| sort.definition(schema)).find(sortable) {
            Some(_) => Ok(sort),
            None => Err(wrong(format!("sortBy: {shown:?} has no value to sort by; name a sub-attribute"))),
        }
    }

    /// The place of a resource; none where it has no value.
    pub fn key(&self, resource: &Resource, schema: &ResourceSchema) -> Option<Key> {
        let definition = self.definition(schema)?;
        match (definition.kind, self.value(resource)?) {
            (Kind::Boolean, value) => resource::read_bool(value).map(Key::Flag),
            (_, Value::Number(number)) => number.as_i64().map(Key::Number),
            (Kind::DateTime, Value::String(text)) => match text.parse() {
                Ok(time) => Some(Key::Time(time)),
                Err(_) => Some(Key::Text(text.chars().take(COMPARED).collect())),
            },
            (_, Value::String(text)) if definition.case_exact => {
                Some(Key::Text(text.chars().take(COMPARED).collect()))
            }
            (_, Value::String(text)) => {
                Some(Key::Text(text.chars().flat_map(char::to_lowercase).take(COMPARED).collect()))
            }
            _ => None,
        }
    }

    /// Which place comes first: a resource without a value is last, in descending order first.
    pub fn compare(&self, one: Option<&Key>, other: Option<&Key>) -> Ordering {
        let ascending = match (one, other) {
            (Some(one), Some(other)) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if self.descending { ascending.reverse() } else { ascending }
    }

    /// The same text for the same sorting, whatever the case in which it was asked for.
    pub fn canonical(&self) -> String {
        let order = if self.descending { "descending" } else { "ascending" };
        format!("{} {order}", self.by.full().to_ascii_lowercase())
    }

    /// The definition of what is compared: for `emails` that of `emails.value`.
    fn definition<'a>(&self, schema: &'a ResourceSchema) -> Option<&'a Attribute> {
        let found = schema.attribute(&self.by)?;
        match &self.by.sub {
            Some(sub) => found.sub(sub),
            None if found.kind == Kind::Complex => found.sub("value"),
            None => Some(found),
        }
    }

    /// Of several values the primary one, else the first (RFC 7644 section 3.4.2.3).
    fn value<'a>(&self, resource: &'a Resource) -> Option<&'a Value> {
        let is_primary = |item: &&Value| {
            item.as_object().and_then(|map| resource::get(map, "primary")).and_then(resource::read_bool)
                == Some(true)
        };
        let one = match self.by.lookup(resource)? {
            Value::Array(items) => items.iter().find(is_primary).or_else(|| items.first())?,
            one => one,
        };
        match (one, &self.by.sub) {
            (Value::Object(map), sub) => resource::get(map, sub.as_deref().unwrap_or("value")),
            (simple, None) => Some(simple),
            (simple, Some(sub)) => sub.eq_ignore_ascii_case("value").then_some(simple),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::schema;
    use serde_json::json;

    fn user() -> ResourceSchema {
        schema::user_with(vec![schema::workato_role(&[])])
    }

    fn sorted(by: &str, order: Option<&str>, resources: &[Value]) -> Vec<String> {
        let schema = user();
        let sort = Sort::parse(by, order, &[&schema]).expect("a sort");
        let mut rows: Vec<_> = resources
            .iter()
            .map(|value| value.as_object().expect("an object"))
            .map(|map| (sort.key(map, &schema), resource::text(map, "id").unwrap_or("").to_owned()))
            .collect();
        rows.sort_by(|a, b| sort.compare(a.0.as_ref(), b.0.as_ref()));
        rows.into_iter().map(|(_, id)| id).collect()
    }

    #[test]
    fn texts_are_sorted_by_the_case_rule_of_their_attribute_and_the_absent_come_last() {
        let rows = [
            json!({"id": "1", "userName": "bo", "externalId": "b"}),
            json!({"id": "2", "userName": "Ana", "externalId": "Z"}),
            json!({"id": "3"}),
            json!({"id": "4", "userName": "BO", "externalId": "a"}),
        ];
        assert_eq!(sorted("userName", None, &rows), ["2", "1", "4", "3"]);
        assert_eq!(sorted("USERNAME", Some("Descending"), &rows), ["3", "1", "4", "2"]);
        assert_eq!(sorted("externalId", Some("ascending"), &rows), ["2", "4", "1", "3"]);
    }

    #[test]
    fn sub_attributes_extensions_times_and_flags_have_their_own_order() {
        let role = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
        let rows = [
            json!({"id": "1", "name": {"familyName": "Ruiz"}, "active": true, (role): {"workato_role": "b"},
                "meta": {"created": "2026-01-02T00:00:00+02:00"}}),
            json!({"id": "2", "name": {"familyName": "abbott"}, "active": false, (role): {"workato_role": "A"},
                "meta": {"created": "2026-01-01T23:00:00Z"}}),
        ];
        assert_eq!(sorted("name.familyName", None, &rows), ["2", "1"]);
        assert_eq!(sorted("active", None, &rows), ["2", "1"]);
        assert_eq!(sorted(&format!("{role}:workato_role"), None, &rows), ["2", "1"]);
        assert_eq!(sorted("meta.created", None, &rows), ["1", "2"], "22:00 and 23:00 of the same day in UTC");
    }

    #[test]
    fn of_several_values_the_primary_one_counts_else_the_first() {
        let rows = [
            json!({"id": "1", "emails": [{"value": "a"}, {"value": "z", "primary": true}]}),
            json!({"id": "2", "emails": [{"value": "b"}, {"value": "a"}]}),
            json!({"id": "3", "emails": []}),
        ];
        assert_eq!(sorted("emails", None, &rows), ["2", "1", "3"]);
        assert_eq!(sorted("emails.value", Some("descending"), &rows), ["3", "1", "2"]);
    }

    #[test]
    fn what_cannot_be_sorted_by_is_refused_by_name() {
        let schema = user();
        for (by, order) in [
            ("shoeSize", None),
            ("name", None),
            ("name.shoe", None),
            ("password", None),
            ("a b", None),
            ("", None),
            ("userName", Some("sideways")),
        ] {
            let error = Sort::parse(by, order, &[&schema]).expect_err(by);
            assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidValue)), "{by}");
        }
    }
}
