//! Everybody there, for an import: one pass over the list, and a direct look for each linked account that is not on
//! it. Reads only.

use std::collections::HashSet;
use std::sync::Arc;

use super::shared::now;
use super::{Drive, observe, open_line, problem};
use crate::domain::{AccountState, PersonId};
use crate::engine::{Finding, ImportScan, Problem, ProblemKind};
use crate::verbs::{AccountsFound, match_accounts};

impl Drive {
    /// Reads every account and matches it with the directory. Nothing is changed and nothing is sent but reads.
    pub async fn scan(&self) -> Result<ImportScan, Problem> {
        let directory = self.shared.directory();
        let connection = directory.connection();
        if !connection.actions.import {
            return Err(Problem::new(
                ProblemKind::NotAllowed,
                "import_off",
                "Import New Users and Profile Updates is off on this connection: nothing was read.",
                "Switch it on in the connection's supported actions.",
            ));
        }
        if !connection.enabled {
            return Err(problem::disabled());
        }
        // What is learned of somebody after this moment is newer than what the list says.
        let at = now();
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        let pass = line.finder.everybody(&directory).await;
        let pass = pass.map_err(|failure| problem::endpoint(&failure))?;
        let mut found = AccountsFound {
            accounts: pass.accounts().map(|found| found.account.clone()).collect(),
            missing: Vec::new(),
            gap: pass.doubt.as_ref().map(|doubt| doubt.why().to_owned()),
            at,
        };
        found.accounts.sort_by(|a, b| a.remote_id.cmp(&b.remote_id));
        let here: HashSet<&str> = found.accounts.iter().map(|a| a.remote_id.as_str()).collect();
        let away: Vec<PersonId> = directory
            .people()
            .filter(|p| {
                p.account() != AccountState::Gone && p.remote_id().is_some_and(|id| !here.contains(id))
            })
            .map(|p| p.id())
            .collect();
        if found.gap.is_none() && !away.is_empty() {
            let places = connection.concurrency as usize;
            let seen = observe::people(&line.endpoint, &line.finder, &directory, &away, places).await;
            for id in away {
                match seen.findings.0.get(&id) {
                    Some(Finding::Account(account)) => found.accounts.push(account.account.clone()),
                    Some(Finding::Gone) => found.missing.push(id),
                    _ => {}
                }
            }
            found.gap =
                seen.failure.map(|f| format!("some linked accounts could not be asked for: {}", f.text));
        }
        let review = match_accounts(&directory, &found);
        Ok(ImportScan { found: Arc::new(found), review })
    }
}
