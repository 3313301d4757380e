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
    pub used: Option<u64>,
    /// Seats there are, where they are limited.
    pub permitted: Option<u64>,
    /// Whether it can be given now.
    pub supported: bool,
}
