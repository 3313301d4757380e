//! Commit and run: what was previewed and approved becomes operations of the journal, and is followed.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::follow::Following;
use super::fresh::{TURNS, stale};
use super::lied::lied_at;
use super::order::Order;
use super::results::{About, decided_here, once, skipped, stands};
use super::resumed::resumes;
use super::shared::{hold, now};
use super::touched::set_here;
use super::{Drive, entries, problem, push_group};
use crate::directory::{Change, Directory, GroupRow, PersonView};
use crate::domain::{FailureKind, Intent, OpId, OpState, Operation};
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
        let believes = lied_at(&self.shared).await.is_none();
        let (asked, mut preview, mut turn) = (preview.must_ask(), preview, 1);
        let (mut decided, mut dropped);
        let (operations, resumes, leads, mut following) = loop {
            // What another process did since the preview counts too.
            self.shared.catch_up().await.map_err(|e| problem::store(&e))?;
            self.end_empty_hold().await;
            preview = self.fresh(preview, asked, turn).await?;
            approve(&preview, &approval)?;
            self.reasoned(&preview, reason.as_deref())?;
            let operations = self.operations(&preview, reason.as_deref());
            self.doing(&preview);
            self.found_twice(&preview).await?;
            let resumes = resumes(&preview.command, &preview.decision);
            let leads = if operations.is_empty() && !resumes { false } else { self.lead().await };
            let following = Following::begin(&self.shared, operations.iter().map(|op| op.id));
            let about: Vec<About> = operations.iter().map(About::from).collect();
            (decided, dropped) = (decided_here(&preview), self.dropped(&preview));
            match self.commit(&mut preview, operations, reason.clone()).await {
                Ok(()) => break (about, resumes, leads, following),
                Err(StoreError::Overtaken) if turn < TURNS => turn += 1,
                Err(StoreError::Overtaken) => return Err(stale()),
                Err(error) => return Err(problem::store(&error)),
            }
        };
        // They are in the journal now; of many people they would take as much room once more, for as long as it runs.
        preview.plan.operations = Vec::new();
        self.after_commit(&preview).await;
        // After the commit, which replaced what was queued for the same people.
        let mut resumed = match (resumes, leads) {
            (false, _) => Vec::new(),
            (true, true) => self.live().await,
            // Another process sends them, or nobody can: their fate is this command's all the same.
            (true, false) => self.moving().await?,
        };
        let mine: HashSet<OpId> = operations.iter().map(|about| about.id).collect();
        resumed.retain(|id| !mine.contains(id));
        following.also(&self.shared, resumed.clone());
        if resumes {
            // Groups go on as well, also where nobody does.
            self.shared.order(Order::Resume);
        }
        if !resumed.is_empty() {
            following.look(&self.shared).await;
        }
        let mut results = skipped(&preview, &decided);
        results.extend(dropped);
        let stopped = following.wait(&self.shared, &progress).await;
        if stopped.is_some() {
            self.quiet().await;
        }
        self.collect(&mut results, &operations, &resumed, &following).await?;
        once(&mut results);
        if believes && lied_at(&self.shared).await.is_some() {
            self.read_back(&mut results).await;
        }
        results.sort_by(|a, b| a.user_name.cmp(&b.user_name));
        self.end_empty_hold().await;
        let groups =
            if stopped.is_none() { self.push_groups(&preview, &following).await } else { Vec::new() };
        // Where no group is believed to be gone the run stops as it does for people.
        let mut whys = groups.iter().filter_map(|group| group.error.as_ref());
        let elsewhere = whys.find(|why| why.kind == FailureKind::Elsewhere).cloned();
        Ok(Report { results, groups, stopped: stopped.or(elsewhere) })
    }

    /// Groups that are due after this run. A command that is about pushing tries those again that failed.
    async fn push_groups(&self, preview: &Preview, run: &Following) -> Vec<GroupResult> {
        let command = &preview.command;
        if !push_group::goes_with(command) {
            return Vec::new();
        }
        let directory = self.directory();
        let shown = preview.exact.then_some(preview.plan.groups.as_slice());
        let goes =
            |row: &GroupRow, directory: &Directory| push_group::goes_after(command, shown, row, directory);
        let due = directory.groups().into_iter().any(|row| goes(row, &directory));
        if !due || !directory.connection().enabled {
            return Vec::new();
        }
        // Before it is asked who sends, so that it was tried by then.
        run.tries(&self.shared);
        if !self.lead().await {
            return Vec::new();
        }
        push_group::converge(&*self.shared, &mut *self.shared.groups.lock().await, goes, shown).await
    }

    /// The operations found at start go on, or stay as they are.
    pub async fn resume(&self, go_on: bool) {
        if go_on && !self.shared.read_only && self.lead().await {
            self.tell("queue goes on", "what an earlier run left is sent").await;
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

    /// Those whose operations a drop gives up: that is all that was asked for, and it is done with the commit.
    fn dropped(&self, preview: &Preview) -> Vec<RunResult> {
        let asked = if let Command::Drop(_) = preview.command { &preview.decision.cancel[..] } else { &[] };
        let done = |person: PersonView<'_>| RunResult {
            person: person.id(),
            user_name: person.user_name().to_owned(),
            operation: None,
            outcome: Outcome::Done,
            error: None,
        };
        self.shared.look(|directory| asked.iter().filter_map(|id| directory.get(*id).map(done)).collect())
    }

    async fn commit(
        &self,
        preview: &mut Preview,
        operations: Vec<Operation>,
        reason: Option<String>,
    ) -> Result<(), StoreError> {
        // They carry the time of the operations committed with them.
        let at = operations.first().map_or_else(now, |op| op.created_at);
        let before = self.directory();
        let mut after = before.clone();
        after.apply_all(&preview.decision.changes);
        let audit = entries::of(preview, (&before, &after), at, &self.shared.actor, reason.as_deref());
        // A file may be of hundreds of thousands: what was decided moves on.
        let mut changes = std::mem::take(&mut preview.decision.changes);
        let groups = &preview.plan.groups;
        if after.groups().iter().any(|row| row.push.is_some()) {
            after.apply_all(&preview.observed);
            changes.extend(approved(&after, groups));
        }
        changes.append(&mut preview.observed);
        // A snapshot makes the change that is coming copy what it changes.
        drop((before, after));
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
        self.shared.ran.store(true, Ordering::SeqCst);
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
        operations: &[About],
        resumed: &[OpId],
        following: &Following,
    ) -> Result<(), Problem> {
        let mut ids: Vec<OpId> = resumed.to_vec();
        for about in operations {
            match following.outcome(about.id) {
                Some((outcome, error)) => results.push(about.clone().result(outcome, error)),
                None => ids.push(about.id),
            }
        }
        if ids.is_empty() {
            return Ok(());
        }
        let rows = self.shared.store.operations(self.shared.connection, Which::Ids(ids)).await;
        let rows: BTreeMap<OpId, Operation> =
            rows.map_err(|e| problem::store(&e))?.into_iter().map(|op| (op.id, op)).collect();
        let resumed: HashSet<OpId> = resumed.iter().copied().collect();
        for (id, row) in rows {
            let (outcome, error) = following.outcome(id).unwrap_or_else(|| stands(&row));
            if row.state == OpState::Cancelled && resumed.contains(&id) {
                continue;
            }
            results.push(About::from(&row).result(outcome, error));
        }
        Ok(())
    }
}

/// The dialog's OK and the brake's number. Whoever gave it gave that of the plan which was shown; since then it may have
/// become fewer people, never more.
fn approve(preview: &Preview, approval: &Approval) -> Result<(), Problem> {
    preview.unprotected()?;
    if let Some(number) = preview.plan.brake.held
        && approval.brake.is_none_or(|given| given < number)
    {
        return Err(Problem::new(
            ProblemKind::Held,
            "brake",
            format!(
                "Held by the brake: {}. Nothing was changed and nothing was sent.",
                preview.plan.brake.text.trim_end_matches('.')
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
