use std::sync::Arc;

use super::super::fixture::*;
use super::super::match_accounts::tests::{account, found};
use super::super::{Accept, Command};
use super::*;
use crate::directory::Observation;
use crate::domain::{AccountState, Flag, OpState};

const ALL: Accept = Accept { exact: true, partial: true, new: true };

fn command(found: AccountsFound, choices: Vec<AccountChoice>) -> Command {
    Command::ImportAccounts(Box::new(AccountsImport {
        found: Arc::new(found),
        choices,
        ..Default::default()
    }))
}

/// Everything that can be accepted is.
fn accepting(f: &Fixture, found: AccountsFound) -> Command {
    let choices = ALL.all(&match_accounts(&f.directory, &found), &found);
    command(found, choices)
}

fn choose(remote_id: &str, choice: Choice) -> AccountChoice {
    AccountChoice { remote_id: remote_id.to_owned(), choice, named: true }
}

fn flags(f: &Fixture, name: &str) -> Vec<Flag> {
    f.directory.get(f.id(name)).unwrap().flags().iter().collect()
}

fn roles_of(account: &mut Account, value: &str) {
    account.values.roles = role(value);
}

#[test]
fn an_empty_directory_is_filled_and_nobody_is_flagged() {
    let mut f = Fixture::new();
    let mut ana = account("1", "ana@example.com");
    (ana.values.given_name, ana.values.external_id) = ("Ana".to_owned(), "00u1".to_owned());
    let mut ben = account("2", "ben@example.com");
    (ben.values.email, ben.values.title) = ("b@corp.example".to_owned(), "Boss".to_owned());
    let command = accepting(&f, found(vec![ana, ben]));
    let decision = f.run(&command);
    assert!(decision.confirm && decision.people().is_empty() && decision.held.is_none());
    assert_eq!(decision.import.as_ref().map(|i| (i.new, i.matched)), Some((2, 0)));
    assert!(said(&decision).starts_with("2 people created, 0 linked"), "{}", said(&decision));
    for name in ["ana", "ben"] {
        assert_eq!((flags(&f, name), f.access(name), f.role_of(name)), (vec![], true, "Operator".to_owned()));
    }
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!((ana.remote_id(), ana.external_id(), ana.given_name()), (Some("1"), Some("00u1"), "Ana"));
    let again = f.run(&accepting(&f, found(vec![])));
    assert!(again.held.is_some(), "an empty list is no reason to believe that all are gone");
}

#[test]
fn a_match_takes_over_what_is_there_and_sends_nothing() {
    let mut f = Fixture::new().assigned("ana", "Operator").person("ben").operation("ana", OpState::Parked);
    let (mut ana, mut ben) = (account("1", "ANA@example.com"), account("2", "ben@example.com"));
    roles_of(&mut ana, "Admin");
    (ana.values.title, ben.values.family_name) = ("Boss".to_owned(), "Lee".to_owned());
    let command = accepting(&f, found(vec![ana, ben]));
    let decision = f.run(&command);
    assert!(!decision.confirm && decision.people().is_empty());
    assert_eq!(decision.cancel, [f.id("ana")], "what waited to be sent is not wanted any more");
    assert_eq!((f.role_of("ana").as_str(), f.role_of("ben").as_str()), ("Admin", "Operator"));
    assert!(said(&decision).contains("Operator becomes Admin"), "{}", said(&decision));
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!((ana.user_name(), ana.title(), ana.remote_id()), ("ana@example.com", "Boss", Some("1")));
    assert_eq!((flags(&f, "ben"), f.access("ben")), (vec![], true));
}

#[test]
fn what_was_set_in_the_console_and_what_a_group_gives_stays_and_shows_as_unsent() {
    let mut f = Fixture::new().assigned("ana", "Operator").person("ben").group("eng", &["ben"]);
    f = f.group_gives("eng", "Analyst");
    let (mut ana, ben) = (account("1", "ana@example.com"), account("2", "ben@example.com"));
    roles_of(&mut ana, "Admin");
    ana.values.title = "Boss".to_owned();
    let found = found(vec![ana, ben]);
    let choices = ALL.all(&match_accounts(&f.directory, &found), &found);
    let id = f.id("ana");
    let console_set = ["title", "workato_role"].map(|field| (id, field.to_owned())).into();
    let import = AccountsImport { found: Arc::new(found), choices, console_set };
    let decision = f.run(&Command::ImportAccounts(Box::new(import)));
    assert_eq!((f.role_of("ana").as_str(), f.role_of("ben").as_str()), ("Operator", "Analyst"));
    assert_eq!(f.directory.get(id).unwrap().title(), "");
    assert_eq!((flags(&f, "ana"), flags(&f, "ben")), (vec![Flag::Unsent], vec![Flag::Unsent]));
    assert!(said(&decision).contains("through eng"), "{}", said(&decision));
}

#[test]
fn a_role_the_profile_does_not_know_is_told_and_the_person_kept_with_role_missing() {
    let mut f = Fixture::new();
    let mut ana = account("1", "ana@example.com");
    roles_of(&mut ana, "King");
    let command = accepting(&f, found(vec![ana]));
    let decision = f.run(&command);
    assert!(said(&decision).contains("King there") && said(&decision).contains("role missing"));
    assert_eq!((f.role_of("ana").as_str(), flags(&f, "ana")), ("", vec![Flag::Unsent]));
}

#[test]
fn an_account_with_another_external_id_is_linked_only_when_picked() {
    let mut f = Fixture::new().person("ana");
    let mut ana = account("1", "ana@example.com");
    ana.values.external_id = "00u9".to_owned();
    let accepted = accepting(&f, found(vec![ana.clone()]));
    let decision = f.decide(&accepted).unwrap();
    assert_eq!(decision.import.map(|i| (i.matched, i.conflict)), Some((0, 1)));
    let picked = vec![choose("1", Choice::Link(f.id("ana")))];
    let decision = f.run(&command(found(vec![ana]), picked));
    assert!(!decision.confirm, "they were named one by one");
    assert_eq!(f.directory.get(f.id("ana")).unwrap().external_id(), Some("00u9"));
    assert_eq!(flags(&f, "ana"), []);
}

#[test]
fn somebody_suspended_here_is_linked_and_shown_as_access_remains() {
    let mut f = Fixture::new().assigned("ana", "Operator").status("ana", Status::Suspended);
    let command = accepting(&f, found(vec![account("1", "ana@example.com")]));
    let decision = f.run(&command);
    assert_eq!(flags(&f, "ana"), [Flag::AccessRemains]);
    assert!(said(&decision).contains("access remains"));
}

#[test]
fn profile_changes_there_are_taken_and_role_changes_stay_drift() {
    let mut f = Fixture::new().linked("ana", "Operator").linked("ben", "Operator");
    let there = |f: &Fixture, name: &str| {
        let mut values = f.directory.get(f.id(name)).unwrap().known().unwrap().2;
        (values.title, values.roles) = ("Boss".to_owned(), role("Admin"));
        Account { remote_id: format!("remote-{name}"), version: None, values }
    };
    let found = found(vec![there(&f, "ana"), there(&f, "ben")]);
    let console_set = [(f.id("ben"), "title".to_owned())].into();
    let import = AccountsImport { found: Arc::new(found), choices: vec![], console_set };
    let decision = f.run(&Command::ImportAccounts(Box::new(import)));
    let title = |name: &str| f.directory.get(f.id(name)).unwrap().title().to_owned();
    assert_eq!((title("ana").as_str(), title("ben").as_str()), ("Boss", ""));
    assert_eq!((flags(&f, "ana"), f.role_of("ana")), (vec![Flag::Drift], "Operator".to_owned()));
    let words = said(&decision);
    assert!(
        words.contains("ana@example.com: title taken") && words.contains("workato_role changed there"),
        "{words}"
    );
    assert!(words.contains("ben@example.com: title, workato_role changed there"), "{words}");
}

#[test]
fn ignored_accounts_are_remembered_and_can_be_decided_again() {
    let mut f = Fixture::new();
    let there = || found(vec![account("1", "ana@example.com")]);
    f.run(&command(there(), vec![choose("1", Choice::Ignore)]));
    assert_eq!(f.directory.connection().ignored, ["1"]);
    let bulk = accepting(&f, there());
    assert_eq!(f.run(&bulk).import.map(|i| (i.new, i.ignored)), Some((0, 1)));
    f.run(&command(there(), vec![choose("1", Choice::Wait)]));
    assert!(f.directory.connection().ignored.is_empty());
    f.run(&command(there(), vec![choose("1", Choice::Ignore)]));
    f.run(&command(there(), vec![choose("1", Choice::New)]));
    assert!(f.directory.connection().ignored.is_empty() && f.access("ana"));
}

#[test]
fn choices_that_cannot_be_are_refused_or_left_out_with_the_reason() {
    let mut f = Fixture::new().person("ana").linked("eve", "Admin");
    let there = || {
        let mut away = account("3", "away@example.com");
        away.values.active = false;
        let eve = f.directory.get(f.id("eve")).unwrap().known().unwrap().2;
        let eve = Account { remote_id: "remote-eve".to_owned(), version: None, values: eve };
        found(vec![account("1", "x@example.com"), account("2", "y@example.com"), away, eve])
    };
    let (there, ana, eve) = (there(), f.id("ana"), f.id("eve"));
    for (id, words) in [("remote-eve", "linked with eve"), ("3", "not active"), ("7", "no account")] {
        let refusal = f.decide(&command(there.clone(), vec![choose(id, Choice::Link(ana))])).unwrap_err();
        assert!(refusal.text.contains(words), "{}", refusal.text);
    }
    let twice = vec![choose("1", Choice::New), choose("1", Choice::Ignore)];
    assert_eq!(f.decide(&command(there.clone(), twice)).unwrap_err().code, "named_twice");
    let both = vec![choose("1", Choice::Link(ana)), choose("2", Choice::Link(ana))];
    assert!(left_out(&f.decide(&command(there.clone(), both)).unwrap()).contains("another account"));
    let linked = vec![choose("1", Choice::Link(eve))];
    assert!(left_out(&f.decide(&command(there.clone(), linked)).unwrap()).contains("unlink first"));
    let taken = vec![choose("1", Choice::New)];
    f = f.person("x");
    let report = f.decide(&command(there, taken)).unwrap().import.unwrap();
    assert!(report.new == 0 && report.rejected[0].reason.contains("belongs to somebody"), "{report:?}");
}

#[test]
fn the_safeguard_holds_many_missing_and_a_list_that_is_not_whole() {
    let mut f = Fixture::new();
    for name in ["a", "b", "c", "d", "e", "g"] {
        f = f.linked(name, "Operator");
    }
    let there = |f: &Fixture, names: &[&str], missing: &[&str]| {
        let account = |name: &&str| Account {
            remote_id: format!("remote-{name}"),
            version: None,
            values: f.directory.get(f.id(name)).unwrap().known().unwrap().2,
        };
        let mut found = found(names.iter().map(account).collect());
        found.missing = missing.iter().map(|name| f.id(name)).collect();
        found
    };
    let one = there(&f, &["a", "b", "c", "d", "e"], &["g"]);
    assert_eq!(f.decide(&command(one.clone(), vec![])).unwrap().held, None, "one of six is within 20 %");
    let two = there(&f, &["a", "b", "c", "d"], &["e", "g"]);
    let held = f.decide(&command(two, vec![])).unwrap().held.unwrap();
    assert!(held.0 == 2 && held.1.contains("2 of 6"), "{held:?}");
    let mut gap = there(&f, &["a", "b"], &[]);
    gap.gap = Some("a page repeated".to_owned());
    let (number, why) = f.decide(&command(gap, vec![])).unwrap().held.unwrap();
    assert!(
        number == 4 && why.contains("4 of 6 linked ones were not"),
        "the worse the look the larger: {number} {why}"
    );
    f.run(&command(one, vec![]));
    assert_eq!(flags(&f, "g"), [Flag::AccountGone]);
    assert!(f.access("g"), "only shown: nothing is taken from anybody");
}

#[test]
fn accounts_that_a_check_found_gone_before_are_missing_from_the_list_all_the_same() {
    let mut f = Fixture::new();
    for name in ["a", "b", "c", "d", "e"] {
        f = f.linked(name, "Operator");
    }
    for name in ["d", "e"] {
        let gone = Observation { state: AccountState::Gone, values: None, at: NOW };
        f.directory.apply(&Change::Observed(f.id(name), gone.into()));
    }
    let account = |name: &str| Account {
        remote_id: format!("remote-{name}"),
        version: None,
        values: f.directory.get(f.id(name)).unwrap().known().unwrap().2,
    };
    let list = found(["a", "b", "c"].map(account).to_vec());
    let (number, why) = f.decide(&command(list.clone(), vec![])).unwrap().held.unwrap();
    assert!(number == 2 && why.contains("2 of 5 linked accounts are missing"), "{number} {why}");
    // Nobody waits for a decision about these: they shall have no access here.
    f = f.status("d", Status::Deactivated).status("e", Status::Deactivated);
    assert_eq!(f.decide(&command(list, vec![])).unwrap().held, None);
}

#[test]
fn import_switched_off_is_refused() {
    let mut f = Fixture::new();
    let mut connection = f.directory.connection().clone();
    connection.actions.import = false;
    f.directory.apply(&Change::Connection(Box::new(connection)));
    assert_eq!(f.decide(&command(found(vec![]), vec![])).unwrap_err().code, "import_off");
}
