//! A directory group that is pushed to the endpoint with its members.

use serde::{Deserialize, Serialize};

use super::{Failure, Time};

/// What becomes of a pushed group at the endpoint when its push ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlinked {
    /// It stays there as it is.
    Left,
    /// It is deleted there.
    Deleted,
}

/// Our record of a pushed group, per connection.
///
/// What the group shall be there is never stored: it follows from the directory. Only what it was made to be, or was
/// found to be, is, so a push that was cut short at any point is simply due again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Push {
    /// The endpoint's `id`, once the group was made or found there.
    pub remote_id: Option<String>,
    /// The name it was last made to have there, or was found to have since.
    #[serde(default)]
    pub name: String,
    /// Remote ids of the members it was last made to have, or was found to have since, sorted; none while it was never
    /// confirmed, and where it is gone.
    pub members: Option<Vec<String>>,
    /// When the endpoint last confirmed it.
    pub pushed_at: Option<Time>,
    /// The push shall end, so.
    pub ending: Option<Unlinked>,
    /// Remote ids of members who may be taken out there: an operator approved it, and it is not done yet.
    /// Sorted.
    #[serde(default)]
    pub may_leave: Vec<String>,
    /// When a request that changes it there was about to leave; none once it was read back, or it is known that nothing
    /// came of it. Until then nobody knows how it is there.
    #[serde(default)]
    pub sent_at: Option<Time>,
    /// It was found otherwise there than it was made: nothing of it goes before an operator saw that in a plan.
    #[serde(default)]
    pub waits: bool,
    /// Why the last try did not go through.
    pub failure: Option<Failure>,
}

impl Push {
    /// The group may be there, made by a request whose fate is not known, and nobody knows its id.
    pub fn in_doubt(&self) -> bool {
        self.remote_id.is_none() && self.sent_at.is_some()
    }

    /// The record of a push that ends so. None where nothing is left to be done or found out there: it is forgotten at
    /// once.
    pub fn ends(&self, what: Unlinked) -> Option<Self> {
        let there = self.remote_id.is_some();
        let goes_on = self.in_doubt() || (there && what == Unlinked::Deleted);
        goes_on.then(|| Self { ending: Some(what), failure: None, ..self.clone() })
    }
}
