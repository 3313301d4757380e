//! The rows of a page, apart.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::MOST_ROWS;

/// The elements of a list, each where it came; anything that is no list holds none.
#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    /// The first [`MOST_ROWS`] of them.
    pub(crate) rows: Vec<&'a RawValue>,
    /// There were more.
    pub(crate) too_many: bool,
    /// It is a list.
    pub(crate) is_list: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Rows<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Rows<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows<'de>, A::Error> {
                let mut rows = Vec::new();
                while rows.len() < MOST_ROWS {
                    let Some(row) = list.next_element()? else {
                        return Ok(Rows { rows, too_many: false, is_list: true });
                    };
                    rows.push(row);
                }
                let mut too_many = false;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    too_many = true;
                }
                Ok(Rows { rows, too_many, is_list: true })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Rows::default())
            }

            fn visit_unit<E>(self) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Rows<'de>, E> {
                Ok(Rows::default())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
