//! An account read from a row of a list without making a resource of it: the way of a million rows.
//!
//! Rows as nearly all endpoints write them are read in one pass with their texts left where they are. Whatever is out of
//! the ordinary (another spelling of a name, a value of another type) is left to [`super::account()`], so there is one
//! rule of what a row means. A row in which a name that counts comes twice means nothing.

mod fields;
mod parts;

use std::borrow::Cow;

use serde::de::{DeserializeSeed, IgnoredAny};

use super::{account, identity};
use crate::domain::{AccountRef, ProfileAttribute, UniqueIdentifier};
use crate::scim::repeated::{Names, repeated};
use crate::scim::resource::Resource;
use fields::{Fields, Row};

/// Reads rows with a connection's profile attributes.
#[derive(Debug, Clone)]
pub struct Reader {
    attributes: Vec<ProfileAttribute>,
    /// None where an attribute has the name of another: then every row is out of the ordinary.
    fields: Option<Fields>,
    names: Names,
}

impl Reader {
    /// With these attributes, whose places [`AccountRef::roles`] names.
    pub fn new(attributes: &[ProfileAttribute]) -> Self {
        let (fields, names) = (Fields::of(attributes), fields::names(attributes));
        Self { attributes: attributes.to_vec(), fields, names }
    }

    /// The attributes it reads.
    pub fn attributes(&self) -> &[ProfileAttribute] {
        &self.attributes
    }

    /// The names that count: what has one of them twice is not read.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Reads a row; none where it is no resource with an id, or can be read in two ways.
    pub fn read<'a>(&self, raw: &'a str) -> Option<AccountRef<'a>> {
        self.plain(raw).or_else(|| self.odd(raw))
    }

    /// Reads the row that begins a text, and how many bytes it has; none where it is out of the ordinary, and may be read
    /// by [`Self::read`] all the same.
    pub fn read_first<'a>(&self, text: &'a str) -> Option<(AccountRef<'a>, usize)> {
        let fields = self.fields.as_ref()?;
        let mut json = serde_json::Deserializer::from_str(text);
        let account = Row::new(fields).deserialize(&mut json).ok()?;
        Some((account, json.into_iter::<IgnoredAny>().byte_offset()))
    }

    /// A row in which everything is as it mostly is.
    fn plain<'a>(&self, raw: &'a str) -> Option<AccountRef<'a>> {
        let (account, length) = self.read_first(raw)?;
        (length == raw.len()).then_some(account)
    }

    fn odd(&self, raw: &str) -> Option<AccountRef<'static>> {
        if repeated(raw, &self.names).is_some() {
            return None;
        }
        let resource: Resource = serde_json::from_str(raw).ok()?;
        let account = account(&resource, None, &self.attributes)?;
        let mut other_addresses: Vec<Cow<'static, str>> = identity::held(UniqueIdentifier::Email, &resource)
            .into_iter()
            .filter(|address| !address.is_empty())
            .map(|address| Cow::Owned(address.to_owned()))
            .collect();
        if let Some(at) = other_addresses.iter().position(|address| *address == account.values.email) {
            other_addresses.remove(at);
        }
        let mut texts: [Cow<'static, str>; crate::domain::TEXTS] = Default::default();
        for (slot, (_, text)) in texts.iter_mut().zip(account.values.texts()) {
            *slot = Cow::Owned(text.to_owned());
        }
        let roles = self.attributes.iter().enumerate();
        let roles = roles.filter_map(|(place, attribute)| {
            let value = account.values.roles.get(&attribute.variable)?;
            Some((place, Cow::Owned(value.to_owned())))
        });
        Some(AccountRef {
            remote_id: Cow::Owned(account.remote_id),
            version: account.version.map(Cow::Owned),
            active: account.values.active,
            texts,
            roles: roles.collect(),
            other_addresses,
        })
    }
}

#[cfg(test)]
mod tests;
