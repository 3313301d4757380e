//! Since when nothing of the queue worked: kept in the home, so that a command beside the sender can tell it.

use super::pause::keep;
use super::runner::Runner;
use super::shared::{Shared, now};
use crate::domain::Time;
use crate::engine::machine::Effect;
use crate::engine::{Notice, Outcome, Standstill};

const KEY: &str = "stuck_since";

/// What is kept.
pub(super) async fn kept(shared: &Shared) -> Option<Time> {
    shared.store.meta_get(Some(shared.connection), KEY).await.ok()??.parse().ok()
}

impl Runner {
    /// Takes up what the sender before this one left.
    pub(super) async fn find_standstill(&mut self) {
        self.still = Standstill::found(kept(&self.shared).await);
    }

    /// What an effect tells about whether the queue works.
    pub(super) fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::Settled { outcome: Outcome::Done | Outcome::Unchanged, .. } => self.still.worked(now()),
            Effect::Settled { outcome: Outcome::Failed, .. } | Effect::Paused { .. }
                if !self.still.begun() =>
            {
                self.still.failed(self.machine.oldest_due());
            }
            _ => {}
        }
    }

    /// Tells what changed.
    pub(super) fn tell_standstill(&mut self) {
        if self.still.begun() && !self.machine.any_due() {
            self.still.idle();
        }
        let Some(told) = self.still.news(now()) else { return };
        self.shared.stuck.send_replace(told);
        self.shared.notify(|| Notice::Stuck(told));
        keep(&self.shared, KEY, told.map(|since| since.to_string()).unwrap_or_default());
    }
}
