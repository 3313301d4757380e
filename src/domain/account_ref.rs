//! An account read where it came: its texts stay in the answer's body.

use std::borrow::Cow;

use super::{AccountValues, ProfileAttribute, field};

/// How many texts an account has besides its roles.
pub const TEXTS: usize = 8;

/// An account as one row of a list showed it; [`super::Account`] without its own memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountRef<'a> {
    /// The endpoint's `id`.
    pub remote_id: Cow<'a, str>,
    /// `meta.version`, where there is one.
    pub version: Option<Cow<'a, str>>,
    /// SCIM `active`.
    pub active: bool,
    /// In the order of [`AccountValues::texts`].
    pub texts: [Cow<'a, str>; TEXTS],
    /// Values of profile attributes, by the attribute's place in the connection's list; none is empty.
    pub roles: Vec<(usize, Cow<'a, str>)>,
    /// The addresses besides the one that counts: an account is found by each.
    pub other_addresses: Vec<Cow<'a, str>>,
}

impl AccountRef<'_> {
    /// The `userName`.
    pub fn user_name(&self) -> &str {
        &self.texts[0]
    }

    /// The `externalId`.
    pub fn external_id(&self) -> &str {
        &self.texts[1]
    }

    /// The address that counts.
    pub fn email(&self) -> &str {
        &self.texts[5]
    }

    /// The attributes we own, with their own memory.
    pub fn values(&self, attributes: &[ProfileAttribute]) -> AccountValues {
        let mut values = AccountValues { active: self.active, ..AccountValues::default() };
        for (name, text) in field::TEXTS.into_iter().zip(&self.texts) {
            values.set_text(name, text);
        }
        for (place, value) in &self.roles {
            if let Some(attribute) = attributes.get(*place) {
                values.roles.set(&attribute.variable, value);
            }
        }
        values
    }
}
