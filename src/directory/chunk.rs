//! Rows in user name order, in chunks that are shared between snapshots and copied when written.

use std::sync::Arc;

use super::ids::Ids;
use super::row::Row;
use crate::domain::PersonId;

/// A chunk is split at this many rows; copying one costs some ten microseconds.
pub(super) const FULL: usize = 512;

/// All rows. `chunks` never move; `order` names them in key order; `by_id` says in which chunk a person is, and
/// about where in it.
#[derive(Debug, Clone)]
pub(super) struct Chunks {
    chunks: Vec<Arc<Vec<Row>>>,
    order: Vec<u32>,
    by_id: Ids,
    len: usize,
}

/// Where a row was lifted from.
#[derive(Debug)]
pub(super) struct Spot {
    chunk: usize,
    at: usize,
}

/// Where a row is in one snapshot of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u32);

impl Place {
    fn new(slot: usize, at: usize) -> Self {
        Self(u32::try_from(slot * FULL + at).unwrap_or(u32::MAX))
    }

    /// As a number below [`super::Directory::places_end`]; not every number is a place.
    pub fn number(self) -> u32 {
        self.0
    }

    /// From its number.
    pub fn of(number: u32) -> Self {
        Self(number)
    }
}

impl Default for Chunks {
    fn default() -> Self {
        Self { chunks: vec![Arc::default()], order: vec![0], by_id: Ids::default(), len: 0 }
    }
}

impl Chunks {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn place(&self, id: PersonId) -> Option<(usize, usize)> {
        let (chunk, about) = self.by_id.get(id)?;
        let rows = self.chunks.get(chunk)?;
        // Rows before it may have come and gone since: it is near.
        let near = about.min(rows.len().saturating_sub(1));
        let at = (0..rows.len()).find_map(|step| {
            let up = Some(near + step).filter(|at| rows.get(*at).is_some_and(|row| row.id == id));
            up.or_else(|| near.checked_sub(step).filter(|at| rows.get(*at).is_some_and(|row| row.id == id)))
        })?;
        Some((chunk, at))
    }

    pub(super) fn get(&self, id: PersonId) -> Option<&Row> {
        let (chunk, at) = self.place(id)?;
        self.chunks[chunk].get(at)
    }

    /// The place in `order` of the chunk where `key` is or would be.
    fn slot_of(&self, key: &str) -> usize {
        self.order
            .partition_point(|chunk| self.chunks[*chunk as usize].first().is_some_and(|row| row.key() <= key))
            .saturating_sub(1)
    }

    /// The first row with exactly this key.
    pub(super) fn find(&self, key: &str) -> Option<&Row> {
        let chunk = &self.chunks[self.order[self.slot_of(key)] as usize];
        let at = chunk.partition_point(|row| row.key() < key);
        chunk.get(at).filter(|row| row.key() == key)
    }

    /// The row at a place in the whole order.
    pub(super) fn nth(&self, mut n: usize) -> Option<&Row> {
        for chunk in &self.order {
            let chunk = &self.chunks[*chunk as usize];
            if n < chunk.len() {
                return chunk.get(n);
            }
            n -= chunk.len();
        }
        None
    }

    /// Every row with its place, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = (Place, &Row)> {
        self.order.iter().enumerate().flat_map(|(slot, chunk)| {
            let rows = self.chunks[*chunk as usize].iter().enumerate();
            rows.map(move |(at, row)| (Place::new(slot, at), row))
        })
    }

    /// The row at a place.
    pub(super) fn at(&self, place: Place) -> Option<&Row> {
        let chunk = *self.order.get(place.0 as usize / FULL)?;
        self.chunks[chunk as usize].get(place.0 as usize % FULL)
    }

    /// One more than the greatest number of a place.
    pub(super) fn places_end(&self) -> usize {
        self.order.len() * FULL
    }

    /// The place of a person.
    pub(super) fn place_of(&self, id: PersonId) -> Option<Place> {
        let (chunk, at) = self.place(id)?;
        let key = self.chunks[chunk].first()?.key();
        // Chunks are in order by their first keys, which are distinct.
        let mut slot = self.slot_of(key);
        while self.order.get(slot).is_some_and(|c| *c as usize != chunk) {
            slot = slot.checked_sub(1)?;
        }
        Some(Place::new(slot, at))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().flat_map(|chunk| self.chunks[*chunk as usize].iter())
    }

    /// Takes a row out to be changed under the same key; until [`Self::set_down`] an empty one stands in its place.
    pub(super) fn lift(&mut self, id: PersonId) -> Option<(Spot, Row)> {
        let (chunk, at) = self.place(id)?;
        let row = Arc::make_mut(self.chunks.get_mut(chunk)?).get_mut(at)?;
        Some((Spot { chunk, at }, std::mem::replace(row, Row::hollow())))
    }

    /// Puts it back.
    pub(super) fn set_down(&mut self, spot: Spot, row: Row) {
        let rows = self.chunks.get_mut(spot.chunk).map(Arc::make_mut);
        if let Some(hollow) = rows.and_then(|rows| rows.get_mut(spot.at)) {
            *hollow = row;
        }
    }

    /// Replaces a row that is there under the same key, or takes a new one in at its place.
    pub(super) fn put(&mut self, row: Row) {
        if let Some((chunk, at)) = self.place(row.id) {
            if self.chunks[chunk][at].key() == row.key() {
                Arc::make_mut(&mut self.chunks[chunk])[at] = row;
                return;
            }
            self.remove(row.id);
        }
        let slot = self.slot_of(row.key());
        let chunk = self.order[slot] as usize;
        let rows = Arc::make_mut(&mut self.chunks[chunk]);
        let at = rows.partition_point(|r| r.key() <= row.key());
        self.by_id.put(row.id, chunk, at);
        rows.insert(at, row);
        self.len += 1;
        if rows.len() >= FULL {
            self.split(slot);
        }
    }

    fn split(&mut self, slot: usize) {
        let chunk = self.order[slot] as usize;
        let rows = Arc::make_mut(&mut self.chunks[chunk]);
        // Rows that arrive in order (an import, a load) fill chunks whole instead of by halves.
        let last = slot + 1 == self.order.len();
        let at = if last { rows.len() - 1 } else { rows.len() / 2 };
        let mut upper = rows.split_off(at);
        if last {
            upper.reserve_exact(FULL - upper.len());
        }
        let new = self.chunks.len();
        for (at, row) in upper.iter().enumerate() {
            self.by_id.put(row.id, new, at);
        }
        self.chunks.push(Arc::new(upper));
        self.order.insert(slot + 1, u32::try_from(new).unwrap_or(u32::MAX));
    }

    pub(super) fn remove(&mut self, id: PersonId) -> Option<Row> {
        let (chunk, at) = self.place(id)?;
        let row = Arc::make_mut(&mut self.chunks[chunk]).remove(at);
        self.by_id.remove(id);
        self.len -= 1;
        if self.chunks[chunk].is_empty() && self.order.len() > 1 {
            self.order.retain(|c| *c as usize != chunk);
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::row;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_agrees_with_a_sorted_map(ops in prop::collection::vec((0_u64..3000, any::<bool>()), 0..4000)) {
            let mut chunks = Chunks::default();
            let mut model = BTreeMap::new();
            for (n, put) in ops {
                let name = format!("{:05}", n * 7919 % 3001);
                if put {
                    chunks.put(row(n, &name));
                    model.insert(name, n);
                } else {
                    chunks.remove(PersonId(n));
                    model.remove(&name);
                }
            }
            prop_assert_eq!(chunks.len(), model.len());
            let seen: Vec<_> = chunks.iter().map(|r| r.id.0).collect();
            let want: Vec<_> = model.values().copied().collect();
            prop_assert_eq!(&seen, &want);
            for (i, n) in want.iter().enumerate() {
                prop_assert_eq!(chunks.nth(i).map(|r| r.id.0), Some(*n));
                prop_assert!(chunks.get(PersonId(*n)).is_some());
            }
            for n in &want {
                let (spot, row) = chunks.lift(PersonId(*n)).unwrap();
                prop_assert_eq!(row.id, PersonId(*n));
                chunks.set_down(spot, row);
            }
            for (name, n) in &model {
                prop_assert_eq!(chunks.find(name).map(|r| r.id.0), Some(*n));
            }
        }
    }
}
