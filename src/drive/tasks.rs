//! What is not settled, and what may be undone, read from the journal.

use super::{Drive, problem};
use crate::domain::{OpState, Operation, Ours};
use crate::engine::{Problem, Tasks, TasksQuery, UndoOf};
use crate::store::Which;

impl Drive {
    /// Live operations, the worst first, with the counts of all of them.
    pub async fn tasks(&self, query: TasksQuery) -> Result<Tasks, Problem> {
        let (store, connection) = (&self.shared.store, self.shared.connection);
        let rows = store.operations(connection, Which::Worst(query)).await;
        let rows = rows.map_err(|e| problem::store(&e))?;
        Ok(Tasks { rows, counts: self.queue_counts().await?, stuck_since: self.stuck_since().await })
    }

    /// Since when nothing of the queue worked, by this process or the last one that sent.
    pub async fn stuck_since(&self) -> Option<crate::domain::Time> {
        let moving = self.queue_counts().await.is_ok_and(|counts| counts.moving() > 0);
        if !moving {
            return None;
        }
        // What this process told last is newer than what it keeps.
        let told = *self.shared.stuck.borrow();
        if told.is_some() { told } else { super::still::kept(&self.shared).await }
    }

    /// Operations that an undo is asked of, oldest first; whether each can be undone the verb says.
    pub async fn undoable(&self, of: UndoOf) -> Result<Vec<Operation>, Problem> {
        let (store, connection) = (&self.shared.store, self.shared.connection);
        let read =
            |which| async move { store.operations(connection, which).await.map_err(|e| problem::store(&e)) };
        let mut found = match of {
            UndoOf::LastRun => read(Which::LastRun(self.shared.actor.clone())).await?,
            UndoOf::RunOf(op) => read(Which::RunOf(op)).await?,
            UndoOf::Operations(ids) => read(Which::Ids(ids)).await?,
            UndoOf::People(people) => {
                let mut found = Vec::new();
                for person in people {
                    let all = read(Which::Person(person)).await?;
                    found.extend(all.into_iter().rev().find(|op| op.state == OpState::Done));
                }
                found
            }
        };
        for op in found.iter_mut().filter(|op| op.state == OpState::Done && op.intent.may_be_late()) {
            let all = read(Which::Person(op.person)).await?;
            if let Some(ours) = before_given_up(op, &all) {
                op.intent.ours = Some(ours);
            }
        }
        Ok(found)
    }
}

/// Our side before the first of the decisions that were given up between the last push and this operation: what they
/// changed here stayed, and this operation sent it.
fn before_given_up(op: &Operation, all: &[Operation]) -> Option<Box<Ours>> {
    let earlier = all.iter().rev().filter(|other| other.id < op.id);
    let given_up = earlier.take_while(|other| other.state == OpState::Cancelled);
    given_up.filter_map(|other| other.intent.ours.clone()).last()
}
