//! Faults that a sandbox has on purpose, so that operators can rehearse what they will meet.

use serde::{Deserialize, Serialize};

/// A kind of fault in plain words, as the sandbox tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultKind {
    /// How it is written.
    pub form: String,
    /// An example that shows something.
    pub example: String,
    /// The requests at which the example shows something; empty for all.
    pub place: String,
    /// What happens, in a few words.
    pub title: String,
    /// What the sandbox does.
    pub does: String,
    /// What the operator should see.
    pub expect: String,
}

/// A fault that was set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FaultSet {
    /// As it was written.
    pub fault: String,
    /// What happens, in a few words.
    pub title: Option<String>,
    /// Requests it hit.
    pub hits: u64,
    /// How many requests it can still hit; none where there is no end.
    pub left: Option<u64>,
    /// Whether it can hit another.
    pub on: bool,
}

/// What a sandbox tells of its faults.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rehearsal {
    /// The faults that were set.
    pub faults: Vec<FaultSet>,
    /// All kinds.
    pub kinds: Vec<FaultKind>,
}

impl Rehearsal {
    /// The faults that can hit another request.
    pub fn on(&self) -> impl Iterator<Item = &FaultSet> {
        self.faults.iter().filter(|fault| fault.on)
    }
}

/// A change of a sandbox's faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RehearsalChange {
    /// One more.
    Add(String),
    /// One less, as it was written.
    Remove(String),
    /// None any more.
    Clear,
}
