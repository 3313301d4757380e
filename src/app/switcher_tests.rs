//! Connections, settings and tokens in the console, key by key.

use super::fixture::{app, connection, directory};
use super::tests::keys;
use super::*;
use crate::domain::{
    Call, ConnectionId, Exchange, Failure, FailureKind, Method, Outcome, ProbeLine, ProbeVerdict, Secret,
};
use crate::engine::{Connected, ConnectionRow, DeepReport, NewConnection, Problem, ProblemKind};
use crate::verbs::Command;

fn rows() -> Vec<ConnectionRow> {
    let row = |id, name: &str, current| ConnectionRow {
        id: ConnectionId(id),
        name: name.into(),
        badge: "PROD".into(),
        base_url: "https://workato.com/scim/v2".into(),
        enabled: true,
        current,
        queued: 0,
        standing: 0,
    };
    vec![row(1, "workato", true), row(2, "workato-prod", false)]
}

/// Opens the list and answers its question.
fn listed(app: &mut App, names: &str) {
    let effects = keys(app, names);
    let Some(Effect::Ask(id, Query::Connections)) = effects.last() else { panic!("not asked: {effects:?}") };
    app.handle(Msg::Answer(*id, Ok(Answer::Connections(rows()))));
}

fn paste(app: &mut App, text: &str) {
    app.handle(Msg::pasted(text));
}

fn report(ok: bool) -> TestReport {
    let failure = Failure {
        kind: FailureKind::TokenRefused,
        text: "The token was refused (HTTP 401).".into(),
        next: "Copy the new one.".into(),
    };
    let exchange = Exchange {
        call: Call::new(Method::Get, &["Users"]),
        outcome: Outcome::NotSent("nothing".into()),
        at: Time::default(),
        took_ms: 1,
    };
    TestReport { ok, trouble: (!ok).then_some(failure), actions: Vec::new(), exchange, at: Time::default() }
}

fn form(app: &App) -> &Form {
    match app.overlays.last() {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn toast(app: &App) -> &str {
    app.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn the_list_marks_the_current_connection_and_enter_goes_over_to_another() {
    let mut app = app();
    listed(&mut app, "5 c");
    assert_eq!(keys(&mut app, "j enter"), [Effect::Switch(ConnectionId(2))]);
}

#[test]
fn going_over_to_the_same_connection_only_closes_the_list() {
    let mut app = app();
    listed(&mut app, "ctrl-o");
    let effects = keys(&mut app, "enter");
    assert!(effects.iter().all(|e| matches!(e, Effect::WakeAt(_))), "{effects:?}");
    assert!(app.overlays.is_empty() && toast(&app).contains("already"));
}

#[test]
fn until_one_is_chosen_the_list_comes_first_and_the_shown_one_can_be_chosen() {
    let mut app = app();
    app.ask_which();
    let [Effect::Ask(id, Query::Connections), ..] = app.start()[..] else { panic!("not asked") };
    app.handle(Msg::Answer(id, Ok(Answer::Connections(rows()))));
    assert_eq!(app.context(), Context::Connections);
    assert_eq!(keys(&mut app, "enter"), [Effect::Switch(ConnectionId(1))]);
}

#[test]
fn a_run_under_way_is_left_only_when_asked_twice() {
    let mut app = app();
    let preview = tests::preview(Command::Apply, &[], None);
    app.run("Send".into(), Box::new(preview), crate::engine::Approval::default());
    listed(&mut app, "5 c");
    let effects = keys(&mut app, "j enter");
    assert!(!effects.contains(&Effect::Switch(ConnectionId(2))) && toast(&app).contains("under way"));
    assert_eq!(keys(&mut app, "enter"), [Effect::Switch(ConnectionId(2))]);
}

#[test]
fn a_half_typed_form_keeps_the_keys_and_is_asked_about_before_it_goes() {
    let mut app = app();
    keys(&mut app, "5 T x ctrl-o c");
    assert_eq!(app.context(), Context::Form);
    keys(&mut app, "esc n");
    assert_eq!(app.context(), Context::Form, "kept");
    keys(&mut app, "esc y");
    assert!(app.overlays.is_empty());
}

#[test]
fn the_list_of_commands_knows_switch_connection_on_every_pane() {
    for pane in ["1", "2", "3", "4", "5"] {
        let mut app = app();
        keys(&mut app, &format!("{pane} : c o n n e c t i o n"));
        let Some(Overlay::Palette(palette)) = app.overlays.last() else { panic!("no palette") };
        let found = palette.found.iter().filter(|b| b.action == Action::Connections).count();
        assert_eq!(found, 1, "pane {pane}");
    }
}

#[test]
fn a_new_connection_is_saved_with_its_token_and_the_list_shows_it() {
    let mut app = app();
    listed(&mut app, "5 c");
    keys(&mut app, "n");
    for text in ["workato-test", "https://test.example/scim/v2", "SANDBOX", "", " Bearer tok-1\n"] {
        paste(&mut app, text);
        keys(&mut app, "tab");
    }
    let effects = keys(&mut app, "enter");
    let [Effect::Connect(id, new)] = &effects[..] else { panic!("{effects:?}") };
    let expected = NewConnection {
        name: "workato-test".into(),
        base_url: "https://test.example/scim/v2".into(),
        badge: "SANDBOX".into(),
        token: Secret::new("tok-1").into(),
    };
    assert_eq!(**new, expected);
    assert!(!format!("{effects:?}").contains("tok-1"));
    let done = Connected { id: ConnectionId(3), name: new.name.clone(), report: report(false) };
    let effects = app.handle(Msg::Connected(*id, Box::new(Ok(done))));
    assert!(matches!(&effects[..], [Effect::Ask(_, Query::Connections)]), "{effects:?}");
    assert!(toast(&app).starts_with("workato-test was saved, not enabled: The token was refused"));
}

#[test]
fn what_is_wrong_with_a_new_connection_is_said_at_its_field() {
    let mut app = app();
    listed(&mut app, "5 c");
    keys(&mut app, "n");
    paste(&mut app, "WORKATO");
    assert!(keys(&mut app, "enter").is_empty());
    let faults: Vec<_> = form(&app).fields.iter().filter(|f| f.error.is_some()).map(|f| &f.name).collect();
    assert_eq!(faults, ["name", "base_url", "badge", "token"]);
}

#[test]
fn a_pasted_token_is_cleaned_with_a_word_and_travels_hidden() {
    let mut app = app();
    keys(&mut app, "5 T");
    paste(&mut app, "  Bearer tok-1\r\n");
    assert!(form(&app).fields[1].help.starts_with("Taken off:"), "{}", form(&app).fields[1].help);
    assert!(!format!("{app:?}").contains("tok-1"));
    let effects = keys(&mut app, "enter");
    let [Effect::Token(id, token)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*token, Secret::new("tok-1").into());
    app.handle(Msg::Tested(*id, Box::new(Ok(report(true)))));
    assert!(toast(&app).contains("the new token is taken"), "{}", toast(&app));
}

#[test]
fn a_token_with_a_line_break_inside_stays_in_its_field() {
    let mut app = app();
    keys(&mut app, "5 T");
    paste(&mut app, "tok\n-1");
    assert!(keys(&mut app, "enter").is_empty());
    let field = &form(&app).fields[1];
    assert!(field.error.as_ref().is_some_and(|why| why.contains("inside")), "{field:?}");
}

#[test]
fn settings_are_saved_through_the_usual_path() {
    let mut app = app();
    keys(&mut app, "5 E tab tab tab tab tab space");
    let effects = keys(&mut app, "enter");
    let [Effect::Preview(_, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let mut expected = connection();
    expected.to_app.deactivate = false;
    assert_eq!(**command, Command::ConnectionSet(Box::new(expected)));
}

#[test]
fn settings_that_were_not_touched_change_nothing() {
    let mut app = app();
    keys(&mut app, "5 E");
    let effects = keys(&mut app, "enter");
    assert!(effects.iter().all(|e| matches!(e, Effect::WakeAt(_))), "{effects:?}");
    assert_eq!(toast(&app), "nothing was changed");
}

#[test]
fn a_deep_test_is_a_page_of_its_own() {
    let mut app = app();
    let effects = keys(&mut app, "5 P");
    let [Effect::DeepTest(id)] = effects[..] else { panic!("{effects:?}") };
    let line = ProbeLine {
        check: "Wrong token is refused".into(),
        verdict: ProbeVerdict::Fail,
        found: "a token that nobody gave out was taken".into(),
        next: "Tell the app's administrator".into(),
    };
    let found = DeepReport { ok: false, lines: vec![line], requests: 15, at: Time::default() };
    app.handle(Msg::Probed(id, Box::new(Ok(found))));
    let Some(Overlay::Reader(reader)) = app.overlays.last() else { panic!("no page") };
    let text: Vec<_> = reader.page.lines.iter().map(Line::text).collect();
    assert!(text.join("\n").contains("x fail Wrong token is refused: a token that nobody"), "{text:?}");
}

#[test]
fn a_refused_token_is_the_next_step_on_every_pane() {
    let mut app = app();
    let failure = Failure {
        kind: FailureKind::TokenRefused,
        text: "The token was refused (HTTP 401).".into(),
        next: "Copy the new one.".into(),
    };
    app.handle(Msg::Sending(Sending::Stopped(failure)));
    assert!(app.next_step().text().contains("5 then T takes the new one"), "{}", app.next_step().text());
    keys(&mut app, "5");
    assert!(app.next_step().text().contains("kept: T takes the new one"), "{}", app.next_step().text());
}

#[test]
fn a_read_only_console_changes_no_connection() {
    let session = Session { who: "sam".into(), read_only: true };
    let mut app = App::new(session, directory());
    for key in ["T", "E"] {
        keys(&mut app, &format!("5 {key}"));
        assert!(app.overlays.is_empty() && toast(&app).contains("read-only"), "{key}");
    }
}

#[test]
fn a_connection_that_cannot_be_opened_is_told_on_the_one_that_is_shown() {
    let mut app = app();
    let problem = Problem::new(ProblemKind::Internal, "store", "It cannot be read.", "Try again.");
    app.tell_problem("The other connection", &problem);
    assert_eq!(app.context(), Context::Reader);
}
