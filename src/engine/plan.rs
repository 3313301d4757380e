//! The operations that would make the app true, each with its cause and its exact request.

use serde::{Deserialize, Serialize};

use super::{PlannedGroup, Resumed};
use crate::domain::{Account, Call, Difference, Intent, OpKind, PersonId};

/// Whether the app sends an invitation for a planned operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invitation {
    /// A new account: the app invites its owner.
    Goes,
    /// None is expected.
    No,
}

/// One planned operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Whose account.
    pub person: PersonId,
    /// Their user name.
    pub user_name: String,
    /// Their name to show.
    pub name: String,
    /// What kind of change.
    pub kind: OpKind,
    /// Which decision caused it.
    pub cause: String,
    /// Every attribute before and after.
    pub changes: Vec<Difference>,
    /// The exact requests for the base this was computed from, reads included.
    pub calls: Vec<Call>,
    /// What the journal keeps.
    pub intent: Intent,
    /// The account that was found, which the plan stands on.
    pub found: Option<Account>,
    /// Whether an invitation goes out.
    pub invitation: Invitation,
}

/// Somebody in scope for whom nothing is planned, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Who.
    pub person: PersonId,
    /// Their user name.
    pub user_name: String,
    /// Why.
    pub why: String,
    /// Whether this is a failure (true), or simply nothing to do.
    pub failed: bool,
}

/// What the brake says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BrakeVerdict {
    /// The number that must be typed; none when the brake is silent.
    pub held: Option<u32>,
    /// Why, in one sentence.
    pub text: String,
    /// Distinct people who lose access, in this plan and the 24 hours before it.
    pub removals: u32,
    /// Distinct people who are created or change role.
    pub changes: u32,
}

impl BrakeVerdict {
    /// Holds for another reason too: the larger number is asked for.
    pub fn hold(&mut self, number: u32, why: &str) {
        let parts: Vec<&str> =
            [self.text.as_str(), why].into_iter().filter(|part| !part.is_empty()).collect();
        self.text = parts.join("; ");
        self.held = self.held.max(Some(number));
    }
}

/// Counts for the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Accounts to create.
    pub create: u32,
    /// Existing accounts to link.
    pub link: u32,
    /// Accounts to change.
    pub update: u32,
    /// Accounts that lose access.
    pub deactivate: u32,
    /// Accounts that get access back.
    pub reactivate: u32,
    /// Invitations that go out.
    pub invitations: u32,
    /// People in scope for whom nothing is sent.
    pub unchanged: u32,
    /// People in scope who cannot be served.
    pub failed: u32,
    /// People with at least one value raised.
    pub raised: u32,
    /// People with at least one value lowered.
    pub lowered: u32,
    /// Operations of the queue that go on.
    #[serde(default)]
    pub resumed: u32,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// In user name order.
    pub operations: Vec<Planned>,
    /// Groups that are pushed.
    #[serde(default)]
    pub groups: Vec<PlannedGroup>,
    /// Operations of the queue that go on with it, in order of user name.
    #[serde(default)]
    pub resumed: Vec<Resumed>,
    /// Those for whom nothing is sent.
    pub skipped: Vec<Skipped>,
    /// Queued operations of these people are no longer wanted and are cancelled.
    pub cancel: Vec<PersonId>,
    /// The brake's word.
    pub brake: BrakeVerdict,
    /// Counts.
    pub summary: Summary,
    /// Whether every look succeeded; otherwise some operations have no base.
    pub complete: bool,
}

impl Plan {
    /// Whether running it sends nothing.
    pub fn is_idle(&self) -> bool {
        self.operations.is_empty() && self.groups.is_empty() && self.resumed.is_empty()
    }
}
