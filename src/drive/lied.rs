//! That the app's answers were seen not to be true, kept in the home, so that the next process does not begin by
//! believing them again.

use super::runner::Runner;
use super::shared::now;
use crate::domain::Time;

const KEY: &str = "lied_at";
/// For so long the answers are not believed: the app may have been repaired since.
const LASTS_MS: i64 = 7 * 24 * 3_600_000;

impl Runner {
    /// What a process before this one saw.
    pub(super) async fn recall_lies(&mut self) {
        let kept = self.shared.store.meta_get(Some(self.shared.connection), KEY).await;
        let at = kept.ok().flatten().and_then(|text| text.parse::<i64>().ok()).map(Time::from_ms);
        if at.is_some_and(|at| now().since(at) < LASTS_MS) {
            self.machine.believe_nothing();
            self.lies_kept = true;
        }
    }

    /// Keeps it as soon as it is seen.
    pub(super) fn keep_lies(&mut self) {
        if self.machine.was_lied_to() && !std::mem::replace(&mut self.lies_kept, true) {
            let shared = self.shared.clone();
            tokio::spawn(async move {
                let text = now().ms().to_string();
                if let Err(error) = shared.store.meta_set(Some(shared.connection), KEY, &text).await {
                    tracing::warn!(%error, "that the app's answers are not true could not be kept");
                }
            });
        }
    }
}
