//! Ids from a seed and a counter: they look like UUIDs and are the same in every run with the same requests.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The source of ids. Its whole state is a seed and a counter, so a restored workspace goes on where it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ids {
    seed: u64,
    next: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, next: 1 }
    }

    /// The next running number and the UUID-looking id that goes with it.
    pub(super) fn next(&mut self) -> (u64, String) {
        let number = self.next;
        self.next += 1;
        (number, uuid_like(self.seed, number))
    }
}

fn uuid_like(seed: u64, number: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(number.to_le_bytes());
    let digest = hash.finalize();
    let mut hex = String::with_capacity(36);
    for (at, byte) in digest.iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            hex.push('-');
        }
        // Version 8: a UUID of our own making (RFC 9562).
        let byte = match at {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        for nibble in [byte >> 4, byte & 0x0f] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_another_gives_others() {
        let ids = |seed| {
            let mut ids = Ids::new(seed);
            (0..100).map(|_| ids.next().1).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(ids(7), ids(7));
        assert_eq!(ids(7).len(), 100);
        assert!(ids(7).is_disjoint(&ids(8)));
        assert!(ids(7).iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'8'));
    }
}
