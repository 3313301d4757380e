//! Commit and run: what was previewed and approved becomes operations of the journal, and is followed.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::follow::{Following, waits, waits_alone};
use super::fresh::{TURNS, stale};
use super::order::Order;
use super::resumed::resumes;
use super::shared::{hold, now};
use super::touched::set_here;
use super::words::replaced;
use super::{Drive, entries, problem, push_group};
use crate::directory::{Change, GroupRow};
use crate::domain::{Failure, FailureKind, Intent, OpId, OpState, Operation};
use crate::engine::push_group::approved;
use crate::engine::{
    Approval, GroupResult, Outcome, Preview, Problem, ProblemKind, Progress, Report, RunResult,
};
use crate::store::{Applied, Batch, StoreError, Which};
use crate::verbs::Command;

/// How long a report waits for requests under way when its run stopped.
const QUIET_WITHIN: Duration = Duration::from_secs(2);

impl Drive {
    /// Commits a previewed command and follows its operations until each is settled or stands still.
    ///
    /// When the caller stops waiting, what was committed goes on all the same.
    pub async fn run(
        &self,
        preview: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let reason = self.reason_of(&approval);
        let (asked, mut preview, mut turn) = (preview.must_ask(), preview, 1);
        let (operations, resumes, leads, mut following) = loop {
            // What another process did since the preview counts too.
            self.shared.catch_up().await.map_err(|e| problem::store(&e))?;
            preview = self.fresh(preview, asked, turn).await?;
            approve(&preview, &approval)?;
            self.reasoned(&preview, reason.as_deref())?;
            let operations = self.operations(&preview, reason.as_deref());
            self.doing(&preview);
            let resumes = resumes(&preview.command, &preview.decision);
            let leads = if operations.is_empty() && !resumes { false } else { self.lead().await };
            let following = Following::begin(&self.shared, operations.iter().map(|op| op.id));
            match self.commit(&mut preview, operations.clone(), reason.clone()).await {
                Ok(()) => break (operations, resumes, leads, following),
                Err(StoreError::Overtaken) if turn < TURNS => turn += 1,
                Err(StoreError::Overtaken) => return Err(stale()),
                Err(error) => return Err(problem::store(&error)),
            }
        };
        self.after_commit(&preview).await;
        // After the commit, which replaced what was queued for the same people.
        let mut resumed = match (resumes, leads) {
            (false, _) => Vec::new(),
            (true, true) => self.live().await,
            // Another process sends them, or nobody can: their fate is this command's all the same.
            (true, false) => self.moving().await?,
        };
        resumed.retain(|id| operations.iter().all(|op| op.id != *id));
        following.also(&self.shared, resumed.clone());
        if !resumed.is_empty() {
            // Heard by the sender only.
            self.shared.order(Order::Resume);
            following.look(&self.shared).await;
        }
        let mut results = skipped(&preview);
        let stopped = following.wait(&self.shared, &progress).await;
        if stopped.is_some() {
            self.quiet().await;
        }
        self.collect(&mut results, &operations, &resumed, &following).await?;
        results.sort_by(|a, b| a.user_name.cmp(&b.user_name));
        let groups = if stopped.is_none() { self.push_groups(&preview).await } else { Vec::new() };
        Ok(Report { results, groups, stopped })
    }

    /// Groups that are due after this run. A command that is about pushing tries those again that failed.
    async fn push_groups(&self, preview: &Preview) -> Vec<GroupResult> {
        let command = &preview.command;
        if !push_group::goes_with(command) {
            return Vec::new();
        }
        let directory = self.directory();
        let shown = |row: &GroupRow| {
            !preview.exact || preview.plan.groups.iter().any(|planned| planned.group == row.group.id)
        };
        let again = push_group::tries_again(command);
        let failed = |row: &GroupRow| row.push.as_ref().is_some_and(|push| push.failure.is_some());
        let chosen = |row: &GroupRow| shown(row) && (again || !failed(row));
        let due = directory.groups().into_iter().any(|row| chosen(row) && row.push_goes(&directory));
        if !due || !directory.connection().enabled || !self.lead().await {
            return Vec::new();
        }
        let shown = preview.exact.then_some(preview.plan.groups.as_slice());
        push_group::converge(&self.shared, chosen, shown).await
    }

    /// The operations found at start go on, or stay as they are.
    pub async fn resume(&self, go_on: bool) {
        if go_on && !self.shared.read_only && self.lead().await {
            self.shared.order(Order::Resume);
        }
    }

    /// Answers that are on their way are waited for, so that the report does not call them in doubt.
    async fn quiet(&self) {
        let (answer, hear) = oneshot::channel();
        self.shared.order(Order::Quiet(answer));
        let _ = tokio::time::timeout(QUIET_WITHIN, hear).await;
    }

    /// Operations of the journal that go on by themselves.
    async fn moving(&self) -> Result<Vec<OpId>, Problem> {
        let rows = self.shared.store.operations(self.shared.connection, Which::Live).await;
        let rows = rows.map_err(|e| problem::store(&e))?;
        Ok(rows.iter().filter(|op| op.state.moving()).map(|op| op.id).collect())
    }

    async fn live(&self) -> Vec<OpId> {
        let (answer, hear) = oneshot::channel();
        self.shared.order(Order::Live(answer));
        hear.await.unwrap_or_default()
    }

    fn operations(&self, preview: &Preview, reason: Option<&str>) -> Vec<Operation> {
        let at = now();
        let directory = self.shared.directory();
        let mut ids = hold(&self.shared.ids);
        let planned = preview.plan.operations.iter();
        planned
            .map(|planned| Operation {
                id: ids.op(at),
                person: planned.person,
                user_name: planned.user_name.clone(),
                kind: planned.kind,
                cause: planned.cause.clone(),
                intent: Intent {
                    ours: directory.get(planned.person).map(|person| Box::new(person.ours())),
                    ..planned.intent.clone()
                }
                .into(),
                state: OpState::Queued,
                not_before: None,
                attempts: 0,
                failure: None,
                created_at: at,
                updated_at: at,
                actor: self.shared.actor.clone(),
                reason: reason.map(str::to_owned),
            })
            .collect()
    }

    async fn commit(
        &self,
        preview: &mut Preview,
        operations: Vec<Operation>,
        reason: Option<String>,
    ) -> Result<(), StoreError> {
        // They carry the time of the operations committed with them.
        let at = operations.first().map_or_else(now, |op| op.created_at);
        let audit = entries::of(preview, &self.directory(), at, &self.shared.actor, reason.as_deref());
        // A file may be of hundreds of thousands: what was decided moves on.
        let mut changes = std::mem::take(&mut preview.decision.changes);
        changes.append(&mut preview.observed);
        let groups = &preview.plan.groups;
        let mut after = self.directory();
        if after.groups().iter().any(|row| row.push.is_some()) {
            after.apply_all(&changes);
            changes.extend(approved(&after, groups));
        }
        let at = now();
        let taken_out = groups.iter().flat_map(|group| &group.leaving).map(|id| (id.clone(), at)).collect();
        let decision = &preview.decision;
        let mut cancel = preview.plan.cancel.clone();
        cancel.extend(&decision.cancel);
        let batch = Batch {
            changes,
            operations,
            cancel,
            audit,
            basis: Some(preview.basis.clone()),
            taken_out,
            import_done: matches!(preview.command, Command::ImportPeople(..)),
            console_set: set_here(&preview.command).into_iter().chain(decision.set.iter().cloned()).collect(),
            ..self.shared.batch()
        };
        let applied = self.shared.commit(batch).await?;
        self.new_settings(&applied);
        self.shared.hand_over(&applied.operations);
        Ok(())
    }

    /// Settings that the sender goes by, told before the operations that need them: an attribute that just got its
    /// namespace is written under it.
    fn new_settings(&self, applied: &Applied) {
        let settings = |change: &Change| {
            matches!(change, Change::Connection(_) | Change::Attribute(..) | Change::AttributeDropped(_))
        };
        if applied.changes.iter().any(settings) {
            self.shared.order(Order::Settings);
        }
    }

    /// What follows from new settings and from enabling.
    async fn after_commit(&self, preview: &Preview) {
        if matches!(preview.command, Command::ConnectionSet(_)) {
            // Opened again with the settings of now.
            super::line::close_line(&self.shared).await;
        }
        if matches!(preview.command, Command::Enable) {
            super::line::close_line(&self.shared).await;
            self.shared.order(Order::TokenChanged);
            self.lead().await;
        }
    }

    /// How each operation stands now, told by the run's news or, where there is none, by the store.
    async fn collect(
        &self,
        results: &mut Vec<RunResult>,
        operations: &[Operation],
        resumed: &[OpId],
        following: &Following,
    ) -> Result<(), Problem> {
        let mut ids: Vec<OpId> = resumed.to_vec();
        for op in operations {
            match following.outcome(op.id) {
                // What it is about does not change.
                Some((outcome, error)) => results.push(result(op, outcome, error)),
                None => ids.push(op.id),
            }
        }
        if ids.is_empty() {
            return Ok(());
        }
        let rows = self.shared.store.operations(self.shared.connection, Which::Ids(ids)).await;
        let rows: BTreeMap<OpId, Operation> =
            rows.map_err(|e| problem::store(&e))?.into_iter().map(|op| (op.id, op)).collect();
        for (id, row) in rows {
            let (outcome, error) = following.outcome(id).unwrap_or_else(|| stands(&row));
            if row.state == OpState::Cancelled && resumed.contains(&id) {
                continue;
            }
            results.push(result(&row, outcome, error));
        }
        Ok(())
    }
}

fn result(op: &Operation, outcome: Outcome, error: Option<Failure>) -> RunResult {
    let operation = Some((op.id, op.kind));
    RunResult { person: op.person, user_name: op.user_name.clone(), operation, outcome, error }
}

fn stands(row: &Operation) -> (Outcome, Option<Failure>) {
    let outcome = match row.state {
        OpState::Done => Outcome::Done,
        OpState::Inflight | OpState::InDoubt => Outcome::InDoubt,
        OpState::Parked | OpState::Conflict | OpState::Stale => Outcome::Failed,
        OpState::Waiting if waits_alone(row) => waits(row),
        OpState::Queued | OpState::Behind | OpState::Waiting | OpState::Cancelled => Outcome::Held,
    };
    let replaced = (row.state == OpState::Cancelled).then(replaced);
    (outcome, replaced.or_else(|| row.failure.clone()))
}

fn skipped(preview: &Preview) -> Vec<RunResult> {
    let skipped = preview.plan.skipped.iter();
    skipped
        .map(|skipped| RunResult {
            person: skipped.person,
            user_name: skipped.user_name.clone(),
            operation: None,
            outcome: if skipped.failed { Outcome::Failed } else { Outcome::Unchanged },
            error: skipped.failed.then(|| Failure {
                kind: FailureKind::NotAllowed,
                text: skipped.why.clone(),
                next: String::new(),
            }),
        })
        .collect()
}

/// The dialog's OK and the brake's number. The number allows as many people as it says.
fn approve(preview: &Preview, approval: &Approval) -> Result<(), Problem> {
    if let Some(number) = preview.plan.brake.held
        && approval.brake.is_none_or(|given| given < number)
    {
        return Err(Problem::new(
            ProblemKind::Held,
            "brake",
            format!(
                "Held by the brake: {}. Nothing was changed and nothing was sent.",
                preview.plan.brake.text
            ),
            format!("Look at the plan; to let it go on, give the number: --brake {number}"),
        ));
    }
    if preview.decision.confirm && !approval.confirmed {
        return Err(Problem::new(
            ProblemKind::Held,
            "unconfirmed",
            "Not confirmed. Nothing was changed and nothing was sent.",
            "Look at the plan, then confirm it: --yes",
        ));
    }
    Ok(())
}
