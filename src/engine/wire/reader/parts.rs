//! The values of a row: texts, `active`, the addresses, and objects of texts.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::fields::{Name, Slot, odd, place, put};
use crate::domain::AccountRef;

/// Position of the address in [`AccountRef::texts`].
const EMAIL: usize = 5;

/// A text, or nothing for null; with `flags` a boolean is its word.
pub(super) struct Text {
    pub(super) flags: bool,
}

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        if !self.flags {
            return Err(odd());
        }
        Ok(Some(Cow::Borrowed(if value { "true" } else { "false" })))
    }
}

/// A boolean, also from its word in any case; nothing for null.
pub(super) struct Active;

impl<'de> DeserializeSeed<'de> for Active {
    type Value = Option<bool>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<bool>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Active {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<bool>, E> {
        Ok(Some(value))
    }

    fn visit_unit<E>(self) -> Result<Option<bool>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<bool>, E> {
        match text {
            _ if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            _ if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(odd()),
        }
    }
}

/// An object some of whose members are texts we know.
pub(super) struct Object<'s, 'a> {
    pub(super) parts: &'s [(String, Slot)],
    pub(super) account: &'s mut AccountRef<'a>,
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut came = 0_u64;
        while let Some(name) = map.next_key_seed(Name)? {
            let at = place(self.parts.iter().map(|(name, _)| name.as_str()), &name)?;
            let Some((at, (_, slot))) = at.and_then(|at| Some((at, self.parts.get(at)?))) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if at >= 64 || came & (1 << at) != 0 {
                return Err(odd());
            }
            came |= 1 << at;
            if let Some(text) = map.next_value_seed(Text { flags: matches!(slot, Slot::Role(_)) })? {
                put(self.account, *slot, text);
            }
        }
        Ok(())
    }
}

/// The addresses: the primary one counts, else the first.
pub(super) struct Emails<'s, 'a>(pub(super) &'s mut AccountRef<'a>);

impl<'de> DeserializeSeed<'de> for Emails<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Emails<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of addresses")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let (mut first, mut found_primary) = (true, false);
        while let Some((address, primary)) = list.next_element_seed(Address)? {
            let counts = first || (primary && !found_primary);
            first = false;
            found_primary |= primary;
            // An element without a value may count too: then there is no address.
            if counts {
                let old = std::mem::replace(&mut self.0.texts[EMAIL], address.unwrap_or_default());
                // It was the first.
                if !old.is_empty() {
                    self.0.other_addresses.insert(0, old);
                }
            } else {
                self.0.other_addresses.extend(address.filter(|address| !address.is_empty()));
            }
        }
        Ok(())
    }
}

/// One address, and whether it is the primary one.
struct Address;

impl<'de> DeserializeSeed<'de> for Address {
    type Value = (Option<Cow<'de, str>>, bool);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Address {
    type Value = (Option<Cow<'de, str>>, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut value, mut primary) = (None, None);
        let mut came = [false; 2];
        while let Some(name) = map.next_key_seed(Name)? {
            let at = place(["value", "primary"].into_iter(), &name)?;
            if at.and_then(|at| came.get_mut(at)).is_some_and(|came| std::mem::replace(came, true)) {
                return Err(odd());
            }
            match at {
                Some(0) => value = map.next_value_seed(Text { flags: false })?,
                Some(_) => primary = map.next_value_seed(Active)?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok((value, primary == Some(true)))
    }
}
