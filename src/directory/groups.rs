//! A group with its members and its assignment.

use std::collections::BTreeSet;

use crate::domain::{Group, GroupAssignment, PersonId};

/// A group as the Groups pane shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// Who it is.
    pub group: Group,
    /// Who is in it.
    pub members: BTreeSet<PersonId>,
    /// Its assignment to the app, where there is one.
    pub assignment: Option<GroupAssignment>,
}
