//! How long groups rest after a failure that the next one would meet as well.

use super::AGAIN_AFTER;
use crate::directory::Directory;
use crate::domain::{Failure, FailureKind, Time};

/// Why the background leaves all groups alone for a while; nothing where it does not.
#[derive(Debug, Default)]
pub(in crate::drive) struct Rest {
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
    pub(super) fn holds(&self, directory: &Directory, now: Time) -> bool {
        match &self.why {
            None => false,
            Some(why) if why.kind == FailureKind::TokenRefused => {
                directory.connection().token_mark == self.mark
            }
            Some(_) => self.until.is_some_and(|until| now < until),
        }
    }

    /// The endpoint asked to wait, and that is not over: not even an operator's command goes.
    pub(super) fn asked(&self, now: Time) -> Option<Failure> {
        let why = self.why.clone().filter(|why| why.kind == FailureKind::SlowDown)?;
        self.until.is_some_and(|until| now < until).then_some(why)
    }
}
