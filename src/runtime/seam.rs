//! What the console needs from the one path of every write.

use std::future::Future;

use tokio::sync::{mpsc, watch};

use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::Directory;
use crate::domain::{
    ConnectionId, GivenToken, OpId, PersonId, Rehearsal, RehearsalChange, ReportedValue, Secret, Undoable,
};
use crate::engine::compare::Orphan;
use crate::engine::{
    Approval, CheckReport, ImportScan, Notice, Preview, Problem, Progress, Report, Tasks, TasksQuery,
    TestReport, Trace, UndoOf,
};
use crate::engine::{Connected, ConnectionRow, DeepReport, NewConnection};
use crate::verbs::Command;

/// The one path of every write, as a face sees it. Dropping a future means that nobody waits any more: what was
/// committed stays queued.
pub trait Seam: Send + Sync + 'static {
    /// The directory as it is now.
    fn directory(&self) -> Directory;

    /// What the background tells. Asked for once.
    fn notices(&self) -> mpsc::UnboundedReceiver<Notice>;

    /// Looks at a command: reads only. `typed` are user names typed for protected people.
    fn preview(
        &self,
        command: Command,
        typed: Vec<String>,
    ) -> impl Future<Output = Result<Preview, Problem>> + Send;

    /// Commits and sends.
    fn run(
        &self,
        preview: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> impl Future<Output = Result<Report, Problem>> + Send;

    /// Compares with the endpoint: these people, or everybody. Told as it goes: accounts done of those that are there.
    fn check(
        &self,
        people: Option<Vec<PersonId>>,
        progress: watch::Sender<Progress>,
    ) -> impl Future<Output = Result<CheckReport, Problem>> + Send;

    /// The accounts of nobody here, as the last look at everybody found them.
    fn orphans(&self) -> impl Future<Output = Result<Vec<Orphan>, Problem>> + Send;

    /// Keeps a plan that was looked at in a new file.
    fn save_plan(&self, preview: Preview, path: String) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Makes a saved plan anew; refused where it is not the same any more.
    fn open_plan(&self, path: String) -> impl Future<Output = Result<Preview, Problem>> + Send;

    /// Reads everybody there and matches them with the directory, for an import; reads only.
    fn scan(&self) -> impl Future<Output = Result<ImportScan, Problem>> + Send;

    /// Test Connector Configuration.
    fn test(&self) -> impl Future<Output = Result<TestReport, Problem>> + Send;

    /// The same although the app asked to wait; what waits goes on where it answers.
    fn test_now(&self) -> impl Future<Output = Result<TestReport, Problem>> + Send;

    /// A deeper look at the endpoint; reads only.
    fn deep_test(&self) -> impl Future<Output = Result<DeepReport, Problem>> + Send;

    /// Uses this token from now on and tests it; one that the app refuses is not taken.
    fn replace_token(&self, token: GivenToken) -> impl Future<Output = Result<TestReport, Problem>> + Send;

    /// Whether the token is in an encrypted file whose passphrase nobody gave yet.
    fn locked(&self) -> impl Future<Output = bool> + Send;

    /// Opens it with its passphrase, and tests the connection.
    fn unlock(&self, passphrase: Secret) -> impl Future<Output = Result<TestReport, Problem>> + Send;

    /// The connections of this home.
    fn connections(&self) -> impl Future<Output = Result<Vec<ConnectionRow>, Problem>> + Send;

    /// Saves a new connection of this home and tests it.
    fn connect(&self, new: NewConnection) -> impl Future<Output = Result<Connected, Problem>> + Send;

    /// Opens another connection of this home.
    fn switch(&self, id: ConnectionId) -> impl Future<Output = Result<Self, Problem>> + Send
    where
        Self: Sized;

    /// The role values that the endpoint reports. Only reads.
    fn reported_roles(&self) -> impl Future<Output = Result<Vec<ReportedValue>, Problem>> + Send;

    /// Entries of the audit feed.
    fn audit(&self, query: AuditQuery) -> impl Future<Output = Result<Vec<AuditEntry>, Problem>> + Send;

    /// All attempts of an operation, oldest first.
    fn traces(&self, operation: OpId) -> impl Future<Output = Result<Vec<Trace>, Problem>> + Send;

    /// What is not settled, the worst first.
    fn tasks(&self, query: TasksQuery) -> impl Future<Output = Result<Tasks, Problem>> + Send;

    /// What was done and may be undone, oldest first.
    fn undoable(&self, of: UndoOf) -> impl Future<Output = Result<Undoable, Problem>> + Send;

    /// Has the invitations of these people sent again.
    fn resend(&self, people: Vec<PersonId>) -> impl Future<Output = Result<Report, Problem>> + Send;

    /// Switches a fault of the sandbox.
    fn rehearse(&self, change: RehearsalChange) -> impl Future<Output = Result<Rehearsal, Problem>> + Send;

    /// A stopped run was offered: go on, or leave it queued.
    fn resume(&self, go_on: bool) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Holds the run under way: what is not sent stays queued, and the run's future ends with its report.
    fn stop_run(&self) -> impl Future<Output = ()> + Send;
}
