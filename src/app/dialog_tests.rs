//! What is asked before something happens: the brake's number, the name of a protected person; and what ends it.

use crate::app::fixture::{ANA, CARL, app};
use crate::app::tests::{keys, looked, preview};
use crate::app::*;
use crate::domain::OpKind;
use crate::engine::{Problem, ProblemKind, Summary};
use crate::verbs::Command;

#[test]
fn the_brake_wants_its_number_and_the_letter_y_is_not_enough() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, Some(120));
    assert_eq!(keys(&mut app, "y"), vec![]);
    assert_eq!(beside_the_number(&app), "Type 120 first");
    assert!(app.refusal(Action::Yes).is_some(), "the key is not offered before the number");
    assert_eq!(keys(&mut app, "1 1"), vec![]);
    assert_eq!(beside_the_number(&app), "Type 120 to go on");
    assert_eq!(keys(&mut app, "enter"), vec![]);
    assert_eq!(beside_the_number(&app), "The number is 120, not");
    assert_eq!(keys(&mut app, "backspace 2 0"), vec![]);
    assert!(app.refusal(Action::Yes).is_none());
    let effects = keys(&mut app, "enter");
    assert!(matches!(&effects[..], [Effect::Run(_, _, approval)] if approval.brake == Some(120)));
}

/// What stands beside the field of the brake's number.
fn beside_the_number(app: &App) -> &str {
    let Some(Overlay::Confirm(confirm)) = app.overlays.last() else { panic!("the dialog is closed") };
    let field = confirm.brake.as_ref().unwrap();
    field.error.as_deref().unwrap_or(&field.label)
}

#[test]
fn a_reason_that_was_typed_is_not_lost_by_a_wrong_number() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let mut preview = preview((**command).clone(), &[(CARL, "carl@example.com")], Some(60));
    preview.plan.operations[0].kind = OpKind::Deactivate;
    preview.plan.summary = Summary { deactivate: 1, ..Default::default() };
    app.handle(Msg::Previewed(*id, Box::new(Ok(preview))));
    keys(&mut app, "tab");
    app.handle(Msg::pasted("left on Friday"));
    assert_eq!(keys(&mut app, "enter enter"), vec![]);
    assert_eq!(beside_the_number(&app), "Type 60 first");
    assert_eq!(keys(&mut app, "6 enter"), vec![]);
    let effects = keys(&mut app, "0 enter");
    let [Effect::Run(_, _, approval)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((approval.brake, approval.reason.as_deref()), (Some(60), Some("left on Friday")));
}

#[test]
fn escape_ends_a_look_and_never_a_run() {
    let mut app = app();
    keys(&mut app, "p esc");
    assert!(app.idle(), "a look only reads");
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    keys(&mut app, "y");
    assert_eq!(keys(&mut app, "esc esc"), vec![]);
    assert!(!app.idle() && !app.tasks[0].words().contains("stopping"));
    let id = app.tasks[0].id;
    assert_eq!(keys(&mut app, "ctrl-c"), vec![Effect::StopRun(id)]);
}

fn protected(left: &[&str]) -> Problem {
    let to_type = left.iter().map(|name| (*name).to_owned()).collect();
    Problem { to_type, ..Problem::new(ProblemKind::Held, "protected", "They are protected.", "Type.") }
}

#[test]
fn of_several_protected_people_it_is_said_which_name_is_to_be_typed_and_how_many_there_are() {
    let mut app = app();
    let effects = keys(&mut app, "D");
    let [Effect::Preview(id, ..)] = effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Previewed(id, Box::new(Err(protected(&["ana@example.com", "bao@example.com"])))));
    let asked = |app: &App| {
        let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("no form") };
        form.intro[0].text()
    };
    assert_eq!(asked(&app), "Type ana@example.com (1 of 2) to go on, or leave with esc.");
    app.handle(Msg::pasted("carl@example.com"));
    assert_eq!(keys(&mut app, "enter"), vec![], "that is nobody who is asked about");
    keys(&mut app, "ctrl-u");
    for _ in 0..20 {
        keys(&mut app, "backspace");
    }
    app.handle(Msg::pasted("Ana@Example.com"));
    let effects = keys(&mut app, "enter");
    let [Effect::Preview(id, _, typed)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(typed, &["Ana@Example.com"]);
    app.handle(Msg::Previewed(*id, Box::new(Err(protected(&["bao@example.com"])))));
    assert_eq!(asked(&app), "Type bao@example.com (2 of 2) to go on, or leave with esc.");
}

#[test]
fn a_protected_person_is_removed_only_after_their_name_was_typed() {
    let mut app = app();
    let effects = keys(&mut app, "D");
    let [Effect::Preview(id, ..)] = effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Previewed(id, Box::new(Err(protected(&["ana@example.com"])))));
    assert_eq!(keys(&mut app, "enter"), vec![]);
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("closed") };
    assert!(form.tried && form.fields[0].error.as_deref() == Some("type ana@example.com"));
    app.handle(Msg::pasted("ana@example.com\n"));
    let effects = keys(&mut app, "enter");
    let [Effect::Preview(_, command, typed)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(
        (&**command, &typed[..]),
        (&Command::Unassign(vec![ANA]), &["ana@example.com".to_owned()][..])
    );
}
