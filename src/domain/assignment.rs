//! A person's or a group's tie to the app.

use serde::{Deserialize, Serialize};

use super::{RoleValues, Time};

/// How an assignment came to be: it decides the words of the red `!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Existed before SCIM was enabled on this connection.
    BeforeScim,
    /// Came from a file with `assigned` = yes.
    Imported,
    /// Made here by an operator.
    #[default]
    Operator,
}

impl Origin {
    /// The reason line of someone assigned but not provisioned.
    pub fn reason(self) -> &'static str {
        match self {
            Self::BeforeScim => "assigned before SCIM was enabled",
            Self::Imported => "imported as assigned",
            Self::Operator => "assigned, not yet provisioned",
        }
    }
}

/// An Individual assignment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assignment {
    /// The values it gives.
    pub roles: RoleValues,
    /// Since when.
    pub since: Time,
    /// How it came to be.
    #[serde(default)]
    pub origin: Origin,
}

/// A group's assignment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupAssignment {
    /// 1 is first; no two groups share one.
    pub priority: u32,
    /// The values it gives.
    pub roles: RoleValues,
    /// Since when.
    pub since: Time,
}
