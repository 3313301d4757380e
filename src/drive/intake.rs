//! Operations reach the sender: from this process, and from another one on the same home.

use std::collections::HashSet;

use super::runner::Runner;
use super::words::replaced;
use crate::domain::{OpId, OpState, Operation};
use crate::engine::Outcome;
use crate::engine::machine::Event;
use crate::store::Which;

impl Runner {
    /// New operations of this process go on; those found at start wait, unless a new one waits behind them.
    pub(super) fn committed(&mut self, rows: Vec<Operation>) {
        let mut news = Vec::new();
        for row in rows {
            if row.state == OpState::Behind
                && let Some(id) = self.offered.values().find(|op| op.person == row.person).map(|op| op.id)
                && let Some(before) = self.offered.remove(&id)
            {
                news.push(before);
            }
            match self.offered.get_mut(&row.id) {
                Some(_) if !row.state.live() => {
                    self.offered.remove(&row.id);
                }
                Some(known) => *known = row,
                None => news.push(row),
            }
        }
        if self.leads {
            self.take_in(news);
        }
        self.show();
    }

    /// The machine hears of operations; a run that waits for one that was replaced or dropped hears that too.
    pub(super) fn take_in(&mut self, rows: Vec<Operation>) {
        for row in rows.iter().filter(|row| row.state == OpState::Cancelled) {
            self.shared.tell(row.id, Outcome::Held, Some(&replaced()));
        }
        self.feed(Event::Committed(rows));
    }

    /// Reads what another process left: new operations, and those of ours that it replaced.
    pub(super) async fn look_again(&mut self) {
        if !self.leads {
            return;
        }
        let (store, connection) = (self.shared.store.clone(), self.shared.connection);
        let Ok(mut rows) = store.operations(connection, Which::Live).await else { return };
        let live: HashSet<OpId> = rows.iter().map(|op| op.id).collect();
        self.offered.retain(|id, _| live.contains(id));
        let lost: Vec<OpId> = self.machine.known().filter(|id| !live.contains(id)).collect();
        if !lost.is_empty() {
            rows.extend(store.operations(connection, Which::Ids(lost)).await.unwrap_or_default());
        }
        self.committed(rows);
        self.settings();
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
