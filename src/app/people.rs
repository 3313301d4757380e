//! Assignments: which people are shown and in which order, the cursor and the selection.

use std::collections::BTreeSet;

use super::Cursor;
use super::filter::Filter;
use crate::directory::Directory;
use crate::domain::PersonId;

/// In which order people stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Worst flag first, then by user name: those who need an operator are seen at once.
    #[default]
    Flag,
    /// By user name.
    UserName,
}

/// Which people are shown at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Everybody who has the app or is flagged.
    #[default]
    Assigned,
    /// Active people without it: whom to assign.
    Unassigned,
    /// Everybody.
    All,
}

impl View {
    /// In words, for the title.
    pub fn words(self) -> &'static str {
        match self {
            Self::Assigned => "with the app",
            Self::Unassigned => "without the app",
            Self::All => "everybody",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Assigned => Self::Unassigned,
            Self::Unassigned => Self::All,
            Self::All => Self::Assigned,
        }
    }
}

/// The state of Assignments.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Everybody shown, in order.
    pub order: Vec<PersonId>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Who is selected.
    pub selected: BTreeSet<PersonId>,
    /// The filter as typed.
    pub filter: String,
    /// The order.
    pub sort: Sort,
    /// Who is shown at all.
    pub view: View,
}

impl People {
    /// Works out who is shown; the cursor stays on its person where they still are.
    pub fn refresh(&mut self, directory: &Directory, rows: usize) {
        let under = self.current();
        let filter = Filter::parse(&self.filter, directory);
        let mut shown: Vec<(u8, PersonId)> = directory
            .people()
            .filter(|p| match self.view {
                View::Assigned => p.assigned() || p.flag().is_some(),
                View::Unassigned => !p.assigned() && !p.forgettable(),
                View::All => !p.forgettable(),
            })
            .filter(|p| filter.shows(p))
            .map(|p| (p.flag().map_or(u8::MAX, |flag| flag as u8), p.id()))
            .collect();
        if self.sort == Sort::Flag {
            shown.sort_by_key(|(worst, _)| *worst);
        }
        self.order = shown.into_iter().map(|(_, id)| id).collect();
        if let Some(at) = under.and_then(|id| self.order.iter().position(|o| *o == id)) {
            self.cursor.at = at;
        }
        self.selected.retain(|id| directory.get(*id).is_some());
        self.cursor.settle(self.order.len(), rows);
    }

    /// The person under the cursor.
    pub fn current(&self) -> Option<PersonId> {
        self.order.get(self.cursor.at).copied()
    }

    /// Whom a verb is about: the selected, else the one under the cursor.
    pub fn targets(&self) -> Vec<PersonId> {
        if self.selected.is_empty() {
            self.current().into_iter().collect()
        } else {
            self.selected.iter().copied().collect()
        }
    }

    /// Selects the person under the cursor or takes them out again, and goes on to the next.
    pub fn toggle(&mut self) {
        if let Some(id) = self.current() {
            if !self.selected.remove(&id) {
                self.selected.insert(id);
            }
            self.cursor.at += 1;
        }
    }

    /// Selects everybody shown; when all are selected already, nobody.
    pub fn toggle_all(&mut self) {
        if self.order.iter().all(|id| self.selected.contains(id)) {
            self.selected.clear();
        } else {
            self.selected.extend(self.order.iter().copied());
        }
    }

    /// The next order.
    pub fn next_sort(&mut self) {
        self.sort = match self.sort {
            Sort::Flag => Sort::UserName,
            Sort::UserName => Sort::Flag,
        };
    }

    /// The next view.
    pub fn next_view(&mut self) {
        self.view = self.view.next();
    }
}
