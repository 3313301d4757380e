//! The connections of a home as the faces list them, and what a new one is made from.

use serde::Serialize;

use super::TestReport;
use crate::domain::{ConnectionId, GivenToken};

/// One connection in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectionRow {
    /// Its row in the home.
    #[serde(skip)]
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// Which environment it is.
    pub badge: String,
    /// SCIM connector base URL.
    pub base_url: String,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Whether it is used where none is named.
    pub current: bool,
    /// Operations that go on by themselves.
    pub queued: u32,
    /// Operations that need an operator.
    pub standing: u32,
}

/// What a new connection is made from. A pasted token is kept in a file of its own, never with the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Its name.
    pub name: String,
    /// SCIM connector base URL.
    pub base_url: String,
    /// Which environment it is.
    pub badge: String,
    /// The bearer token, sent as an HTTP header, or where it is found.
    pub token: GivenToken,
}

/// A connection was saved and tested.
#[derive(Debug, Clone, PartialEq)]
pub struct Connected {
    /// Its row in the home.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// What the test found; enabled only where that is good.
    pub report: TestReport,
}

/// What is wrong with a new connection's name; none when it can be taken.
pub fn name_fault(name: &str, taken: &[&str]) -> Option<String> {
    let name = name.trim();
    if name.is_empty() {
        return Some("a name is needed, for example workato-prod".to_owned());
    }
    if name.chars().count() > 40 || name.chars().any(char::is_control) {
        return Some("at most 40 characters, none of them a control character".to_owned());
    }
    let there = taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    there.then(|| format!("there is a connection named {name} already"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_needed_and_is_unique_without_regard_to_case() {
        assert_eq!(name_fault("workato-test", &["workato"]), None);
        assert!(name_fault("Workato ", &["workato"]).is_some_and(|why| why.contains("already")));
        assert!(name_fault(" ", &[]).is_some());
        assert!(name_fault("a\nb", &[]).is_some());
    }
}
