//! Attributes that a request cannot set, whatever it says: what some endpoints do and answer with 200.

use serde_json::Value;

use super::account::{Account, ROLE_ATTRIBUTES};
use super::groups::Member;
use super::workspace::Workspace;
use crate::scim::resource::{self, Resource, urn};

impl Workspace {
    /// Gives the attributes that cannot be set the values that the account has; an account that is being made has
    /// none.
    pub(super) fn keep_out(&self, attributes: &mut Resource, account: Option<&Account>) {
        for name in &self.deaf {
            let there = account.map(|account| &account.attributes);
            if name.eq_ignore_ascii_case("roles") {
                keep(attributes, there, urn::WORKATO_ROLE);
            } else if ROLE_ATTRIBUTES.iter().any(|(role, _)| role == name) {
                let inside = there.and_then(|there| resource::get(there, urn::WORKATO_ROLE));
                let inside = inside.and_then(Value::as_object);
                if let Some(Value::Object(roles)) = resource::get_mut(attributes, urn::WORKATO_ROLE) {
                    keep(roles, inside, name);
                }
            } else if !name.eq_ignore_ascii_case("userName") || account.is_some() {
                keep(attributes, there, name);
            }
        }
    }

    /// As [`Self::keep_out`], for a group and its members.
    pub(super) fn keep_out_of_group(
        &self,
        (attributes, members): (&mut Resource, &mut Vec<Member>),
        id: Option<&str>,
    ) {
        let there = id.and_then(|id| self.groups.by_id(id));
        for name in &self.deaf {
            if name.eq_ignore_ascii_case("members") {
                *members = there.map(|group| group.members.clone()).unwrap_or_default();
            } else if !name.eq_ignore_ascii_case("displayName") || there.is_some() {
                keep(attributes, there.map(|group| &group.attributes), name);
            }
        }
    }
}

fn keep(map: &mut Resource, there: Option<&Resource>, name: &str) {
    match there.and_then(|there| resource::get(there, name)) {
        Some(value) => resource::set(map, name, value.clone()),
        None => drop(resource::remove(map, name)),
    }
}
