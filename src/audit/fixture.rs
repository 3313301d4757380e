//! Chains for the tests of this room.

use super::AuditEntry;
use super::chain::{Chained, Hash};
use crate::domain::Time;

/// The chain of these entries, numbered from 1, one a second.
pub(super) fn chain_of(entries: Vec<AuditEntry>) -> Vec<Chained> {
    let mut previous = Hash::default();
    (1_u64..)
        .zip(entries)
        .map(|(seq, entry)| {
            let time = Time::from_ms(1_700_000_000_000 + i64::try_from(seq).unwrap() * 1000);
            let chained = Chained::after(&previous, &AuditEntry { seq, time, ..entry });
            previous = chained.hash;
            chained
        })
        .collect()
}

/// A chain about `user1@example.com`, `user2@example.com` ...
pub(super) fn chain(n: u64) -> Vec<Chained> {
    let entry = |seq| AuditEntry {
        event: "update".into(),
        subject: format!("user{seq}@example.com"),
        actor: "root".into(),
        ..AuditEntry::default()
    };
    chain_of((1..=n).map(entry).collect())
}
