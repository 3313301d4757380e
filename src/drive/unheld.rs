//! What a sender that died left under way. The journal calls it inflight until the next sender takes it over; where no
//! living process holds the sending, nobody waits for its answer, and it is shown as what it is: in doubt. Nothing is
//! written for that.

use super::lock;
use super::shared::{Shared, hold};
use crate::directory::{Change, Directory, OpMark, QueueCounts};
use crate::domain::{OpState, Operation};
use crate::engine::{TasksQuery, rank};
use crate::store::{StoreError, Which};

impl Shared {
    /// Whether nobody lives who could still hear an answer.
    fn unheld(&self) -> bool {
        self.home.as_deref().is_some_and(|home| lock::seen(home, self.connection).is_none())
    }

    /// The directory says in doubt where the journal still says inflight and nobody sends.
    pub(super) fn doubt_what_nobody_holds(&self) {
        if self.look(|directory| directory.queue().running > 0) && self.unheld() {
            doubt(&mut hold(&self.ledger).directory);
            self.changed.notify_one();
        }
    }

    /// All live operations by state.
    pub(super) async fn queue_counts(&self) -> Result<QueueCounts, StoreError> {
        let mut counts = self.store.queue_counts(self.connection).await?;
        if counts.running > 0 && self.unheld() {
            counts.in_doubt += std::mem::take(&mut counts.running);
        }
        Ok(counts)
    }

    /// Live operations, the worst first.
    pub(super) async fn worst(&self, query: TasksQuery) -> Result<Vec<Operation>, StoreError> {
        let read = |query| self.store.operations(self.connection, Which::Worst(query));
        if !self.unheld() {
            return read(query).await;
        }
        match query.state {
            None | Some(OpState::InDoubt) => {}
            Some(OpState::Inflight) => return Ok(Vec::new()),
            Some(_) => return read(query).await,
        }
        let mut rows = read(query.clone()).await?;
        // Among those in doubt they stand further up than where they were read, if they were.
        let left = read(TasksQuery { state: Some(OpState::Inflight), ..query.clone() }).await?;
        rows.retain(|op| op.state != OpState::Inflight);
        rows.extend(left.into_iter().map(|op| Operation { state: OpState::InDoubt, ..op }));
        rows.sort_by_key(|op| (rank(op), op.id));
        rows.truncate(query.limit as usize);
        Ok(rows)
    }
}

fn doubt(directory: &mut Directory) {
    let running = directory.people().filter_map(|person| {
        let (id, kind, _) = person.operation().filter(|(.., state)| *state == OpState::Inflight)?;
        let failure = directory.failure(person.id()).cloned();
        Some(Change::Operation(person.id(), OpMark { id, kind, state: OpState::InDoubt, failure }))
    });
    let changes: Vec<Change> = running.collect();
    directory.apply_all(&changes);
}
