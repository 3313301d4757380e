//! A token bucket for each class of methods.

use jiff::Timestamp;

use crate::sandbox::http::Method;

/// Reads, creates, changes and removals have a bucket each.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets([Option<Bucket>; 4]);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Millionths of a request that may come now.
    level: u64,
    at: Timestamp,
}

const ONE: u64 = 1_000_000;

impl Buckets {
    /// Takes one request out. When there is none, the whole seconds until there is.
    pub(super) fn take(&mut self, method: Method, now: Timestamp, rate: u64, burst: u64) -> Option<u64> {
        let class = match method {
            Method::Get | Method::Other => 0,
            Method::Post => 1,
            Method::Put | Method::Patch => 2,
            Method::Delete => 3,
        };
        let full = burst.saturating_mul(ONE);
        let slot = self.0.get_mut(class)?;
        let bucket = slot.get_or_insert(Bucket { level: full, at: now });
        let passed = u64::try_from(now.as_microsecond() - bucket.at.as_microsecond()).unwrap_or(0);
        // Thousandths a second are thousandths of a millionth a microsecond; what is less than one is kept in `at`.
        let gained = passed.saturating_mul(rate) / 1_000;
        if gained > 0 {
            bucket.level = bucket.level.saturating_add(gained).min(full);
            bucket.at = now;
        }
        if bucket.level >= ONE {
            bucket.level -= ONE;
            return None;
        }
        let missing = ONE - bucket.level;
        Some(missing.saturating_mul(1_000).div_ceil(rate.max(1)).div_ceil(ONE).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn a_burst_passes_and_then_no_more_than_the_rate() {
        let mut buckets = Buckets::default();
        let mut passed = |ms| buckets.take(Method::Post, at(ms), 10_000, 5).is_none();
        assert_eq!((0..20).filter(|_| passed(0)).count(), 5);
        assert_eq!((1..=2_000).filter(|ms| passed(*ms)).count(), 20, "ten a second");
        assert_eq!((0..20).filter(|_| passed(60_000)).count(), 5, "never more than the burst at once");
    }

    #[test]
    fn each_class_of_methods_has_its_own_and_says_how_long_to_wait() {
        let mut buckets = Buckets::default();
        assert_eq!(buckets.take(Method::Post, at(0), 500, 1), None);
        assert_eq!(buckets.take(Method::Put, at(0), 500, 1), None);
        assert_eq!(buckets.take(Method::Patch, at(0), 500, 1), Some(2), "one in two seconds");
        assert_eq!(buckets.take(Method::Get, at(0), 500, 1), None);
    }
}
