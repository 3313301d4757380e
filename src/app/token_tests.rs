//! Tokens in the console, key by key: the places they come from, and the passphrase of an encrypted one.

use super::fixture::{NOW, app, connection, directory};
use super::tests::keys;
use super::*;
use crate::directory::Change;
use crate::domain::{Call, Exchange, GivenToken, Method, Outcome, Secret, TokenSource};
use crate::engine::{Problem, ProblemKind, TestReport, WRONG_PASSPHRASE};

fn paste(app: &mut App, text: &str) {
    app.handle(Msg::pasted(text));
}

fn form(app: &App) -> &Form {
    match app.overlays.last() {
        Some(Overlay::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn labels(app: &App) -> Vec<&str> {
    form(app).fields.iter().map(|field| field.label.as_str()).collect()
}

fn encrypted() -> App {
    let mut connection = connection();
    connection.token = TokenSource::Encrypted { path: "/home/sam/token.sealed".into() };
    let mut directory = directory();
    directory.apply(&Change::Connection(Box::new(connection)));
    let mut app = app();
    app.handle(Msg::Directory(Box::new(directory)));
    app
}

fn good() -> TestReport {
    let call = Call::new(Method::Get, &["Users"]);
    let exchange = Exchange { call, outcome: Outcome::NotSent("nothing".into()), at: NOW, took_ms: 1 };
    TestReport { ok: true, trouble: None, actions: Vec::new(), exchange, at: NOW }
}

#[test]
fn each_place_of_a_token_has_its_own_fields_and_is_handed_over_as_it_is() {
    let places = [
        ("p", "SCIM token", "tok-1", GivenToken::Pasted(Secret::new("tok-1"))),
        ("f", "Token file", "/t", GivenToken::At(TokenSource::File { path: "/t".into() }, None)),
        (
            "c",
            "Token command",
            "/bin/get 'a b'",
            GivenToken::At(TokenSource::Command { argv: vec!["/bin/get".into(), "a b".into()] }, None),
        ),
        ("s", "Credential", "scim", GivenToken::At(TokenSource::Credential { name: "scim".into() }, None)),
        ("v", "Variable", "TOKEN", GivenToken::At(TokenSource::Env { name: "TOKEN".into() }, None)),
    ];
    for (letter, label, typed, given) in places {
        let mut app = app();
        keys(&mut app, &format!("5 T shift-tab {letter} tab"));
        assert_eq!(labels(&app), ["Token from", label]);
        paste(&mut app, typed);
        let effects = keys(&mut app, "enter");
        let [Effect::Token(_, token)] = &effects[..] else { panic!("{letter}: {effects:?}") };
        assert_eq!(*token, given);
    }
}

#[test]
fn an_encrypted_file_is_given_with_its_passphrase_and_neither_is_shown() {
    let mut app = app();
    keys(&mut app, "5 T shift-tab e tab");
    assert_eq!(labels(&app), ["Token from", "Encrypted file", "Passphrase"]);
    paste(&mut app, "/home/sam/token.sealed");
    assert!(keys(&mut app, "enter").is_empty(), "the passphrase is needed");
    paste(&mut app, " open  sesame\n");
    assert!(!format!("{app:?}").contains("sesame"));
    let effects = keys(&mut app, "enter");
    let [Effect::Token(_, token)] = &effects[..] else { panic!("{effects:?}") };
    let path = "/home/sam/token.sealed".into();
    let passphrase = Secret::verbatim(" open  sesame");
    assert_eq!(*token, GivenToken::At(TokenSource::Encrypted { path }, Some(passphrase)));
    assert!(!format!("{effects:?} {app:?}").contains("sesame"));
}

#[test]
fn a_path_that_is_not_whole_stays_in_its_field() {
    let mut app = app();
    keys(&mut app, "5 T shift-tab f tab");
    paste(&mut app, "token");
    assert!(keys(&mut app, "enter").is_empty());
    assert!(form(&app).fields[1].error.as_ref().is_some_and(|why| why.contains("from / or ~/ on")));
}

#[test]
fn a_locked_token_is_asked_for_until_its_passphrase_opens_it() {
    let mut app = encrypted();
    app.ask_passphrase(false);
    assert_eq!(labels(&app), ["Passphrase"]);
    assert!(keys(&mut app, "enter").is_empty(), "nothing is no passphrase");
    paste(&mut app, "wrong");
    let effects = keys(&mut app, "enter");
    let [Effect::Unlock(id, typed)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(*typed, Secret::verbatim("wrong"));
    let wrong = Problem::new(ProblemKind::Endpoint, WRONG_PASSPHRASE, "No.", "Again.");
    app.handle(Msg::Tested(*id, Box::new(Err(wrong))));
    let intro: Vec<_> = form(&app).intro.iter().map(Line::text).collect();
    assert!(intro.iter().any(|line| line.contains("does not open it")), "{intro:?}");
    paste(&mut app, "right");
    let effects = keys(&mut app, "enter");
    let [Effect::Unlock(id, _)] = &effects[..] else { panic!("{effects:?}") };
    app.handle(Msg::Tested(*id, Box::new(Ok(good()))));
    assert!(app.overlays.is_empty() && app.toast.as_ref().is_some_and(|t| t.text.contains("is open")));
}

#[test]
fn another_trouble_with_the_file_is_told_and_not_asked_about_again() {
    let mut app = encrypted();
    keys(&mut app, "5 U");
    paste(&mut app, "right");
    let effects = keys(&mut app, "enter");
    let [Effect::Unlock(id, _)] = &effects[..] else { panic!("{effects:?}") };
    let gone = Problem::new(ProblemKind::Endpoint, "token_locked", "The file is gone.", "Look for it.");
    app.handle(Msg::Tested(*id, Box::new(Err(gone))));
    assert!(!matches!(app.overlays.last(), Some(Overlay::Form(_))));
}

#[test]
fn a_token_that_is_not_encrypted_has_no_passphrase() {
    let mut app = app();
    keys(&mut app, "5 U");
    assert!(app.overlays.is_empty());
    assert!(app.toast.as_ref().is_some_and(|t| t.text.contains("in no encrypted file")));
}
