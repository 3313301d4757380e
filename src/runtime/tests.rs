//! Whole flows: the real loop and state and drawing, on a backend in memory, against a seam that plays the rest.
//! A step is taken when the loop has settled: nothing sleeps.

use std::io;
use std::sync::{Arc, Mutex};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::stream;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::{mpsc, watch};

use super::event_loop::{Host, Loop};
use super::signals::Signal;
use super::{Ended, Seam};
use crate::app::fixture::{self, ANA, BAO, NOW, entry};
use crate::app::{App, Session, tests};
use crate::audit::{AuditEntry, AuditQuery, Source};
use crate::config::Look;
use crate::directory::{Change, Directory, Link};
use crate::domain::{Answer as Answered, Call, Method, Outcome as Sent};
use crate::domain::{
    Assignment, ConnectionId, Exchange, OpId, OpKind, Operation, PersonId, ProbeLine, ProbeVerdict, Secret,
};
use crate::engine::{
    Approval, CheckReport, Connected, ConnectionRow, DeepReport, ImportScan, NewConnection, Notice, Outcome,
    Preview, Problem, ProblemKind, Progress, Report, RunResult, Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use crate::verbs::{Command, Who};

/// Plays the one path of every write on a directory in memory.
struct Fake {
    directory: Mutex<Directory>,
    notices: Mutex<Option<mpsc::UnboundedReceiver<Notice>>>,
    tell: mpsc::UnboundedSender<Notice>,
    /// Whether runs stand still until they are dropped.
    stuck: bool,
}

impl Fake {
    fn new(stuck: bool) -> Self {
        let (tell, notices) = mpsc::unbounded_channel();
        let directory = Mutex::new(fixture::directory());
        Self { directory, notices: Mutex::new(Some(notices)), tell, stuck }
    }

    fn link(&self, id: PersonId) {
        let mut directory = self.directory.lock().unwrap();
        let sent = directory.get(id).unwrap().wanted();
        let link = Link {
            remote_id: id.0.to_string(),
            linked_at: NOW,
            settled: sent.clone(),
            sent,
            confirmed_at: NOW,
        };
        directory.apply(&Change::Link(id, link));
    }
}

impl Seam for Arc<Fake> {
    fn directory(&self) -> Directory {
        self.directory.lock().unwrap().clone()
    }

    fn notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        self.notices.lock().unwrap().take().unwrap()
    }

    async fn preview(&self, command: Command, _: Vec<String>) -> Result<Preview, Problem> {
        assert!(!matches!(command, Command::Disable), "a defect on a worker");
        let people: Vec<PersonId> = match &command {
            Command::Provision(Who::NotProvisioned) => vec![ANA, BAO],
            Command::Provision(Who::Named(people)) | Command::Role { people, .. } => people.clone(),
            _ => return Err(Problem::new(ProblemKind::BadInput, "no", "Not here.", "Try another.")),
        };
        let directory = self.directory();
        let names: Vec<(PersonId, String)> =
            people.iter().map(|id| (*id, directory.get(*id).unwrap().user_name().to_owned())).collect();
        let named: Vec<(PersonId, &str)> = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
        Ok(tests::preview(command, &named, None))
    }

    async fn run(
        &self,
        preview: Preview,
        _: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        if self.stuck {
            std::future::pending::<()>().await;
        }
        let mut results = Vec::new();
        for planned in &preview.plan.operations {
            if let Command::Role { values, .. } = &preview.command {
                let roles = values.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                let assignment = Assignment { roles, since: NOW, ..Default::default() };
                self.directory.lock().unwrap().apply(&Change::Assigned(planned.person, assignment));
            }
            self.link(planned.person);
            let operation = OpId(planned.person.0);
            let mut audit = entry(planned.person.0, Source::ScimAutoSync, planned.kind.word());
            audit.operation = Some(operation);
            self.tell.send(Notice::Directory(self.directory())).unwrap();
            self.tell.send(Notice::Audit(vec![audit])).unwrap();
            progress.send_modify(|p| p.done += 1);
            results.push(RunResult {
                person: planned.person,
                user_name: planned.user_name.clone(),
                operation: Some((operation, OpKind::Create)),
                outcome: Outcome::Done,
                error: None,
            });
        }
        Ok(Report { results, ..Report::default() })
    }

    async fn check(&self, _: Option<Vec<PersonId>>) -> Result<CheckReport, Problem> {
        Ok(CheckReport {
            at: NOW,
            complete: true,
            why: None,
            people: 6,
            accounts: 4,
            strangers: 1,
            changed: 0,
        })
    }

    async fn scan(&self) -> Result<ImportScan, Problem> {
        Ok(crate::app::fixture::scan(&self.directory()))
    }

    async fn test(&self) -> Result<TestReport, Problem> {
        Ok(TestReport { ok: true, trouble: None, actions: Vec::new(), exchange: exchange(), at: NOW })
    }

    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        let line = ProbeLine {
            check: "Wrong token is refused".into(),
            verdict: ProbeVerdict::Pass,
            found: "HTTP 401, as it should be".into(),
            next: String::new(),
        };
        Ok(DeepReport { ok: true, lines: vec![line], requests: 15, at: NOW })
    }

    async fn replace_token(&self, token: Secret) -> Result<TestReport, Problem> {
        assert_eq!(token, Secret::new("tok-1"));
        self.test().await
    }

    async fn connections(&self) -> Result<Vec<ConnectionRow>, Problem> {
        let row = |id, name: &str, badge: &str, current| ConnectionRow {
            id: ConnectionId(id),
            name: name.into(),
            badge: badge.into(),
            base_url: "https://workato.com/scim/v2".into(),
            enabled: true,
            current,
            queued: 0,
            standing: 0,
        };
        Ok(vec![row(1, "workato", "SANDBOX", true), row(2, "workato-prod", "PROD", false)])
    }

    async fn connect(&self, new: NewConnection) -> Result<Connected, Problem> {
        Ok(Connected { id: ConnectionId(3), name: new.name, report: self.test().await? })
    }

    async fn switch(&self, _: ConnectionId) -> Result<Self, Problem> {
        Ok(Self::clone(self))
    }
    async fn reported_roles(&self) -> Result<Vec<crate::domain::ReportedValue>, Problem> {
        Err(Problem::new(ProblemKind::BadInput, "no", "Not here.", "Try another."))
    }

    async fn audit(&self, _: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        Ok(Vec::new())
    }

    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        let step = "write".to_owned();
        Ok(vec![Trace { seq: 1, operation: Some(operation), step, attempt: 1, exchange: exchange() }])
    }

    async fn tasks(&self, _: TasksQuery) -> Result<Tasks, Problem> {
        Ok(Tasks::default())
    }

    async fn undoable(&self, _: UndoOf) -> Result<Vec<Operation>, Problem> {
        Ok(Vec::new())
    }

    async fn resend(&self, _: Vec<PersonId>) -> Result<Report, Problem> {
        Ok(Report::default())
    }

    async fn resume(&self, _: bool) -> Result<(), Problem> {
        Ok(())
    }

    async fn stop_run(&self) {}
}

fn exchange() -> Exchange {
    let answer = Answered { status: 201, body: r#"{"id":"77","active":true}"#.into(), ..Default::default() };
    let call = Call::new(Method::Post, &["Users"]).body(serde_json::json!({"userName": "ana@example.com"}));
    Exchange { call, outcome: Sent::Answered(answer), at: NOW, took_ms: 12 }
}

/// Keys to press once the loop has settled, and what must be on the screen when it has settled again.
type Step = (&'static str, &'static str);

struct Script {
    steps: std::vec::IntoIter<Step>,
    expected: &'static str,
    keys: mpsc::UnboundedSender<io::Result<Event>>,
    frames: usize,
    settled_after: Vec<usize>,
    copied: Vec<String>,
    suspended: usize,
}

const LOOK: Look = Look { colour: true, unicode: true };

impl Script {
    fn new(first: &'static str, steps: Vec<Step>, keys: mpsc::UnboundedSender<io::Result<Event>>) -> Self {
        Self {
            steps: steps.into_iter(),
            expected: first,
            keys,
            frames: 0,
            settled_after: Vec::new(),
            copied: Vec::new(),
            suspended: 0,
        }
    }
}

impl Host<TestBackend> for Script {
    fn drawn(&mut self) {
        self.frames += 1;
    }
    fn copy(&mut self, text: &str) -> io::Result<bool> {
        self.copied.push(text.to_owned());
        Ok(true)
    }
    fn suspend(&mut self) -> io::Result<()> {
        self.suspended += 1;
        Ok(())
    }
    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn settled(&mut self, _: &App, backend: &TestBackend) {
        let screen = backend.to_string();
        assert!(screen.contains(self.expected), "{:?} is not on\n{screen}", self.expected);
        self.settled_after.push(self.frames);
        if let Some((keys, expected)) = self.steps.next() {
            self.expected = expected;
            for name in keys.split(' ') {
                self.keys.send(Ok(Event::Key(event(name)))).unwrap();
            }
        }
    }
}

fn event(name: &str) -> KeyEvent {
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "right" => KeyCode::Right,
        // Not used by anything: the loop wakes and nothing changes.
        "insert" => KeyCode::Insert,
        other => match other.strip_prefix("ctrl-") {
            Some(c) => {
                return KeyEvent::new(KeyCode::Char(c.chars().next().unwrap()), KeyModifiers::CONTROL);
            }
            None => KeyCode::Char(other.chars().next().unwrap()),
        },
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Runs the loop through the steps; the last one must end it.
async fn play(stuck: bool, first: &'static str, steps: Vec<Step>) -> (Ended, Script) {
    let (keys, mut events) = mpsc::unbounded_channel();
    let input = stream::poll_fn(move |cx| events.poll_recv(cx));
    let (_alive, mut signals) = mpsc::channel::<Signal>(1);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let seam = Arc::new(Fake::new(stuck));
    let session = Session { who: "sam@jump1".into(), read_only: false };
    let app = App::new(session, seam.directory());
    let mut script = Script::new(first, steps, keys);
    let ended = Loop::new(Arc::new(seam), app, LOOK, || NOW)
        .run(&mut terminal, input, &mut signals, &mut script)
        .await
        .unwrap();
    assert!(script.steps.next().is_none(), "not all steps were taken");
    (ended, script)
}

#[tokio::test]
async fn flagged_then_provisioned_then_a_role_changed_then_seen_in_the_audit_log() {
    let steps = vec![
        ("p", "2 to create"),
        ("y", "Results: Provision User"),
        ("enter", "POST /Users"),
        ("esc esc", "~ 1 drift"),
        ("e", "Edit roles"),
        ("o enter", "Edit roles: 1 done"),
        ("4", "scim_auto_sync"),
        ("q", ""),
    ];
    let (ended, _) = play(false, "! 2 not provisioned", steps).await;
    assert_eq!(ended, Ended::Quit);
}

#[tokio::test]
async fn nothing_is_drawn_when_nothing_changed() {
    let (_, script) = play(false, "Assignments", vec![("insert", "Assignments"), ("q", "")]).await;
    let [first, second] = script.settled_after[..] else { panic!("{:?}", script.settled_after) };
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_test_of_the_connector_is_shown_with_its_request() {
    let steps = vec![("5 t", "Connector configured successfully"), ("q", "")];
    play(false, "Assignments", steps).await;
}

#[tokio::test]
async fn a_deep_test_is_read_and_left() {
    let steps = vec![("5 P", "Wrong token is refused"), ("esc q", "")];
    play(false, "Assignments", steps).await;
}

#[tokio::test]
async fn a_typed_token_reaches_the_other_side_and_is_never_on_the_screen() {
    let steps =
        vec![("5 T t o k - 1", "*****  5 characters"), ("enter", "the new token is taken"), ("q", "")];
    play(false, "Assignments", steps).await;
}

#[tokio::test]
async fn going_over_ends_this_loop_with_the_other_connection() {
    let steps = vec![("5 c", "workato-prod"), ("j enter", "")];
    let (ended, _) = play(false, "Assignments", steps).await;
    assert_eq!((ended, ended.exit()), (Ended::Switch(ConnectionId(2)), 0));
}

#[tokio::test]
async fn a_run_that_stands_still_can_be_left() {
    let steps = vec![("p", "OK (y)"), ("y ctrl-c ctrl-c", "no longer waiting"), ("q", "")];
    play(true, "Assignments", steps).await;
}

#[tokio::test]
async fn a_defect_on_a_worker_is_an_error_message_and_not_the_end() {
    let steps = vec![("5 e", "failed inside scimdeck"), ("esc q", "")];
    assert_eq!(play(false, "Assignments", steps).await.0, Ended::Quit);
}

#[tokio::test]
async fn the_name_under_the_cursor_is_copied_between_frames() {
    let (_, script) = play(false, "Assignments", vec![("y", "copied"), ("q", "")]).await;
    assert_eq!(script.copied, ["ana@example.com"]);
}

/// Runs the loop without any key.
async fn ending(
    input: impl futures_util::Stream<Item = io::Result<Event>> + Unpin,
    mut signals: mpsc::Receiver<Signal>,
) -> Ended {
    let (keys, _) = mpsc::unbounded_channel();
    let mut host = Script::new("", Vec::new(), keys);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let seam = Arc::new(Fake::new(false));
    let app = App::new(Session::default(), seam.directory());
    Loop::new(Arc::new(seam), app, LOOK, || NOW)
        .run(&mut terminal, input, &mut signals, &mut host)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_terminal_that_goes_away_ends_the_console() {
    let (_alive, signals) = mpsc::channel(1);
    let ended = ending(stream::empty(), signals).await;
    assert_eq!((ended, ended.exit()), (Ended::Lost, 129));
}

#[tokio::test]
async fn a_signal_ends_the_console_with_its_number() {
    let (send, signals) = mpsc::channel(1);
    send.send(Signal::End(15)).await.unwrap();
    assert_eq!(ending(stream::pending(), signals).await.exit(), 143);
}

#[tokio::test]
async fn control_z_gives_the_terminal_back_and_draws_nothing_until_continued() {
    let (_, script) = play(false, "Assignments", vec![("ctrl-z j", "Assignments"), ("q", "")]).await;
    assert_eq!(script.suspended, 1);
    let [first, second] = script.settled_after[..] else { panic!("{:?}", script.settled_after) };
    assert_eq!(first, second);
}
