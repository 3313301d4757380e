//! That the app's answers were seen not to be true, kept in the home, so that the next process does not begin by
//! believing them again.

use super::pause::keep;
use super::runner::Runner;
use super::shared::{Shared, now};
use crate::domain::Time;

const KEY: &str = "lied_at";
/// For so long the answers are not believed: the app may have been repaired since.
const LASTS_MS: i64 = 7 * 24 * 3_600_000;
/// A home that was told within this time is not told again: each answer of an app may be such a one.
const AGAIN_MS: i64 = 3_600_000;

/// When the app's answers were seen not to be true, where that still counts.
pub(super) async fn lied_at(shared: &Shared) -> Option<Time> {
    let kept = shared.store.meta_get(Some(shared.connection), KEY).await;
    let at = kept.ok().flatten().and_then(|text| text.parse::<i64>().ok()).map(Time::from_ms);
    at.filter(|at| now().since(*at) < LASTS_MS)
}

impl Runner {
    /// What a process before this one saw.
    pub(super) async fn recall_lies(&mut self) {
        let at = lied_at(&self.shared).await;
        if at.is_some() {
            self.machine.believe_nothing();
            self.lies_kept = at;
        }
    }

    /// Keeps it as soon as it is seen, and from then on when it is seen again.
    pub(super) fn keep_lies(&mut self) {
        let lies = self.machine.lies();
        let news = lies != std::mem::replace(&mut self.lies_seen, lies);
        if news && self.lies_kept.is_none_or(|at| now().since(at).abs() > AGAIN_MS) {
            self.lies_kept = Some(now());
            keep(&self.shared, KEY, now().ms().to_string());
        }
    }
}
