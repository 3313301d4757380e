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
/// What the group shall be there is never stored: it follows from the directory. Only what it was made to be is,
/// so a push that was cut short at any point is simply due again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Push {
    /// The endpoint's `id`, once the group was made or found there.
    pub remote_id: Option<String>,
    /// The name it was last made to have there.
    #[serde(default)]
    pub name: String,
    /// Remote ids of the members it was last made to have, sorted; none while it was never confirmed.
    pub members: Option<Vec<String>>,
    /// When the endpoint last confirmed it.
    pub pushed_at: Option<Time>,
    /// The push shall end, so.
    pub ending: Option<Unlinked>,
    /// Remote ids of members who may be taken out there: an operator approved it, and it is not done yet.
    /// Sorted.
    #[serde(default)]
    pub may_leave: Vec<String>,
    /// When a request to make it there was about to leave; none once it is known what became of that.
    #[serde(default)]
    pub sent_at: Option<Time>,
    /// Why the last try did not go through.
    pub failure: Option<Failure>,
}
