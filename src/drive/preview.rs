//! Observe and plan: as far as a command goes without being confirmed.

use super::shared::{Line, hold, now};
use super::{Drive, observe, open_line, problem, words};
use crate::directory::Directory;
use crate::domain::{Failure, FailureKind, GroupId, PersonId};
use crate::engine::{self, BrakeHistory, Finding, Findings, Plan, Preview, Problem};
use crate::verbs::{self, Command, Context, Decision};

/// The brake counts what went before within this time.
const BRAKE_WINDOW_MS: i64 = 24 * 60 * 60 * 1_000;

impl Drive {
    /// A command as far as it goes without being confirmed: nothing is changed, nothing is sent but reads.
    /// `typed` are the user names given for protected people.
    pub async fn preview(&self, mut command: Command, typed: Vec<String>) -> Result<Preview, Problem> {
        let mut before = self.shared.directory();
        let sends = matches!(command, Command::Provision(_) | Command::Apply | Command::Retry(_));
        if sends && !before.connection().enabled {
            return Err(problem::disabled());
        }
        let mut decision = self.decide(&before, &mut command, &typed).await?;
        // While the connection is disabled the endpoint is left alone altogether.
        let asleep = !before.connection().enabled && !matches!(command, Command::Enable);
        let line = match engine::people_of(&decision.scope) {
            [] => None,
            _ if asleep => Some(Err(words::disabled())),
            _ => Some(open_line(&self.shared).await),
        };
        // Opening the line may have kept the mark of a new token: that does not make this preview an old one.
        if self.shared.directory().version() != before.version() {
            before = self.shared.directory();
            decision = self.decide(&before, &mut command, &typed).await?;
        }
        let mut after = before.clone();
        after.apply_all(&decision.changes);
        let (mut findings, mut observed) = (Findings::default(), Vec::new());
        if let Some(line) = line {
            let people = engine::people_of(&decision.scope);
            findings = self.observe(line, &after, people, decision.changes.is_empty()).await?;
            observed = observe::learned(&after, &findings, now());
        }
        let mut plan = engine::make(&after, &decision, &findings, &self.brake_history().await?);
        if !asleep {
            self.plan_groups(&command, &after, &mut plan).await;
        }
        Ok(Preview { command, typed, decision, plan, observed, exact: false, version: before.version() })
    }

    /// The groups that a command is about; for one that is about everything unsent those that are due.
    async fn plan_groups(&self, command: &Command, after: &Directory, plan: &mut Plan) {
        let groups: Vec<GroupId> = match command {
            Command::PushGroup(group) | Command::UnpushGroup(group, _) => vec![*group],
            Command::Apply => {
                after.groups().iter().filter(|row| row.push_due(after)).map(|row| row.group.id).collect()
            }
            _ => Vec::new(),
        };
        for group in groups {
            match super::push_group::planned(&self.shared, after, group).await {
                Some(planned) => plan.groups.push(planned),
                // It could not be looked at: what would be sent is not all told.
                None => plan.complete &= *command != Command::Apply,
            }
        }
        plan.groups.sort_by(|a, b| a.name.cmp(&b.name));
    }

    async fn decide(
        &self,
        directory: &Directory,
        command: &mut Command,
        typed: &[String],
    ) -> Result<Decision, Problem> {
        if let Command::ImportPeople(_, options) = command {
            options.console_set = self.console_set().await?;
        }
        if let Command::ImportAccounts(import) = command {
            import.console_set = self.console_set().await?;
        }
        let mut ids = hold(&self.shared.ids).clone();
        let mut context = Context { now: now(), actor: &self.shared.actor, ids: &mut ids, typed };
        let decision = verbs::decide(directory, command, &mut context)?;
        *hold(&self.shared.ids) = ids;
        Ok(decision)
    }

    /// Looks at the endpoint. When that cannot be done the plan goes on without a base, so that a decision about our
    /// side is never lost; one that would only send is refused when the token is, or leads to another workspace.
    async fn observe(
        &self,
        line: Result<Line, Failure>,
        directory: &Directory,
        people: &[PersonId],
        only_sends: bool,
    ) -> Result<Findings, Problem> {
        let refused = |failure: &Failure| only_sends && failure.kind == FailureKind::TokenRefused;
        let line = match line {
            Ok(line) => line,
            Err(failure) if refused(&failure) => {
                return Err(problem::endpoint(&failure));
            }
            Err(failure) => {
                let unknown = people.iter().map(|id| (*id, Finding::Unknown(failure.text.clone())));
                return Ok(Findings(unknown.collect()));
            }
        };
        let places = directory.connection().concurrency as usize;
        let seen = observe::people(&line.endpoint, &line.finder, directory, people, places).await;
        match seen.failure {
            Some(failure) if refused(&failure) => Err(problem::endpoint(&failure)),
            _ => Ok(seen.findings),
        }
    }

    async fn brake_history(&self) -> Result<BrakeHistory, Problem> {
        let since = now().plus_ms(-BRAKE_WINDOW_MS);
        self.shared.store.brake_history(self.shared.connection, since).await.map_err(|e| problem::store(&e))
    }
}
