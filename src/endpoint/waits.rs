//! What an endpoint asked for by `Retry-After`: a time in which a kind of request is not sent. Kept beside the
//! endpoint, since it holds for whatever the program asks next, on another line too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Cause, Trouble, judge};
use crate::domain::{Exchange, Failure, LONGEST_WAIT_MS, Outcome, RequestClass};

type Tell = dyn Fn(RequestClass, i64, Failure) + Send + Sync;

/// Who is told of what an endpoint asks for.
struct Ears {
    /// For how long, in milliseconds as it was asked for, nothing of a kind shall go; where nobody else hears it.
    tell: Box<Tell>,
    /// For how long nothing of a kind goes, in any case.
    keep: Box<Tell>,
}

/// Until when kinds of requests are closed. Clones share it.
#[derive(Clone, Default)]
pub struct Waits(Arc<Inner>);

#[derive(Default)]
struct Inner {
    until: Mutex<[Option<Instant>; RequestClass::COUNT]>,
    ears: Option<Ears>,
}

impl std::fmt::Debug for Waits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Waits").field(&self.0.until).finish()
    }
}

impl Waits {
    /// With somebody who is told for how long, in milliseconds as it was asked for, nothing of a kind shall go, where
    /// nobody else hears it; and somebody who keeps every wait, in milliseconds as long as it is.
    pub fn telling(
        tell: impl Fn(RequestClass, i64, Failure) + Send + Sync + 'static,
        keep: impl Fn(RequestClass, i64, Failure) + Send + Sync + 'static,
    ) -> Self {
        let ears = Ears { tell: Box::new(tell), keep: Box::new(keep) };
        Self(Arc::new(Inner { until: Mutex::default(), ears: Some(ears) }))
    }

    /// Nothing of a kind goes for so many milliseconds, as an earlier process was asked.
    pub fn recall(&self, class: RequestClass, wait_ms: i64) {
        let wait = Duration::from_millis(u64::try_from(wait_ms.min(LONGEST_WAIT_MS)).unwrap_or(0));
        let until = Instant::now().checked_add(wait);
        let mut all = self.0.until.lock().unwrap_or_else(PoisonError::into_inner);
        all[class.place()] = all[class.place()].max(until);
    }

    /// Nothing that was asked for holds any more.
    pub fn forget(&self) {
        *self.0.until.lock().unwrap_or_else(PoisonError::into_inner) = [None; RequestClass::COUNT];
    }

    /// Keeps what an answer asks for; `tells` where nobody else hears it.
    pub(super) fn hear(&self, exchange: &Exchange, tells: bool) {
        let Outcome::Answered(answer) = &exchange.outcome else { return };
        let asked = answer.asked_wait_ms(exchange.at).filter(|ms| answer.slows_down() && *ms > 0);
        let (Some(asked), class) = (asked, exchange.call.class()) else { return };
        self.recall(class, asked);
        if let (Some(ears), Err(trouble)) = (&self.0.ears, judge(&exchange.call, &exchange.outcome)) {
            let failure = Failure::from(trouble);
            (ears.keep)(class, asked.min(LONGEST_WAIT_MS), failure.clone());
            if tells {
                (ears.tell)(class, asked, failure);
            }
        }
    }

    /// Whether something may be read now.
    ///
    /// # Errors
    /// With how long to wait where the endpoint asked for that.
    pub fn may_read(&self) -> Result<(), Trouble> {
        let until = self.0.until.lock().unwrap_or_else(PoisonError::into_inner)[RequestClass::Read.place()];
        let left = until.map(|until| until.saturating_duration_since(Instant::now()).as_millis());
        match left.filter(|ms| *ms > 0) {
            None => Ok(()),
            Some(ms) => Err(Trouble::new(
                Cause::SlowDown,
                format!(
                    "The app asked to wait, {} s from now; it is asked nothing before. Nothing was changed there.",
                    ms.div_ceil(1_000)
                ),
                "Try again then. To ask it at once all the same: scimdeck test --now",
            )),
        }
    }
}
