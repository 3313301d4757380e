//! What the commands need from the one path of every write; the drive gives it, tests give a stand-in.

use std::future::Future;

use tokio::sync::watch;

use crate::audit::chain::{Chained, Head};
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::{Directory, QueueCounts};
use crate::domain::{OpId, Operation, PersonId, ReportedValue, Time, TokenSource, Undoable};
use crate::engine::compare::Orphan;
use crate::engine::{
    Approval, CheckReport, DeepReport, HolderSeen, ImportScan, Pause, Preview, Problem, Progress, Report,
    Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use crate::verbs::Command;

/// An open home on one connection.
pub trait Seam {
    /// The directory as it is now.
    fn directory(&self) -> Directory;

    /// A command as far as it goes without being confirmed. `typed` are the user names given for protected people.
    fn preview(&self, command: Command, typed: Vec<String>)
    -> impl Future<Output = Result<Preview, Problem>>;

    /// The preview with all that somebody wants to see of it: a run that is not looked at does without.
    fn in_full(&self, preview: Preview) -> impl Future<Output = Result<Preview, Problem>> {
        async { Ok(preview) }
    }

    /// Commits it and follows it until every operation is settled or stands still.
    fn run(
        &self,
        preview: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> impl Future<Output = Result<Report, Problem>>;

    /// Compares these people, or everybody, with the endpoint; of everybody it tells how many accounts were read.
    fn check(
        &self,
        people: Option<Vec<PersonId>>,
        progress: watch::Sender<Progress>,
    ) -> impl Future<Output = Result<CheckReport, Problem>>;

    /// The accounts of nobody here, as the last look at everybody found them.
    fn orphans(&self) -> impl Future<Output = Result<Vec<Orphan>, Problem>> {
        async { Ok(Vec::new()) }
    }

    /// Reads everybody there and matches them with the directory, for an import; reads only.
    fn scan(&self) -> impl Future<Output = Result<ImportScan, Problem>>;

    /// Test Connector Configuration.
    fn test(&self) -> impl Future<Output = Result<TestReport, Problem>>;

    /// The same although the app asked to wait; what waits goes on where it answers.
    fn test_now(&self) -> impl Future<Output = Result<TestReport, Problem>>;

    /// A deeper look at the endpoint; reads only.
    fn deep_test(&self) -> impl Future<Output = Result<DeepReport, Problem>>;

    /// Replaces where the token is and tests it; links and queue stay.
    fn set_token(&self, source: TokenSource) -> impl Future<Output = Result<TestReport, Problem>>;

    /// The role values that the endpoint reports. Only reads.
    fn reported_roles(&self) -> impl Future<Output = Result<Vec<ReportedValue>, Problem>>;

    /// Reads the app's own activity log once, where there is one: for a face that does not stay to follow it.
    fn hear(&self) -> impl Future<Output = ()>;

    /// Audit entries, oldest first.
    fn audit(&self, query: AuditQuery) -> impl Future<Output = Result<Vec<AuditEntry>, Problem>>;

    /// A page of the audit log as it is chained, from after a number on.
    fn chained(&self, after: u64) -> impl Future<Output = Result<Vec<Chained>, Problem>>;

    /// Operations under way that end access.
    fn deactivations(&self) -> impl Future<Output = Result<Vec<Operation>, Problem>>;

    /// The end of the audit chain, unchecked; none for an empty one.
    fn audit_head(&self) -> impl Future<Output = Result<Option<Head>, Problem>> {
        async { Ok(None) }
    }

    /// All live operations by state; the directory knows of only one for each person.
    fn queue_counts(&self) -> impl Future<Output = Result<QueueCounts, Problem>> {
        async { Ok(self.directory().queue()) }
    }

    /// Which process sends; none where nobody does.
    fn holder(&self) -> Option<HolderSeen> {
        None
    }

    /// Why nothing is sent for now, by whoever sends.
    fn pause(&self) -> impl Future<Output = Option<Pause>> {
        async { None }
    }

    /// Becomes the sender in place of exactly this holder.
    fn take_over(&self, holder: &str) -> impl Future<Output = Result<HolderSeen, Problem>>;

    /// Why, where it was said on the command line.
    fn reason(&self) -> Option<String> {
        None
    }

    /// Who decides, as audit entries name them.
    fn actor(&self) -> String;

    /// The attempts of an operation, oldest first.
    fn traces(&self, operation: OpId) -> impl Future<Output = Result<Vec<Trace>, Problem>>;

    /// What is not settled, the worst first.
    fn tasks(&self, query: TasksQuery) -> impl Future<Output = Result<Tasks, Problem>>;

    /// Since when nothing of the queue worked.
    fn stuck_since(&self) -> impl Future<Output = Option<Time>>;

    /// What was done and may be undone, oldest first.
    fn undoable(&self, of: UndoOf) -> impl Future<Output = Result<Undoable, Problem>>;

    /// Has the invitations of these people sent again.
    fn resend(&self, people: Vec<PersonId>) -> impl Future<Output = Result<Report, Problem>>;

    /// A signal came: as [`Seam::stop`], and whoever else sends holds what a run waits for here. Returns whether a run
    /// was begun, which has something to report.
    fn halt(&self) -> impl Future<Output = Result<bool, Problem>> {
        async {
            self.stop().await;
            Ok(false)
        }
    }

    /// No new request; returns when those under way are settled or known to be in doubt.
    fn stop(&self) -> impl Future<Output = ()>;
}
