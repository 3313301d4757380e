use super::super::proof::tests::{account, by_id, directory, nobody, page};
use super::*;
use crate::directory::{Change, Observation};
use crate::domain::{PersonId, Time, UniqueIdentifier};

fn begin(directory: &Directory) -> (Presence, Telling) {
    let who = Identity { by: UniqueIdentifier::UserName, value: "ana".to_owned() };
    Presence::begin("1", Some(who), directory)
}

fn account_of(id: &str) -> Telling {
    Telling::Ask(Ask::Account(id.to_owned()))
}

const SHOWN: Telling = Telling::Told(Told::Gone { shown: true });
const ALONE: Telling = Telling::Told(Told::Gone { shown: false });

fn without_access(directory: &mut Directory, id: u64, state: AccountState) {
    let seen = Observation { state, values: None, at: Time::default() };
    directory.apply(&Change::Observed(PersonId(id), seen.into()));
}

#[test]
fn a_404_is_believed_of_an_endpoint_that_shows_somebody_else_who_is_linked() {
    let directory = directory(&["ana", "ben", "cleo"]);
    let (mut presence, first) = begin(&directory);
    assert_eq!(first, account_of("2"), "never the one in question");
    assert_eq!(presence.heard(by_id("2", "ben", "sd2", true), &directory), SHOWN);
}

#[test]
fn where_the_oldest_are_gone_anybody_who_is_linked_on_the_list_shows_the_place() {
    let directory = directory(&["ana", "ben", "cleo", "dan", "eva", "fay"]);
    let (mut presence, first) = begin(&directory);
    let mut asked = vec![first];
    while let Telling::Ask(Ask::Account(_)) = asked.last().expect("one") {
        asked.push(presence.heard(Heard::Account(None), &directory));
    }
    assert_eq!(asked.len(), 3, "a few are tried, then the list");
    assert_eq!(presence.heard(page(vec![account("6", "fay", "sd6", true)]), &directory), SHOWN);
}

#[test]
fn where_nobody_who_is_linked_is_there_nothing_is_believed_and_it_says_so() {
    let directory = directory(&["ana", "ben"]);
    for rows in [Vec::new(), vec![account("99", "zoe", "", true)]] {
        let (mut presence, _) = begin(&directory);
        assert_eq!(presence.heard(Heard::Account(None), &directory), Telling::Ask(Ask::Sample));
        let Telling::Told(Told::Elsewhere(failure)) = presence.heard(page(rows), &directory) else {
            panic!("believed")
        };
        assert!(failure.text.starts_with("2 linked accounts are not there and none is"), "{}", failure.text);
        assert!(failure.next.contains("scimdeck test") && failure.next.contains("scimdeck apply"));
    }
}

#[test]
fn where_nobody_else_is_linked_the_search_must_be_answered_without_them() {
    let directory = directory(&["ana"]);
    let who = Identity { by: UniqueIdentifier::UserName, value: "ana".to_owned() };
    let (mut presence, first) = begin(&directory);
    assert_eq!(first, Telling::Ask(Ask::Filter(who)));
    assert_eq!(presence.clone().heard(nobody(), &directory), ALONE);
    assert_eq!(presence.clone().heard(page(vec![account("7", "ana", "", true)]), &directory), ALONE);
    let listed = presence.clone().heard(page(vec![account("1", "ana", "sd1", true)]), &directory);
    assert!(matches!(listed, Telling::Told(Told::Failed(_))), "{listed:?}");
    let failure = Failure { kind: FailureKind::Refused, text: "no filter".into(), next: String::new() };
    let next = presence.heard(Heard::Refused(failure.clone()), &directory);
    assert!(matches!(next, Telling::Ask(_)), "the filter may be all that is refused: {next:?}");
    assert_eq!(
        presence.heard(Heard::Failed(failure.clone()), &directory),
        Telling::Told(Told::Failed(failure))
    );
}

#[test]
fn accounts_without_access_may_be_hidden_and_prove_nothing_by_a_404() {
    let mut directory = directory(&["ana", "ben", "cleo"]);
    without_access(&mut directory, 2, AccountState::Inactive);
    without_access(&mut directory, 3, AccountState::Gone);
    let (mut presence, first) = begin(&directory);
    assert_eq!(first, account_of("2"), "nobody whose account is gone by our record");
    assert_eq!(presence.clone().heard(by_id("2", "ben", "sd2", false), &directory), SHOWN);
    assert!(matches!(presence.heard(Heard::Account(None), &directory), Telling::Ask(Ask::Filter(_))));
    assert_eq!(presence.heard(nobody(), &directory), ALONE);
}

#[test]
fn an_endpoint_that_cannot_be_asked_tells_nothing() {
    let directory = directory(&["ana", "ben"]);
    let failure = Failure { kind: FailureKind::Unreachable, text: "down".into(), next: String::new() };
    let (mut presence, _) = begin(&directory);
    assert_eq!(
        presence.heard(Heard::Failed(failure.clone()), &directory),
        Telling::Told(Told::Failed(failure))
    );
}
