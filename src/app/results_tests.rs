//! What is shown of a run that did not go through, and what leads on from there.

use crate::app::fixture::{ANA, NOW, app};
use crate::app::tests::{keys, looked, toast};
use crate::app::*;
use crate::domain::{Call, Exchange, Failure, FailureKind, Method, OpId, OpKind};
use crate::engine::{Outcome, Report, RunResult, Sending, Trace};

/// A run of one suspension that was not sent: the console after it came back.
fn not_sent() -> App {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    keys(&mut app, "y");
    let id = app.tasks[0].id;
    let why = |text: &str| Failure {
        kind: FailureKind::NotScim,
        text: text.into(),
        next: "Look at what stands in front.".into(),
    };
    let result = RunResult {
        person: ANA,
        user_name: "ana@example.com".into(),
        operation: Some((OpId(9), OpKind::Deactivate)),
        outcome: Outcome::Held,
        error: Some(why("Not sent.")),
    };
    let report = Report {
        results: vec![result],
        stopped: Some(why("An intermediary answered.")),
        ..Default::default()
    };
    app.handle(Msg::Ran(id, Ok(report)));
    app
}

#[test]
fn what_was_not_sent_is_not_told_with_the_mark_of_success() {
    let app = not_sent();
    assert_eq!(app.context(), Context::Results);
    let toast = app.toast.as_ref().unwrap();
    assert!(toast.tone == Tone::Bad && toast.text.ends_with("1 not sent"), "{toast:?}");
}

#[test]
fn a_key_of_the_panes_says_on_a_page_that_it_works_below_it() {
    let mut app = not_sent();
    for name in ["5", "ctrl-e"] {
        assert_eq!(keys(&mut app, name), vec![]);
        assert!(toast(&app).contains("works on the panes"), "{name}: {}", toast(&app));
    }
    keys(&mut app, "j");
    assert_eq!(toast(&app), "");
}

#[test]
fn the_review_of_a_stopped_run_shows_the_tasks_and_not_what_lay_over_them() {
    let mut app = not_sent();
    app.handle(Msg::Sending(Sending::Offered(3)));
    assert_eq!(app.context(), Context::Offer);
    keys(&mut app, "6");
    assert_eq!((app.context(), app.overlays.len()), (Context::Pane(Pane::Tasks), 0));
}

#[test]
fn the_requests_of_a_failure_open_at_the_attempt_that_failed() {
    let mut app = not_sent();
    let effects = keys(&mut app, "enter");
    let [Effect::Ask(id, _)] = effects[..] else { panic!("{effects:?}") };
    let trace = |step: &str| Trace {
        seq: 0,
        operation: None,
        step: step.into(),
        attempt: 1,
        exchange: Exchange {
            call: Call::new(Method::Get, &["Users"]),
            outcome: crate::domain::Outcome::MaybeSent("no answer".into()),
            at: NOW,
            took_ms: 1,
        },
    };
    app.handle(Msg::Answer(id, Ok(Answer::Traces(vec![trace("read"), trace("write")]))));
    let Some(Overlay::Reader(reader)) = app.overlays.last() else { panic!("no page") };
    assert!(reader.page.lines[reader.page.top].text().starts_with("write"), "{:?}", reader.page.top);
}

#[test]
fn a_refused_token_is_what_to_do_about_everything_that_is_queued() {
    let mut app = queue_pane();
    let refused = Failure {
        kind: FailureKind::TokenRefused,
        text: "The token was refused.".into(),
        next: "Copy the new one.".into(),
    };
    app.handle(Msg::Sending(Sending::Stopped(refused)));
    let moving = app.queue.tasks.rows.iter().find(|op| op.state.moving()).cloned().unwrap();
    let words: String = task_lines(&app, &moving).iter().map(Line::text).collect();
    assert!(words.contains("put the new token in") && !words.contains("by itself"), "{words}");
}
