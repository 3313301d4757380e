//! What is not settled, and what may be undone, read from the journal.

use std::collections::HashSet;

use super::{Drive, problem};
use crate::audit::{AuditEntry, AuditQuery};
use crate::domain::{Decided, OpState, Operation, Ours, PersonId, Time, Undoable};
use crate::engine::{Problem, Tasks, TasksQuery, UndoOf};
use crate::store::Which;

/// Entries of the log read at once.
const PAGE: u32 = 1_000;

impl Drive {
    /// Live operations, the worst first, with the counts of all of them.
    pub async fn tasks(&self, query: TasksQuery) -> Result<Tasks, Problem> {
        let rows = self.shared.worst(query).await.map_err(|e| problem::store(&e))?;
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

    /// What an undo is asked of; whether each of it can be undone the verb says. The last run counts only where nothing
    /// was decided after it.
    pub async fn undoable(&self, of: UndoOf) -> Result<Undoable, Problem> {
        let (store, connection) = (&self.shared.store, self.shared.connection);
        let read =
            |which| async move { store.operations(connection, which).await.map_err(|e| problem::store(&e)) };
        let mut beside = Vec::new();
        let mut found = match of {
            UndoOf::LastRun => {
                let run = read(Which::LastRun(self.shared.actor.clone())).await?;
                let at = run.first().map(|op| op.created_at);
                let (decided_at, decided) = self.last_decided(at).await?;
                let whom: HashSet<PersonId> = run.iter().map(|op| op.person).collect();
                beside = decided;
                beside.retain(|one| decided_at > at || one.person.is_none_or(|id| !whom.contains(&id)));
                if decided_at > at { Vec::new() } else { run }
            }
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
        Ok(Undoable { operations: found, beside })
    }

    /// What the last decision of this operator changed here, and when; nothing where that was before this time.
    async fn last_decided(&self, since: Option<Time>) -> Result<(Option<Time>, Vec<Decided>), Problem> {
        let (store, connection) = (&self.shared.store, self.shared.connection);
        let mut query = AuditQuery { limit: PAGE, ..AuditQuery::default() };
        let (mut at, mut decided) = (None, Vec::new());
        loop {
            let page = store.audit(connection, query.clone()).await.map_err(|e| problem::store(&e))?;
            for entry in page.iter().rev() {
                // One decision is one commit: its entries stand together and have one time.
                let past = match at {
                    None => since.is_some_and(|since| entry.time < since),
                    Some(at) => entry.time != at,
                };
                if past {
                    return Ok((at, decided));
                }
                if entry.actor == self.shared.actor && decides(entry) {
                    at = Some(entry.time);
                    let AuditEntry { event, time, person, subject, changes, .. } = entry.clone();
                    let groups = changes.into_iter().filter(|moved| moved.attribute == "group");
                    let groups = groups.filter_map(|moved| moved.before.or(moved.after)).collect();
                    decided.push(Decided { cause: event, at: time, person, subject, groups });
                }
            }
            match page.first() {
                Some(first) if page.len() == PAGE as usize => query.before = Some(first.seq),
                _ => return Ok((at, decided)),
            }
        }
    }
}

/// Whether an entry tells of something that was decided and changed here: not what came of an operation, what was typed
/// for one, or what was only asked, sent or held.
fn decides(entry: &AuditEntry) -> bool {
    const NO_DECISIONS: [&str; 12] = [
        "Provision User",
        "apply",
        "brake released",
        "connection added",
        "drop",
        "protection released",
        "queue goes on",
        "rehearsal",
        "retry",
        "run stopped",
        "sending taken over",
        "token replaced",
    ];
    entry.source.ours() && entry.operation.is_none() && !NO_DECISIONS.contains(&entry.event.as_str())
}

/// Our side before the first of the decisions that were given up between the last push and this operation: what they
/// changed here stayed, and this operation sent it.
fn before_given_up(op: &Operation, all: &[Operation]) -> Option<Box<Ours>> {
    let earlier = all.iter().rev().filter(|other| other.id < op.id);
    let given_up = earlier.take_while(|other| other.state == OpState::Cancelled);
    given_up.filter_map(|other| other.intent.ours.clone()).last()
}
