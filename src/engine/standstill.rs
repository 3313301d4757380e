//! Since when nothing of the queue worked.

use crate::domain::Time;

/// A standstill shorter than this is not told: one slow answer is no news.
const TOLD_AFTER_MS: i64 = 5_000;

/// Keeps since when no operation came through although some were due.
#[derive(Debug, Clone, Default)]
pub struct Standstill {
    worked: Option<Time>,
    since: Option<Time>,
    told: Option<Time>,
}

impl Standstill {
    /// What the process before this one left: told until something works.
    pub fn found(since: Option<Time>) -> Self {
        Self { worked: None, since, told: since }
    }

    /// Whether a failure is being counted from somewhere already.
    pub fn begun(&self) -> bool {
        self.since.is_some()
    }

    /// Something came through.
    pub fn worked(&mut self, now: Time) {
        self.worked = Some(now);
        self.since = None;
    }

    /// Something did not come through; `oldest` is since when the oldest operation is due.
    pub fn failed(&mut self, oldest: Option<Time>) {
        if self.since.is_none() {
            self.since = oldest.max(self.worked.filter(|_| oldest.is_some()));
        }
    }

    /// Nothing is due any more.
    pub fn idle(&mut self) {
        self.since = None;
    }

    /// What is to be told, when that is something else than before.
    pub fn news(&mut self, now: Time) -> Option<Option<Time>> {
        let told = self.since.filter(|since| self.told.is_some() || now.since(*since) >= TOLD_AFTER_MS);
        (told != self.told).then(|| {
            self.told = told;
            told
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Time = Time::from_ms(1_000_000);

    #[test]
    fn a_queue_that_does_not_move_is_told_since_its_oldest_operation_or_the_last_success() {
        let mut still = Standstill::default();
        still.failed(Some(T0));
        assert_eq!(still.news(T0.plus_ms(4_999)), None, "a moment is no news");
        assert_eq!(still.news(T0.plus_ms(5_000)), Some(Some(T0)));
        assert_eq!(still.news(T0.plus_ms(9_000)), None, "told once");
        still.worked(T0.plus_ms(10_000));
        assert_eq!(still.news(T0.plus_ms(10_000)), Some(None));
        still.failed(Some(T0));
        assert_eq!(still.news(T0.plus_ms(20_000)), Some(Some(T0.plus_ms(10_000))));
    }

    #[test]
    fn with_nothing_due_nothing_stands_still() {
        let mut still = Standstill::default();
        still.failed(None);
        assert_eq!(still.news(T0.plus_ms(60_000)), None);
        let mut still = Standstill::found(Some(T0));
        still.idle();
        assert_eq!(still.news(T0), Some(None));
    }
}
