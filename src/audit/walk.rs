//! A walk over a whole chain, against a head that was kept elsewhere where there is one.

use std::fmt;
use std::str::FromStr;

use super::AuditEntry;
use super::chain::{Broken, Chained, Hash, Head, Verifier};

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It does not hold from this entry on.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It ends before an entry that is known to have been there.
    #[error("the audit chain ends at entry {found}, and there was an entry {kept}: its end was cut off")]
    Cut {
        /// The number of the head that was kept.
        kept: u64,
        /// The last number there.
        found: u64,
    },
    /// It holds in itself and is another one than it was.
    #[error(
        "the audit chain holds, but entry {kept} has another hash than the one kept: it was written anew"
    )]
    Rewritten {
        /// The number of the head that was kept.
        kept: u64,
    },
    /// It is empty where something was done.
    #[error(
        "the audit log has no entry, and {linked} people are linked with accounts, which is never done without one: \
         all of it was taken out"
    )]
    Emptied {
        /// How many people are linked.
        linked: u32,
    },
}

impl Fault {
    /// The first entry at fault.
    pub fn seq(&self) -> u64 {
        match *self {
            Self::Broken(broken) => broken.seq(),
            Self::Rewritten { kept } => kept,
            Self::Cut { found, .. } => found + 1,
            Self::Emptied { .. } => 1,
        }
    }
}

/// Looks at every entry of a chain, from its first one. It goes on behind a fault, so that what is left can be shown.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    verifier: Verifier,
    kept: Option<Head>,
    fault: Option<Fault>,
    last: Head,
    taken: u64,
}

impl Walk {
    /// Against a head that was kept elsewhere, where there is one.
    pub fn against(kept: Option<Head>) -> Self {
        Self { kept, ..Self::default() }
    }

    /// Takes the next entry and gives what its text says; none where it cannot be read.
    pub fn take(&mut self, next: &Chained) -> Option<AuditEntry> {
        self.last = Head { count: next.seq, hash: next.hash };
        self.taken += 1;
        let entry = next.entry();
        if self.fault.is_none() {
            self.fault = self.verifier.take_read(next, entry.as_ref()).err().map(Fault::from);
        }
        if self.fault.is_none()
            && self.kept.is_some_and(|kept| kept.count == next.seq && kept.hash != next.hash)
        {
            self.fault = Some(Fault::Rewritten { kept: next.seq });
        }
        entry
    }

    /// The number of the last entry taken.
    pub fn last(&self) -> u64 {
        self.last.count
    }

    /// How many entries are there: fewer than the last one's number where some were taken out.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// What is wrong with a chain without any entry where so many people are linked.
    pub fn emptied(&self, linked: u32) -> Option<Fault> {
        (self.taken == 0 && linked > 0).then_some(Fault::Emptied { linked })
    }

    /// The last entry as it stands there, and what is wrong with the chain up to it.
    pub fn end(&self) -> (Head, Option<Fault>) {
        let cut = |kept: &Head| kept.count > self.last.count;
        let cut = self.kept.filter(cut).map(|kept| Fault::Cut { kept: kept.count, found: self.last.count });
        (self.last, self.fault.or(cut))
    }
}

/// A text is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write it as HASH@SEQ: 64 hex digits, @, and the number of the entry")]
pub struct BadHead;

impl FromStr for Head {
    type Err = BadHead;
    fn from_str(text: &str) -> Result<Self, BadHead> {
        let (hash, seq) = text.trim().split_once('@').ok_or(BadHead)?;
        Ok(Self { count: seq.parse().map_err(|_| BadHead)?, hash: hash.parse()? })
    }
}

impl FromStr for Hash {
    type Err = BadHead;
    fn from_str(text: &str) -> Result<Self, BadHead> {
        // The one reader of hashes is the one of stored text.
        serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| BadHead)
    }
}

impl Head {
    /// Count and the first digits of the hash: enough to see at a glance whether two are the same.
    pub fn short(&self) -> String {
        let hash = self.hash.to_string();
        format!("{}@{}", hash.get(..12).unwrap_or(&hash), self.count)
    }
}

impl fmt::Display for Head {
    /// `HASH@SEQ`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.hash, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::chain;
    use super::*;

    fn walk(chain: &[Chained], kept: Option<Head>) -> (Head, Option<Fault>) {
        let mut walk = Walk::against(kept);
        chain.iter().for_each(|entry| drop(walk.take(entry)));
        walk.end()
    }

    #[test]
    fn a_chain_that_holds_ends_with_its_head() {
        let chain = chain(4);
        let head = Head { count: 4, hash: chain[3].hash };
        assert_eq!(walk(&chain, Some(Head { count: 2, hash: chain[1].hash })), (head, None));
        assert_eq!(head.to_string().parse(), Ok(head));
        for bad in ["", "12", "12@3", &format!("{}@", head.hash), &format!("@{}", head.count)] {
            assert_eq!(bad.parse::<Head>(), Err(BadHead), "{bad}");
        }
    }

    #[test]
    fn a_cut_tail_is_found_against_the_head_that_was_kept() {
        let chain = chain(5);
        let kept = Head { count: 5, hash: chain[4].hash };
        assert_eq!(walk(&chain[..3], None).1, None, "the chain alone cannot tell");
        let (head, fault) = walk(&chain[..3], Some(kept));
        assert_eq!((head.count, fault), (3, Some(Fault::Cut { kept: 5, found: 3 })));
    }

    #[test]
    fn a_chain_written_anew_is_found_against_the_head_that_was_kept() {
        let kept = Head { count: 3, hash: Hash([7; 32]) };
        assert_eq!(walk(&chain(5), Some(kept)).1, Some(Fault::Rewritten { kept: 3 }));
    }

    #[test]
    fn an_entry_that_was_taken_out_is_not_counted_as_there() {
        let mut chain = chain(5);
        chain.remove(2);
        let mut walk = Walk::default();
        chain.iter().for_each(|entry| drop(walk.take(entry)));
        assert_eq!((walk.taken(), walk.last(), walk.end().1.map(|f| f.seq())), (4, 5, Some(4)));
    }

    #[test]
    fn a_chain_without_an_entry_holds_only_where_nothing_was_done() {
        let walk = Walk::default();
        assert_eq!(walk.emptied(0), None);
        let fault = walk.emptied(3).unwrap();
        assert!(fault.seq() == 1 && fault.to_string().contains("3 people are linked"), "{fault}");
    }

    #[test]
    fn the_first_fault_counts_and_the_walk_goes_on_behind_it() {
        let mut chain = chain(5);
        chain[1].text = chain[1].text.replace("user2", "user9");
        let (head, fault) = walk(&chain, None);
        assert_eq!((head.count, fault.map(|f| f.seq())), (5, Some(2)));
    }
}
