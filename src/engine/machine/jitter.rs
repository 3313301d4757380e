//! Chance as a value: a seed in, numbers out. It spreads waits, so that many clients that were sent away together do
//! not come back together.

/// A source of chance (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Between 0 and `most`, both included; 0 where `most` is not positive.
    pub(super) fn up_to(&mut self, most: i64) -> i64 {
        let Ok(most) = u64::try_from(most) else { return 0 };
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        i64::try_from(z % most.saturating_add(1)).unwrap_or(0)
    }

    /// Full jitter: anything up to `first` doubled `times` times, at most `cap`, and at least `floor`.
    pub(super) fn back_off(&mut self, first: i64, times: u32, cap: i64, floor: i64) -> i64 {
        let most = first.saturating_mul(1_i64 << times.min(20)).min(cap);
        self.up_to(most).max(floor)
    }
}
