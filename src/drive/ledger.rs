//! Committed changes reach the directory in the store's order, whoever committed them.

use std::collections::BTreeMap;

use crate::directory::{Change, Directory};

/// The directory with the number of the last change it holds, and changes that came before their turn.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) directory: Directory,
    last: u64,
    early: BTreeMap<u64, (u64, Vec<Change>)>,
}

impl Ledger {
    pub(super) fn new(directory: Directory, last: u64) -> Self {
        Self { directory, last, early: BTreeMap::new() }
    }

    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// Takes changes that end with number `last_change`. Returns whether some before them are missing.
    pub(super) fn take(&mut self, changes: Vec<Change>, last_change: u64) -> bool {
        if changes.is_empty() {
            return self.last < last_change;
        }
        let first = last_change + 1 - changes.len() as u64;
        self.early.insert(first, (last_change, changes));
        while let Some(entry) = self.early.first_entry() {
            let (first, (last, _)) = (*entry.key(), entry.get());
            if *last <= self.last {
                entry.remove();
            } else if first == self.last + 1 {
                let (last, changes) = entry.remove();
                self.directory.apply_all(&changes);
                self.last = last;
            } else {
                return true;
            }
        }
        false
    }

    /// Takes everything after [`Self::last`], read from the store.
    pub(super) fn catch_up(&mut self, changes: &[Change], last_change: u64) {
        if last_change > self.last {
            self.directory.apply_all(changes);
            self.last = last_change;
        }
    }

    /// Starts over from a load.
    pub(super) fn replace(&mut self, directory: Directory, last: u64) {
        *self = Self::new(directory, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Connection, ConnectionId, Person, PersonId, TokenSource};

    fn person(n: u64, name: &str) -> Change {
        Change::Person(Person::new(PersonId(n), name).into())
    }

    fn ledger() -> Ledger {
        let connection = Connection::new(ConnectionId(1), "w", "https://w.example", TokenSource::Memory);
        Ledger::new(Directory::new(connection), 10)
    }

    #[test]
    fn changes_that_come_early_wait_for_those_before_them() {
        let mut ledger = ledger();
        assert!(ledger.take(vec![person(1, "second")], 12));
        assert_eq!(ledger.directory.len(), 0);
        assert!(!ledger.take(vec![person(1, "first")], 11));
        assert_eq!(
            ledger.directory.get(PersonId(1)).map(|p| p.user_name().to_owned()),
            Some("second".into())
        );
        assert_eq!(ledger.last(), 12);
    }

    #[test]
    fn what_was_caught_up_is_not_applied_again() {
        let mut ledger = ledger();
        assert!(ledger.take(vec![person(1, "late")], 12));
        ledger.catch_up(&[person(1, "first"), person(1, "late")], 12);
        assert!(!ledger.take(vec![person(1, "newest")], 13));
        assert_eq!(
            ledger.directory.get(PersonId(1)).map(|p| p.user_name().to_owned()),
            Some("newest".into())
        );
    }
}
