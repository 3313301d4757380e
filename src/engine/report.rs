//! What the one path of every write tells its two faces, as plain data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::compare::Orphan;
use super::{Basis, GroupResult, Plan, Problem};
use crate::directory::Change;
use crate::domain::{Exchange, Failure, OpId, OpKind, PersonId, ProbeLine, Time};
use crate::verbs::{AccountsFound, AccountsReview, Command, Decision};

/// A command as far as it can go without being confirmed: nothing is changed, nothing was sent but reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What was asked.
    pub command: Command,
    /// User names that were typed to allow the removal of protected people.
    pub typed: Vec<String>,
    /// What our side would change.
    pub decision: Decision,
    /// What would be sent.
    pub plan: Plan,
    /// What the look at the endpoint taught, to be kept when this is run.
    pub observed: Vec<Change>,
    /// Whom several accounts there fit, with these accounts.
    pub twice: Vec<(PersonId, Vec<Orphan>)>,
    /// Whether it goes exactly as it is: no group that only follows from it goes along.
    pub exact: bool,
    /// The directory's version it was made from; running it against another version makes it anew first.
    pub version: u64,
    /// What it stands on: where that moved by the time it is committed, it is made anew.
    pub basis: Basis,
}

impl Preview {
    /// Whether a face must ask before running it.
    pub fn must_ask(&self) -> bool {
        self.decision.confirm || self.plan.brake.held.is_some()
    }

    /// Refuses to go on where names of protected people are still to be typed.
    pub fn unprotected(&self) -> Result<(), Problem> {
        self.decision.protected.clone().map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// Whether anybody loses access by it, or a pushed group: a reason is asked for then.
    pub fn removes(&self) -> bool {
        self.plan.summary.deactivate > 0 || self.plan.groups.iter().any(|group| group.removed > 0)
    }
}

/// What the operator answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approval {
    /// The dialog's OK, `--yes`, or implied.
    pub confirmed: bool,
    /// The number typed for the brake, or `--brake N`: that of the plan that was shown.
    pub brake: Option<u32>,
    /// Why, where that was said: kept with operations and audit entries.
    pub reason: Option<String>,
}

/// How an operation of a run ended for its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Applied and confirmed.
    Done,
    /// The app was already so; no write was sent.
    Unchanged,
    /// Refused or not possible; our side is kept.
    Failed,
    /// Sent, fate not known; it is looked up before anything else.
    InDoubt,
    /// Not sent: held, frozen, or waiting for the endpoint.
    Held,
}

impl Outcome {
    /// The JSON word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::InDoubt => "in_doubt",
            Self::Held => "held",
        }
    }
}

/// One person's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunResult {
    /// Who.
    pub person: PersonId,
    /// Their user name.
    pub user_name: String,
    /// Which operation, and what kind; none when nothing was planned.
    pub operation: Option<(OpId, OpKind)>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not go through.
    pub error: Option<Failure>,
}

/// What became of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// One per person in scope, in user name order.
    pub results: Vec<RunResult>,
    /// One per pushed group, in order of name.
    #[serde(default)]
    pub groups: Vec<GroupResult>,
    /// Why the run stopped early, where it did (a refused token, a dead endpoint); the rest stays queued.
    pub stopped: Option<Failure>,
}

impl Report {
    /// How many results ended so.
    pub fn count(&self, outcome: Outcome) -> u32 {
        let people = self.results.iter().map(|r| r.outcome);
        let all = people.chain(self.groups.iter().map(|g| g.outcome));
        u32::try_from(all.filter(|o| *o == outcome).count()).unwrap_or(u32::MAX)
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Operations of the run.
    pub total: u32,
    /// Done or unchanged; nothing else counts as done.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Sent, fate not known yet.
    pub in_doubt: u32,
    /// Not sent, and nobody waits for them here any more.
    pub held: u32,
    /// Nothing goes before this: the app asked for it, or it is down and tried again then.
    pub until: Option<Time>,
    /// Milliseconds until the rest will be done; none while that is not known.
    pub left_ms: Option<i64>,
}

impl Progress {
    /// How many nobody waits for any more.
    pub fn ended(&self) -> u32 {
        self.done.saturating_add(self.failed).saturating_add(self.in_doubt).saturating_add(self.held)
    }

    /// What ended otherwise than done, each kind apart: `, 1 failed, 2 in doubt`.
    pub fn apart(&self) -> String {
        let apart = [(self.failed, "failed"), (self.in_doubt, "in doubt"), (self.held, "held")];
        apart.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!(", {n} {word}")).collect()
    }
}

/// One line of Test Connector Configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionResult {
    /// The action's name as in the seed.
    pub action: String,
    /// Whether the connection declares it.
    pub declared: bool,
    /// Whether the test proved it, disproved it, or could not tell without writing.
    pub verdict: Verdict,
    /// What that is known from.
    pub text: String,
}

/// What a test can say of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Seen to work.
    Verified,
    /// Seen to fail.
    Failed,
    /// Declared, and not tried, since trying it would write.
    Declared,
    /// Switched off on this connection.
    Off,
}

/// Test Connector Configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestReport {
    /// Whether the connector is configured successfully.
    pub ok: bool,
    /// What is wrong, where it is not.
    pub trouble: Option<Failure>,
    /// A line per action.
    pub actions: Vec<ActionResult>,
    /// The request and its answer.
    pub exchange: Exchange,
    /// When.
    pub at: Time,
}

/// A deeper look at the endpoint than the test's: reads only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeepReport {
    /// Whether nothing failed.
    pub ok: bool,
    /// One line per check, in the order of looking.
    pub lines: Vec<ProbeLine>,
    /// How many requests it took.
    pub requests: u32,
    /// When it ended.
    pub at: Time,
}

/// What a check against the endpoint found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// When it ended.
    pub at: Time,
    /// Whether every look succeeded and a sweep's pages fitted together.
    pub complete: bool,
    /// Why not, where not.
    pub why: Option<Failure>,
    /// People looked at.
    pub people: u64,
    /// Accounts seen.
    pub accounts: u64,
    /// Accounts there that nobody here has.
    pub strangers: u64,
    /// People whose flags changed by it.
    pub changed: u64,
    /// Pushed groups that were found otherwise than they were known to be; only a look at everybody reads them.
    #[serde(default)]
    pub groups: u64,
    /// Accounts there that nobody here has, each with since when it is known; only a look at everybody finds them.
    #[serde(default)]
    pub orphans: Vec<Orphan>,
}

/// What an import found at the endpoint, and how it fits the directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportScan {
    /// Every account, and who is gone.
    pub found: Arc<AccountsFound>,
    /// Every account matched.
    pub review: AccountsReview,
}

/// An attempt of an operation, as the trace keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Place in the order of arrival; 0 until it is stored.
    pub seq: u64,
    /// The operation it belongs to; none for tests and checks.
    pub operation: Option<OpId>,
    /// What it was for: `look up`, `read`, `write`, `verify`, `test` ...
    pub step: String,
    /// Which attempt of the operation, from 1.
    pub attempt: u32,
    /// The request and its answer.
    pub exchange: Exchange,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_done_counts_as_done_and_the_rest_is_told_apart() {
        let progress = Progress { total: 9, done: 2, failed: 1, in_doubt: 3, held: 1, ..Progress::default() };
        assert_eq!((progress.ended(), progress.apart().as_str()), (7, ", 1 failed, 3 in doubt, 1 held"));
    }
}
