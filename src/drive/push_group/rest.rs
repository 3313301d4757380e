//! How long groups rest after a failure that the next one would meet as well.

use super::AGAIN_AFTER;
use crate::directory::Directory;
use crate::domain::{Answer, Failure, FailureKind, LONGEST_WAIT_MS, Time};

/// Until when an answer asks for nothing; a date of theirs counts from their own clock.
pub(super) fn asked_until(answer: &Answer, now: Time) -> Option<Time> {
    answer.asked_wait_ms(now).map(|ms| now.plus_ms(ms.min(LONGEST_WAIT_MS)))
}

/// Why the background leaves all groups alone for a while; nothing where it does not.
#[derive(Debug, Default)]
pub struct Rest {
    why: Option<Failure>,
    until: Option<Time>,
    /// The token that was refused.
    mark: Option<String>,
}

impl Rest {
    /// The rest that a failure asks for, `until` being what the endpoint said.
    pub(super) fn after(failure: &Failure, until: Option<Time>, directory: &Directory, now: Time) -> Self {
        let again = now.plus_ms(i64::try_from(AGAIN_AFTER.as_millis()).unwrap_or(i64::MAX));
        Self {
            why: Some(failure.clone()),
            until: Some(until.unwrap_or(again)),
            mark: directory.connection().token_mark.clone(),
        }
    }

    /// Whether nothing goes by itself yet. A refused token is not tried again before it is another one.
    pub fn holds(&self, directory: &Directory, now: Time) -> bool {
        match &self.why {
            None => false,
            Some(why) if why.kind == FailureKind::TokenRefused => {
                directory.connection().token_mark == self.mark
            }
            Some(_) => self.until.is_some_and(|until| now < until),
        }
    }

    /// The clock was set forward or, below zero, back by so many milliseconds: the rest keeps its length.
    pub fn clock_moved(&mut self, by_ms: i64) {
        self.until = self.until.map(|until| until.plus_ms(by_ms));
    }

    /// The endpoint asked to wait, and that is not over: not even an operator's command goes.
    pub(super) fn asked(&self, now: Time) -> Option<Failure> {
        let why = self.why.clone().filter(|why| why.kind == FailureKind::SlowDown)?;
        self.until.is_some_and(|until| now < until).then_some(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RetryAfter;
    use crate::verbs::fixture::Fixture;

    #[test]
    fn g19_a_rest_keeps_its_length_when_the_clock_is_set() {
        let directory = Fixture::new().directory;
        let why = Failure { kind: FailureKind::SlowDown, text: String::new(), next: String::new() };
        let now = Time::from_ms(90_000_000);
        for by_ms in [-80_000_000, 80_000_000] {
            let mut rest = Rest::after(&why, Some(now.plus_ms(7_000)), &directory, now);
            rest.clock_moved(by_ms);
            let now = now.plus_ms(by_ms);
            assert!(rest.holds(&directory, now.plus_ms(6_999)) && rest.asked(now.plus_ms(6_999)).is_some());
            assert!(!rest.holds(&directory, now.plus_ms(7_000)) && rest.asked(now.plus_ms(7_000)).is_none());
        }
    }

    #[test]
    fn a_date_that_is_asked_for_counts_from_their_clock_and_is_believed_for_fifteen_minutes_at_most() {
        let (now, theirs) = (Time::from_ms(5_000_000), Time::from_ms(90_000_000));
        let asking = |ms| Answer {
            status: 429,
            retry_after: Some(RetryAfter::At(theirs.plus_ms(ms))),
            date: Some(theirs),
            ..Answer::default()
        };
        assert_eq!(asked_until(&asking(7_000), now), Some(now.plus_ms(7_000)));
        assert_eq!(asked_until(&asking(90_000_000), now), Some(now.plus_ms(LONGEST_WAIT_MS)));
        assert_eq!(asked_until(&Answer::default(), now), None);
    }
}
