//! The page Compare, key by key.

use super::super::fixture::{self, ANA, CARL, DORA, NOW, app_on};
use super::super::tests::keys;
use super::super::{App, Context, Msg};
use super::*;
use crate::directory::{Change, Observation};
use crate::domain::{AccountState, Person, Push, Status};
use crate::engine::Progress;
use crate::verbs::Command;

fn orphan(id: &str, user_name: &str) -> Orphan {
    Orphan {
        user_name: user_name.into(),
        account_id: id.into(),
        external_id: None,
        active: true,
        roles: [("workato_role", "Admin")].into_iter().collect(),
        since: NOW.plus_ms(-86_400_000),
    }
}

/// Carl was suspended and is active there, Dora drifted, one account is nobody's.
pub(crate) fn page() -> App {
    let mut directory = fixture::directory();
    let carl = Person { status: Status::Suspended, ..directory.get(CARL).unwrap().record() };
    let seen = Observation { state: AccountState::Active, values: None, at: NOW };
    directory.apply_all(&[Change::Person(carl.into()), Change::Observed(CARL, seen.into())]);
    let mut app = app_on(directory);
    let effects = keys(&mut app, "5 v");
    let Some(Effect::Ask(id, Query::Orphans)) = effects.last() else { panic!("{effects:?}") };
    let orphans = vec![orphan("206", "svc-robot@example.com")];
    app.handle(Msg::Answer(*id, Ok(Answer::Orphans(orphans))));
    app
}

#[test]
fn the_worst_comes_first_and_tab_goes_from_list_to_list() {
    let mut app = page();
    assert_eq!(app.compare().unwrap().counts(), (1, 1, 1));
    let here = |app: &App| match app.compare().unwrap().current() {
        Some(CompareRow::Leaver(_)) => "leaver",
        Some(CompareRow::Gone(_)) => "gone",
        Some(CompareRow::Orphan(_)) => "orphan",
        Some(CompareRow::Drift(..)) => "drift",
        Some(CompareRow::Group(_)) => "group",
        None => "none",
    };
    let mut seen = vec![here(&app)];
    for _ in 0..3 {
        keys(&mut app, "tab");
        seen.push(here(&app));
    }
    assert_eq!(seen, ["leaver", "orphan", "drift", "leaver"]);
}

#[test]
fn enter_goes_to_what_ends_the_line() {
    let mut app = page();
    let suspend = Command::SetStatus { people: vec![CARL], status: Status::Suspended };
    let effects = keys(&mut app, "enter");
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == suspend), "{effects:?}");

    let mut app = page();
    let effects = keys(&mut app, "tab enter");
    let [Effect::Scan(id)] = effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Scanned(id, Box::new(Ok(fixture::scan(&app.directory)))));
    let Some(Overlay::Import(review)) = app.overlays.last() else { panic!("no review") };
    assert_eq!(review.row(review.cursor.at).unwrap().1.remote_id, "206", "the account that was meant");

    let mut app = page();
    keys(&mut app, "tab tab enter");
    assert!(matches!(app.overlays.last(), Some(Overlay::Person(p)) if p.id == DORA));
}

#[test]
fn drift_is_pushed_over_or_taken_from_its_line_only() {
    for (key, wanted) in [("O", Command::DriftPush(vec![DORA])), ("T", Command::DriftAdopt(vec![DORA]))] {
        let mut app = page();
        assert_eq!(keys(&mut app, key), vec![], "a leaver has no drift");
        let effects = keys(&mut app, &format!("tab tab {key}"));
        assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == wanted), "{effects:?}");
    }
}

#[test]
fn a_look_tells_how_far_it_is_and_can_be_stopped_and_the_lists_come_anew() {
    let mut app = page();
    let effects = keys(&mut app, "r");
    let [Effect::Check(id, None)] = effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Progress(id, Progress { total: 400, done: 100, ..Progress::default() }));
    assert_eq!(app.tasks[0].words(), "Check everybody: 100 of 400 accounts compared");
    assert_eq!(keys(&mut app, "ctrl-c")[0], Effect::Stop(id));
    assert!(app.idle() && app.compare().is_some());

    let effects = keys(&mut app, "r");
    let [Effect::Check(id, None)] = effects[..] else { panic!("{effects:?}") };
    let report = crate::engine::CheckReport {
        at: NOW,
        complete: true,
        why: None,
        people: 6,
        accounts: 4,
        strangers: 0,
        changed: 0,
        groups: 0,
        orphans: Vec::new(),
    };
    let effects = app.handle(Msg::Checked(id, Ok(report)));
    let asked = effects.iter().find_map(|e| match e {
        Effect::Ask(id, Query::Orphans) => Some(*id),
        _ => None,
    });
    app.handle(Msg::Answer(asked.unwrap(), Ok(Answer::Orphans(Vec::new()))));
    assert_eq!(app.compare().unwrap().counts(), (1, 0, 1));
}

#[test]
fn an_account_that_was_linked_meanwhile_is_off_the_page() {
    let mut app = page();
    let mut directory = app.directory.clone();
    let sent = directory.get(ANA).unwrap().wanted();
    directory.apply(&Change::Link(
        ANA,
        crate::directory::Link {
            remote_id: "206".into(),
            linked_at: NOW,
            settled: sent.clone(),
            sent,
            confirmed_at: NOW,
        }
        .into(),
    ));
    app.handle(Msg::Directory(Box::new(directory)));
    assert_eq!(app.compare().unwrap().counts(), (1, 0, 1));
}

#[test]
fn a_console_that_is_read_only_looks_and_shows_what_would_end() {
    let mut app = page();
    app.session.read_only = true;
    assert!(matches!(keys(&mut app, "enter")[..], [Effect::Preview(..)]));
    assert!(matches!(keys(&mut app, "tab tab O")[..], [Effect::Preview(..)]));
    assert!(matches!(keys(&mut app, "r")[..], [Effect::Check(_, None)]));
}

#[test]
fn a_pushed_group_that_was_changed_there_stands_last_and_enter_shows_what_puts_ours_over_it() {
    let mut app = page();
    let mut directory = app.directory.clone();
    let group = directory.groups().first().map(|row| row.group.id).expect("a group");
    let push = Push {
        remote_id: Some("g".into()),
        members: Some(vec!["stranger".into()]),
        waits: true,
        ..Push::default()
    };
    directory.apply(&Change::GroupPushed(group, push));
    app.handle(Msg::Directory(Box::new(directory)));
    assert_eq!((app.compare().unwrap().counts(), app.compare().unwrap().groups()), ((1, 1, 1), 1));
    let effects = keys(&mut app, "G enter");
    let wanted = Command::PushGroup(group);
    assert!(matches!(&effects[..], [Effect::Preview(_, c, _)] if **c == wanted), "{effects:?}");
}

#[test]
fn an_account_that_is_gone_has_a_line_and_a_count_and_enter_leads_to_the_person() {
    let mut app = page();
    let mut directory = app.directory.clone();
    let gone = Observation { state: AccountState::Gone, values: None, at: NOW };
    directory.apply(&Change::Observed(DORA, gone.into()));
    app.handle(Msg::Directory(Box::new(directory)));
    let compare = app.compare().unwrap();
    assert_eq!((compare.gone(), compare.rows.get(1)), (1, Some(&CompareRow::Gone(DORA))));
    keys(&mut app, "j enter");
    assert_eq!(app.context(), Context::Person);
    assert_eq!(app.person_here(), Some(DORA));
}
