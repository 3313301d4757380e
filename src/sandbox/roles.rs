//! The roles there are, as the workspace reports them, and their seats.
//!
//! One resource holds both forms: draft-ietf-scim-roles-entitlements (`value`, `display`, `supported`, seat counts)
//! and Okta's (`id`, `displayName`, `type`, `description`). Workato documents neither, nor a limit of seats: all of
//! this is our invention. A seat is held by an account with access that has the role in any environment.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::account::{ROLE_ATTRIBUTES, Roles};
use super::http::Response;
use super::query::Query;
use super::render::Projection;
use super::workspace::Workspace;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::{self, Resource, urn};
use crate::scim::schema::{Attribute, Kind, Mutability, ResourceSchema, Schema};

/// In whose form the roles are announced. `/Roles` itself always answers, in both forms at once.
///
/// Not announced by default: there are clients that refuse a ServiceProviderConfig with an attribute that RFC 7643
/// does not have, and testers that take every resource type for one that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RolesForm {
    /// Nowhere.
    #[default]
    Unannounced,
    /// In ServiceProviderConfig, and as the draft's resource type.
    Draft,
    /// As Okta's resource type.
    Okta,
    /// In ServiceProviderConfig, and as Okta's resource type.
    Both,
}

impl std::str::FromStr for RolesForm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::Unannounced),
            "draft" => Ok(Self::Draft),
            "okta" => Ok(Self::Okta),
            "both" => Ok(Self::Both),
            _ => Err("roles are announced in the form none, draft, okta or both"),
        }
    }
}

/// The attributes of both forms, under the URN that the resource type names.
pub(super) fn schema(form: RolesForm) -> ResourceSchema {
    if form == RolesForm::Draft {
        return ResourceSchema::new(draft_schema(), Vec::new());
    }
    let mut attributes = draft_attributes();
    let own = [("displayName", "Its name for people"), ("description", "What it is for")];
    attributes.extend(own.map(|(name, text)| read_only(Attribute::string(name, text))));
    ResourceSchema::new(role(urn::OKTA_ROLE, attributes), Vec::new())
}

/// The draft's schema.
pub(super) fn draft_schema() -> Schema {
    role(urn::ROLE, draft_attributes())
}

fn role(id: &str, attributes: Vec<Attribute>) -> Schema {
    let description = "A role that can be given to users".to_owned();
    Schema { id: id.to_owned(), name: "Role".to_owned(), description, attributes }
}

fn read_only(attribute: Attribute) -> Attribute {
    attribute.mutability(Mutability::ReadOnly)
}

fn draft_attributes() -> Vec<Attribute> {
    let count = |name: &str, text: &str| read_only(Attribute::new(name, Kind::Integer, text));
    let flag = |name: &str, text: &str| read_only(Attribute::new(name, Kind::Boolean, text));
    vec![
        read_only(Attribute::string("value", "What a user's role attribute holds")).required().case_exact(),
        read_only(Attribute::string("display", "Its name for people")),
        read_only(Attribute::string("type", "Who made it").canonical(["system", "custom"])),
        flag("supported", "Whether it can be given").required(),
        flag("limitedAssignmentsPermitted", "Whether its seats are limited"),
        count("totalAssignmentsPermitted", "How many may have it"),
        count("totalAssignmentsUsed", "How many have it"),
    ]
}

/// The different roles in a resource.
fn held(attributes: &Resource) -> HashSet<String> {
    let Roles { dev, test, prod } = Roles::of(attributes);
    [dev, test, prod].into()
}

impl Workspace {
    /// Every role, in the order of the settings.
    pub(super) fn role_resources(&self) -> Vec<Resource> {
        let mut used = vec![0_u64; self.roles.len()];
        for account in self.people.iter().filter(|account| account.access) {
            let held = held(&account.attributes);
            for (count, _) in used.iter_mut().zip(&self.roles).filter(|(_, role)| held.contains(*role)) {
                *count += 1;
            }
        }
        let rows = self.roles.iter().zip(used).enumerate();
        rows.map(|(index, (role, used))| self.role_resource(index, role, used)).collect()
    }

    fn role_resource(&self, index: usize, role: &str, used: u64) -> Resource {
        let custom = self.roles.len() - self.settings.custom_roles.len();
        let kind = if index < custom { "system" } else { "custom" };
        let seats = self.settings.seats.get(role);
        let mut map = Resource::new();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("schemas", json!([urn::OKTA_ROLE, urn::ROLE]));
        put("id", role.into());
        put("value", role.into());
        put("display", role.into());
        put("displayName", role.into());
        put("type", kind.into());
        put("description", format!("Workspace role {role}").into());
        put("supported", true.into());
        put("limitedAssignmentsPermitted", seats.is_some().into());
        if let Some(seats) = seats {
            put("totalAssignmentsPermitted", (*seats).into());
        }
        put("totalAssignmentsUsed", used.into());
        let location = format!("{}/Roles/{}", self.base_url(), escaped(role));
        put("meta", json!({"resourceType": "Role", "location": location}));
        map
    }

    pub(super) fn read_role(&self, query: &Query, id: &str) -> Result<Response, ScimError> {
        let projection = Projection::of(query)?;
        let is = |role: &Resource| resource::text(role, "id") == Some(id);
        match self.role_resources().into_iter().find(is) {
            Some(role) => Ok(Response::scim(200, &Value::Object(projection.apply(role)))),
            None => Err(ScimError::new(404, "there is no such role")),
        }
    }

    /// Refuses what would take a seat that is not there. `id` is the account itself when it is being changed.
    pub(super) fn check_seats(&self, attributes: &Resource, id: Option<&str>) -> Result<(), ScimError> {
        if self.settings.seats.is_empty() {
            return Ok(());
        }
        let own = id.and_then(|id| self.people.by_id(id));
        let access = resource::active(attributes).unwrap_or(own.is_none_or(|account| account.access));
        if !access {
            return Ok(());
        }
        let before = own.filter(|account| account.access).map(|account| held(&account.attributes));
        let before = before.unwrap_or_default();
        for role in held(attributes).iter().filter(|role| !before.contains(*role)) {
            let Some(seats) = self.settings.seats.get(role) else { continue };
            let others = self.people.iter().filter(|a| a.access && Some(a.id.as_str()) != id);
            let used = others.filter(|account| held(&account.attributes).contains(role)).count();
            if used as u64 >= *seats {
                let names: Vec<&str> = ROLE_ATTRIBUTES.iter().map(|(name, _)| *name).collect();
                let detail = format!(
                    "{}: no seat is left for the role {role:?}: {used} of {seats} are used (a limit of this sandbox)",
                    names.join(", ")
                );
                return Err(ScimError::typed(ScimType::InvalidValue, detail));
            }
        }
        Ok(())
    }
}

/// Percent-encoded as a path segment (RFC 3986 section 3.3).
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
