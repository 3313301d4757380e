//! Why an operation did not go through, in words for the operator.

use serde::{Deserialize, Serialize};

/// Why an operation did not go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The endpoint refused the request.
    Refused,
    /// The linked id answers 404.
    AccountGone,
    /// Accepted and not applied: what was read back differs.
    NotApplied,
    /// More than one account, or an account of somebody else.
    Conflict,
    /// The account moved since the plan.
    Stale,
    /// Something between us and the app answered.
    NotScim,
    /// The answer is about somebody else, or can be read in more than one way: it is evidence of nothing.
    Unreadable,
    /// What the app lists does not fit together: nobody is absent on its word.
    Incomplete,
    /// The linked accounts are not where the connection leads: another workspace, or something in between.
    Elsewhere,
    /// No answer at all.
    Unreachable,
    /// The token was refused.
    TokenRefused,
    /// Asked to slow down.
    SlowDown,
    /// A required role value is missing, or a switched-off action would be needed.
    NotAllowed,
    /// The app refuses changes until the invitation is accepted.
    Pending,
    /// The journal cannot be written or read, so nothing may be sent.
    Store,
}

/// A failure, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its kind.
    pub kind: FailureKind,
    /// What happened, what did and did not change.
    pub text: String,
    /// What to do next.
    pub next: String,
}

/// What is to be done about a failure that whoever sends tries again.
pub const TRIED_AGAIN: &str = "Nothing needs to be done: it is tried again by itself.";

impl Failure {
    /// The same of a mere look: nobody looks again by itself.
    #[must_use]
    pub fn of_a_look(mut self) -> Self {
        if self.next == TRIED_AGAIN {
            "Try again after that.".clone_into(&mut self.next);
        }
        self
    }
}
