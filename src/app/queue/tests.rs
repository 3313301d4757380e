//! The Tasks pane, key by key.

use super::super::fixture::{self, ANA, BAO, CARL, NOW, app_on};
use super::super::tests::keys;
use super::super::{Answer, App, Effect, Msg, Overlay, Pane, Query, QueryId};
use crate::audit::Source;
use crate::directory::{Change, Directory, Observation, OpMark};
use crate::domain::{
    AccountState, Failure, FailureKind, Feed, OpId, OpKind, OpState, Operation, PersonId, Push, TokenSource,
};
use crate::engine::machine::sample;
use crate::engine::{Tasks, UndoOf};
use crate::verbs::Command;

fn op(person: PersonId, name: &str, kind: OpKind, state: OpState, kind_of: Option<FailureKind>) -> Operation {
    let text = |kind| Failure { kind, text: format!("{name} did not go through."), next: "Next.".into() };
    Operation {
        person,
        user_name: format!("{name}@example.com"),
        kind,
        state,
        failure: kind_of.map(text),
        created_at: NOW.plus_ms(-120_000),
        attempts: 2,
        ..sample(person.0)
    }
}

/// A directory with the marks of these operations.
fn marked(ops: &[Operation]) -> Directory {
    let mut d = fixture::directory();
    for op in ops {
        let mark = OpMark { id: op.id, kind: op.kind, state: op.state, failure: op.failure.clone() };
        d.apply(&Change::Operation(op.person, mark));
    }
    d
}

pub(crate) fn some() -> Vec<Operation> {
    let mut waits = op(CARL, "carl", OpKind::Deactivate, OpState::Waiting, Some(FailureKind::NotApplied));
    waits.not_before = Some(NOW.plus_ms(60_000));
    let mut pending = op(BAO, "bao", OpKind::Update, OpState::Waiting, Some(FailureKind::Pending));
    pending.not_before = Some(NOW.plus_ms(600_000));
    vec![
        waits,
        op(ANA, "ana", OpKind::Create, OpState::Parked, Some(FailureKind::Refused)),
        pending,
        op(fixture::DORA, "dora", OpKind::Update, OpState::Queued, None),
    ]
}

fn asked(effects: &[Effect]) -> QueryId {
    let find = |e: &Effect| match e {
        Effect::Ask(id, Query::Tasks(_)) => Some(*id),
        _ => None,
    };
    effects.iter().find_map(find).unwrap_or_else(|| panic!("{effects:?}"))
}

/// The console on the pane, with these rows.
pub(crate) fn pane() -> App {
    let rows = some();
    let mut app = app_on(marked(&rows));
    let id = asked(&keys(&mut app, "6"));
    let counts = app.directory.queue();
    let tasks = Tasks { rows, counts, stuck_since: None };
    app.handle(Msg::Answer(id, Ok(Answer::Tasks(Box::new(tasks)))));
    app
}

fn toast(app: &App) -> &str {
    app.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn retry_and_drop_are_about_the_selected_or_the_one_under_the_cursor() {
    let mut app = pane();
    assert_eq!(app.pane, Pane::Tasks);
    let effects = keys(&mut app, "u");
    assert!(
        matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == Command::Retry(vec![CARL])),
        "{effects:?}"
    );
    let effects = keys(&mut app, "j space space x");
    assert!(
        matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == Command::Drop(vec![ANA, BAO])),
        "{effects:?}"
    );
}

#[test]
fn enter_shows_why_it_stands_and_the_requests_when_they_come() {
    let mut app = pane();
    let effects = keys(&mut app, "enter");
    let [Effect::Ask(id, Query::Traces(operation))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*operation, OpId(CARL.0));
    app.handle(Msg::Answer(*id, Ok(Answer::Traces(Vec::new()))));
    let Some(Overlay::Reader(reader)) = app.overlays.last() else { panic!("no page") };
    let text: Vec<String> = reader.page.lines.iter().map(|l| l.text()).collect();
    let text = text.join("\n");
    for words in ["carl did not go through", "Access remains", "No request was sent"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn d_opens_the_person_and_e_the_roles() {
    let mut app = pane();
    keys(&mut app, "d");
    assert!(matches!(app.overlays.last(), Some(Overlay::Person(p)) if p.id == CARL));
    let mut app = pane();
    keys(&mut app, "j e");
    assert!(matches!(app.overlays.last(), Some(Overlay::Form(_))), "{}", toast(&app));
}

#[test]
fn undo_asks_what_was_done_and_shows_it_before_anything_is_changed() {
    let mut app = pane();
    let effects = keys(&mut app, "z");
    let [Effect::Ask(id, Query::Undoable(UndoOf::LastRun))] = &effects[..] else { panic!("{effects:?}") };
    let done = vec![op(CARL, "carl", OpKind::Update, OpState::Done, None)];
    let effects = app.handle(Msg::Answer(*id, Ok(Answer::Undoable(done.clone().into()))));
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == Command::Undo(done.clone().into())));
    let effects = keys(&mut app, "space z");
    let [Effect::Ask(id, Query::Undoable(UndoOf::People(people)))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(people, &[CARL]);
    app.handle(Msg::Answer(*id, Ok(Answer::Undoable(Vec::new().into()))));
    assert!(toast(&app).contains("nothing was done"));
}

#[test]
fn the_page_is_asked_for_anew_when_the_queue_moves_but_not_more_than_once_a_second() {
    let mut app = pane();
    let moved = || Msg::Directory(Box::new(marked(&some())));
    let effects = app.handle(moved());
    assert_eq!(effects, vec![Effect::WakeAt(NOW.plus_ms(1_000))]);
    app.handle(moved());
    let effects = app.handle(Msg::Now(NOW.plus_ms(1_000)));
    let id = asked(&effects);
    assert_eq!(app.handle(moved()), vec![], "one question at a time");
    app.handle(Msg::Answer(id, Ok(Answer::Tasks(Box::default()))));
    let quiet = app_on(fixture::directory()).handle(Msg::Directory(Box::new(fixture::directory())));
    assert_eq!(quiet, vec![], "an empty queue is not asked about");
}

#[test]
fn resend_says_why_it_cannot_be_done() {
    let mut app = pane();
    keys(&mut app, "m");
    assert!(toast(&app).contains("no call that sends an invitation again"), "{}", toast(&app));
}

#[test]
fn the_filter_finds_states_kinds_and_names() {
    let mut app = pane();
    keys(&mut app, "/ f a i l e d enter");
    assert_eq!(app.queue.order.len(), 2);
    keys(&mut app, "esc / b a o enter");
    assert_eq!(app.queue.order.len(), 1);
}

/// Carl's invitation is open, on an app that can send it again.
fn invited() -> App {
    let mut d = fixture::directory();
    let mut connection = d.connection().clone();
    connection.feed = Some(Feed {
        url: "https://workato.com/api/activity_logs".into(),
        token: TokenSource::Memory,
        every_s: 15,
        resend_url: Some("https://workato.com/api/resend".into()),
    });
    d.apply(&Change::Connection(Box::new(connection)));
    let seen = Observation { state: AccountState::Invited, values: None, at: NOW };
    d.apply(&Change::Observed(CARL, seen.into()));
    app_on(d)
}

fn page_text(app: &App) -> String {
    let Some(Overlay::Person(person)) = app.overlays.last() else { panic!("no page") };
    person.page.lines.iter().map(|l| l.text()).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_open_invitation_says_since_when_and_from_when_it_can_be_sent_again() {
    let mut app = invited();
    keys(&mut app, "/ c a r l enter enter");
    assert!(page_text(&app).contains("pending since"), "{}", page_text(&app));
    assert!(page_text(&app).contains("possible now"), "{}", page_text(&app));
    let mut entry = fixture::entry(9, Source::Invitation, "invitation resent");
    entry.time = NOW.plus_ms(-5 * 60_000);
    let Some(Overlay::Person(page)) = app.overlays.last() else { panic!("no page") };
    app.handle(Msg::Answer(page.asked, Ok(Answer::Audit(vec![entry]))));
    assert!(page_text(&app).contains("possible from 09:45:00 UTC"), "{}", page_text(&app));
}

#[test]
fn resend_is_about_those_whose_invitation_is_open_and_never_in_read_only_mode() {
    let mut app = invited();
    let effects = keys(&mut app, "* m");
    assert!(matches!(&effects[..], [Effect::Resend(_, people)] if *people == [CARL]), "{effects:?}");
    let mut app = invited();
    app.session.read_only = true;
    assert_eq!(keys(&mut app, "* m"), vec![]);
    assert!(toast(&app).contains("read-only"));
}

#[test]
fn a_pushed_group_that_failed_stands_below_the_operations_and_is_pushed_again_from_there() {
    let mut app = pane();
    let mut directory = app.directory.clone();
    let failure = Failure {
        kind: FailureKind::Refused,
        text: "The app refused the group (400).".into(),
        next: "Look at the trace.".into(),
    };
    let group = directory.groups().first().map(|row| row.group.id).expect("a group");
    let push = Push { remote_id: Some("g".into()), failure: Some(failure), ..Push::default() };
    directory.apply(&Change::GroupPushed(group, push));
    app.handle(Msg::Directory(Box::new(directory)));
    assert_eq!((app.queue.order.len(), app.queue.groups.len()), (4, 1));
    keys(&mut app, "G");
    assert_eq!(app.queue.current(), None, "no person is meant");
    assert_eq!(keys(&mut app, "D"), [], "nobody's operation is dropped");
    let effects = keys(&mut app, "u");
    let wanted = Command::PushGroup(group);
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == wanted), "{effects:?}");
}

#[test]
fn a_stopped_run_can_be_reviewed_in_tasks_and_dropped_after_it_was_shown() {
    let ops = [
        op(ANA, "ana", OpKind::Create, OpState::Queued, None),
        op(BAO, "bao", OpKind::Create, OpState::InDoubt, None),
    ];
    let offered = || {
        let mut app = app_on(marked(&ops));
        app.handle(Msg::Sending(crate::engine::Sending::Offered(2)));
        app
    };
    let mut app = offered();
    let effects = keys(&mut app, "r");
    assert!(effects.iter().any(|e| matches!(e, Effect::Resume(_, false))), "{effects:?}");
    assert_eq!((app.pane, app.overlays.len()), (Pane::Tasks, 0));
    let mut app = offered();
    let effects = keys(&mut app, "x");
    let dropped =
        effects.iter().find_map(|e| if let Effect::Preview(_, c, _) = e { Some(&**c) } else { None });
    assert_eq!(dropped, Some(&Command::Drop(vec![ANA])), "what was sent is looked up: {effects:?}");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Run(..))), "{effects:?}");
}

#[test]
fn an_undo_without_a_choice_is_told_as_that_of_the_last_decision_which_may_have_been_no_run() {
    let mut app = app_on(fixture::directory());
    app.handle(Msg::Key(super::super::Key::char('6')));
    assert!(app.next_step().text().contains("z undoes the last decision"), "{:?}", app.next_step());
    let help: Vec<_> = super::super::help::page(&app, super::super::keymap::Context::Pane(Pane::Tasks));
    let told = help.iter().filter(|line| line.text().contains("else the last decision")).count();
    assert_eq!(told, 1);
    assert!(!help.iter().any(|line| line.text().contains("by the last run")));
}

#[test]
fn a_wait_that_the_app_asked_for_is_ended_by_a_key_and_without_one_the_key_says_why_not() {
    let mut app = app_on(fixture::directory());
    keys(&mut app, "6");
    assert!(!keys(&mut app, "n").iter().any(|effect| matches!(effect, Effect::TestNow(_))));
    app.handle(Msg::Sending(fixture::waiting(NOW.plus_ms(600_000))));
    assert!(app.next_step().text().contains("n asks it now"), "{:?}", app.next_step());
    let effects = keys(&mut app, "n");
    assert!(matches!(effects[..], [Effect::TestNow(_)]), "{effects:?}");
}
