//! Becoming the sender: the lock, the fence, and what a dead sender left behind.

use super::lock;
use super::runner::Runner;
use super::shared::now;
use super::words::store_failure;
use crate::engine::machine::taken_over;
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
            match lock::try_lock(home, self.shared.connection) {
                Ok(Some(file)) => self.lock = Some(file),
                Ok(None) => {
                    self.elsewhere = true;
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
        if let Err(error) = self.take_lead().await {
            self.lock = None;
            self.halted = Some(store_failure(&error));
            self.show();
            return false;
        }
        self.show();
        true
    }

    /// Raises the fence and puts what a dead sender left inflight in doubt.
    async fn take_lead(&mut self) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        self.fence = Some(shared.store.raise_fence(shared.connection).await?);
        let live = shared.store.operations(shared.connection, Which::Live).await?;
        let moves = taken_over(&live, now());
        let batch = Batch { moves, fence: self.fence, ..shared.batch() };
        shared.commit(batch).await?;
        shared.catch_up().await?;
        let live = shared.store.operations(shared.connection, Which::Live).await?;
        if self.elsewhere {
            // A face that was following goes on with everything: its operators confirmed it.
            self.offered.clear();
        }
        let (offered, go_on): (Vec<_>, Vec<_>) =
            live.into_iter().partition(|op| self.offered.contains_key(&op.id));
        self.offered = offered.into_iter().map(|op| (op.id, op)).collect();
        self.find_standstill().await;
        self.leads = true;
        self.elsewhere = false;
        self.halted = None;
        self.settings();
        self.take_in(go_on);
        Ok(())
    }
}
