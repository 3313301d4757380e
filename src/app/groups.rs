//! Groups: assigned ones first in order of priority, then the others by name.

use super::{App, Cursor};
use crate::directory::Directory;
use crate::domain::{Failure, GroupId};

/// The state of the Groups pane.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// The groups shown, in order.
    pub order: Vec<GroupId>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// The filter as typed: part of the name.
    pub filter: String,
}

impl Groups {
    /// Works out which are shown; the cursor stays on its group.
    pub fn refresh(&mut self, directory: &Directory, rows: usize) {
        let under = self.current();
        let folded = self.filter.to_lowercase();
        let mut groups = directory.assigned_groups();
        groups.extend(directory.groups().into_iter().filter(|g| g.assignment.is_none()));
        groups.retain(|g| g.group.name.to_lowercase().contains(folded.trim()));
        self.order = groups.iter().map(|g| g.group.id).collect();
        if let Some(at) = under.and_then(|id| self.order.iter().position(|o| *o == id)) {
            self.cursor.at = at;
        }
        self.cursor.settle(self.order.len(), rows);
    }

    /// The group under the cursor.
    pub fn current(&self) -> Option<GroupId> {
        self.order.get(self.cursor.at).copied()
    }
}

impl App {
    /// Why the push of the group under the cursor did not go through.
    pub(super) fn push_failure(&self) -> Option<&Failure> {
        self.directory.group(self.groups.current()?)?.push.as_ref()?.failure.as_ref()
    }
}
