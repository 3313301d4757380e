//! Where people are, by id: sorted arrays, so that a million people cost sixteen megabytes.

use std::sync::Arc;

use super::chunk::FULL;
use crate::domain::PersonId;

/// Shards, so that a new row moves and copies a small part of it.
const SHARDS: usize = 1024;
/// Bits of a place within a chunk; those above them are the chunk.
const PLACE_BITS: u32 = FULL.ilog2();

/// Chunk and approximate place of everybody. A snapshot counts none of the shards until somebody is put or removed.
#[derive(Debug, Clone)]
pub(super) struct Ids(Arc<Vec<Arc<Shard>>>);

#[derive(Debug, Clone, Default)]
struct Shard {
    ids: Vec<u64>,
    places: Vec<u32>,
}

impl Default for Ids {
    fn default() -> Self {
        Self(Arc::new(vec![Arc::default(); SHARDS]))
    }
}

impl Ids {
    fn shard(id: PersonId) -> usize {
        (id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize % SHARDS
    }

    fn of(&mut self, id: PersonId) -> Option<&mut Shard> {
        Arc::make_mut(&mut self.0).get_mut(Self::shard(id)).map(Arc::make_mut)
    }

    /// The chunk, and where in it the person was when this was written.
    pub(super) fn get(&self, id: PersonId) -> Option<(usize, usize)> {
        let shard = self.0.get(Self::shard(id))?;
        let place = *shard.places.get(shard.ids.binary_search(&id.0).ok()?)? as usize;
        Some((place >> PLACE_BITS, place & (FULL - 1)))
    }

    pub(super) fn put(&mut self, id: PersonId, chunk: usize, at: usize) {
        let place = u32::try_from(chunk << PLACE_BITS | at.min(FULL - 1)).unwrap_or(u32::MAX);
        let Some(shard) = self.of(id) else { return };
        match shard.ids.binary_search(&id.0) {
            Ok(at) => shard.places[at] = place,
            Err(at) => {
                shard.ids.insert(at, id.0);
                shard.places.insert(at, place);
            }
        }
    }

    pub(super) fn remove(&mut self, id: PersonId) {
        let Some(shard) = self.of(id) else { return };
        if let Ok(at) = shard.ids.binary_search(&id.0) {
            shard.ids.remove(at);
            shard.places.remove(at);
        }
    }
}
