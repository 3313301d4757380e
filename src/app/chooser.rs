//! The list that asks for one person: found by the same words as the filter of Assignments.

use super::Cursor;
use super::field::Field;
use super::filter::Filter;
use crate::directory::Directory;
use crate::domain::PersonId;

/// More than this many are not looked at by anybody: another letter narrows them.
const MOST: usize = 500;

/// The list, open.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// What is typed.
    pub field: Field,
    /// Who fits, in user name order.
    pub found: Vec<PersonId>,
    /// The marked one.
    pub cursor: Cursor,
}

impl Chooser {
    /// Everybody, until something is typed.
    pub fn new(directory: &Directory) -> Self {
        let mut chooser =
            Self { field: Field::text("person", "Person", ""), found: Vec::new(), cursor: Cursor::default() };
        chooser.refresh(directory);
        chooser
    }

    /// Finds again who fits.
    pub fn refresh(&mut self, directory: &Directory) {
        let filter = Filter::parse(&self.field.value().unwrap_or_default(), directory);
        let fits = directory.people().filter(|p| !p.forgettable() && filter.shows(p));
        self.found = fits.take(MOST).map(|p| p.id()).collect();
        self.cursor = Cursor::default();
    }

    /// The marked person.
    pub fn current(&self) -> Option<PersonId> {
        self.found.get(self.cursor.at).copied()
    }
}
