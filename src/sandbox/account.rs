//! One person in the workspace: invited, or a collaborator with a role per environment.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::activity::Event;
use super::team::Invitation;
use crate::scim::resource::{self, Resource, urn};

/// The role of someone for whom no role is set.
pub const NO_ACCESS: &str = "No access";

/// The three attributes of the role extension and the environment each is for.
pub(super) const ROLE_ATTRIBUTES: [(&str, &str); 3] =
    [("workato_role", "dev"), ("workato_role_test", "test"), ("workato_role_prod", "prod")];

/// Role per environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// Development, or the only environment.
    pub dev: String,
    /// Test.
    pub test: String,
    /// Production.
    pub prod: String,
}

impl Roles {
    /// The same role everywhere.
    pub fn all(role: &str) -> Self {
        Self { dev: role.to_owned(), test: role.to_owned(), prod: role.to_owned() }
    }

    /// What the role extension of a resource says; a missing value is [`NO_ACCESS`].
    pub fn of(attributes: &Resource) -> Self {
        let extension = resource::get(attributes, urn::WORKATO_ROLE).and_then(Value::as_object);
        let role =
            |name: &str| extension.and_then(|map| resource::text(map, name)).unwrap_or(NO_ACCESS).to_owned();
        Self { dev: role("workato_role"), test: role("workato_role_test"), prod: role("workato_role_prod") }
    }

    /// The extension block.
    pub(super) fn to_extension(&self) -> Value {
        let values = [&self.dev, &self.test, &self.prod];
        let pairs = ROLE_ATTRIBUTES.iter().zip(values);
        Value::Object(pairs.map(|((name, _), value)| ((*name).to_owned(), value.as_str().into())).collect())
    }
}

/// Whether the person has accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Invited and not yet in.
    Invited,
    /// In.
    Collaborator,
}

/// The last thing the activity log says about someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastActivity {
    /// Entry id.
    pub id: u64,
    /// What it was.
    pub event: Event,
    /// When.
    pub at: Timestamp,
}

/// A user resource and the collaborator or invitation behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// SCIM id.
    pub id: String,
    /// The workspace's own number.
    pub number: u64,
    /// The SCIM attributes, without id, meta, groups, schemas and password.
    pub attributes: Resource,
    /// Counts the changes; the ETag.
    pub version: u64,
    /// When the account was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Invited or in.
    pub standing: Standing,
    /// Whether the person can (or after accepting could) enter. `active` sets it; a resource without `active`
    /// leaves it.
    pub access: bool,
    /// When access was last taken: sessions from before it stay ended.
    #[serde(default)]
    pub access_ended: Option<Timestamp>,
    /// The invitation sent last; people from before SCIM have none.
    #[serde(default)]
    pub invitation: Option<Invitation>,
    /// When the invitation was accepted.
    pub joined: Option<Timestamp>,
    /// The last activity.
    pub last_activity: Option<LastActivity>,
    /// Ids of the groups the person is in.
    #[serde(skip)]
    pub groups: BTreeSet<String>,
}

impl Account {
    /// `userName`, which is the e-mail address.
    pub fn user_name(&self) -> &str {
        resource::text(&self.attributes, "userName").unwrap_or("")
    }

    /// `externalId`.
    pub fn external_id(&self) -> Option<&str> {
        resource::text(&self.attributes, "externalId")
    }

    /// A name for people: `displayName`, else the parts of the name, else the user name.
    pub fn name(&self) -> String {
        if let Some(name) = resource::text(&self.attributes, "displayName") {
            return name.to_owned();
        }
        let name = resource::get(&self.attributes, "name").and_then(Value::as_object);
        let part = |part: &str| name.and_then(|map| resource::text(map, part)).unwrap_or("");
        let joined = match part("formatted") {
            "" => format!("{} {}", part("givenName"), part("familyName")).trim().to_owned(),
            formatted => formatted.to_owned(),
        };
        if joined.is_empty() { self.user_name().to_owned() } else { joined }
    }

    /// The ETag.
    pub fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }

    /// The person as the workspace's own list shows people.
    pub fn collaborator(&self) -> Collaborator {
        Collaborator {
            number: self.number,
            scim_id: self.id.clone(),
            name: self.name(),
            email: self.user_name().to_owned(),
            roles: Roles::of(&self.attributes),
            external_id: self.external_id().map(str::to_owned),
            standing: self.standing,
            access: self.access,
            last_activity: self.last_activity.clone(),
        }
    }
}

/// A row of the workspace's list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collaborator {
    /// The workspace's own number.
    pub number: u64,
    /// SCIM id.
    pub scim_id: String,
    /// Name for people.
    pub name: String,
    /// E-mail, the SCIM `userName`.
    pub email: String,
    /// Role per environment.
    pub roles: Roles,
    /// The client's id; accounts older than SCIM have none.
    pub external_id: Option<String>,
    /// Invited or in.
    pub standing: Standing,
    /// Whether access is given.
    pub access: bool,
    /// The last activity.
    pub last_activity: Option<LastActivity>,
}
