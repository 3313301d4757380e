//! Our side of one person as a decision found it.

use serde::{Deserialize, Serialize};

use super::{Assignment, GroupId, Status};

/// What our side was before a decision: kept with the operation, so that an undo can restore it whatever command
/// led to the operation, and however often that was replaced before it got through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// The person's state here.
    pub status: Status,
    /// The Individual assignment, where there was one.
    pub individual: Option<Assignment>,
    /// The group that gave the app, where there was no Individual one.
    pub group: Option<GroupId>,
}

impl Ours {
    /// Whether they were to have access.
    pub fn gave_access(&self) -> bool {
        self.status == Status::Active && (self.individual.is_some() || self.group.is_some())
    }
}
