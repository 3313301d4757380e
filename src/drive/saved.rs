//! What the store says of the sender's saves.

use super::runner::Runner;
use super::saves::Saved;
use crate::engine::machine::{Event, Ticket};
use crate::store::{StoreError, Which};

impl Runner {
    /// What the store says of saves, in their order: the directory hears of all of them first.
    pub(super) async fn saved(&mut self, saved: Vec<Saved>) {
        let mut results = Vec::with_capacity(saved.len());
        let mut written = Vec::with_capacity(saved.len());
        for (ticket, result) in saved {
            results.push((
                ticket,
                result.map(|mut applied| {
                    let operations = std::mem::take(&mut applied.operations);
                    written.push(applied);
                    operations
                }),
            ));
        }
        if let Err(error) = self.shared.reach_all(written).await {
            tracing::error!(%error, "what was written could not be read back");
        }
        for (ticket, result) in results {
            match result {
                Ok(operations) => {
                    self.feed(Event::Saved(ticket));
                    if !operations.is_empty() {
                        self.take_in(operations);
                    }
                }
                Err(error) => self.save_failed(ticket, error).await,
            }
        }
    }

    /// Tells the runs that wait: one save ends many.
    pub(super) fn tell_settled(&mut self) {
        if !self.settled.is_empty() {
            self.shared.tell(&std::mem::take(&mut self.settled));
        }
    }

    async fn save_failed(&mut self, ticket: Ticket, error: StoreError) {
        tracing::warn!(%error, "a save was refused");
        self.feed(Event::SaveRefused(ticket));
        match error {
            StoreError::Moved(id) => {
                let rows = self.shared.store.operations(self.shared.connection, Which::Ids(vec![id])).await;
                if let Ok(rows) = rows {
                    self.take_in(rows);
                }
            }
            StoreError::FenceLost => self.step_down(None),
            other => self.step_down(Some(&other)),
        }
    }
}
