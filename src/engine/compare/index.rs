//! From a hash to the people who may have it: eight bytes each, filled once.

use crate::directory::Place;

/// An open table of fingerprints and places.
#[derive(Debug, Clone)]
pub(super) struct Index {
    /// Fingerprint above, place plus one below; zero is free.
    slots: Vec<u64>,
    mask: usize,
}

const LOW: u64 = 0xffff_ffff;

impl Index {
    /// Room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        let size = (count + count / 3 + 8).next_power_of_two();
        Self { slots: vec![0; size], mask: size - 1 }
    }

    /// Puts somebody in.
    pub(super) fn put(&mut self, hash: u64, place: Place) {
        let mut at = Self::begin(hash) & self.mask;
        while self.slots[at] != 0 {
            at = (at + 1) & self.mask;
        }
        self.slots[at] = (hash & !LOW) | (u64::from(place.number()) + 1);
    }

    /// Everybody who may have this hash.
    pub(super) fn find(&self, hash: u64) -> impl Iterator<Item = Place> {
        let begin = Self::begin(hash);
        (0..self.slots.len())
            .map(move |step| self.slots[(begin + step) & self.mask])
            .take_while(|slot| *slot != 0)
            .filter(move |slot| (slot ^ hash) & !LOW == 0)
            .filter_map(|slot| Some(Place::of(u32::try_from((slot & LOW).checked_sub(1)?).ok()?)))
    }

    /// The lower half says where, the upper half is kept to tell.
    fn begin(hash: u64) -> usize {
        usize::try_from(hash & LOW).unwrap_or(0)
    }
}

/// A set of places.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Vec<u64>);

impl Places {
    pub(super) fn new(end: usize) -> Self {
        Self(vec![0; end.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, place: Place) {
        let number = place.number() as usize;
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn contains(&self, place: Place) -> bool {
        let number = place.number() as usize;
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn everybody_put_in_is_found_by_their_hash(hashes in prop::collection::vec(any::<u64>(), 0..300)) {
            let mut index = Index::with_capacity(hashes.len());
            for (number, hash) in hashes.iter().enumerate() {
                index.put(*hash, Place::of(number as u32));
            }
            for (number, hash) in hashes.iter().enumerate() {
                prop_assert!(index.find(*hash).any(|place| place.number() as usize == number));
            }
            prop_assert!(index.find(!0).count() <= hashes.len());
        }
    }
}
