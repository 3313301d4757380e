//! Comparing with the endpoint now: some people, or everybody. Nothing is sent but reads.

use tokio::sync::watch;

use super::shared::{Line, now};
use super::sweep::Sweeping;
use super::{Drive, observe, open_line, problem, push_group};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Directory, PersonView, Sweep};
use crate::domain::{AccountState, Difference, Failure, Flag, PersonId, Time, field};
use crate::engine::compare::{Compared, Comparison, OrphansSeen, several};
use crate::engine::{CheckReport, Finding, Findings, Problem, Progress};
use crate::store::Batch;

impl Drive {
    /// Looks at these people's accounts, or at everybody's.
    pub async fn check(&self, who: Option<Vec<PersonId>>) -> Result<CheckReport, Problem> {
        self.check_telling(who, &watch::Sender::new(Progress::default())).await
    }

    /// As [`Drive::check`]; a look at everybody tells how many accounts are done, of those that are there.
    pub async fn check_telling(
        &self,
        who: Option<Vec<PersonId>>,
        progress: &watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
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
                    why: seen.failure.map(Failure::of_a_look),
                    people: people.len() as u64,
                    accounts: accounts as u64,
                    strangers: 0,
                    changed: 0,
                    groups: 0,
                    orphans: Vec::new(),
                };
                (seen.findings, report)
            }
            None => return self.sweep(&line, progress).await,
        };
        report.changed = self.learn(&directory, &findings, report.at).await?;
        Ok(report)
    }

    /// Everybody: one pass over the list, compared as it comes; somebody linked who is not on it is asked for
    /// directly, and so is each pushed group.
    async fn sweep(&self, line: &Line, progress: &watch::Sender<Progress>) -> Result<CheckReport, Problem> {
        let directory = self.shared.directory();
        let mut changed = 0;
        let mut sweeping = Sweeping::new(&line.endpoint, Comparison::new(&directory));
        while sweeping.page().await.map_err(|failure| problem::endpoint(&failure))? {
            progress.send_replace(sweeping.progress());
            if let Some(findings) = sweeping.differing() {
                changed += self.learn(&directory, &findings, now()).await?;
            }
        }
        let mut compared = sweeping.finish();
        let places = directory.connection().concurrency as usize;
        let seen =
            observe::one_by_one(&line.endpoint, &line.finder, &directory, &compared.missing, places).await;
        compared.hear(&seen.findings);
        let unread = twice_there(line, &directory, &mut compared).await;
        let why = compared.unfit().or(unread);
        let mut findings = compared.findings;
        findings.0.extend(seen.findings.0);
        let complete = why.is_none() && seen.failure.is_none();
        let at = now();
        changed += self.learn(&directory, &findings, at).await?;
        let groups = push_group::look_at_all(&self.shared, line).await.map_err(|e| problem::store(&e))?;
        let strangers = compared.orphans.len() as u64;
        let sweep = Sweep { at, complete, accounts: compared.accounts, strangers };
        let orphans = OrphansSeen { orphans: compared.orphans, at, complete: why.is_none() };
        Ok(CheckReport {
            at,
            complete: complete && groups.failure.is_none(),
            why: why.or(seen.failure).or(groups.failure).map(Failure::of_a_look),
            people: directory.len() as u64,
            accounts: compared.accounts,
            strangers,
            changed,
            groups: groups.changed,
            orphans: self.swept(sweep, orphans).await?,
        })
    }

    /// Keeps what was learned of people whom nobody touched since `before`; where nothing is to be kept it is only
    /// shown. Returns how many people's flags changed by it.
    pub(super) async fn learn(
        &self,
        before: &Directory,
        findings: &Findings,
        at: Time,
    ) -> Result<u64, Problem> {
        let here = self.shared.directory();
        let untouched = |id: &PersonId| untouched(before, &here, *id);
        let findings = findings.0.iter().filter(|(id, _)| untouched(id));
        let findings = Findings(findings.map(|(id, finding)| (*id, finding.clone())).collect());
        let changes = observe::learned(&here, &findings, at);
        let mut after = here.clone();
        after.apply_all(&changes);
        let ids: Vec<PersonId> = findings.0.keys().copied().collect();
        let flags = |d: &Directory, id| d.get(id).map(|p| p.flags());
        let changed = ids.iter().filter(|id| flags(&here, **id) != flags(&after, **id)).count() as u64;
        let audit: Vec<AuditEntry> =
            ids.iter().filter_map(|id| self.drifted(&here, &after, *id, at)).collect();
        if self.shared.read_only {
            self.shared.see(&changes);
            return Ok(changed);
        }
        if changes.is_empty() && audit.is_empty() {
            return Ok(changed);
        }
        let batch = Batch { changes, audit, ..self.shared.batch() };
        self.shared.commit(batch).await.map_err(|e| problem::store(&e))?;
        Ok(changed)
    }

    /// An entry for somebody whose account moved there, seen for the first time.
    fn drifted(&self, before: &Directory, after: &Directory, id: PersonId, at: Time) -> Option<AuditEntry> {
        let (old, new) = (before.get(id)?, after.get(id)?);
        let (_, _, was) = old.known()?;
        let (_, _, is) = new.known()?;
        let gone = new.flags().contains(Flag::AccountGone) && !old.flags().contains(Flag::AccountGone);
        let mut changes: Vec<Difference> = was.differences(&is);
        let excluded = after.connection().to_app.exclude_user_name;
        changes.retain(|d| !excluded || d.attribute != field::USER_NAME);
        let again = there_again(&old, new.account());
        if changes.is_empty() && !gone && !again {
            return None;
        }
        let (event, detail) = match (gone, again) {
            (true, _) => ("account gone", "the linked account answers 404"),
            (_, true) => (THERE_AGAIN, "the linked account, which had answered 404, is there again"),
            _ => ("changed in the app", "a check saw a change that was not ours"),
        };
        Some(AuditEntry {
            seq: 0,
            time: at,
            remote_time: None,
            source: Source::Drift,
            event: event.to_owned(),
            person: Some(id),
            subject: new.user_name().to_owned(),
            actor: String::new(),
            operation: None,
            detail: detail.to_owned(),
            changes,
            reason: None,
            remote_id: None,
            ..AuditEntry::default()
        })
    }
}

/// What the log says of an account that it said was gone.
pub(super) const THERE_AGAIN: &str = "account is there again";

/// Whether somebody's account was gone and is not any more.
pub(super) fn there_again(before: &PersonView<'_>, seen: AccountState) -> bool {
    let there = matches!(seen, AccountState::Invited | AccountState::Active | AccountState::Inactive);
    before.account() == AccountState::Gone && there
}

/// The accounts that fit one person more than once are nobody's, each read whole. Returns why that could not be done:
/// those that are known then stay.
async fn twice_there(line: &Line, directory: &Directory, compared: &mut Compared) -> Option<Failure> {
    if compared.several.is_empty() {
        return None;
    }
    line.finder.forget().await;
    let places = directory.connection().concurrency as usize;
    let people = &compared.several;
    let seen = observe::one_by_one(&line.endpoint, &line.finder, directory, people, places).await;
    let twice = several(&seen.findings, now()).into_iter().flat_map(|(_, accounts)| accounts);
    compared.orphans.extend(twice);
    compared.orphans.sort_unstable();
    compared.orphans.dedup_by(|a, b| a.account_id == b.account_id);
    seen.failure
}

fn unknown(finding: &Finding) -> bool {
    matches!(finding, Finding::Unknown(_))
}

/// Whether what was read there after `before` is still the newest that is known of somebody: a push of ours meanwhile
/// makes it old.
fn untouched(before: &Directory, here: &Directory, id: PersonId) -> bool {
    let (Some(before), Some(here)) = (before.get(id), here.get(id)) else { return false };
    before.remote_id() == here.remote_id()
        && before.confirmed_at() == here.confirmed_at()
        && before.observed_at() == here.observed_at()
        && !here.operation().is_some_and(|(.., state)| state.sent())
}
