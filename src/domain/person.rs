//! A person and a group of the directory.

use serde::{Deserialize, Serialize};

use super::{GroupId, PersonId};

/// A person's state on our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Works here; an assignment gives access.
    #[default]
    Active,
    /// Away for a while: assignment, roles and link are kept, access ends.
    Suspended,
    /// Left: assignments ended, roles and link remembered, access ends.
    Deactivated,
    /// Taken out of the directory while an account may still be active there; kept until that is confirmed.
    Removed,
}

impl Status {
    /// The word on the screen, in CSV and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
            Self::Removed => "removed",
        }
    }
}

/// A person of the directory. An empty text means "not set".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Never changes.
    pub id: PersonId,
    /// SCIM `userName`; by default the e-mail. Unique without regard to case.
    pub user_name: String,
    /// SCIM `name.givenName`.
    #[serde(default)]
    pub given_name: String,
    /// SCIM `name.familyName`.
    #[serde(default)]
    pub family_name: String,
    /// SCIM `displayName`.
    #[serde(default)]
    pub display_name: String,
    /// The primary e-mail; empty where the user name is the e-mail.
    #[serde(default)]
    pub email: String,
    /// SCIM `title`.
    #[serde(default)]
    pub title: String,
    /// `department` of the Enterprise User extension (RFC 7643, 4.3).
    #[serde(default)]
    pub department: String,
    /// The source's own id, sent as `externalId`; without one the [`PersonId`] is sent.
    #[serde(default)]
    pub external_id: Option<String>,
    /// State on our side.
    #[serde(default)]
    pub status: Status,
}

impl Person {
    /// An active person of whom only the user name is known.
    pub fn new(id: PersonId, user_name: &str) -> Self {
        Self {
            id,
            user_name: user_name.to_owned(),
            given_name: String::new(),
            family_name: String::new(),
            display_name: String::new(),
            email: String::new(),
            title: String::new(),
            department: String::new(),
            external_id: None,
            status: Status::Active,
        }
    }

    /// The name to show: display name, else given and family name, else user name.
    pub fn name(&self) -> String {
        if !self.display_name.is_empty() {
            return self.display_name.clone();
        }
        let full = format!("{} {}", self.given_name, self.family_name);
        let full = full.trim();
        if full.is_empty() { self.user_name.clone() } else { full.to_owned() }
    }

    /// The `externalId` to send.
    pub fn external_id(&self) -> String {
        self.external_id.clone().unwrap_or_else(|| self.id.to_string())
    }

    /// The address to send: the e-mail, else a user name that looks like one.
    pub fn address(&self) -> &str {
        if self.email.is_empty() && self.user_name.contains('@') { &self.user_name } else { &self.email }
    }
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Never changes.
    pub id: GroupId,
    /// Unique without regard to case.
    pub name: String,
}
