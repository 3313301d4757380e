//! The one source of chance of a test: splitmix64, its seed printed.

pub(crate) struct Chance(u64);

impl Chance {
    /// From `CRASH_SEED`, else from the system's random numbers. A failed test shows it.
    pub(crate) fn seeded() -> Self {
        let seed = match std::env::var("CRASH_SEED") {
            Ok(text) => text.parse().expect("CRASH_SEED is a number"),
            Err(_) => getrandom::u64().expect("random numbers") % 1_000_000_000,
        };
        println!("draw the same again with CRASH_SEED={seed}");
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, which is not 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("below n")
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// How many rounds of kills, `CRASH_ROUNDS` or these few.
pub(crate) fn rounds(few: usize) -> usize {
    std::env::var("CRASH_ROUNDS").map_or(few, |text| text.parse().expect("CRASH_ROUNDS is a number"))
}
