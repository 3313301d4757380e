//! Roles that a server reports: draft-ietf-scim-roles-entitlements (`value`, seat counts) and Okta's variant
//! (`urn:okta:scim:schemas:core:1.0:Role` with `id` and `displayName`, announced in `/ResourceTypes`).

use serde_json::Value;

use super::resource::{self, Resource};

/// A role as the endpoint reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedRole {
    /// What goes into the user: the draft's `value`, else Okta's `id`.
    pub value: String,
    /// Its name for people; the value where the endpoint gives none.
    pub display: String,
    /// Seats in use (`totalAssignmentsUsed`); none where it does not say.
    pub used: Option<u64>,
    /// Seats there are (`totalAssignmentsPermitted`); none where it does not say or says that they are not limited.
    pub permitted: Option<u64>,
    /// Whether it can be assigned now. Silence is a yes: Okta's form has no such attribute.
    pub supported: bool,
}

impl ReportedRole {
    /// Reads one resource of either form; none where it holds no value.
    pub fn read(resource: &Resource) -> Option<Self> {
        let text = |name: &str| resource::text(resource, name).filter(|t| !t.trim().is_empty());
        let value = text("value").map(str::to_owned).or_else(|| resource::id(resource))?;
        let display = text("display").or_else(|| text("displayName")).unwrap_or(&value).to_owned();
        let flag = |name: &str| resource::get(resource, name).and_then(resource::read_bool);
        let count = |name: &str| match resource::get(resource, name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        };
        let limited = flag("limitedAssignmentsPermitted") != Some(false);
        Some(Self {
            used: count("totalAssignmentsUsed"),
            permitted: count("totalAssignmentsPermitted").filter(|_| limited),
            supported: flag("supported").unwrap_or(true),
            value,
            display,
        })
    }
}

/// Whether a ServiceProviderConfig says that `/Roles` is there; none where it does not speak of it.
pub fn announced(config: &Resource) -> Option<bool> {
    let block = resource::get(config, "RolesAndEntitlements")?.as_object()?;
    match resource::get(block, "roles")? {
        Value::Object(roles) => resource::get(roles, "supported").and_then(resource::read_bool),
        flag => resource::read_bool(flag),
    }
}

/// Where a ResourceType document says that roles are, as path segments below the base URL; none where it is about
/// something else. An absolute or otherwise strange address gives none: it is not followed.
pub fn endpoint_of(resource_type: &Resource) -> Option<Vec<String>> {
    let schema = resource::text(resource_type, "schema")?;
    if !schema.rsplit(':').next()?.eq_ignore_ascii_case("role") {
        return None;
    }
    let address = resource::text(resource_type, "endpoint")?;
    let sane = |part: &str| {
        part.len() <= 64 && part.starts_with(|c: char| c.is_ascii_alphanumeric()) && !part.contains(is_odd)
    };
    let parts: Vec<String> =
        address.split('/').filter(|part| !part.is_empty()).map(str::to_owned).take(5).collect();
    ((1..=4).contains(&parts.len()) && parts.iter().all(|part| sane(part))).then_some(parts)
}

fn is_odd(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || "-_.~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn map(value: Value) -> Resource {
        value.as_object().cloned().expect("an object")
    }

    fn read(value: Value) -> Option<ReportedRole> {
        ReportedRole::read(&map(value))
    }

    #[test]
    fn both_forms_are_read_and_seats_only_where_they_are_limited() {
        let draft = json!({"value": "Admin", "display": "Administrator", "supported": "True",
            "limitedAssignmentsPermitted": true, "totalAssignmentsPermitted": "5", "totalAssignmentsUsed": 3});
        let role = read(draft).expect("a role");
        assert_eq!((role.value.as_str(), role.display.as_str()), ("Admin", "Administrator"));
        assert_eq!((role.used, role.permitted, role.supported), (Some(3), Some(5), true));
        let open =
            read(json!({"value": "x", "limitedAssignmentsPermitted": false, "totalAssignmentsPermitted": 0}));
        assert_eq!(open.map(|role| role.permitted), Some(None));
        let okta = read(json!({"id": 7, "displayName": "Reader", "supported": false})).expect("a role");
        assert_eq!((okta.value.as_str(), okta.display.as_str(), okta.supported), ("7", "Reader", false));
        assert_eq!(read(json!({"value": " ", "display": "x"})), None);
    }

    #[test]
    fn silence_about_roles_is_neither_yes_nor_no() {
        let said = |value: Value| announced(&map(value));
        assert_eq!(said(json!({})), None);
        assert_eq!(said(json!({"rolesAndEntitlements": {"roles": {"supported": "true"}}})), Some(true));
        assert_eq!(said(json!({"RolesAndEntitlements": {"roles": false}})), Some(false));
        assert_eq!(said(json!({"RolesAndEntitlements": [1]})), None);
    }

    #[test]
    fn only_an_address_below_the_base_is_taken_from_a_resource_type() {
        let at = |endpoint: &str| {
            endpoint_of(&map(json!({"schema": "urn:okta:scim:schemas:core:1.0:Role", "endpoint": endpoint})))
        };
        assert_eq!(at("/Roles"), Some(vec!["Roles".to_owned()]));
        assert_eq!(at("app/roles"), Some(vec!["app".to_owned(), "roles".to_owned()]));
        for odd in ["", "/", "https://evil.example/Roles", "/../admin", "/a/b/c/d/e", "/Roles?x=1"] {
            assert_eq!(at(odd), None, "{odd}");
        }
        assert_eq!(endpoint_of(&map(json!({"schema": "urn:x:User", "endpoint": "/Users"}))), None);
    }

    proptest! {
        #[test]
        fn any_values_are_read_or_refused(value in "\\PC{0,8}", count in any::<f64>()) {
            let odd = json!({"value": value, "id": count, "totalAssignmentsUsed": count, "supported": value});
            let _ = read(odd.clone());
            let _ = announced(&map(json!({"RolesAndEntitlements": {"roles": odd}})));
            let _ = endpoint_of(&map(json!({"schema": "x:Role", "endpoint": value})));
        }
    }
}
