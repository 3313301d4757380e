//! Observe and plan: as far as a command goes without being confirmed.

use super::resumed::{plan_resumed, resumes};
use super::shared::{Line, hold, now};
use super::{Drive, observe, open_line, problem, push_group, words};
use crate::directory::{Change, Directory};
use crate::domain::{Failure, FailureKind, PersonId};
use crate::engine::compare::several;
use crate::engine::{self, Basis, BrakeHistory, Finding, Findings, Preview, Problem, brake};
use crate::store::Which;
use crate::verbs::{self, Command, Context, Decision};

/// Whoever moved during the look is looked at once more, then planned without a base.
const LOOKS: u32 = 2;

impl Drive {
    /// A command as far as it goes without being confirmed: nothing is changed, nothing is sent but reads.
    /// `typed` are the user names given for protected people; where more of them are needed it is held for those
    /// ([`Decision::protected`]).
    pub async fn preview(&self, command: Command, typed: Vec<String>) -> Result<Preview, Problem> {
        self.planned(command, typed, false).await
    }

    /// As [`Self::preview`]. `whatever`: it shall hold whatever the sender does before it is committed, so whoever has
    /// something queued is planned without a base, as if that was sent.
    pub(super) async fn planned(
        &self,
        mut command: Command,
        typed: Vec<String>,
        whatever: bool,
    ) -> Result<Preview, Problem> {
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
        let (mut after, mut change) = (with(&before, &decision), 0);
        let (mut findings, mut at) = (Findings::default(), now());
        for _ in 0..LOOKS {
            let rest = |id: &&PersonId| !findings.0.contains_key(*id);
            let people: Vec<PersonId> =
                engine::people_of(&decision.scope).iter().filter(rest).copied().collect();
            if let Some(line) = line.clone().filter(|_| !people.is_empty()) {
                at = now();
                findings.0.extend(self.observe(line, &after, &people, decision.changes.is_empty()).await?.0);
            }
            // The look took its time: it is planned on what is here now, and without what was seen too early.
            self.shared.catch_up().await.map_err(|e| problem::store(&e))?;
            let (here, last) = self.shared.numbered();
            change = last;
            if here.version() == before.version() {
                break;
            }
            findings.0.retain(|id, _| engine::still_seen(&before, &here, *id));
            before = here;
            decision = self.decide(&before, &mut command, &typed).await?;
            after = with(&before, &decision);
        }
        let sent = |id| before.get(id).and_then(|p| p.operation()).is_some_and(|(.., state)| state.sent());
        let mut observed = observe::learned(&after, &findings, at);
        // What is on its way makes what was seen old.
        observed.retain(|change| !matches!(change, Change::Observed(id, _) if sent(*id)));
        let twice = several(&findings, now());
        let scope = engine::people_of(&decision.scope);
        let mut basis = Basis::of(&before, scope.iter().chain(&decision.cancel), change);
        if whatever {
            engine::reckon_with_sending(&mut after, scope);
            findings.0.retain(|id, _| before.get(*id).is_none_or(|person| person.operation().is_none()));
            basis.leading.clear();
        }
        let mut plan = engine::make(&after, &decision, &findings, &BrakeHistory::default());
        if resumes(&command, &decision) {
            plan_resumed(&after, &mut plan);
        }
        if push_group::goes_with(&command) && (asleep || after.connection().enabled) {
            let down = asleep.then(words::disabled);
            push_group::plan(&*self.shared, &command, (&before, &after), down, &mut plan).await;
        }
        // The history of a long queue is long, and a plan that adds nobody is not held by it.
        if engine::adds_somebody(&plan) {
            let history = self.brake_history().await?;
            engine::weigh(&mut plan, &after, &decision, &history);
        }
        let version = before.version();
        Ok(Preview { command, typed, decision, plan, observed, twice, exact: false, version, basis })
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
        let mut decision = verbs::propose(directory, command, &mut context)?;
        *hold(&self.shared.ids) = ids;
        let replaced = decision.replaces(directory);
        if !replaced.is_empty() {
            let rows = self.shared.store.operations(self.shared.connection, Which::Ids(replaced)).await;
            decision.take_over(&rows.map_err(|e| problem::store(&e))?);
        }
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
        let refused = |failure: &Failure| {
            only_sends && matches!(failure.kind, FailureKind::TokenRefused | FailureKind::Elsewhere)
        };
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
        let since = now().plus_ms(-brake::WINDOW_MS);
        self.shared.store.brake_history(self.shared.connection, since).await.map_err(|e| problem::store(&e))
    }
}

/// The directory as it will be.
fn with(before: &Directory, decision: &Decision) -> Directory {
    let mut after = before.clone();
    after.apply_all(&decision.changes);
    after
}
