use super::super::fixture::{ANA, CARL, DORA, ENGINEERING, EVE, HUGO, app, app_on, directory};
use super::super::tests::{keys, preview};
use super::super::{Context, Effect, Msg, Pane};
use super::*;
use crate::directory::{Change, Observation};
use crate::domain::{AccountState, GroupId};
use crate::engine::{Outcome, Report};
use crate::verbs::PersonFields;

fn list(app: &App) -> &ConvertList {
    match app.overlays.last() {
        Some(Overlay::Convert(list)) => list,
        other => panic!("no list: {other:?}"),
    }
}

fn toast(app: &App) -> &str {
    app.toast.as_ref().map_or("", |t| t.text.as_str())
}

/// The command that is looked at.
#[track_caller]
fn looked(effects: &[Effect]) -> &Command {
    match effects {
        [Effect::Preview(_, command, _)] => command,
        other => panic!("no preview: {other:?}"),
    }
}

#[test]
fn the_list_has_who_can_be_converted_and_counts_the_others() {
    let mut app = app();
    keys(&mut app, "C");
    assert_eq!(app.context(), Context::Convert);
    let list = list(&app);
    assert_eq!(list.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [CARL]);
    assert_eq!(list.rows[0].shift(&app.directory), Some(Shift::Lowered));
    assert_eq!(list.others.values().sum::<usize>(), 3);
    assert!(list.selected.is_empty());
}

#[test]
fn who_was_selected_in_assignments_is_selected_in_the_list() {
    let mut app = app();
    app.people.selected = [CARL, EVE].into();
    keys(&mut app, "C");
    assert_eq!(list(&app).selected, [CARL].into());
    assert!(list(&app).others.keys().any(|reason| reason.contains("through Engineering already")));
}

#[test]
fn convert_selected_shows_the_plan_and_says_when_it_is_done() {
    let mut app = app();
    assert!(keys(&mut app, "C enter").is_empty());
    assert!(toast(&app).contains("nobody is selected"));
    let effects = keys(&mut app, "space enter");
    let command = Command::Convert(Convertees::Named(vec![CARL]));
    assert_eq!(looked(&effects), &command);
    let [Effect::Preview(id, ..)] = effects[..] else { panic!("{effects:?}") };
    let mut looked_at = preview(command, &[(CARL, "carl@example.com")], None);
    looked_at.decision.done = Some("1 assignment converted: roles follow the group now.".to_owned());
    app.handle(Msg::Previewed(id, Box::new(Ok(looked_at))));
    assert_eq!(app.context(), Context::Confirm);
    let effects = keys(&mut app, "y");
    let [Effect::Run(id, ..)] = effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Ran(id, Ok(Report::default())));
    assert_eq!(toast(&app), "1 assignment converted: roles follow the group now.");
    let mut after = directory();
    after.apply(&Change::Unassigned(CARL));
    app.handle(Msg::Directory(Box::new(after)));
    assert!(list(&app).rows.is_empty() && list(&app).selected.is_empty());
    keys(&mut app, "esc");
    assert_eq!(app.context(), Context::Pane(Pane::Assignments));
}

#[test]
fn a_conversion_whose_request_failed_is_said_with_how_it_ended() {
    let mut app = app();
    let effects = keys(&mut app, "C * enter");
    let [Effect::Preview(id, ..)] = effects[..] else { panic!("{effects:?}") };
    let mut looked_at = preview(looked(&effects).clone(), &[], None);
    looked_at.decision.done = Some("1 assignment converted.".to_owned());
    app.handle(Msg::Previewed(id, Box::new(Ok(looked_at))));
    let effects = keys(&mut app, "y");
    let [Effect::Run(id, ..)] = effects[..] else { panic!("{effects:?}") };
    let result = crate::engine::RunResult {
        person: CARL,
        user_name: "carl@example.com".to_owned(),
        operation: None,
        outcome: Outcome::Failed,
        error: None,
    };
    app.handle(Msg::Ran(id, Ok(Report { results: vec![result], ..Report::default() })));
    assert!(toast(&app).starts_with("1 assignment converted. 1 failed"), "{}", toast(&app));
}

#[test]
fn drift_is_pushed_over_or_adopted_from_the_row_and_from_the_page() {
    for open in ["", "enter "] {
        let mut app = app_on(directory());
        app.people.cursor.at = app.people.order.iter().position(|id| *id == DORA).unwrap();
        assert!(app.next_step().text().contains("O pushes ours over it, T takes theirs"));
        let mut pushed = keys(&mut app, &format!("{open}O"));
        pushed.retain(|e| matches!(e, Effect::Preview(..)));
        assert_eq!(looked(&pushed), &Command::DriftPush(vec![DORA]));
        assert_eq!(looked(&keys(&mut app, "T")), &Command::DriftAdopt(vec![DORA]));
    }
    let mut app = app();
    assert!(keys(&mut app, "O").is_empty());
    assert!(toast(&app).contains("nothing was changed in the app here"));
}

#[test]
fn a_gone_account_is_unlinked_or_made_again_one_at_a_time() {
    let mut gone = directory();
    let seen = Observation { state: AccountState::Gone, values: None, at: super::super::fixture::NOW };
    gone.apply(&Change::Observed(CARL, seen.clone().into()));
    gone.apply(&Change::Observed(EVE, seen.into()));
    let mut app = app_on(gone);
    app.people.cursor.at = app.people.order.iter().position(|id| *id == CARL).unwrap();
    assert!(app.next_step().text().contains("N links or creates another"));
    assert_eq!(looked(&keys(&mut app, "N")), &Command::Recreate(CARL));
    assert_eq!(looked(&keys(&mut app, "U")), &Command::Unlink(vec![CARL]));
    app.people.selected = [CARL, EVE].into();
    assert!(keys(&mut app, "N").is_empty());
    assert!(toast(&app).contains("one person at a time"));
}

#[test]
fn the_page_says_who_gives_each_role_and_what_another_order_would_change() {
    let mut app = app();
    app.people.cursor.at = app.people.order.iter().position(|id| *id == CARL).unwrap();
    keys(&mut app, "enter");
    let Some(Overlay::Person(page)) = app.overlays.last() else { panic!("no page") };
    let text: Vec<String> = page.page.lines.iter().map(|line| line.text()).collect();
    let text = text.join("\n");
    assert!(text.contains("Why these roles"), "{text}");
    assert!(text.contains("from Individual, before every group"), "{text}");
    assert!(text.contains("v Engineering, priority 1, gives Operator: lowered after converting"), "{text}");
}

fn type_in(app: &mut App, text: &str) {
    app.handle(Msg::pasted(text));
}

#[test]
fn a_new_person_needs_a_user_name_that_nobody_has() {
    let mut app = app();
    keys(&mut app, "n");
    type_in(&mut app, "ana@example.com");
    assert!(keys(&mut app, "enter").is_empty(), "the name is taken");
    keys(&mut app, "backspace");
    assert!(matches!(app.overlays.last(), Some(Overlay::Form(_))));
    let effects = keys(&mut app, "enter");
    let fields = PersonFields { user_name: Some("ana@example.co".to_owned()), ..Default::default() };
    assert_eq!(looked(&effects), &Command::PersonSet { person: None, fields });
}

#[test]
fn only_the_changed_fields_of_a_person_are_carried() {
    let mut app = app();
    app.people.cursor.at = app.people.order.iter().position(|id| *id == ANA).unwrap();
    keys(&mut app, "E tab");
    type_in(&mut app, "bel");
    let effects = keys(&mut app, "enter");
    let fields = PersonFields { given_name: Some("Anabel".to_owned()), ..Default::default() };
    assert_eq!(looked(&effects), &Command::PersonSet { person: Some(ANA), fields });
}

#[test]
fn people_go_into_a_group_from_either_pane() {
    let mut app = app();
    app.people.selected = [ANA].into();
    keys(&mut app, "+");
    assert_eq!(looked(&keys(&mut app, "enter")), &Command::MemberAdd(ENGINEERING, vec![ANA]));
    keys(&mut app, "2 m");
    type_in(&mut app, "hugo@example.com, nobody@example.com");
    assert!(keys(&mut app, "enter").is_empty(), "one of them is not here");
    keys(&mut app, "esc y m");
    type_in(&mut app, "hugo@example.com ana@example.com");
    assert_eq!(looked(&keys(&mut app, "enter")), &Command::MemberAdd(ENGINEERING, vec![HUGO, ANA]));
    keys(&mut app, "M");
    type_in(&mut app, "eve@example.com");
    assert_eq!(looked(&keys(&mut app, "enter")), &Command::MemberRemove(ENGINEERING, vec![EVE]));
}

#[test]
fn groups_are_added_and_an_assigned_one_is_not_removed() {
    let mut app = app();
    keys(&mut app, "2 n");
    type_in(&mut app, "Engineering");
    assert!(keys(&mut app, "enter").is_empty(), "there is one");
    type_in(&mut app, " West");
    assert_eq!(looked(&keys(&mut app, "enter")), &Command::GroupAdd("Engineering West".to_owned()));
    assert!(app.handle(Msg::Key(super::super::Key::of(super::super::Code::Delete))).is_empty());
    assert!(toast(&app).contains("D ends that first"));
    keys(&mut app, "down");
    let effects = app.handle(Msg::Key(super::super::Key::of(super::super::Code::Delete)));
    assert_eq!(looked(&effects), &Command::GroupRemove(GroupId(2)));
}
