//! A defect in the console itself: the terminal is given back before anything is said about it.

use scimdeck::app::Session;
use scimdeck::audit::{AuditEntry, AuditQuery};
use scimdeck::config::Look;
use scimdeck::directory::Directory;
use scimdeck::domain::{
    ConnectionId, GivenToken, OpId, PersonId, Rehearsal, RehearsalChange, ReportedValue, Secret, Undoable,
};
use scimdeck::engine::compare::Orphan;
use scimdeck::engine::{
    Approval, CheckReport, Connected, ConnectionRow, DeepReport, ImportScan, NewConnection, Notice, Preview,
    Problem, Progress, Report, Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use scimdeck::runtime::{Options, Seam, console};
use scimdeck::verbs::Command;
use tokio::sync::{mpsc, watch};

use crate::terminal::Start;

/// Set for the process of this file that runs the console in the terminal.
const CHILD: &str = "CONSOLE_WITH_A_DEFECT";
const CHILD_TEST: &str = "panic::the_console_with_a_defect_of_the_other_test";

/// Bursts as soon as the console, which has taken the terminal already, asks for the directory.
struct Defect;

impl Seam for Defect {
    fn directory(&self) -> Directory {
        panic!("a defect while the terminal is taken");
    }
    fn notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        unreachable!("nothing is asked after the defect")
    }
    async fn preview(&self, _: Command, _: Vec<String>) -> Result<Preview, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn run(&self, _: Preview, _: Approval, _: watch::Sender<Progress>) -> Result<Report, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn check(
        &self,
        _: Option<Vec<PersonId>>,
        _: watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn orphans(&self) -> Result<Vec<Orphan>, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn save_plan(&self, _: Preview, _: String) -> Result<(), Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn open_plan(&self, _: String) -> Result<Preview, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn scan(&self) -> Result<ImportScan, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn test(&self) -> Result<TestReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn test_now(&self) -> Result<TestReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn replace_token(&self, _: GivenToken) -> Result<TestReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn locked(&self) -> bool {
        false
    }
    async fn unlock(&self, _: Secret) -> Result<TestReport, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn connections(&self) -> Result<Vec<ConnectionRow>, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn connect(&self, _: NewConnection) -> Result<Connected, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn switch(&self, _: ConnectionId) -> Result<Self, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn reported_roles(&self) -> Result<Vec<ReportedValue>, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn audit(&self, _: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn traces(&self, _: OpId) -> Result<Vec<Trace>, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn tasks(&self, _: TasksQuery) -> Result<Tasks, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn undoable(&self, _: UndoOf) -> Result<Undoable, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn resend(&self, _: Vec<PersonId>) -> Result<Report, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn rehearse(&self, _: RehearsalChange) -> Result<Rehearsal, Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn resume(&self, _: bool) -> Result<(), Problem> {
        unreachable!("nothing is asked after the defect")
    }
    async fn stop_run(&self) {}
}

#[test]
fn the_console_with_a_defect_of_the_other_test() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let look = Look { colour: true, unicode: true };
    let _ =
        runtime.block_on(console(Defect, Options { session: Session::default(), look, ask_which: false }));
}

#[test]
fn a_defect_gives_the_terminal_back_before_it_is_told() {
    let me = std::env::current_exe().unwrap();
    let program = Start::program(me.to_str().unwrap(), &["--exact", CHILD_TEST, "--nocapture"]);
    let terminal = program.var(CHILD, "1").run();
    assert_eq!(terminal.exit(), 101);
    terminal.wait("a defect while the terminal is taken");
    terminal.assert_given_back();
    let text = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words:?} in {text:?}"));
    assert!(at("\x1b[?1049h") < at("\x1b[?1049l"));
    assert!(at("\x1b[?1049l") < at("a defect while the terminal is taken"));
}
