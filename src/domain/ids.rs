//! Identities that never change, and the generator that makes them from values handed in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Time;

/// Crockford's alphabet: no I, L, O, U, so an id can be read over a phone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn digits(mut n: u64) -> [u8; 13] {
    let mut out = [b'0'; 13];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(n & 31) as usize];
        n >>= 5;
    }
    out
}

fn encode(n: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let out = digits(n);
    f.write_str(std::str::from_utf8(&out).unwrap_or_default())
}

fn decode(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 13 {
        return None;
    }
    text.bytes().try_fold(0_u64, |n, b| {
        let digit = ALPHABET.iter().position(|a| *a == b.to_ascii_lowercase())? as u64;
        n.checked_mul(32).map(|n| n | digit)
    })
}

/// An id's text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id")]
pub struct BadId(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                encode(self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix($prefix).and_then(decode).map(Self).ok_or_else(|| BadId(text.to_owned()))
            }
        }

        impl $name {
            /// Whether this is exactly the text of the id.
            pub fn is_text(self, text: &str) -> bool {
                text.strip_prefix($prefix).is_some_and(|rest| rest.as_bytes() == digits(self.0))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }
    };
}

id! {
    /// A person, for life. Its text is the externalId we send when the source gives none.
    PersonId, "sd"
}
id! {
    /// A directory group.
    GroupId, "g"
}
id! {
    /// One operation. Time-ordered, so a later commit has a greater id; sent as `X-Request-Id`.
    OpId, "op"
}

/// A connection's row number in this home; 1 is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub u32);

/// Makes ids from a seed and a time, so that pure code can make them: the same seed gives the same ids.
#[derive(Debug, Clone)]
pub struct Ids {
    state: u64,
    last_op: u64,
}

impl Ids {
    /// `seed` comes from the operating system in production and is fixed in tests.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, last_op: 0 }
    }

    /// splitmix64: uniform, and quite enough for names that must only be distinct.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A new person id; 62 bits, so that it fits a signed column.
    pub fn person(&mut self) -> PersonId {
        PersonId(self.random() >> 2)
    }

    /// A new group id.
    pub fn group(&mut self) -> GroupId {
        GroupId(self.random() >> 2)
    }

    /// A new operation id: 42 bits of milliseconds, then 20 of chance, never below an earlier one.
    pub fn op(&mut self, now: Time) -> OpId {
        let ms = u64::try_from(now.ms()).unwrap_or(0) & ((1 << 42) - 1);
        let id = ((ms << 20) | (self.random() >> 44)).max(self.last_op + 1);
        self.last_op = id;
        OpId(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_is_read_back_from_its_text(n in 0_u64..(1 << 62)) {
            prop_assert_eq!(PersonId(n).to_string().parse::<PersonId>(), Ok(PersonId(n)));
            prop_assert!(PersonId(n).is_text(&PersonId(n).to_string()) && !PersonId(n).is_text(&OpId(n).to_string()));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".*") {
            let _ = text.parse::<OpId>();
        }
    }

    #[test]
    fn operation_ids_grow_even_when_the_clock_stands_still() {
        let mut ids = Ids::new(1);
        let now = Time::from_ms(1_700_000_000_000);
        let all: Vec<_> = (0..1000).map(|_| ids.op(now)).collect();
        assert!(all.windows(2).all(|w| w[0] < w[1]));
    }
}
