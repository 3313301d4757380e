//! What was found at the endpoint before planning.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::{Account, PersonId, ProfileAttribute};
use crate::scim::resource::Resource;

/// An account with the resource it was read from, which a merged request is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The attributes we own.
    pub account: Account,
    /// The whole resource as it came.
    pub resource: Resource,
}

/// What a look found for one person.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// The linked account, or exactly one with the same user name, or what else identifies accounts there.
    Account(Box<Found>),
    /// The same as the row of a list that it came in: a thousand of them cost a tenth of what they cost read.
    Row(Box<str>),
    /// A trustworthy look found none.
    Absent,
    /// The linked id answers 404.
    Gone,
    /// More than one account is identified so.
    Several(Vec<Account>),
    /// The look failed, in words; the plan goes on without a base.
    Unknown(String),
}

/// What was found for the people in scope. Somebody who is not in it was not looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings(pub HashMap<PersonId, Finding>);

impl Finding {
    /// Reads the account of a row; none where it is no account.
    pub fn read(row: &str, attributes: &[ProfileAttribute]) -> Option<Found> {
        super::finder::found(serde_json::from_str(row).ok()?, None, attributes)
    }

    /// With a row read.
    pub fn whole(&self, attributes: &[ProfileAttribute]) -> Cow<'_, Self> {
        let Self::Row(row) = self else { return Cow::Borrowed(self) };
        let unreadable = || Self::Unknown("The account there could not be read whole.".to_owned());
        let found = Self::read(row, attributes);
        Cow::Owned(found.map_or_else(unreadable, |found| Self::Account(Box::new(found))))
    }
}
