//! How an account is read from a SCIM resource, and the exact requests that find, make and change one.
//!
//! A connection's [`Wire`] chooses them; the plan that is shown and the machine that sends use the same functions.

mod account;
mod body;
mod identity;
mod okta_classic;
mod okta_oin;
mod reader;
mod rfc;

pub use account::{account, values};
pub(super) use account::{is_entity_tag, version};
pub use identity::{Identity, held, key, words};
pub use reader::Reader;

use super::Found;
use crate::domain::{
    AccountValues, Call, Connection, Intent, Method, OpKind, Owned, ProfileAttribute, ToApp,
    UniqueIdentifier, WireProfile, field,
};

/// The names of everything a new or newly linked account gets from us.
pub fn everything(values: &AccountValues, attributes: &[ProfileAttribute]) -> Owned {
    let texts = values.texts();
    let set = texts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| (*name).to_owned());
    let roles = attributes
        .iter()
        .filter(|a| a.sendable() && values.roles.get(&a.variable).is_some())
        .map(|a| a.variable.clone());
    Owned::of(std::iter::once(field::ACTIVE.to_owned()).chain(set).chain(roles))
}

/// How a connection writes, what it finds accounts by, and what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire {
    /// How a change is written.
    pub profile: WireProfile,
    /// What accounts are found by.
    pub unique_identifier: UniqueIdentifier,
    /// Whether the version that was read goes along with a change.
    pub etags: bool,
    /// What may be done: the To App actions, as far as the supported actions let them.
    pub allowed: ToApp,
}

impl Default for Wire {
    /// As a connection is made: `okta-classic`, by user name, everything switched on.
    fn default() -> Self {
        Self {
            profile: WireProfile::default(),
            unique_identifier: UniqueIdentifier::default(),
            etags: false,
            allowed: ToApp { create: true, update: true, deactivate: true, exclude_user_name: false },
        }
    }
}

impl Wire {
    /// As a connection is set.
    pub fn of(connection: &Connection) -> Self {
        let (to_app, actions) = (connection.to_app, connection.actions);
        Self {
            profile: connection.profile,
            unique_identifier: connection.unique_identifier,
            etags: connection.profile == WireProfile::Rfc,
            allowed: ToApp {
                create: to_app.create && actions.push_new,
                update: to_app.update && actions.push_updates,
                ..to_app
            },
        }
    }

    /// What this account is found by; none where it has no value of that field.
    pub fn identity(&self, values: &AccountValues) -> Option<Identity> {
        Identity::of(self.unique_identifier, values)
    }

    /// Reads a linked account.
    pub fn read(&self, remote_id: &str) -> Call {
        Call::new(Method::Get, &["Users", remote_id])
    }

    /// Creates an account.
    pub fn create(&self, values: &AccountValues, attributes: &[ProfileAttribute]) -> Call {
        Call::new(Method::Post, &["Users"]).body(body::create_body(values, attributes))
    }

    /// Makes of an account what it shall be; `owned` names the attributes that are written.
    pub fn change(
        &self,
        found: &Found,
        goal: &AccountValues,
        owned: &Owned,
        attributes: &[ProfileAttribute],
    ) -> Call {
        match self.profile {
            WireProfile::OktaClassic => okta_classic::change(found, goal, owned, attributes),
            WireProfile::OktaOin => okta_oin::change(found, goal, owned, attributes),
            WireProfile::Rfc => rfc::change(found, goal, owned, attributes, self.etags),
        }
    }

    /// Takes out of an intent what the settings of now do not let an account get that is there already.
    pub fn restrict(&self, kind: OpKind, intent: &mut Intent, theirs: &AccountValues) {
        match kind {
            OpKind::Create | OpKind::Link => self.restrict_link(intent, theirs),
            OpKind::Update | OpKind::Reactivate => intent.keep(|name| match name {
                field::USER_NAME if self.allowed.exclude_user_name => false,
                field::ACTIVE => true,
                _ => kind == OpKind::Update || self.allowed.update,
            }),
            OpKind::Deactivate => {}
        }
    }

    /// Takes out of an intent what an account that is to be linked does not get from us: the user name where its
    /// updates are excluded, and all but access where Update User Attributes is off. Our record of these becomes
    /// what the account has, so that they stay unsent.
    pub fn restrict_link(&self, intent: &mut Intent, theirs: &AccountValues) {
        intent.leave(theirs, |name| match name {
            field::ACTIVE => false,
            field::USER_NAME => self.allowed.exclude_user_name || !self.allowed.update,
            _ => !self.allowed.update,
        });
    }
}

#[cfg(test)]
mod tests;
