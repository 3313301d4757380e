//! The hash chain: every entry's hash covers its text and the hash before it.
//!
//! An edited entry and one dropped from the middle are found. A cut tail and a wholly rewritten chain are not,
//! unless the [`Head`] (count and hash) is kept somewhere else too: it is what an export ends with.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::AuditEntry;
use crate::domain::{OpId, PersonId, Time};

/// SHA-256 of an entry, chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let wrong = || serde::de::Error::custom("a hash is 64 hex digits");
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        let digits = digits.filter(|d| d.len() == 64).ok_or_else(wrong)?;
        let mut out = Self::default();
        for (byte, pair) in out.0.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |n, d| (n << 4) | d);
        }
        Ok(out)
    }
}

/// An entry as it is stored: the exact text that was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chained {
    /// Its number.
    pub seq: u64,
    /// The canonical JSON, [`text`] of the entry.
    pub text: String,
    /// Over this text and the hash before.
    pub hash: Hash,
    /// What it is found by.
    pub beside: Beside,
}

/// What the store keeps beside the text of an entry, to find it by. No hash covers it: it has to say what the text says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// When it arrived.
    pub time: Time,
    /// About whom.
    pub person: Option<PersonId>,
    /// About which operation.
    pub operation: Option<OpId>,
    /// The app's id of it.
    pub remote_id: Option<String>,
}

impl Beside {
    /// As the entry has it.
    pub fn of(entry: &AuditEntry) -> Self {
        let AuditEntry { time, person, operation, remote_id, .. } = entry;
        Self { time: *time, person: *person, operation: *operation, remote_id: remote_id.clone() }
    }

    /// What does not say what the entry says.
    fn differs(&self, entry: &AuditEntry) -> Option<&'static str> {
        let same = [
            ("time", self.time == entry.time),
            ("person", self.person == entry.person),
            ("operation", self.operation == entry.operation),
            ("remote_id", self.remote_id == entry.remote_id),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(column, _)| column)
    }
}

impl Chained {
    /// An entry that has its number, after this hash.
    pub fn after(previous: &Hash, entry: &AuditEntry) -> Self {
        let text = text(entry);
        Self { seq: entry.seq, hash: link(previous, &text), text, beside: Beside::of(entry) }
    }

    /// The entry; none where the text is no entry.
    pub fn entry(&self) -> Option<AuditEntry> {
        serde_json::from_str(&self.text).ok()
    }
}

/// The end of a chain that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// How many entries.
    pub count: u64,
    /// The last hash; zeros for an empty chain.
    pub hash: Hash,
}

/// The log is not as it was written, from this number on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The chain does not hold.
    #[error("the audit chain is broken at entry {seq}: it, or one before it, was changed or taken out")]
    Link {
        /// The first entry that does not fit.
        seq: u64,
    },
    /// The chain holds so far, and what is kept beside an entry says otherwise than its text.
    #[error(
        "the audit chain holds up to entry {seq}, but the {column} kept beside that entry is not the one in its text: \
         it was changed, and the entry is not found by it"
    )]
    Beside {
        /// The first entry of which that is so.
        seq: u64,
        /// What differs.
        column: &'static str,
    },
}

impl Broken {
    /// The first entry at fault.
    pub fn seq(&self) -> u64 {
        match *self {
            Self::Link { seq } | Self::Beside { seq, .. } => seq,
        }
    }
}

/// The canonical JSON of an entry: fields in the order of [`AuditEntry`], no white space.
pub fn text(entry: &AuditEntry) -> String {
    // The entry holds text, numbers and lists only, so this cannot fail; an empty text would break the chain.
    serde_json::to_string(entry).unwrap_or_default()
}

/// The hash of an entry's text after `previous`.
pub fn link(previous: &Hash, text: &str) -> Hash {
    Hash(Sha256::new().chain_update(previous.0).chain_update(text.as_bytes()).finalize().into())
}

/// Checks a chain entry by entry, from its first one.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    head: Head,
}

impl Verifier {
    /// Takes the next entry.
    pub fn take(&mut self, next: &Chained) -> Result<(), Broken> {
        self.take_read(next, next.entry().as_ref())
    }

    /// As [`Self::take`], by who has read its text already.
    pub(super) fn take_read(&mut self, next: &Chained, inside: Option<&AuditEntry>) -> Result<(), Broken> {
        let seq = next.seq;
        let hash = link(&self.head.hash, &next.text);
        let inside = inside.filter(|inside| inside.seq == seq).ok_or(Broken::Link { seq })?;
        if seq != self.head.count + 1 || hash != next.hash {
            return Err(Broken::Link { seq });
        }
        if let Some(column) = next.beside.differs(inside) {
            return Err(Broken::Beside { seq, column });
        }
        self.head = Head { count: seq, hash };
        Ok(())
    }

    /// The end so far.
    pub fn head(&self) -> Head {
        self.head
    }
}

/// Checks a whole chain.
pub fn verify<'a>(entries: impl IntoIterator<Item = &'a Chained>) -> Result<Head, Broken> {
    let mut verifier = Verifier::default();
    for entry in entries {
        verifier.take(entry)?;
    }
    Ok(verifier.head())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Source;

    fn chain(n: u64) -> Vec<Chained> {
        let mut previous = Hash::default();
        (1..=n)
            .map(|seq| {
                let entry = AuditEntry {
                    seq,
                    time: Time::from_ms(1_700_000_000_000 + i64::try_from(seq).unwrap()),
                    remote_time: None,
                    source: Source::Console,
                    event: "update".into(),
                    person: None,
                    subject: format!("user{seq}@example.com"),
                    actor: "root".into(),
                    operation: None,
                    detail: String::new(),
                    changes: Vec::new(),
                    reason: None,
                    remote_id: None,
                    ..AuditEntry::default()
                };
                let chained = Chained::after(&previous, &entry);
                previous = chained.hash;
                chained
            })
            .collect()
    }

    #[test]
    fn an_untouched_chain_holds_and_its_head_counts_it() {
        let chain = chain(5);
        assert_eq!(verify(&chain), Ok(Head { count: 5, hash: chain[4].hash }));
    }

    #[test]
    fn an_edited_entry_is_named() {
        let mut chain = chain(5);
        chain[2].text = chain[2].text.replace("user3", "user9");
        assert_eq!(verify(&chain), Err(Broken::Link { seq: 3 }));
    }

    #[test]
    fn what_is_kept_beside_an_entry_has_to_say_what_its_text_says() {
        for column in ["time", "person", "operation", "remote_id"] {
            let mut chain = chain(3);
            let beside = &mut chain[1].beside;
            match column {
                "time" => beside.time = Time::from_ms(9),
                "person" => beside.person = Some(PersonId(9)),
                "operation" => beside.operation = Some(OpId(9)),
                _ => beside.remote_id = Some("x".into()),
            }
            assert_eq!(verify(&chain), Err(Broken::Beside { seq: 2, column }));
        }
    }

    #[test]
    fn an_entry_dropped_from_the_middle_is_found_even_when_the_rest_is_renumbered() {
        let mut gap = chain(5);
        gap.remove(2);
        assert_eq!(verify(&gap), Err(Broken::Link { seq: 4 }));
        for (entry, seq) in gap.iter_mut().zip(1..) {
            entry.seq = seq;
        }
        assert_eq!(verify(&gap), Err(Broken::Link { seq: 3 }));
    }

    #[test]
    fn a_cut_tail_shows_only_against_a_head_kept_elsewhere() {
        let whole = chain(5);
        let kept = verify(&whole).unwrap();
        let cut = verify(&whole[..4]).unwrap();
        assert_ne!(cut, kept);
    }

    #[test]
    fn a_hash_is_read_back_from_its_hex_text() {
        let hash = chain(1)[0].hash;
        let text = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<Hash>(&text).unwrap(), hash);
        assert!(serde_json::from_str::<Hash>("\"12\"").is_err());
    }
}
