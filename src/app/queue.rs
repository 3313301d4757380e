//! The Tasks pane: everything that is not settled, the worst first; pushed groups come after people.
//!
//! The directory holds only a mark per person, so the operations are asked for. A queue may hold hundreds of
//! thousands: only the first page is held here, and it is asked for anew at most once a second.

use std::collections::{BTreeMap, BTreeSet};

use super::keymap::Action;
use super::{App, Cursor, Effect, Pane, Query, QueryId};
use crate::directory::Directory;
use crate::domain::{Failure, Flag, GroupId, OpState, Operation, PersonId, Time};
use crate::engine::{
    GroupCounts, GroupTask, Sending, Tasks, TasksQuery, UndoOf, group_tasks, is_stuck_deactivation,
};
use crate::verbs::Command;

/// Not asked more often than this.
const EVERY_MS: i64 = 1_000;

/// The state of the pane.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// The first page, and the counts of all.
    pub tasks: Tasks,
    /// Places of the rows shown.
    pub order: Vec<usize>,
    /// The pushed groups shown, below the operations.
    pub groups: Vec<GroupTask>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Who is selected.
    pub selected: BTreeSet<PersonId>,
    /// The filter as typed.
    pub filter: String,
    all_groups: Vec<GroupTask>,
    /// The version of the directory that they are of: working them out looks at all members.
    groups_of: Option<u64>,
    asked: Option<QueryId>,
    asked_at: Option<Time>,
    /// Something moved since it was asked.
    stale: bool,
    undo_asked: Option<QueryId>,
}

impl Queue {
    /// Works out which rows are shown; the cursor stays on its operation.
    pub(super) fn refresh(&mut self, directory: &Directory, rows: usize) {
        let under = self.current().map(|op| op.id);
        let on_group = self.current_group().map(|task| task.group);
        let terms: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let shown = self.tasks.rows.iter().enumerate();
        self.order =
            shown.filter(|(_, op)| terms.iter().all(|t| mentions(op, t))).map(|(at, _)| at).collect();
        if let Some(at) =
            under.and_then(|id| (0..self.order.len()).find(|n| self.row(*n).map(|o| o.id) == Some(id)))
        {
            self.cursor.at = at;
        }
        if self.groups_of != Some(directory.version()) {
            self.groups_of = Some(directory.version());
            self.all_groups = group_tasks(directory);
        }
        let fits = |task: &&GroupTask| terms.iter().all(|term| says(task, term));
        self.groups = self.all_groups.iter().filter(fits).cloned().collect();
        if let Some(at) = on_group.and_then(|id| self.groups.iter().position(|task| task.group == id)) {
            self.cursor.at = self.order.len() + at;
        }
        let here: BTreeSet<PersonId> = self.tasks.rows.iter().map(|op| op.person).collect();
        self.selected.retain(|id| here.contains(id));
        self.cursor.settle(self.len(), rows);
    }

    /// How many lines are shown.
    pub fn len(&self) -> usize {
        self.order.len() + self.groups.len()
    }

    /// How many pushed groups are not settled, shown or not.
    pub fn group_counts(&self) -> GroupCounts {
        GroupCounts::of(&self.all_groups)
    }

    /// Whether no line is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pushed group at a place of the lines shown.
    pub fn group(&self, at: usize) -> Option<&GroupTask> {
        self.groups.get(at.checked_sub(self.order.len())?)
    }

    /// The pushed group under the cursor.
    pub fn current_group(&self) -> Option<&GroupTask> {
        self.group(self.cursor.at)
    }

    /// The row at a place of those shown.
    pub fn row(&self, at: usize) -> Option<&Operation> {
        self.order.get(at).and_then(|at| self.tasks.rows.get(*at))
    }

    /// The operation under the cursor.
    pub fn current(&self) -> Option<&Operation> {
        self.row(self.cursor.at)
    }

    /// Whom a verb is about: the selected, else the one under the cursor.
    pub fn targets(&self) -> Vec<PersonId> {
        if self.selected.is_empty() {
            self.current().map(|op| op.person).into_iter().collect()
        } else {
            self.selected.iter().copied().collect()
        }
    }

    fn toggle(&mut self) {
        if let Some(id) = self.current().map(|op| op.person) {
            if !self.selected.remove(&id) {
                self.selected.insert(id);
            }
            self.cursor.at += 1;
        }
    }

    fn toggle_all(&mut self) {
        let all: BTreeSet<PersonId> =
            (0..self.order.len()).filter_map(|at| self.row(at)).map(|op| op.person).collect();
        if all.is_subset(&self.selected) { self.selected.clear() } else { self.selected.extend(all) }
    }

    /// How many of the rows are ends of access that are not confirmed.
    pub fn remaining(&self) -> usize {
        self.tasks.rows.iter().filter(|op| is_stuck_deactivation(op)).count()
    }

    /// How many rows stand in each state.
    pub fn by_state(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for op in &self.tasks.rows {
            *counts.entry(state_words(op)).or_default() += 1;
        }
        counts
    }
}

/// An operation's state in the words of the pane.
pub fn state_words(op: &Operation) -> &'static str {
    match (op.state, &op.failure) {
        (OpState::Waiting, Some(f)) if f.kind == crate::domain::FailureKind::Pending => "pending",
        (OpState::Waiting, Some(_)) => "failed",
        (OpState::Waiting, None) => "waiting",
        (OpState::Parked, _) => "failed",
        (OpState::InDoubt, _) => "in doubt",
        (OpState::Inflight, _) => "running",
        (state, _) => state.word(),
    }
}

fn mentions(op: &Operation, term: &str) -> bool {
    [op.user_name.as_str(), op.kind.word(), op.state.word(), state_words(op), op.cause.as_str()]
        .into_iter()
        .any(|text| text.to_lowercase().contains(term))
}

fn says(task: &GroupTask, term: &str) -> bool {
    [task.name.as_str(), task.state.word(), task.cause(), "group"]
        .into_iter()
        .any(|text| text.to_lowercase().contains(term))
}

impl App {
    /// Whether the Tasks pane is what keys go to.
    pub(super) fn on_tasks(&self) -> bool {
        self.pane == Pane::Tasks && self.overlays.is_empty()
    }

    /// The pushed group under the cursor of the Tasks pane.
    pub(super) fn group_task_here(&self) -> Option<GroupId> {
        let here = self.on_tasks() && self.queue.selected.is_empty();
        here.then(|| self.queue.current_group().map(|task| task.group)).flatten()
    }

    /// The queue moved, or may have.
    pub(super) fn queue_moved(&mut self) {
        if self.directory.queue().total() > 0 || !self.queue.tasks.rows.is_empty() {
            self.queue.stale = true;
            self.ask_tasks();
        }
    }

    /// Asks for the first page, unless it is being asked for or was just now.
    pub(super) fn ask_tasks(&mut self) {
        if self.queue.asked.is_some() {
            return;
        }
        if let Some(at) = self.queue.asked_at.map(|at| at.plus_ms(EVERY_MS)).filter(|at| *at > self.now) {
            return self.out.push(Effect::WakeAt(at));
        }
        self.queue.stale = false;
        self.queue.asked_at = Some(self.now);
        self.queue.asked = Some(self.ask(Query::Tasks(TasksQuery::default())));
    }

    /// Asks again once the time for it has come.
    pub(super) fn ask_tasks_in_time(&mut self) {
        if self.queue.stale {
            self.ask_tasks();
        }
    }

    /// Takes the answer to a question of this pane; gives back any other.
    pub(super) fn take_tasks(
        &mut self,
        id: QueryId,
        result: Result<super::Answer, crate::engine::Problem>,
    ) -> Option<Result<super::Answer, crate::engine::Problem>> {
        let mine = [self.queue.asked, self.queue.undo_asked].contains(&Some(id));
        if !mine {
            return Some(result);
        }
        if self.queue.asked == Some(id) {
            self.queue.asked = None;
        } else {
            self.queue.undo_asked = None;
        }
        match result {
            Ok(super::Answer::Tasks(tasks)) => {
                self.queue.tasks = *tasks;
                let rows = self.table_rows();
                self.queue.refresh(&self.directory, rows);
                self.ask_tasks_in_time();
            }
            Ok(super::Answer::Undoable(undoable)) if undoable.is_empty() => {
                self.complain("nothing was done that could be undone");
            }
            Ok(super::Answer::Undoable(undoable)) => {
                self.look(Command::Undo(undoable), Vec::new(), true);
            }
            Ok(_) => {}
            Err(problem) => self.complain(format!("{} {}", problem.text, problem.next)),
        }
        None
    }

    /// Asks what was done: by the operation of an audit entry or by its run, last for the person of the page or the
    /// selected, else by the last decision.
    pub(super) fn ask_undo(&mut self, action: Action) {
        if self.pane == Pane::Audit && self.overlays.is_empty() {
            let Some(op) = self.operation_here() else { return };
            let run = action == Action::UndoRun;
            let of = if run { UndoOf::RunOf(op) } else { UndoOf::Operations(vec![op]) };
            self.queue.undo_asked = Some(self.ask(Query::Undoable(of)));
            return;
        }
        let chosen = match self.pane {
            _ if self.on_person_page() => self.targets(),
            Pane::Tasks => self.queue.selected.iter().copied().collect(),
            _ => self.people.selected.iter().copied().collect(),
        };
        let of = if chosen.is_empty() { UndoOf::LastRun } else { UndoOf::People(chosen) };
        self.queue.undo_asked = Some(self.ask(Query::Undoable(of)));
    }

    /// Why nothing at all is sent until an operator acts.
    pub fn stopped(&self) -> Option<&Failure> {
        match &self.sending {
            Sending::Stopped(failure) => Some(failure),
            _ => None,
        }
    }

    /// Milliseconds until the queue will be done; none where that is not known, or nothing goes.
    pub fn time_left(&self) -> Option<i64> {
        let until = match &self.sending {
            Sending::Here | Sending::Elsewhere(_) => None,
            Sending::Waiting(until, _) => Some(*until),
            Sending::Off | Sending::Stopped(_) | Sending::Offered(_) => return None,
        };
        self.outlook.time_left(self.now, self.directory.queue().moving(), until)
    }

    /// Selecting on the Tasks pane.
    pub(super) fn select_tasks(&mut self, action: Action) {
        if action == Action::Select {
            self.queue.toggle()
        } else {
            self.queue.toggle_all()
        }
        let rows = self.table_rows();
        self.queue.cursor.settle(self.queue.len(), rows);
    }

    /// Those whose invitation is open, as far as is known.
    pub(super) fn pending_targets(&self) -> Vec<PersonId> {
        let pending = |directory: &Directory, id: PersonId| {
            directory.get(id).is_some_and(|p| p.flags().contains(Flag::Pending))
        };
        self.targets().into_iter().filter(|id| pending(&self.directory, *id)).collect()
    }
}

#[cfg(test)]
pub(super) mod tests;
