//! Secrets that are given out (links, sessions, tokens) and passwords that are taken in.
//!
//! What is given out is kept as a digest only, found by a running number and compared in constant time.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Rounds of a password's digest. This is a sandbox: a product would take a memory-hard function.
const ROUNDS: u32 = 5_000;

/// The source of secrets: a key that came in from outside, and a counter. Written out it is the counter alone.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "u64", into = "u64")]
pub(in crate::sandbox) struct Secrets {
    key: [u8; 32],
    next: u64,
}

/// The key would give every secret away.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.next)
    }
}

impl From<u64> for Secrets {
    fn from(next: u64) -> Self {
        Self { next, ..Self::default() }
    }
}

impl From<Secrets> for u64 {
    fn from(secrets: Secrets) -> Self {
        secrets.next
    }
}

impl Secrets {
    /// Without entropy the secrets come from the seed and can be guessed: good for simulations only.
    pub(in crate::sandbox) fn new(entropy: Option<&SecretString>, seed: u64) -> Self {
        let mut hash = Sha256::new();
        match entropy {
            Some(entropy) => hash.update(entropy.expose_secret()),
            None => hash.update(seed.to_le_bytes()),
        }
        Self { key: hash.finalize().into(), next: 0 }
    }

    /// The same key, after as many secrets as `other` has made.
    pub(in crate::sandbox) fn after(self, other: &Self) -> Self {
        Self { next: other.next, ..self }
    }

    /// The next secret: 48 hex digits.
    pub(in crate::sandbox) fn next(&mut self) -> String {
        self.next += 1;
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(self.next.to_le_bytes());
        hex(hash.finalize().get(..24).unwrap_or(&[]))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn same(one: &str, other: &str) -> bool {
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

/// What secrets stand for, by the number that each of them starts with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::sandbox) struct Keyring<T> {
    next: u64,
    held: BTreeMap<u64, Held<T>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Held<T> {
    digest: String,
    holds: T,
}

impl<T> Default for Keyring<T> {
    fn default() -> Self {
        Self { next: 1, held: BTreeMap::new() }
    }
}

impl<T> Keyring<T> {
    /// A new secret for something: its number and its text, `NUMBER-SECRET`.
    pub(in crate::sandbox) fn issue(&mut self, secrets: &mut Secrets, holds: T) -> (u64, String) {
        let (number, secret) = (self.next, secrets.next());
        self.next += 1;
        self.held.insert(number, Held { digest: digest(&secret), holds });
        (number, format!("{number}-{secret}"))
    }

    /// What a text stands for, when it is a secret that was given out.
    pub(in crate::sandbox) fn find(&self, text: &str) -> Option<(u64, &T)> {
        let (number, secret) = text.split_once('-')?;
        let number = number.parse().ok()?;
        let held = self.held.get(&number)?;
        same(&held.digest, &digest(secret)).then_some((number, &held.holds))
    }

    pub(in crate::sandbox) fn remove(&mut self, number: u64) -> Option<T> {
        self.held.remove(&number).map(|held| held.holds)
    }

    /// Lets the oldest end until there are fewer than `most`.
    pub(in crate::sandbox) fn keep_below(&mut self, most: usize) {
        while self.held.len() >= most.max(1) {
            self.held.pop_first();
        }
    }

    pub(in crate::sandbox) fn retain(&mut self, mut keep: impl FnMut(u64, &T) -> bool) {
        self.held.retain(|number, held| keep(*number, &held.holds));
    }

    /// Oldest first.
    pub(in crate::sandbox) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.held.iter().map(|(number, held)| (*number, &held.holds))
    }

    pub(in crate::sandbox) fn len(&self) -> usize {
        self.held.len()
    }
}

/// A password as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::sandbox) struct Password {
    salt: String,
    rounds: u32,
    digest: String,
}

impl Password {
    pub(in crate::sandbox) fn new(secrets: &mut Secrets, text: &str) -> Self {
        let salt = secrets.next();
        Self { digest: stretched(&salt, ROUNDS, text), salt, rounds: ROUNDS }
    }

    /// One that nothing matches, so that asking for nobody takes as long as asking for somebody.
    pub(in crate::sandbox) fn of_nobody() -> Self {
        Self { salt: "nobody".to_owned(), rounds: ROUNDS, digest: String::new() }
    }

    pub(in crate::sandbox) fn is(&self, text: &str) -> bool {
        // A state file can say any number of rounds.
        same(&self.digest, &stretched(&self.salt, self.rounds.min(ROUNDS * 10), text))
    }
}

fn stretched(salt: &str, rounds: u32, text: &str) -> String {
    let mut state = Sha256::new().chain_update(salt).chain_update(text).finalize();
    for _ in 0..rounds {
        state = Sha256::new().chain_update(state).chain_update(salt).chain_update(text).finalize();
    }
    hex(&state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_its_whole_text_only_and_not_kept() {
        let mut secrets = Secrets::new(None, 7);
        let mut ring = Keyring::default();
        let (one, text) = ring.issue(&mut secrets, "ana");
        let (_, other) = ring.issue(&mut secrets, "bo");
        assert_eq!(ring.find(&text), Some((one, &"ana")));
        let shorter = text.get(..text.len() - 1).expect("a text");
        for wrong in ["", "-", "1-", "x-y", shorter, &format!("{text}0"), &other.replace("2-", "1-")] {
            assert_eq!(ring.find(wrong), None, "{wrong}");
        }
        let kept = serde_json::to_string(&ring).expect("json");
        assert!(!kept.contains(text.split_once('-').expect("a text").1), "{kept}");
    }

    #[test]
    fn entropy_decides_the_secrets() {
        let first = |entropy: Option<&str>| {
            Secrets::new(entropy.map(|text| SecretString::from(text.to_owned())).as_ref(), 7).next()
        };
        assert_eq!(first(Some("x")), first(Some("x")));
        assert_ne!(first(Some("x")), first(Some("y")));
        assert_ne!(first(Some("x")), first(None));
        assert_eq!(format!("{:?}", Secrets::new(None, 7)), "Secrets(0)");
    }

    #[test]
    fn a_password_is_known_again_and_two_alike_are_kept_differently() {
        let mut secrets = Secrets::new(None, 7);
        let (one, two) =
            (Password::new(&mut secrets, "long enough"), Password::new(&mut secrets, "long enough"));
        assert!(one.is("long enough") && two.is("long enough"));
        assert!(!one.is("long enough ") && !one.is("") && !Password::of_nobody().is(""));
        assert_ne!(one.digest, two.digest);
    }
}
