//! What an undo is asked of.

use super::{Operation, PersonId, Time};

/// Operations, and what the decision behind them changed besides.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Undoable {
    /// Oldest first; none where the last decision sent nothing.
    pub operations: Vec<Operation>,
    /// What the last decision changed here without an operation; none where people or operations were named.
    pub beside: Vec<Decided>,
}

/// Something that a decision changed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// By what, in the words of the audit log.
    pub cause: String,
    /// When.
    pub at: Time,
    /// About whom, where it is a person.
    pub person: Option<PersonId>,
    /// The name of whom or what it is about.
    pub subject: String,
    /// The groups that they were put into or taken out of by it.
    pub groups: Vec<String>,
}

impl Undoable {
    /// Whether there is nothing to be undone.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.beside.is_empty()
    }
}

impl From<Vec<Operation>> for Undoable {
    fn from(operations: Vec<Operation>) -> Self {
        Self { operations, beside: Vec::new() }
    }
}
