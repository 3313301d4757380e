//! Our side of one person as a decision found it.

use serde::{Deserialize, Serialize};

use super::{Assignment, GroupId, Intent, Status};

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

impl Intent {
    /// What our side was at the last push before this, as far as it was kept: a file or an operation that was given up
    /// may have changed it before the decision that led here.
    pub fn ours_then(&self) -> Option<&Ours> {
        self.ours.as_deref().filter(|ours| ours.gave_access() == self.had_access())
    }

    /// Whether they were to have access at the last push before this: what was pushed says it, whenever our side
    /// changed.
    pub fn had_access(&self) -> bool {
        match &self.before {
            Some(pushed) => pushed.active,
            None => self.ours.as_deref().is_some_and(Ours::gave_access),
        }
    }

    /// Whether our side may have been changed already when this was decided.
    pub fn may_be_late(&self) -> bool {
        let Some((pushed, ours)) = self.before.as_ref().zip(self.ours.as_deref()) else { return false };
        let own = ours.individual.as_ref();
        ours.gave_access() != pushed.active || own.is_none_or(|own| own.roles != pushed.roles)
    }
}
