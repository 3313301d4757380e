//! Kinds of requests that an endpoint may limit apart from each other, and what it asks for when it does.

use super::{Answer, Call, Method, RetryAfter, Time};

/// Longest wait that is taken from an endpoint, in milliseconds: 15 minutes. Whoever asks for more is asked again
/// after that, and the operator is told.
pub const LONGEST_WAIT_MS: i64 = 15 * 60_000;

/// A kind of request. Limits of one kind say nothing about the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestClass {
    /// GET of anything.
    Read,
    /// POST of an account.
    Create,
    /// PUT or PATCH of an account.
    Change,
    /// DELETE of an account.
    Delete,
    /// Any write to a group.
    Group,
}

impl RequestClass {
    /// How many there are.
    pub const COUNT: usize = 5;

    /// All of them, each at its place.
    pub const ALL: [Self; Self::COUNT] = [Self::Read, Self::Create, Self::Change, Self::Delete, Self::Group];

    /// Its place in a list of all.
    pub const fn place(self) -> usize {
        match self {
            Self::Read => 0,
            Self::Create => 1,
            Self::Change => 2,
            Self::Delete => 3,
            Self::Group => 4,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Create => "creates",
            Self::Change => "changes",
            Self::Delete => "deletes",
            Self::Group => "group changes",
        }
    }
}

impl Call {
    /// Which kind of request it is.
    pub fn class(&self) -> RequestClass {
        let group = self.path.first().is_some_and(|first| first == "Groups");
        match self.method {
            Method::Get => RequestClass::Read,
            _ if group => RequestClass::Group,
            Method::Post => RequestClass::Create,
            Method::Put | Method::Patch => RequestClass::Change,
            Method::Delete => RequestClass::Delete,
        }
    }
}

impl Answer {
    /// How long it asks to wait, in milliseconds and not capped; none where it asks for nothing that can be read. A
    /// date of theirs counts from their own `Date`, since their clock may differ from ours.
    pub fn asked_wait_ms(&self, now: Time) -> Option<i64> {
        match self.retry_after? {
            RetryAfter::Seconds(s) => Some(i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1_000)),
            RetryAfter::At(at) => Some(at.since(self.date.unwrap_or(now)).max(0)),
        }
    }

    /// Whether the endpoint asks to slow down or is not there for now: 429 (RFC 6585, 4) or 503.
    pub fn slows_down(&self) -> bool {
        matches!(self.status, 429 | 503)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(retry_after: RetryAfter, date: Option<Time>) -> Answer {
        Answer { status: 429, retry_after: Some(retry_after), date, ..Answer::default() }
    }

    #[test]
    fn a_date_to_wait_for_counts_from_their_own_clock_and_a_past_one_is_no_wait() {
        let now = Time::from_ms(5_000_000);
        let theirs = Time::from_ms(9_000_000);
        let at = |ms| RetryAfter::At(Time::from_ms(ms));
        assert_eq!(asking(at(9_007_000), Some(theirs)).asked_wait_ms(now), Some(7_000));
        assert_eq!(asking(at(5_007_000), None).asked_wait_ms(now), Some(7_000));
        assert_eq!(asking(at(1_000), None).asked_wait_ms(now), Some(0));
        assert_eq!(asking(RetryAfter::Seconds(u64::MAX), None).asked_wait_ms(now), Some(i64::MAX));
        assert_eq!(Answer::default().asked_wait_ms(now), None);
    }

    #[test]
    fn a_request_is_classed_by_what_it_does_and_to_what() {
        let class = |method, first| Call::new(method, &[first, "7"]).class();
        assert_eq!(class(Method::Get, "Groups"), RequestClass::Read);
        assert_eq!(class(Method::Post, "Users"), RequestClass::Create);
        assert_eq!(class(Method::Patch, "Users"), RequestClass::Change);
        assert_eq!(class(Method::Put, "Users"), RequestClass::Change);
        assert_eq!(class(Method::Delete, "Users"), RequestClass::Delete);
        assert_eq!(class(Method::Patch, "Groups"), RequestClass::Group);
    }
}
