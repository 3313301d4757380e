//! A run wants the sender to try, whatever stopped it before.
//!
//! The sender hears it in one order with everything else. So a stop that it told before it heard this one is of before,
//! also where the run hears of it only afterwards; a stop that it tells later is one that the run met itself.

use tokio::sync::mpsc;

use super::runner::Runner;
use super::shared::News;
use crate::domain::{Failure, FailureKind};
use crate::engine::Sending;

impl Runner {
    /// Ends a stop that is only known to be one by trying, and tells the run which one stands all the same.
    pub(super) fn try_for(&mut self, run: &mpsc::UnboundedSender<News>) {
        let ends = match &self.pause {
            Some(Sending::Stopped(why)) => why.kind != FailureKind::TokenRefused,
            Some(Sending::Waiting(_, why)) => why.kind != FailureKind::SlowDown,
            _ => false,
        };
        if self.leads && ends {
            self.feed(crate::engine::machine::Event::TokenChanged);
        }
        let stands = match &*self.shared.sending.borrow() {
            Sending::Stopped(why) if !is_tried(why) => Some(why.clone()),
            _ => None,
        };
        // Nobody may wait for it any more.
        let _ = run.send(News::Tried(stands));
    }
}

/// Whether an operator who sends something may find it otherwise.
fn is_tried(why: &Failure) -> bool {
    passing(why.kind) || why.kind == FailureKind::Elsewhere
}

/// Whether it ends by itself.
pub(super) fn passing(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::SlowDown | FailureKind::Unreachable | FailureKind::NotScim)
}

/// Whether it is about the endpoint: then what stands of it is told to a run once it is tried.
pub(super) fn of_the_endpoint(why: &Failure) -> bool {
    is_tried(why) || why.kind == FailureKind::TokenRefused
}
