//! What a comparison ended with, and what it proves.

use super::Orphan;
use crate::domain::{Failure, FailureKind, PersonId};
use crate::engine::finder::leaves_out;
use crate::engine::{Finding, Findings};

/// What a comparison found when the list ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compared {
    /// What is not as we knew it, and the accounts that were to be kept.
    pub findings: Findings,
    /// Linked people who were not on the list: only their own 404 says that the account is gone.
    pub missing: Vec<PersonId>,
    /// People without a link whom several accounts fit.
    pub several: Vec<PersonId>,
    /// Accounts there that nobody here has, by user name.
    pub orphans: Vec<Orphan>,
    /// Accounts on the list.
    pub accounts: u64,
    /// Why absence cannot be told.
    pub gap: Option<String>,
}

impl Compared {
    /// What those who were not on the list answered by their ids. Somebody with access among them proves that it
    /// leaves people out: nobody is absent on its word. Those without access prove nothing, since some apps hide them.
    pub fn hear(&mut self, by_id: &Findings) {
        let there = |finding: &Finding| match finding {
            Finding::Account(found) if found.account.values.active => {
                Some(found.account.values.user_name.clone())
            }
            _ => None,
        };
        let Some(name) = by_id.0.values().filter_map(there).min() else { return };
        let gap = self.gap.get_or_insert_with(|| leaves_out("list of users", &name)).clone();
        for finding in self.findings.0.values_mut().filter(|finding| **finding == Finding::Absent) {
            *finding = Finding::Unknown(format!("Whether there is an account cannot be told: {gap}."));
        }
    }

    /// Why absence cannot be told, as a failure of the look.
    pub fn unfit(&self) -> Option<Failure> {
        self.gap.as_ref().map(|gap| Failure {
            kind: FailureKind::Incomplete,
            text: format!("The list of users did not fit together: {gap}. Nobody is called gone or absent on its word."),
            next: "Check again when nobody else changes the app's users; if it stays so, see whether this token may see \
                   all of them.".to_owned(),
        })
    }
}
