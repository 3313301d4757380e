//! Operations reach the sender: from this process, and from another one on the same home.

use std::collections::HashSet;

use super::runner::Runner;
use super::words::replaced;
use crate::domain::{OpId, OpState, Operation};
use crate::engine::Outcome;
use crate::engine::machine::Event;
use crate::store::Which;

/// How many of those that were offered are read at a time.
const AT_ONCE: usize = 4_000;

impl Runner {
    /// New operations of this process go on; those found at start wait, unless a new one waits behind them.
    pub(super) async fn committed(&mut self, rows: Vec<Operation>) {
        let (mut before, mut news) = (Vec::new(), Vec::new());
        for row in rows {
            if row.state == OpState::Behind
                && let Some(id) =
                    self.offered.iter().find(|(_, (person, _))| *person == row.person).map(|(id, _)| *id)
            {
                before.push(id);
                self.offered.remove(&id);
            }
            match self.offered.get_mut(&row.id) {
                Some(_) if !row.state.live() => {
                    self.offered.remove(&row.id);
                }
                Some((_, state)) => *state = row.state,
                None => news.push(row),
            }
        }
        if self.leads && !before.is_empty() {
            self.read_in(before).await;
        }
        if self.leads {
            self.take_in(news);
        }
        self.show();
    }

    /// The machine hears of operations; a run that waits for one that was replaced or dropped hears that too.
    pub(super) fn take_in(&mut self, rows: Vec<Operation>) {
        for row in rows.iter().filter(|row| row.state == OpState::Cancelled) {
            self.shared.tell(&[(row.id, Outcome::Held, Some(replaced()))]);
        }
        self.feed(Event::Committed(rows));
    }

    /// The next of those that were offered go on. The rest is read when there is nothing more urgent.
    pub(super) async fn go_on(&mut self) {
        let some = std::iter::from_fn(|| self.offered.pop_first()).map(|(id, _)| id).take(AT_ONCE).collect();
        self.going_on = !self.offered.is_empty();
        self.read_in(some).await;
    }

    async fn read_in(&mut self, ids: Vec<OpId>) {
        let rows = self.shared.store.operations(self.shared.connection, Which::Ids(ids)).await;
        match rows {
            Ok(rows) => self.take_in(rows),
            Err(error) => self.step_down(Some(&error)),
        }
    }

    /// Reads what another process left: new operations, and those of ours that it replaced.
    pub(super) async fn look_again(&mut self) {
        self.hear_waits_over().await;
        if !self.leads {
            return;
        }
        self.hear_word().await;
        let (store, connection) = (self.shared.store.clone(), self.shared.connection);
        let Ok(mut rows) = store.operations(connection, Which::Live).await else { return };
        let live: HashSet<OpId> = rows.iter().map(|op| op.id).collect();
        self.offered.retain(|id, _| live.contains(id));
        let lost: Vec<OpId> = self.machine.known().filter(|id| !live.contains(id)).collect();
        if !lost.is_empty() {
            rows.extend(store.operations(connection, Which::Ids(lost)).await.unwrap_or_default());
        }
        // First, so that nothing leaves any more that they forbid.
        self.settings();
        self.committed(rows).await;
        // Another token can stand at the same place: its mark tells.
        let connection = self.shared.directory().connection().clone();
        let token = (connection.token, connection.token_mark);
        if token != self.token {
            self.token = token;
            super::line::close_line(&self.shared).await;
            self.feed(Event::TokenChanged);
        }
        self.show();
    }
}
