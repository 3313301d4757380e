//! Comparing with the endpoint now: some people, or everybody. Nothing is sent but reads.

use super::finder::LookUp;
use super::shared::now;
use super::{Drive, observe, open_line, problem};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory, Sweep};
use crate::domain::{Difference, Flag, PersonId, field};
use crate::engine::wire::Wire;
use crate::engine::{CheckReport, Finding, Findings, Problem};
use crate::store::Batch;

impl Drive {
    /// Looks at these people's accounts, or at everybody's.
    pub async fn check(&self, who: Option<Vec<PersonId>>) -> Result<CheckReport, Problem> {
        let line = open_line(&self.shared).await.map_err(|f| problem::endpoint(&f))?;
        let directory = self.shared.directory();
        let places = directory.connection().concurrency as usize;
        let (findings, mut report) = match who {
            Some(people) => {
                let seen = observe::people(&line.endpoint, &line.finder, &directory, &people, places).await;
                if let Some(failure) = seen.failure.as_ref().filter(|_| seen.findings.0.values().all(unknown))
                {
                    return Err(problem::endpoint(failure));
                }
                let accounts = seen.findings.0.values().filter(|f| matches!(f, Finding::Account(_))).count();
                let report = CheckReport {
                    at: now(),
                    complete: seen.failure.is_none(),
                    why: seen.failure,
                    people: people.len() as u64,
                    accounts: accounts as u64,
                    strangers: 0,
                    changed: 0,
                };
                (seen.findings, report)
            }
            None => self.sweep(&directory, &line).await?,
        };
        report.changed = self.keep(&directory, &findings, &report).await?;
        Ok(report)
    }

    /// Everybody: one pass over the list; somebody linked who is not on it is asked for directly.
    async fn sweep(
        &self,
        directory: &Directory,
        line: &super::shared::Line,
    ) -> Result<(Findings, CheckReport), Problem> {
        let attributes = directory.attributes();
        let wire = Wire::of(directory.connection());
        let pass = line.finder.everybody(attributes).await.map_err(|t| problem::endpoint(&t.into()))?;
        let mut findings = Findings::default();
        let mut ours = 0_u64;
        let mut missing = Vec::new();
        for person in directory.people() {
            match person.remote_id() {
                Some(remote_id) => match pass.id(remote_id) {
                    Some(found) => {
                        ours += 1;
                        findings.0.insert(person.id(), Finding::Account(Box::new(found.clone())));
                    }
                    None => missing.push(person.id()),
                },
                None => match wire.identity(&person.wanted()).map(|who| pass.find(&who)) {
                    Some(LookUp::One(found)) => {
                        ours += 1;
                        findings.0.insert(person.id(), Finding::Account(found));
                    }
                    Some(LookUp::Absent) => {
                        findings.0.insert(person.id(), Finding::Absent);
                    }
                    Some(LookUp::Several(all)) => ours += all.len() as u64,
                    Some(LookUp::Failed(_)) | None => {}
                },
            }
        }
        let places = directory.connection().concurrency as usize;
        let seen = observe::people(&line.endpoint, &line.finder, directory, &missing, places).await;
        findings.0.extend(seen.findings.0);
        let accounts = pass.accounts().count() as u64;
        let why = pass.gap.as_ref().map(|gap| crate::domain::Failure {
            kind: crate::domain::FailureKind::NotScim,
            text: format!("The list of users did not fit together: {gap}."),
            next: "Check again when nobody else changes the app's users.".to_owned(),
        });
        let why = why.or(seen.failure);
        let report = CheckReport {
            at: now(),
            complete: why.is_none(),
            why,
            people: directory.len() as u64,
            accounts,
            strangers: accounts.saturating_sub(ours),
            changed: 0,
        };
        Ok((findings, report))
    }

    /// Keeps what was learned. Returns how many people's flags changed by it.
    async fn keep(
        &self,
        directory: &Directory,
        findings: &Findings,
        report: &CheckReport,
    ) -> Result<u64, Problem> {
        let mut changes = observe::learned(directory, findings, report.at);
        let mut after = directory.clone();
        after.apply_all(&changes);
        let ids: Vec<PersonId> = findings.0.keys().copied().collect();
        let flags = |d: &Directory, id| d.get(id).map(|p| p.flags());
        let changed = ids.iter().filter(|id| flags(directory, **id) != flags(&after, **id)).count() as u64;
        let audit = ids.iter().filter_map(|id| self.drifted(directory, &after, *id, report)).collect();
        if report.people == directory.len() as u64 {
            changes.push(Change::Swept(Sweep {
                at: report.at,
                complete: report.complete,
                accounts: report.accounts,
                strangers: report.strangers,
            }));
        }
        if self.shared.read_only {
            return Ok(changed);
        }
        let batch = Batch { changes, audit, ..self.shared.batch() };
        self.shared.commit(batch).await.map_err(|e| problem::store(&e))?;
        Ok(changed)
    }

    /// An entry for somebody whose account moved there, seen for the first time.
    fn drifted(
        &self,
        before: &Directory,
        after: &Directory,
        id: PersonId,
        report: &CheckReport,
    ) -> Option<AuditEntry> {
        let (old, new) = (before.get(id)?, after.get(id)?);
        let (_, _, was) = old.known()?;
        let (_, _, is) = new.known()?;
        let gone = new.flags().contains(Flag::AccountGone) && !old.flags().contains(Flag::AccountGone);
        let mut changes: Vec<Difference> = was.differences(&is);
        let excluded = after.connection().to_app.exclude_user_name;
        changes.retain(|d| !excluded || d.attribute != field::USER_NAME);
        if changes.is_empty() && !gone {
            return None;
        }
        Some(AuditEntry {
            seq: 0,
            time: report.at,
            remote_time: None,
            source: Source::Drift,
            event: if gone { "account gone" } else { "changed in the app" }.to_owned(),
            person: Some(id),
            subject: new.user_name().to_owned(),
            actor: String::new(),
            operation: None,
            detail: if gone {
                "the linked account answers 404"
            } else {
                "a check saw a change that was not ours"
            }
            .to_owned(),
            changes,
            reason: None,
            remote_id: None,
            ..AuditEntry::default()
        })
    }
}

fn unknown(finding: &Finding) -> bool {
    matches!(finding, Finding::Unknown(_))
}
