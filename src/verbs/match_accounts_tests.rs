use super::super::accounts::{Accept, ImportCounts};
use super::super::fixture::*;
use super::*;
use crate::directory::Change;
use crate::domain::Account;

pub(in super::super) fn account(id: &str, user_name: &str) -> Account {
    let values = AccountValues {
        active: true,
        user_name: user_name.to_owned(),
        email: user_name.to_owned(),
        roles: role("Operator"),
        ..AccountValues::default()
    };
    Account { remote_id: id.to_owned(), version: None, values }
}

pub(in super::super) fn found(accounts: Vec<Account>) -> AccountsFound {
    AccountsFound { accounts, missing: Vec::new(), gap: None, at: NOW }
}

fn named(id: &str, user_name: &str, given: &str, family: &str) -> Account {
    let mut account = account(id, user_name);
    (account.values.given_name, account.values.family_name) = (given.to_owned(), family.to_owned());
    account
}

fn with(mut account: Account, external_id: &str) -> Account {
    external_id.clone_into(&mut account.values.external_id);
    account
}

fn person(f: &mut Fixture, name: &str, change: impl FnOnce(&mut crate::domain::Person)) {
    let mut person = f.directory.get(f.id(name)).unwrap().record();
    change(&mut person);
    f.directory.apply(&Change::Person(person.into()));
}

/// The only row: its kind, the short names of its people, and why.
fn only(f: &Fixture, account: Account) -> (MatchKind, Vec<String>, String) {
    let review = match_accounts(&f.directory, &found(vec![account]));
    let [row] = review.rows.as_slice() else { panic!("{review:?}") };
    let short = |id: &PersonId| f.directory.get(*id).unwrap().user_name().replace("@example.com", "");
    (row.kind, row.people.iter().map(short).collect(), row.why.clone())
}

#[test]
fn each_account_is_matched_by_what_is_surest() {
    let mut f = Fixture::new().person("ana").person("ben").person("cy").person("dora").linked("eve", "Admin");
    person(&mut f, "ana", |p| p.external_id = Some("00u1".to_owned()));
    person(&mut f, "ben", |p| p.email = "Ben.B@corp.example".to_owned());
    person(&mut f, "cy", |p| (p.given_name, p.family_name) = ("Cy".into(), "O  Neill".into()));
    person(&mut f, "dora", |p| (p.given_name, p.family_name) = ("cy".into(), "O Neill".into()));
    let (ben_id, ben_mail) = (f.id("ben").to_string(), "ben.b@CORP.example");
    let cases: [(&str, Account, MatchKind, &[&str], &str); 13] = [
        ("user name", account("1", "ana@example.com"), MatchKind::Exact, &["ana"], ""),
        ("user name in another case", account("1", "ANA@Example.com"), MatchKind::Exact, &["ana"], ""),
        ("e-mail", account("1", ben_mail), MatchKind::Exact, &["ben"], ""),
        ("the source's id", with(account("1", "x@other"), "00u1"), MatchKind::Exact, &["ana"], ""),
        ("the id we send", with(account("1", "x@other"), &ben_id), MatchKind::Exact, &["ben"], ""),
        ("another id", with(account("1", "ana@example.com"), "00u2"), MatchKind::Conflict, &["ana"], "00u2"),
        (
            "two people",
            with(account("1", ben_mail), "00u1"),
            MatchKind::Conflict,
            &["ana", "ben"],
            "more than one",
        ),
        (
            "linked elsewhere",
            account("1", "eve@example.com"),
            MatchKind::Conflict,
            &["eve"],
            "linked with another",
        ),
        ("same name", named("1", "x@other", "CY", "o neill"), MatchKind::Partial, &["cy", "dora"], ""),
        (
            "same name, other id",
            with(named("1", "x@other", "Cy", "O Neill"), "q"),
            MatchKind::Conflict,
            &["cy", "dora"],
            "same name",
        ),
        ("first name only", named("1", "x@other", "Cy", ""), MatchKind::New, &[], ""),
        ("nobody", account("1", "new@example.com"), MatchKind::New, &[], ""),
        ("no user name", account("1", ""), MatchKind::Rejected, &[], "empty"),
    ];
    for (what, account, kind, people, why) in cases {
        let (is, whom, reason) = only(&f, account);
        assert_eq!(
            (is, whom.iter().map(String::as_str).collect::<Vec<_>>()),
            (kind, people.to_vec()),
            "{what}"
        );
        assert!(reason.contains(why) && reason.is_empty() == why.is_empty(), "{what}: {reason}");
    }
}

#[test]
fn the_rules_of_the_connection_say_what_counts() {
    let mut f = Fixture::new().person("ana").person("ben");
    person(&mut f, "ben", |p| p.email = "ben@corp.example".to_owned());
    person(&mut f, "ben", |p| (p.given_name, p.family_name) = ("Ben".into(), "Lee".into()));
    let mut connection = f.directory.connection().clone();
    connection.import =
        ImportRules { by_user_name: false, by_email: false, partial: false, ..connection.import };
    f.directory.apply(&Change::Connection(Box::new(connection)));
    let (kind, _, why) = only(&f, account("1", "ana@example.com"));
    assert_eq!(kind, MatchKind::Conflict, "two people with one user name cannot be");
    assert!(why.contains("rules"), "{why}");
    assert_eq!(only(&f, named("1", "ben@corp.example", "Ben", "Lee")).0, MatchKind::New);
}

#[test]
fn two_accounts_for_one_person_and_two_new_ones_with_one_name_are_for_an_operator() {
    let mut f = Fixture::new().person("ana");
    person(&mut f, "ana", |p| p.email = "a@corp.example".to_owned());
    let accounts = vec![
        account("1", "ana@example.com"),
        account("2", "a@corp.example"),
        account("3", "new@example.com"),
        account("4", "NEW@example.com"),
    ];
    let review = match_accounts(&f.directory, &found(accounts));
    assert_eq!(review.counts.conflict, 4, "{review:?}");
}

#[test]
fn linked_accounts_are_counted_as_they_stand_and_inactive_strangers_are_left_alone() {
    let f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").linked("cy", "Admin");
    let values = |name: &str| f.directory.get(f.id(name)).unwrap().known().unwrap().2;
    let there = |name: &str, values| Account { remote_id: format!("remote-{name}"), version: None, values };
    let mut moved = values("ben");
    moved.title = "Boss".to_owned();
    let mut away = account("9", "gone@example.com");
    away.values.active = false;
    let mut found = found(vec![there("ana", values("ana")), there("ben", moved), away]);
    found.missing = vec![f.id("cy")];
    let review = match_accounts(&f.directory, &found);
    let counts =
        ImportCounts { scanned: 3, unchanged: 1, updated: 1, removed: 1, inactive: 1, ..Default::default() };
    assert_eq!((review.counts, review.rows.len()), (counts, 0));
}

#[test]
fn an_ignored_account_stays_last_and_keeps_what_it_would_match() {
    let mut f = Fixture::new().person("ana");
    let mut connection = f.directory.connection().clone();
    connection.ignored = vec!["1".to_owned()];
    f.directory.apply(&Change::Connection(Box::new(connection)));
    let accounts = vec![account("1", "ana@example.com"), account("2", "zoe@example.com")];
    let review = match_accounts(&f.directory, &found(accounts));
    assert_eq!((review.counts.ignored, review.counts.exact, review.counts.new), (1, 0, 1));
    assert!(review.rows[1].ignored && review.rows[1].kind == MatchKind::Exact);
    assert_eq!(Accept { exact: true, partial: true, new: false }.all(&review, &found(vec![])), []);
}

#[test]
fn control_characters_reject_a_new_account_and_other_scripts_do_not() {
    let f = Fixture::new();
    let mut bad = account("1", "new@example.com");
    bad.values.display_name = "a\u{1b}[2Jb".to_owned();
    let (kind, _, why) = only(&f, bad);
    assert!(kind == MatchKind::Rejected && why.contains("control character"), "{why}");
    for name in ["宝 阮", "דינה", "Robert'); DROP TABLE people;--", "😀"] {
        assert_eq!(only(&f, named("1", "new@example.com", name, name)).0, MatchKind::New, "{name}");
    }
}
