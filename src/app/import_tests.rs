use super::super::fixture::{self, ANA, BAO, HUGO, app, scan};
use super::super::tests::{keys, preview};
use super::super::{App, Context, Effect, Msg, Overlay};
use crate::domain::PersonId;
use crate::verbs::{AccountChoice, Choice, Command, Said};

/// The console with the review open.
fn reviewing() -> App {
    let mut app = app();
    let effects = keys(&mut app, "i");
    let [Effect::Scan(id)] = effects[..] else { panic!("{effects:?}") };
    let found = scan(&app.directory);
    app.handle(Msg::Scanned(id, Box::new(Ok(found))));
    assert_eq!(app.context(), Context::Import);
    app
}

/// The choices of the command that is looked at: account and what becomes of it.
fn choices(effects: &[Effect]) -> Vec<(String, Choice)> {
    let Some(Effect::Preview(_, command, _)) = effects.last() else { panic!("{effects:?}") };
    let Command::ImportAccounts(import) = &**command else { panic!("{command:?}") };
    let mut all: Vec<_> = import
        .choices
        .iter()
        .map(|AccountChoice { remote_id, choice, .. }| (remote_id.clone(), *choice))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn toast(app: &App) -> String {
    app.toast.as_ref().map(|t| t.text.clone()).unwrap_or_default()
}

fn link(id: &str, person: PersonId) -> (String, Choice) {
    (id.to_owned(), Choice::Link(person))
}

#[test]
fn every_row_is_decided_with_one_key_and_taken_in_after_a_dialog() {
    let mut app = reviewing();
    // Exact, partial, conflict, two new, rejected: in this order.
    let effects = keys(&mut app, "space j space j space j x j n enter");
    let decided = vec![
        link("201", ANA),
        link("202", HUGO),
        ("203".to_owned(), Choice::New),
        link("204", BAO),
        ("206".to_owned(), Choice::Ignore),
    ];
    assert_eq!(choices(&effects), decided);
    let [Effect::Preview(id, command, _)] = &effects[..] else { panic!("{effects:?}") };
    let mut seen = preview((**command).clone(), &[], None);
    seen.decision.said = vec![Said { person: None, text: "1 person created, 3 linked, 1 ignored".into() }];
    app.handle(Msg::Previewed(*id, Box::new(Ok(seen))));
    assert_eq!(app.context(), Context::Confirm);
    let run = keys(&mut app, "y");
    let [Effect::Run(id, ..)] = run[..] else { panic!("{run:?}") };
    assert!(app.overlays.is_empty(), "the review is done with");
    app.handle(Msg::Ran(id, Ok(Default::default())));
    assert!(toast(&app).contains("1 person created, 3 linked, 1 ignored"), "{}", toast(&app));
}

#[test]
fn all_exact_and_all_new_are_accepted_at_once_and_a_choice_is_taken_back() {
    let mut app = reviewing();
    assert_eq!(choices(&keys(&mut app, "A N space enter")).len(), 2, "two new: the exact one was taken back");
}

#[test]
fn another_person_is_picked_by_typing_and_only_people_without_an_account_are_offered() {
    let mut app = reviewing();
    keys(&mut app, "p");
    let offered = |app: &App| match app.overlays.last() {
        Some(Overlay::Import(review)) => review.picker.as_ref().map(|p| p.found.clone()),
        _ => None,
    };
    assert_eq!(offered(&app), Some(vec![ANA, BAO, HUGO]), "who is linked is not offered");
    app.handle(Msg::pasted("hug\n"));
    assert_eq!(offered(&app), Some(vec![HUGO]));
    keys(&mut app, "enter");
    assert_eq!(choices(&keys(&mut app, "enter")), [link("201", HUGO)]);
}

#[test]
fn choices_are_not_lost_by_escape_without_being_asked() {
    let mut app = reviewing();
    keys(&mut app, "space esc n");
    assert_eq!(app.context(), Context::Import);
    keys(&mut app, "esc y");
    assert!(app.overlays.is_empty());
    let mut app = reviewing();
    keys(&mut app, "esc");
    assert!(app.overlays.is_empty(), "nothing was chosen, so nothing is asked");
}

#[test]
fn an_account_that_cannot_be_taken_says_why() {
    let mut app = reviewing();
    keys(&mut app, "G n");
    assert!(toast(&app).contains("empty"), "{}", toast(&app));
    keys(&mut app, "g n");
    assert!(toast(&app).contains("belongs to Ana Lee"), "{}", toast(&app));
    keys(&mut app, "enter");
    assert!(toast(&app).contains("nothing is chosen"), "{}", toast(&app));
}

#[test]
fn a_review_that_comes_while_something_else_is_open_waits_for_its_key() {
    let mut app = app();
    let effects = keys(&mut app, "i ?");
    let [Effect::Scan(id)] = effects[..] else { panic!("{effects:?}") };
    let found = scan(&app.directory);
    app.handle(Msg::Scanned(id, Box::new(Ok(found))));
    assert_eq!(app.context(), Context::Reader);
    keys(&mut app, "esc i");
    assert_eq!(app.context(), Context::Import);
}

#[test]
fn import_is_refused_where_it_is_switched_off_and_taking_in_where_nothing_may_be_changed() {
    let mut d = fixture::directory();
    let mut connection = d.connection().clone();
    connection.actions.import = false;
    d.apply(&crate::directory::Change::Connection(Box::new(connection)));
    let mut off = fixture::app_on(d);
    assert_eq!(keys(&mut off, "i"), vec![]);
    assert!(toast(&off).contains("is off"), "{}", toast(&off));
    let mut looker = reviewing();
    looker.session.read_only = true;
    assert_eq!(keys(&mut looker, "space enter"), vec![]);
    assert!(toast(&looker).contains("read-only"), "{}", toast(&looker));
}
