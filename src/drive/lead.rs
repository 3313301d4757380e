//! Becoming the sender and no longer being it: the lock, the fence, and what a dead sender left behind.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::lock;
use super::runner::{Runner, offered};
use super::shared::now;
use super::words::{journal_lost, store_failure};
use crate::audit::AuditEntry;
use crate::domain::OpId;
use crate::engine::machine::{Event, taken_over};
use crate::store::{Batch, StoreError, Which};

impl Runner {
    /// Becomes the sender if nobody else is.
    pub(super) async fn lead(&mut self) -> bool {
        if self.leads {
            return true;
        }
        if self.shared.read_only {
            return false;
        }
        if let Some(home) = &self.shared.home {
            let holder = self.shared.as_holder(self.shared.reason.clone());
            match lock::take(home, self.shared.connection, &holder) {
                Ok(Some(lock)) => self.lock = Some(Arc::new(lock)),
                Ok(None) => {
                    self.elsewhere = true;
                    let seen = lock::seen(home, self.shared.connection);
                    self.holder = seen.map(|seen| Box::new(seen.holder));
                    self.show();
                    return false;
                }
                Err(failure) => {
                    self.halted = Some(failure);
                    self.show();
                    return false;
                }
            }
        }
        if let Err(error) = self.take_lead(Vec::new()).await {
            self.lock = None;
            self.halted = Some(store_failure(&error));
            self.show();
            return false;
        }
        self.show();
        true
    }

    /// Raises the fence and puts what a dead sender left inflight in doubt.
    pub(super) async fn take_lead(&mut self, audit: Vec<AuditEntry>) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        self.kept_pause = None;
        self.fence = Some(shared.store.raise_fence(shared.connection).await?);
        let begun = shared.store.operations(shared.connection, Which::Begun).await?;
        let moves = taken_over(&begun, now());
        let batch = Batch { moves, audit, fence: self.fence, ..shared.batch() };
        shared.commit(batch).await?;
        shared.catch_up().await?;
        let live = offered(shared.store.live(shared.connection).await?);
        let held = self.holds().await?;
        // A face that was following goes on with everything: its operators confirmed it, unless one stopped it.
        self.going_on = self.elsewhere && held.is_none();
        let all = self.elsewhere && !self.going_on;
        let is_news = |id: &OpId| !self.going_on && (all || !self.offered.contains_key(id));
        let news = live.keys().filter(|id| is_news(id)).copied().collect();
        let mut news = shared.store.operations(shared.connection, Which::Ids(news)).await?;
        news.retain(|op| held.is_none_or(|until| op.created_at > until));
        self.offered = live;
        for op in &news {
            self.offered.remove(&op.id);
        }
        self.find_standstill().await;
        self.recall_lies().await;
        self.leads = true;
        self.elsewhere = false;
        self.halted = None;
        self.recall_asked().await;
        self.settings();
        self.take_in(news);
        shared.led.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// No longer the sender. What is live is read anew from the journal by whoever becomes it.
    pub(super) fn step_down(&mut self, error: Option<&StoreError>) {
        self.leads = false;
        self.going_on = false;
        self.lock = None;
        self.elsewhere = error.is_none();
        self.halted = error.map(journal_lost);
        self.feed(Event::Boot(Vec::new()));
        self.settings();
        self.tell_settled();
        if let Some(failure) = &self.halted {
            self.shared.tell_paused(failure);
        }
        self.show();
    }
}
