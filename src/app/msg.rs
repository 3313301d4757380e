//! What comes into the console's state and what goes out of it: plain data, no callbacks.

use super::Key;
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::Directory;
use crate::domain::{
    ConnectionId, GivenToken, OpId, PersonId, Rehearsal, RehearsalChange, ReportedValue, Secret, Time,
    Undoable,
};
use crate::engine::compare::Orphan;
use crate::engine::{
    Ahead, Approval, CheckReport, Connected, ConnectionRow, DeepReport, FeedState, ImportScan, NewConnection,
    Preview, Problem, Progress, Report, Sending, Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use crate::verbs::Command;

/// A piece of work the console waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u64);

/// A question whose answer a page is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub u64);

/// A question that changes nothing and reaches no endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Entries of the audit feed.
    Audit(AuditQuery),
    /// All attempts of an operation.
    Traces(OpId),
    /// What is not settled, the worst first.
    Tasks(TasksQuery),
    /// What was done and may be undone.
    Undoable(UndoOf),
    /// The connections of this home.
    Connections,
    /// The accounts of nobody here.
    Orphans,
}

/// The answer to a [`Query`].
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Entries, oldest first.
    Audit(Vec<AuditEntry>),
    /// Attempts, oldest first.
    Traces(Vec<Trace>),
    /// What is not settled.
    Tasks(Box<Tasks>),
    /// Operations that were done, oldest first.
    Undoable(Undoable),
    /// Connections, the oldest first.
    Connections(Vec<ConnectionRow>),
    /// Accounts of nobody here, by user name.
    Orphans(Vec<Orphan>),
}

/// Something that happened outside.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted. It may be a token: the field that takes it decides, until then it is one.
    Paste(Secret),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// Something else wrote over the screen.
    Redraw,
    /// The time is now.
    Now(Time),
    /// The directory as it is now.
    Directory(Box<Directory>),
    /// New audit entries, oldest first.
    Audit(Vec<AuditEntry>),
    /// Who sends.
    Sending(Sending),
    /// What is left, by the limits that were learned.
    Ahead(Ahead),
    /// How the activity feed is.
    Feed(FeedState),
    /// Since when nothing of the queue worked.
    Stuck(Option<Time>),
    /// What the sandbox has on purpose.
    Rehearsal(Option<Box<Rehearsal>>),
    /// A command was looked at and planned.
    Previewed(TaskId, Box<Result<Preview, Problem>>),
    /// The shown plan was written to a file.
    PlanSaved(TaskId, Result<(), Problem>),
    /// A saved plan was made anew.
    PlanOpened(TaskId, Box<Result<Preview, Problem>>),
    /// A run moved on.
    Progress(TaskId, Progress),
    /// A run ended.
    Ran(TaskId, Result<Report, Problem>),
    /// A check ended.
    Checked(TaskId, Result<CheckReport, Problem>),
    /// Everybody in the app was read.
    Scanned(TaskId, Box<Result<ImportScan, Problem>>),
    /// A test ended.
    Tested(TaskId, Box<Result<TestReport, Problem>>),
    /// A deeper look ended.
    Probed(TaskId, Box<Result<DeepReport, Problem>>),
    /// A new connection was saved and tested.
    Connected(TaskId, Box<Result<Connected, Problem>>),
    /// The endpoint's role values came.
    Reported(TaskId, Result<Vec<ReportedValue>, Problem>),
    /// A fault of the sandbox was switched.
    Rehearsed(TaskId, Result<Rehearsal, Problem>),
    /// The word on a stopped run was taken.
    Resumed(TaskId, Result<(), Problem>),
    /// A question was answered.
    Answer(QueryId, Result<Answer, Problem>),
}

impl Msg {
    /// Text was pasted; what it came in is the caller's to wipe.
    pub fn pasted(text: &str) -> Self {
        Self::Paste(Secret::verbatim(text))
    }
}

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Look at the endpoint and plan; nothing is changed. The texts are user names typed for protected people.
    Preview(TaskId, Box<Command>, Vec<String>),
    /// Commit and send.
    Run(TaskId, Box<Preview>, Approval),
    /// Compare with the endpoint: these people, or everybody.
    Check(TaskId, Option<Vec<PersonId>>),
    /// Keep this plan in a file.
    SavePlan(TaskId, Box<Preview>, String),
    /// Make the plan of this file anew, and compare it with the file.
    OpenPlan(TaskId, String),
    /// Read everybody in the app, for an import.
    Scan(TaskId),
    /// Test Connector Configuration.
    Test(TaskId),
    /// The same although the app asked to wait.
    TestNow(TaskId),
    /// Look deeper at the endpoint; reads only.
    DeepTest(TaskId),
    /// Use this token from now on, and test it.
    Token(TaskId, GivenToken),
    /// Open the encrypted token with this passphrase, and test it.
    Unlock(TaskId, Secret),
    /// Save a new connection and test it.
    Connect(TaskId, Box<NewConnection>),
    /// Go over to another connection of this home.
    Switch(ConnectionId),
    /// Ask the endpoint for the role values it reports.
    Reported(TaskId),
    /// Have the invitations of these people sent again.
    Resend(TaskId, Vec<PersonId>),
    /// Switch a fault of the sandbox.
    Rehearse(TaskId, RehearsalChange),
    /// A stopped run was offered: go on, or leave it queued.
    Resume(TaskId, bool),
    /// Answer a question.
    Ask(QueryId, Query),
    /// Hold the sending of this run; what was committed stays queued.
    StopRun(TaskId),
    /// Wait for this task no longer.
    Stop(TaskId),
    /// Say the time again at this moment.
    WakeAt(Time),
    /// Put this on the operator's clipboard.
    Copy(String),
    /// Leave.
    Quit,
}
