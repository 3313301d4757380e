//! An account on the endpoint, reduced to the attributes we own, and how two states of it differ.

use serde::{Deserialize, Serialize};

use super::{ProfileAttribute, RoleValues};

/// What is known of a person's account there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// Never looked, or the last look failed.
    #[default]
    Unknown,
    /// A complete look found none.
    None,
    /// Invited and not accepted; only where a feed tells.
    Invited,
    /// Has access.
    Active,
    /// Exists without access.
    Inactive,
    /// The linked id answers 404.
    Gone,
}

impl AccountState {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Gone => "gone",
        }
    }
}

/// The attributes of an account that we own: as wanted, as sent, or as found. Empty text means "not set".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct AccountValues {
    /// SCIM `active`.
    pub active: bool,
    /// SCIM `externalId`.
    #[serde(default)]
    pub external_id: String,
    /// SCIM `userName`.
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
    /// The primary, else the first of SCIM `emails`.
    #[serde(default)]
    pub email: String,
    /// SCIM `title`.
    #[serde(default)]
    pub title: String,
    /// Enterprise User `department`.
    #[serde(default)]
    pub department: String,
    /// The profile attributes of the connection, by variable name.
    #[serde(default)]
    pub roles: RoleValues,
}

/// Names of the owned attributes, as shown, journalled and compared.
pub mod field {
    /// SCIM `active`.
    pub const ACTIVE: &str = "active";
    /// SCIM `externalId`.
    pub const EXTERNAL_ID: &str = "externalId";
    /// SCIM `userName`.
    pub const USER_NAME: &str = "userName";
    /// SCIM `name.givenName`.
    pub const GIVEN_NAME: &str = "name.givenName";
    /// SCIM `name.familyName`.
    pub const FAMILY_NAME: &str = "name.familyName";
    /// SCIM `displayName`.
    pub const DISPLAY_NAME: &str = "displayName";
    /// The primary address of SCIM `emails`.
    pub const EMAIL: &str = "emails.value";
    /// SCIM `title`.
    pub const TITLE: &str = "title";
    /// Enterprise User `department`.
    pub const DEPARTMENT: &str = "department";
    /// Those that are plain text, in the order in which they are compared and shown.
    pub const TEXTS: [&str; 8] =
        [USER_NAME, EXTERNAL_ID, GIVEN_NAME, FAMILY_NAME, DISPLAY_NAME, EMAIL, TITLE, DEPARTMENT];
}

/// One attribute that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// A [`field`] name or a role attribute's variable name.
    pub attribute: String,
    /// The value it has; none means "not set".
    pub before: Option<String>,
    /// The value it gets.
    pub after: Option<String>,
}

/// Whether a change of role gives more or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Towards the front of the enumerated list.
    Raised,
    /// Towards its end.
    Lowered,
    /// Not comparable: no list, or a value outside of it.
    Other,
}

impl Difference {
    /// Compares by the attribute's own enumerated list, where no value at all counts as weakest.
    pub fn shift(&self, attributes: &[ProfileAttribute]) -> Shift {
        let Some(attribute) = attributes.iter().find(|a| a.variable == self.attribute) else {
            return Shift::Other;
        };
        let rank = |value: &Option<String>| match value {
            Some(value) => attribute.rank(value),
            None => Some(attribute.members.len()),
        };
        match (rank(&self.before), rank(&self.after)) {
            (Some(before), Some(after)) if after < before => Shift::Raised,
            (Some(before), Some(after)) if after > before => Shift::Lowered,
            _ => Shift::Other,
        }
    }
}

impl AccountValues {
    /// The owned attributes that are plain text, with their names.
    pub fn texts(&self) -> [(&'static str, &str); 8] {
        [
            (field::USER_NAME, &self.user_name),
            (field::EXTERNAL_ID, &self.external_id),
            (field::GIVEN_NAME, &self.given_name),
            (field::FAMILY_NAME, &self.family_name),
            (field::DISPLAY_NAME, &self.display_name),
            (field::EMAIL, &self.email),
            (field::TITLE, &self.title),
            (field::DEPARTMENT, &self.department),
        ]
    }

    /// Sets one owned text attribute by its [`field`] name; other names are left alone.
    pub fn set_text(&mut self, attribute: &str, value: &str) {
        let slot = match attribute {
            field::USER_NAME => &mut self.user_name,
            field::EXTERNAL_ID => &mut self.external_id,
            field::GIVEN_NAME => &mut self.given_name,
            field::FAMILY_NAME => &mut self.family_name,
            field::DISPLAY_NAME => &mut self.display_name,
            field::EMAIL => &mut self.email,
            field::TITLE => &mut self.title,
            field::DEPARTMENT => &mut self.department,
            _ => return,
        };
        value.clone_into(slot);
    }

    /// What changes from `self` to `after`: active first, then texts, then roles by name.
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let mut out = Vec::new();
        if self.active != after.active {
            out.push(Difference {
                attribute: field::ACTIVE.to_owned(),
                before: Some(self.active.to_string()),
                after: Some(after.active.to_string()),
            });
        }
        let set = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for ((name, before), (_, after)) in self.texts().into_iter().zip(after.texts()) {
            if before != after {
                out.push(Difference { attribute: name.to_owned(), before: set(before), after: set(after) });
            }
        }
        let mut names: Vec<_> = self.roles.0.keys().chain(after.roles.0.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let (before, after) = (self.roles.get(name), after.roles.get(name));
            if before != after {
                out.push(Difference {
                    attribute: name.clone(),
                    before: before.map(str::to_owned),
                    after: after.map(str::to_owned),
                });
            }
        }
        out
    }

    /// Takes one attribute, by its [`field`] name or role variable, over from another state of the account.
    pub fn copy(&mut self, name: &str, from: &Self) {
        if name == field::ACTIVE {
            self.active = from.active;
        } else if let Some((_, value)) = from.texts().into_iter().find(|(n, _)| *n == name) {
            self.set_text(name, value);
        } else {
            self.roles.set(name, from.roles.get(name).unwrap_or(""));
        }
    }

    /// What somebody gets who had no account: nothing was before.
    pub fn from_nothing(&self) -> Vec<Difference> {
        let gets = |name: &str, value: &str| Difference {
            attribute: name.to_owned(),
            before: None,
            after: Some(value.to_owned()),
        };
        let active = self.active.then(|| gets(field::ACTIVE, "true"));
        let texts = self.texts().into_iter().filter(|(_, value)| !value.is_empty());
        let roles = self.roles.0.keys().filter_map(|name| Some((name.as_str(), self.roles.get(name)?)));
        active.into_iter().chain(texts.chain(roles).map(|(name, value)| gets(name, value))).collect()
    }
}

/// An account as one answer of the endpoint showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The endpoint's `id`.
    pub remote_id: String,
    /// `meta.version` or the ETag header, where there is one.
    pub version: Option<String>,
    /// The attributes we own.
    pub values: AccountValues,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_towards_the_front_of_the_list_raises() {
        let attributes = [ProfileAttribute::workato("workato_role")];
        let change = |before: Option<&str>, after: Option<&str>| Difference {
            attribute: "workato_role".into(),
            before: before.map(Into::into),
            after: after.map(Into::into),
        };
        assert_eq!(change(Some("Operator"), Some("Admin")).shift(&attributes), Shift::Raised);
        assert_eq!(change(Some("Admin"), Some("No access")).shift(&attributes), Shift::Lowered);
        assert_eq!(change(None, Some("No access")).shift(&attributes), Shift::Raised);
        assert_eq!(change(Some("Admin"), Some("Custom")).shift(&attributes), Shift::Other);
    }

    #[test]
    fn differences_name_each_attribute_once_with_both_values() {
        let before = AccountValues { active: true, user_name: "a".into(), ..Default::default() };
        let mut after = before.clone();
        after.title = "Boss".into();
        after.roles.set("workato_role", "Admin");
        let names: Vec<_> = before.differences(&after).into_iter().map(|d| d.attribute).collect();
        assert_eq!(names, ["title", "workato_role"]);
    }
}
