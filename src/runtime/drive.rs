//! The drive as the console's seam.

use tokio::sync::{mpsc, watch};

use super::Seam;
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::Directory;
use crate::domain::{
    ConnectionId, GivenToken, OpId, PersonId, Rehearsal, RehearsalChange, ReportedValue, Secret, Undoable,
};
use crate::drive::Drive;
use crate::engine::compare::Orphan;
use crate::engine::{
    Approval, CheckReport, ImportScan, Notice, Preview, Problem, Progress, Report, Tasks, TasksQuery,
    TestReport, Trace, UndoOf,
};
use crate::engine::{Connected, ConnectionRow, DeepReport, NewConnection};
use crate::verbs::Command;

impl Seam for Drive {
    fn directory(&self) -> Directory {
        Self::directory(self)
    }
    fn notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        Self::notices(self)
    }
    async fn preview(&self, command: Command, typed: Vec<String>) -> Result<Preview, Problem> {
        let preview = Self::preview(self, command, typed).await?;
        // The names are asked for before the plan is shown.
        preview.unprotected()?;
        self.in_full(preview).await
    }
    async fn run(
        &self,
        preview: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        Self::run(self, preview, approval, progress).await
    }
    async fn check(
        &self,
        people: Option<Vec<PersonId>>,
        progress: watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
        self.check_telling(people, &progress).await
    }
    async fn orphans(&self) -> Result<Vec<Orphan>, Problem> {
        Self::orphans(self).await
    }
    async fn save_plan(&self, preview: Preview, path: String) -> Result<(), Problem> {
        Self::save_plan(self, &preview, std::path::Path::new(&path)).await
    }
    async fn open_plan(&self, path: String) -> Result<Preview, Problem> {
        Self::open_plan(self, std::path::Path::new(&path)).await
    }
    async fn scan(&self) -> Result<ImportScan, Problem> {
        Self::scan(self).await
    }
    async fn test(&self) -> Result<TestReport, Problem> {
        Self::test(self).await
    }
    async fn test_now(&self) -> Result<TestReport, Problem> {
        Self::test_now(self).await
    }
    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        Self::deep_test(self).await
    }
    async fn replace_token(&self, token: GivenToken) -> Result<TestReport, Problem> {
        Self::replace_token(self, token).await
    }
    async fn locked(&self) -> bool {
        // A service or CI may hand the passphrase over: then nobody is asked.
        self.fetch_early().await;
        Self::locked(self).is_some()
    }
    async fn unlock(&self, passphrase: Secret) -> Result<TestReport, Problem> {
        Self::unlock(self, passphrase).await
    }
    async fn connections(&self) -> Result<Vec<ConnectionRow>, Problem> {
        Self::connections(self).await
    }
    async fn connect(&self, new: NewConnection) -> Result<Connected, Problem> {
        Self::connect(self, new).await
    }
    async fn switch(&self, id: ConnectionId) -> Result<Self, Problem> {
        Self::switch(self, id).await
    }
    async fn reported_roles(&self) -> Result<Vec<ReportedValue>, Problem> {
        Self::reported_roles(self).await
    }
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        Self::audit(self, query).await
    }
    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        Self::traces(self, operation).await
    }
    async fn tasks(&self, query: TasksQuery) -> Result<Tasks, Problem> {
        Self::tasks(self, query).await
    }
    async fn undoable(&self, of: UndoOf) -> Result<Undoable, Problem> {
        Self::undoable(self, of).await
    }
    async fn resend(&self, people: Vec<PersonId>) -> Result<Report, Problem> {
        Self::resend(self, people).await
    }
    async fn rehearse(&self, change: RehearsalChange) -> Result<Rehearsal, Problem> {
        Self::rehearse(self, change).await
    }
    async fn resume(&self, go_on: bool) -> Result<(), Problem> {
        Self::resume(self, go_on).await;
        Ok(())
    }
    async fn stop_run(&self) {
        // The report of the run says it too.
        if let Err(problem) = self.halt().await {
            tracing::warn!(text = problem.text, "a run was not stopped everywhere");
        }
    }
}
