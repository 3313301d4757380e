//! A SCIM resource as the JSON object it is, read the way RFC 7643 asks: attribute names without case
//! (section 2.1), extensions under their URN (section 3.3), `active` as a boolean or as the strings that some
//! clients and servers send.

use std::fmt;

use serde_json::{Map, Value};

/// A resource: the attributes in the order in which they came.
pub type Resource = Map<String, Value>;

/// Schema and message URNs.
pub mod urn {
    /// Core User (RFC 7643 section 4.1).
    pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    /// Core Group (RFC 7643 section 4.2).
    pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
    /// Enterprise User extension (RFC 7643 section 4.3).
    pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    /// Workato's role extension: `workato_role`, `workato_role_test`, `workato_role_prod`.
    pub const WORKATO_ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
    /// ServiceProviderConfig (RFC 7643 section 5).
    pub const SERVICE_PROVIDER_CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    /// ResourceType (RFC 7643 section 6).
    pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
    /// Schema (RFC 7643 section 7).
    pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
    /// List and query answers (RFC 7644 section 3.4.2).
    pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    /// PATCH requests (RFC 7644 section 3.5.2).
    pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    /// Bulk requests (RFC 7644 section 3.7).
    pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    /// Bulk answers (RFC 7644 section 3.7).
    pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    /// Role of draft-ietf-scim-roles-entitlements.
    pub const ROLE: &str = "urn:ietf:params:scim:schemas:core:1.0:Role";
    /// Role as Okta reads it.
    pub const OKTA_ROLE: &str = "urn:okta:scim:schemas:core:1.0:Role";
    /// Error answers (RFC 7644 section 3.12).
    pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
    /// What every core schema URN starts with: attributes qualified by one live at the top of the resource.
    pub(super) const CORE_PREFIX: &str = "urn:ietf:params:scim:schemas:core:2.0:";
}

/// The media type of every SCIM body (RFC 7644 section 8.1).
pub const MEDIA_TYPE: &str = "application/scim+json";

/// Up to so many attributes are gone through: to hash a name, a URN above all, costs more than to look at their lengths.
const FEW: usize = 24;

/// Where `map` holds the attribute `name`: spelled so before any other spelling.
fn place(map: &Resource, name: &str) -> Option<usize> {
    let exact = if map.len() <= FEW || map.contains_key(name) {
        map.keys().position(|key| key == name)
    } else {
        None
    };
    exact.or_else(|| map.keys().position(|key| key.eq_ignore_ascii_case(name)))
}

/// The spelling under which `map` holds the attribute `name`, compared without case.
pub fn key<'a>(map: &'a Resource, name: &str) -> Option<&'a str> {
    map.keys().nth(place(map, name)?).map(String::as_str)
}

/// An attribute by its name, without case.
pub fn get<'a>(map: &'a Resource, name: &str) -> Option<&'a Value> {
    if map.len() > FEW
        && let Some(value) = map.get(name)
    {
        return Some(value);
    }
    map.values().nth(place(map, name)?)
}

/// An attribute by its name, without case, to be changed in place.
pub fn get_mut<'a>(map: &'a mut Resource, name: &str) -> Option<&'a mut Value> {
    let place = place(map, name)?;
    map.values_mut().nth(place)
}

/// A string attribute by its name, without case.
pub fn text<'a>(map: &'a Resource, name: &str) -> Option<&'a str> {
    get(map, name).and_then(Value::as_str)
}

/// Sets an attribute; a present one keeps its spelling and its place.
pub fn set(map: &mut Resource, name: &str, value: Value) {
    match get_mut(map, name) {
        Some(slot) => *slot = value,
        None => {
            map.insert(name.to_owned(), value);
        }
    }
}

/// Takes an attribute out, keeping the order of the others.
pub fn remove(map: &mut Resource, name: &str) -> Option<Value> {
    let key = key(map, name)?.to_owned();
    map.shift_remove(&key)
}

/// A boolean, also from the strings `"True"` and `"false"` in any case that some implementations send.
pub fn read_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The `active` attribute; `None` when absent, null or unreadable, which is not the same as `false`.
pub fn active(map: &Resource) -> Option<bool> {
    get(map, "active").and_then(read_bool)
}

/// Longest `id` in bytes that still fits into an address when each byte is written as three.
const LONGEST_ID: usize = 2_000;

/// Whether a text can be one segment of an address.
pub fn usable_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..") && id.len() <= LONGEST_ID
}

/// The resource's `id`; a number (some servers use them) is read as its digits. What cannot be one segment of an
/// address is none: nobody could ever ask for it again.
pub fn id(map: &Resource) -> Option<String> {
    match get(map, "id")? {
        Value::String(text) => usable_id(text).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a value counts as assigned (RFC 7643 section 2.5: null and the empty array do not).
pub fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// A reference to an attribute: `userName`, `name.givenName`, `URN:attr`, `URN:attr.sub`.
///
/// A bare schema URN has the same shape as `URN:attr`; [`AttrRef::full`] gives the whole text, and whoever
/// knows the schemas decides.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttrRef {
    /// The schema URN in front of the name, without its last colon.
    pub urn: Option<String>,
    /// The attribute name.
    pub name: String,
    /// The sub-attribute after the dot.
    pub sub: Option<String>,
}

impl AttrRef {
    /// Reads an attribute reference; `None` when it does not follow RFC 7644 section 3.4.2.2 (`attrPath`).
    pub fn parse(text: &str) -> Option<Self> {
        let (urn, rest) = match text.rsplit_once(':') {
            Some((urn, rest)) if urn.get(..4).is_some_and(|p| p.eq_ignore_ascii_case("urn:")) => {
                (Some(urn.to_owned()), rest)
            }
            Some(_) => return None,
            None => (None, text),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        let urn_is_sane = urn.as_deref().is_none_or(|urn| {
            urn.len() > 4 && urn.chars().all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c))
        });
        if !urn_is_sane || !is_name(name) || !sub.is_none_or(is_name) {
            return None;
        }
        Some(Self { urn, name: name.to_owned(), sub: sub.map(str::to_owned) })
    }

    /// A core attribute without sub-attribute.
    pub fn core(name: &str) -> Self {
        Self { urn: None, name: name.to_owned(), sub: None }
    }

    /// The schema URN where it names an extension; core URNs give `None`, their attributes are at the top.
    pub fn extension(&self) -> Option<&str> {
        let urn = self.urn.as_deref()?;
        let core = urn
            .get(..urn::CORE_PREFIX.len())
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case(urn::CORE_PREFIX));
        (!core).then_some(urn)
    }

    /// The whole text, for comparing with a bare schema URN.
    pub fn full(&self) -> String {
        self.to_string()
    }

    /// Whether this is the core attribute `name` without sub-attribute (in any case, with or without URN).
    pub fn is_core(&self, name: &str) -> bool {
        self.sub.is_none() && self.extension().is_none() && self.name.eq_ignore_ascii_case(name)
    }

    /// The value this reference (without its sub-attribute) points to.
    pub fn lookup<'a>(&self, map: &'a Resource) -> Option<&'a Value> {
        match self.extension() {
            None => get(map, &self.name),
            Some(urn) => {
                let inside = get(map, urn).and_then(Value::as_object).and_then(|ext| get(ext, &self.name));
                inside.or_else(|| get(map, &self.full()))
            }
        }
    }
}

impl fmt::Display for AttrRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

/// RFC 7643 section 2.1, widened by `_` (Workato's attributes have it) and a leading `$` (`$ref`).
pub(super) fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn map(value: Value) -> Resource {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn an_id_that_no_address_can_hold_is_none() {
        let of = |value: Value| id(&map(json!({ "id": value })));
        assert_eq!(of(json!("../x")).as_deref(), Some("../x"), "it is one encoded segment");
        assert_eq!(of(json!(7)).as_deref(), Some("7"));
        for none in [json!(""), json!("."), json!(".."), json!("i".repeat(LONGEST_ID + 1)), json!(null)] {
            assert_eq!(of(none.clone()), None, "{none}");
        }
    }

    #[test]
    fn attribute_names_are_found_and_set_without_case() {
        let mut user = map(json!({"UserName": "ana", "active": true}));
        assert_eq!(text(&user, "username"), Some("ana"));
        set(&mut user, "userName", json!("bo"));
        assert_eq!(user.len(), 2);
        assert_eq!(user["UserName"], "bo");
        assert_eq!(remove(&mut user, "ACTIVE"), Some(json!(true)));
    }

    #[test]
    fn active_is_read_from_a_boolean_or_from_a_string_in_any_case() {
        for (value, expected) in [
            (json!(true), Some(true)),
            (json!("False"), Some(false)),
            (json!("TRUE"), Some(true)),
            (json!(null), None),
            (json!(1), None),
        ] {
            assert_eq!(active(&map(json!({"Active": value}))), expected);
        }
        assert_eq!(active(&Resource::new()), None);
    }

    #[test]
    fn an_extension_attribute_is_found_under_its_urn_or_as_a_flat_key() {
        let role = AttrRef::parse(&format!("{}:workato_role", urn::WORKATO_ROLE)).expect("a reference");
        let nested = map(json!({urn::WORKATO_ROLE: {"workato_role": "Admin"}}));
        let flat = map(json!({format!("{}:workato_role", urn::WORKATO_ROLE): "Analyst"}));
        assert_eq!(role.lookup(&nested), Some(&json!("Admin")));
        assert_eq!(role.lookup(&flat), Some(&json!("Analyst")));
    }

    #[test]
    fn a_core_urn_points_to_the_top_of_the_resource() {
        let name = AttrRef::parse(&format!("{}:name.givenName", urn::USER)).expect("a reference");
        assert_eq!((name.extension(), name.sub.as_deref()), (None, Some("givenName")));
        assert!(AttrRef::parse(&format!("{}:userName", urn::USER)).is_some_and(|a| a.is_core("username")));
    }

    #[test]
    fn what_is_no_attribute_reference_is_refused() {
        for text in ["", "1a", "a.", ".a", "a.b.c", "a b", "http:a", "urn:a:", "ä"] {
            assert_eq!(AttrRef::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_read_prints_the_same(text in "\\PC*") {
            if let Some(attr) = AttrRef::parse(&text) {
                prop_assert_eq!(attr.to_string(), text);
            }
        }
    }
}
