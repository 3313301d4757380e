//! What an endpoint asked for by `Retry-After`: a time in which a kind of request is not sent. Kept beside the
//! endpoint, since it holds for whatever the program asks next, on another line too.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Cause, Trouble, judge};
use crate::domain::{Exchange, Failure, LONGEST_WAIT_MS, Outcome, RequestClass};

type Tell = dyn Fn(RequestClass, i64, Failure) + Send + Sync;

/// Until when kinds of requests are closed. Clones share it.
#[derive(Clone, Default)]
pub struct Waits(Arc<Inner>);

#[derive(Default)]
struct Inner {
    until: Mutex<[Option<Instant>; RequestClass::COUNT]>,
    tell: Option<Box<Tell>>,
}

impl std::fmt::Debug for Waits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Waits").field(&self.0.until).finish()
    }
}

impl Waits {
    /// With somebody who is told for how long, in milliseconds as it was asked for, nothing of a kind shall go.
    pub fn telling(tell: impl Fn(RequestClass, i64, Failure) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { until: Mutex::default(), tell: Some(Box::new(tell)) }))
    }

    /// Keeps what an answer asks for; `tells` where nobody else hears it.
    pub(super) fn hear(&self, exchange: &Exchange, tells: bool) {
        let Outcome::Answered(answer) = &exchange.outcome else { return };
        let asked = answer.asked_wait_ms(exchange.at).filter(|ms| answer.slows_down() && *ms > 0);
        let (Some(asked), class) = (asked, exchange.call.class()) else { return };
        let wait = Duration::from_millis(u64::try_from(asked.min(LONGEST_WAIT_MS)).unwrap_or(0));
        let until = Instant::now().checked_add(wait);
        {
            let mut all = self.0.until.lock().unwrap_or_else(PoisonError::into_inner);
            all[class.place()] = all[class.place()].max(until);
        }
        if let (true, Some(tell), Err(trouble)) =
            (tells, &self.0.tell, judge(&exchange.call, &exchange.outcome))
        {
            tell(class, asked, trouble.into());
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
                "Try again then.",
            )),
        }
    }
}
