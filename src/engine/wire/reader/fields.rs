//! Which names of a row mean what, and the row's own reading.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::parts::{Active, Emails, Text};
use crate::domain::{AccountRef, ProfileAttribute, TEXTS};
use crate::scim::repeated::Names;
use crate::scim::resource::{self, urn};

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// A place in [`AccountRef::texts`].
    Text(usize),
    /// The version of `meta`.
    Version,
    /// A profile attribute, by its place in the list; a boolean is a value too.
    Role(usize),
}

/// What a name at the top of a row leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Id,
    Active,
    Emails,
    Value(Slot),
    Object(Vec<(String, Slot)>),
}

/// The names that are read; all others are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, Field)>);

impl Fields {
    /// None where two of them would have one name.
    pub(super) fn of(attributes: &[ProfileAttribute]) -> Option<Self> {
        let text = |at| Field::Value(Slot::Text(at));
        let object = |parts: &[(&str, Slot)]| {
            Field::Object(parts.iter().map(|(name, slot)| ((*name).to_owned(), *slot)).collect())
        };
        let mut fields = vec![
            ("id".to_owned(), Field::Id),
            ("userName".to_owned(), text(0)),
            ("externalId".to_owned(), text(1)),
            ("name".to_owned(), object(&[("givenName", Slot::Text(2)), ("familyName", Slot::Text(3))])),
            ("displayName".to_owned(), text(4)),
            ("emails".to_owned(), Field::Emails),
            ("title".to_owned(), text(6)),
            (urn::ENTERPRISE_USER.to_owned(), object(&[("department", Slot::Text(7))])),
            ("active".to_owned(), Field::Active),
            ("meta".to_owned(), object(&[("version", Slot::Version)])),
        ];
        for (place, attribute) in attributes.iter().enumerate().filter(|(_, a)| a.sendable()) {
            let part = (attribute.external_name.clone(), Slot::Role(place));
            match &attribute.external_namespace {
                None => fields.push((part.0, Field::Value(part.1))),
                Some(urn) => match fields.iter_mut().find(|(name, _)| name == urn) {
                    Some((_, Field::Object(parts))) => parts.push(part),
                    Some(_) => return None,
                    None => fields.push((urn.clone(), Field::Object(vec![part]))),
                },
            }
        }
        let apart = distinct(fields.iter().map(|(name, _)| name.as_str()))
            && fields.iter().all(|(_, field)| match field {
                Field::Object(parts) => distinct(parts.iter().map(|(name, _)| name.as_str())),
                _ => true,
            });
        // Each name is one bit of a row's "came already".
        (apart && fields.len() <= 64).then_some(Self(fields))
    }
}

/// All names of these attributes that mean something, where two of them have one name too.
pub(super) fn names(attributes: &[ProfileAttribute]) -> Names {
    let texts = ["id", "userName", "externalId", "displayName", "title", "active"];
    let mut names = Names::of(texts)
        .with("name", Names::of(["givenName", "familyName"]))
        .with("emails", Names::of(["value", "primary"]))
        .with(urn::ENTERPRISE_USER, Names::of(["department"]))
        .with("meta", Names::of(["version"]));
    for attribute in attributes.iter().filter(|a| a.sendable()) {
        let name = attribute.external_name.as_str();
        names = match &attribute.external_namespace {
            None => names.with(name, Names::default()),
            Some(urn) => names.with(urn, Names::of([name])),
        };
    }
    names
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().all(|name| seen.insert(name.to_ascii_lowercase()))
}

/// The place of a name; an error where it is there in another spelling.
pub(super) fn place<'n, E: Error>(
    names: impl Iterator<Item = &'n str>,
    name: &str,
) -> Result<Option<usize>, E> {
    for (place, known) in names.enumerate() {
        if known.len() == name.len() {
            if known == name {
                return Ok(Some(place));
            }
            if known.eq_ignore_ascii_case(name) {
                return Err(odd());
            }
        }
    }
    Ok(None)
}

/// Says that a row is out of the ordinary.
pub(super) fn odd<E: Error>() -> E {
    E::custom("out of the ordinary")
}

/// Puts a text where it belongs.
pub(super) fn put<'a>(account: &mut AccountRef<'a>, slot: Slot, text: Cow<'a, str>) {
    match slot {
        Slot::Text(at) => {
            if let Some(place) = account.texts.get_mut(at) {
                *place = text;
            }
        }
        Slot::Version => account.version = Some(text),
        Slot::Role(_) if text.is_empty() => {}
        Slot::Role(place) => account.roles.push((place, text)),
    }
}

/// Reads one row.
pub(super) struct Row<'f> {
    fields: &'f Fields,
}

impl<'f> Row<'f> {
    pub(super) fn new(fields: &'f Fields) -> Self {
        Self { fields }
    }
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = AccountRef<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<AccountRef<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = AccountRef<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AccountRef<'de>, A::Error> {
        const { assert!(TEXTS == 8) };
        let mut account = AccountRef { active: true, ..AccountRef::default() };
        let mut came = 0_u64;
        while let Some(name) = map.next_key_seed(Name)? {
            let names = self.fields.0.iter().map(|(name, _)| name.as_str());
            let Some(at) = place(names, &name)? else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if came & (1 << at) != 0 {
                return Err(odd());
            }
            came |= 1 << at;
            match self.fields.0.get(at).map(|(_, field)| field) {
                Some(Field::Id) => match map.next_value_seed(Text { flags: false })? {
                    Some(id) if resource::usable_id(&id) => account.remote_id = id,
                    _ => return Err(odd()),
                },
                Some(Field::Active) => account.active = map.next_value_seed(Active)?.unwrap_or(true),
                Some(Field::Emails) => map.next_value_seed(Emails(&mut account))?,
                Some(Field::Value(slot)) => {
                    let flags = matches!(slot, Slot::Role(_));
                    if let Some(text) = map.next_value_seed(Text { flags })? {
                        put(&mut account, *slot, text);
                    }
                }
                Some(Field::Object(parts)) => {
                    map.next_value_seed(super::parts::Object { parts, account: &mut account })?;
                }
                None => return Err(odd()),
            }
        }
        if account.remote_id.is_empty() {
            return Err(odd());
        }
        account.roles.sort_unstable_by_key(|(place, _)| *place);
        Ok(account)
    }
}

/// A name, left where it is where it has no escapes.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
