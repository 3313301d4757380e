//! Whole flows: the real loop and state and drawing, on a backend in memory, against a seam that plays the rest.
//! A step is taken when the loop has settled: nothing sleeps.

use std::io;
use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::stream;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;

use super::event_loop::{Host, Loop};
use super::signals::Signal;
use super::{Ended, Seam};
use crate::app::fixture::NOW;
use crate::app::{App, Session};
use crate::config::Look;
use crate::domain::ConnectionId;

use super::fake::Fake;

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
