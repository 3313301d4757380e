//! A role value as the endpoint reports it, where it does.

use serde::{Deserialize, Serialize};

/// One value that the endpoint says it takes (draft-ietf-scim-roles-entitlements, or Okta's Role resource).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedValue {
    /// What is sent.
    pub value: String,
    /// What the app calls it.
    pub display: String,
    /// Seats in use, where it tells.
    pub used: Option<u32>,
    /// Seats there are, where they are limited.
    pub permitted: Option<u32>,
    /// Whether it can be given now.
    pub supported: bool,
}

impl ReportedValue {
    /// `4 of 5 used`, `4 used`; nothing where the endpoint does not count.
    pub fn seats(&self) -> Option<String> {
        match (self.used, self.permitted) {
            (Some(used), Some(permitted)) => Some(format!("{used} of {permitted} used")),
            (Some(used), None) => Some(format!("{used} used")),
            (None, Some(permitted)) => Some(format!("at most {permitted}")),
            (None, None) => None,
        }
    }
}
