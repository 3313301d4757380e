//! The console's behaviour, key by key, without terminal, clock or endpoint.

use super::fixture::{self, ANA, BAO, CARL, DORA, ENGINEERING, EVE, HUGO, NOW, app, app_on};
use super::*;
use crate::domain::{AccountValues, Base, Flag, Intent, OpKind, Owned, PersonId};
use crate::engine::{BrakeVerdict, Invitation, Outcome, Plan, Planned, Preview, Problem, RunResult, Summary};
use crate::verbs::{Command, Decision, Who};

/// Presses keys by their names: `p`, `enter`, `ctrl-c`.
pub(crate) fn keys(app: &mut App, names: &str) -> Vec<Effect> {
    names.split(' ').flat_map(|name| app.handle(Msg::Key(key(name)))).collect()
}

fn key(name: &str) -> Key {
    let code = match name {
        "enter" => Code::Enter,
        "esc" => Code::Esc,
        "tab" => Code::Tab,
        "shift-tab" => Code::BackTab,
        "up" => Code::Up,
        "down" => Code::Down,
        "left" => Code::Left,
        "right" => Code::Right,
        "space" => Code::Char(' '),
        "backspace" => Code::Backspace,
        other => match other.strip_prefix("ctrl-") {
            Some(rest) => return Key::ctrl(rest.chars().next().unwrap()),
            None => Code::Char(other.chars().next().unwrap()),
        },
    };
    Key::of(code)
}

pub(crate) fn preview(command: Command, people: &[(PersonId, &str)], held: Option<u32>) -> Preview {
    let planned = |(id, name): &(PersonId, &str)| Planned {
        person: *id,
        user_name: (*name).to_owned(),
        name: (*name).to_owned(),
        kind: OpKind::Create,
        cause: "Provision User".into(),
        changes: Vec::new(),
        calls: Vec::new(),
        intent: Intent {
            wanted: AccountValues::default(),
            owned: Owned::default(),
            remote_id: None,
            base: Base::Unknown,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        },
        found: None,
        invitation: Invitation::Goes,
    };
    let n = u32::try_from(people.len()).unwrap();
    Preview {
        twice: Vec::new(),
        decision: Decision::here(command.cause(), Vec::new()),
        command,
        typed: Vec::new(),
        exact: false,
        observed: Vec::new(),
        plan: Plan {
            operations: people.iter().map(planned).collect(),
            brake: BrakeVerdict { held, text: "too many".into(), ..Default::default() },
            summary: Summary { create: n, invitations: n, ..Default::default() },
            complete: true,
            ..Default::default()
        },
        version: 1,
        basis: Default::default(),
    }
}

pub(crate) fn looked(app: &mut App, effects: &[Effect], held: Option<u32>) -> Vec<Effect> {
    let [Effect::Preview(id, command, _)] = effects else { panic!("no preview: {effects:?}") };
    let preview = preview((**command).clone(), &[(ANA, "ana@example.com")], held);
    app.handle(Msg::Previewed(*id, Box::new(Ok(preview))))
}

pub(crate) fn toast(app: &App) -> &str {
    app.toast.as_ref().map_or("", |t| t.text.as_str())
}

#[test]
fn the_people_who_need_an_operator_stand_first() {
    let mut app = app();
    assert_eq!(app.people.order, [ANA, BAO, DORA, CARL, EVE]);
    keys(&mut app, "s");
    assert_eq!(app.people.order, [ANA, BAO, CARL, DORA, EVE]);
}

#[test]
fn p_is_about_all_who_are_not_provisioned_and_asks_before_it_runs() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    assert!(
        matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == Command::Provision(Who::NotProvisioned))
    );
    assert!(!app.idle());
    assert!(looked(&mut app, &effects, None).is_empty());
    assert_eq!(app.context(), Context::Confirm);
    let run = keys(&mut app, "y");
    assert!(matches!(&run[..], [Effect::Run(_, _, approval)] if approval.confirmed), "{run:?}");
}

#[test]
fn enter_on_a_fresh_dialog_cancels() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    let effects = keys(&mut app, "enter");
    assert!(effects.iter().all(|e| matches!(e, Effect::WakeAt(_))), "{effects:?}");
    assert!(app.overlays.is_empty());
    assert!(toast(&app).contains("nothing was changed"));
}

#[test]
fn selected_people_are_provisioned_by_name() {
    let mut app = app();
    let effects = keys(&mut app, "space space p");
    let named = Command::Provision(Who::Named(vec![ANA, BAO]));
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == named));
}

#[test]
fn the_filter_works_as_one_types_and_escape_clears_it() {
    let mut app = app();
    keys(&mut app, "/ f l a g : d r i f t");
    assert_eq!(app.people.order, [DORA]);
    keys(&mut app, "enter");
    assert_eq!(app.people.order, [DORA]);
    keys(&mut app, "esc");
    assert_eq!(app.people.order.len(), 5);
}

#[test]
fn a_role_edit_carries_only_what_was_changed_and_runs_without_asking_again() {
    let mut app = app();
    keys(&mut app, "/ d o r a enter e");
    assert_eq!(app.context(), Context::Form);
    let effects = keys(&mut app, "o enter");
    let values = [("workato_role".to_owned(), "Operator".to_owned())].into();
    let command = Command::Role { people: vec![DORA], values };
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == command), "{effects:?}");
    assert!(matches!(&looked(&mut app, &effects, None)[..], [Effect::Run(..)]));
}

#[test]
fn a_changed_form_is_not_lost_by_escape_without_being_asked() {
    let mut app = app();
    keys(&mut app, "f x esc");
    assert_eq!(app.context(), Context::Form);
    keys(&mut app, "n esc y");
    assert!(app.overlays.is_empty());
}

#[test]
fn a_required_role_that_is_missing_keeps_the_form_open_and_says_so() {
    let mut app = app();
    keys(&mut app, "v");
    assert_eq!(app.people.order, [HUGO]);
    assert_eq!(keys(&mut app, "a enter"), vec![]);
    let Some(Overlay::Form(form)) = app.overlays.last() else { panic!("closed") };
    assert!(form.fields[0].error.as_deref().unwrap().contains("required"));
    let effects = keys(&mut app, "right enter");
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if matches!(**c, Command::Assign { .. })));
}

#[test]
fn a_run_can_be_held_then_left_and_the_console_goes_on_meanwhile() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    keys(&mut app, "y");
    let id = app.tasks[0].id;
    keys(&mut app, "2 j");
    assert_eq!(app.pane, Pane::Groups);
    assert_eq!(keys(&mut app, "ctrl-c"), vec![Effect::StopRun(id)]);
    assert!(app.tasks[0].words().contains("stopping"));
    assert_eq!(keys(&mut app, "ctrl-c")[0], Effect::Stop(id));
    assert!(app.idle());
}

#[test]
fn leaving_while_a_run_is_under_way_is_asked_twice() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    keys(&mut app, "y");
    assert!(!keys(&mut app, "q").contains(&Effect::Quit));
    assert!(toast(&app).contains("stays queued"));
    assert!(keys(&mut app, "q").contains(&Effect::Quit));
}

#[test]
fn results_open_by_themselves_when_something_failed_and_lead_to_the_requests() {
    let mut app = app();
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    keys(&mut app, "y");
    let id = app.tasks[0].id;
    let op = crate::domain::OpId(9);
    let result = RunResult {
        person: ANA,
        user_name: "ana@example.com".into(),
        operation: Some((op, OpKind::Create)),
        outcome: Outcome::Failed,
        error: None,
    };
    app.handle(Msg::Ran(id, Ok(crate::engine::Report { results: vec![result], ..Default::default() })));
    assert_eq!(app.context(), Context::Results);
    let effects = keys(&mut app, "enter");
    assert!(matches!(&effects[..], [Effect::Ask(_, Query::Traces(asked))] if *asked == op));
}

#[test]
fn what_cannot_be_done_now_says_why() {
    let mut app = app();
    keys(&mut app, "v");
    assert_eq!(keys(&mut app, "e"), vec![]);
    assert!(toast(&app).contains("a assigns it"));
    keys(&mut app, "j");
    assert_eq!(toast(&app), "", "bad news goes with the next key");
}

#[test]
fn read_only_shows_every_plan_and_refuses_what_has_none() {
    let session = Session { who: "sam@jump1".into(), read_only: true };
    let mut app = App::new(session, fixture::directory());
    app.handle(Msg::Now(NOW));
    let effects = keys(&mut app, "p");
    looked(&mut app, &effects, None);
    assert_eq!(app.context(), Context::Confirm);
    assert_eq!(keys(&mut app, "y"), vec![]);
    assert!(toast(&app).contains("read-only"), "{}", toast(&app));
    assert_eq!(app.context(), Context::Confirm, "the plan stays to be read");
    keys(&mut app, "s");
    app.handle(Msg::pasted("plan.json"));
    let saved = keys(&mut app, "enter");
    assert!(matches!(&saved[..], [Effect::SavePlan(..)]), "{saved:?}");
    keys(&mut app, "esc");
    // What is not asked otherwise is shown as well: nothing runs here.
    keys(&mut app, "/ d o r a enter e");
    let effects = keys(&mut app, "o enter");
    looked(&mut app, &effects, None);
    assert_eq!(app.context(), Context::Confirm);
    keys(&mut app, "esc esc y esc");
    assert!(matches!(&keys(&mut app, "r")[..], [Effect::Check(..)]));
    for name in ["f", "5 T", "E"] {
        assert_eq!(keys(&mut app, name), vec![]);
        assert!(toast(&app).contains("read-only"), "{name}");
    }
}

#[test]
fn on_a_terminal_too_small_only_leaving_works() {
    let mut app = app();
    app.handle(Msg::Resize(40, 12));
    assert_eq!(keys(&mut app, "p D space"), vec![]);
    assert_eq!(keys(&mut app, "q"), vec![Effect::Quit]);
}

#[test]
fn good_words_go_by_themselves_and_only_then_is_anything_drawn() {
    let mut app = app();
    let effects = keys(&mut app, "y");
    assert_eq!(effects, vec![Effect::Copy("ana@example.com".into()), Effect::WakeAt(NOW.plus_ms(3000))]);
    app.take_dirty();
    app.handle(Msg::Now(NOW.plus_ms(2999)));
    assert!(!app.take_dirty());
    app.handle(Msg::Now(NOW.plus_ms(3000)));
    assert!(app.take_dirty() && app.toast.is_none());
}

#[test]
fn a_group_moves_up_and_down_only_as_far_as_there_are_places() {
    let mut app = app();
    keys(&mut app, "2");
    assert_eq!(app.groups.current(), Some(ENGINEERING));
    assert_eq!(keys(&mut app, "K"), vec![]);
    assert!(toast(&app).contains("first already"));
}

#[test]
fn the_cursor_stays_on_its_person_when_the_directory_changes() {
    let mut app = app();
    keys(&mut app, "G");
    assert_eq!(app.people.current(), Some(EVE));
    app.handle(Msg::Directory(Box::new(fixture::noted())));
    assert_eq!(app.people.current(), Some(EVE));
    assert!(app.directory.get(CARL).unwrap().flags().contains(Flag::Noted));
}

#[test]
fn the_palette_finds_a_verb_by_a_few_letters_and_runs_it() {
    let mut app = app();
    let effects = keys(&mut app, ": d e a c t enter");
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if c.cause() == "deactivated"), "{effects:?}");
}

#[test]
fn a_stopped_run_is_offered_and_never_sent_by_itself() {
    let mut app = app_on(fixture::directory());
    assert_eq!(app.handle(Msg::Sending(crate::engine::Sending::Offered(3))), vec![]);
    assert_eq!(app.context(), Context::Offer);
    let effects = keys(&mut app, "l");
    assert!(matches!(effects[..], [Effect::Resume(_, false)]));
}

/// The answer to a look: somebody loses access.
fn removal(app: &mut App, effects: &[Effect]) -> Vec<Effect> {
    let [Effect::Preview(id, command, _)] = effects else { panic!("no preview: {effects:?}") };
    let mut preview = preview((**command).clone(), &[(CARL, "carl@example.com")], None);
    preview.plan.operations[0].kind = OpKind::Deactivate;
    preview.plan.summary = Summary { deactivate: 1, ..Default::default() };
    app.handle(Msg::Previewed(*id, Box::new(Ok(preview))))
}

#[test]
fn whoever_takes_access_away_sees_the_dialog_and_is_asked_why() {
    fn edit(app: &mut App) -> Vec<Effect> {
        keys(app, "/ d o r a enter e");
        keys(app, "o enter")
    }
    fn form(app: &mut App) -> Vec<Effect> {
        keys(app, "/ e v e enter -");
        keys(app, "enter")
    }
    for begin in [edit, form] {
        let mut app = app();
        let effects = begin(&mut app);
        assert_eq!(removal(&mut app, &effects), vec![], "nothing runs before it was shown");
        let Some(Overlay::Confirm(confirm)) = app.overlays.last() else { panic!("no dialog") };
        assert!(confirm.reason.is_some());
    }
}

#[test]
fn a_connection_that_asks_for_a_reason_gets_one_before_anything_runs() {
    let mut connection = app().directory.connection().clone();
    connection.reason_required = true;
    let mut directory = fixture::directory();
    directory.apply(&crate::directory::Change::Connection(Box::new(connection)));
    let mut app = app_on(directory);
    keys(&mut app, "/ d o r a enter e");
    let effects = keys(&mut app, "o enter");
    removal(&mut app, &effects);
    assert_eq!(keys(&mut app, "y"), vec![]);
    app.handle(Msg::pasted("left on Friday"));
    keys(&mut app, "enter");
    let run = keys(&mut app, "y");
    let [Effect::Run(id, _, approval)] = &run[..] else { panic!("{run:?}") };
    assert_eq!(approval.reason.as_deref(), Some("left on Friday"));
    // The plan is made anew when the directory moved: then the refusal names what a console has.
    app.handle(Msg::Ran(*id, Err(Problem::reason_required())));
    let Some(Overlay::Reader(reader)) = app.overlays.last() else { panic!("nothing is said") };
    let text: Vec<_> = reader.page.lines.iter().map(Line::text).collect();
    assert!(text.iter().all(|line| !line.contains("--")), "{text:?}");
    assert!(text.iter().any(|line| line.contains("the dialog asks")), "{text:?}");
}
