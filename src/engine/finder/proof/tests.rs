use std::sync::Arc;

use serde_json::json;

use super::super::{Look, LookUp, Next, Sheet, Trust, found};
use super::*;
use crate::directory::{Change, Link};
use crate::domain::{
    AccountState, AccountValues, Connection, ConnectionId, FailureKind, Person, Time, TokenSource,
};
use crate::engine::Found;

/// When a list was begun.
const BEGUN: Time = Time::from_ms(1_000_000);

/// `ana`, `ben` and so on are linked to `1`, `2` ...
pub(in crate::engine::finder) fn directory(names: &[&str]) -> Directory {
    let connection = Connection::new(ConnectionId(1), "w", "", TokenSource::Memory);
    let mut directory = Directory::new(connection);
    for (n, name) in (1..).zip(names) {
        let id = PersonId(n);
        directory.apply(&Change::Person(Person::new(id, name).into()));
        link(&mut directory, n, name, Time::default());
    }
    directory
}

fn link(directory: &mut Directory, n: u64, name: &str, linked_at: Time) {
    let values = AccountValues {
        user_name: name.to_owned(),
        external_id: format!("sd{n}"),
        active: true,
        ..AccountValues::default()
    };
    let (sent, settled) = (values.clone(), values);
    let link = Link { remote_id: n.to_string(), linked_at, sent, settled, confirmed_at: linked_at };
    directory.apply(&Change::Link(PersonId(n), link.into()));
}

pub(in crate::engine::finder) fn account(id: &str, name: &str, external_id: &str, active: bool) -> Found {
    let row = json!({"id": id, "userName": name, "externalId": external_id, "active": active});
    found(row.as_object().cloned().unwrap(), None, &[]).unwrap()
}

pub(in crate::engine::finder) fn by_id(id: &str, name: &str, external_id: &str, active: bool) -> Heard {
    Heard::Account(Some(Box::new(account(id, name, external_id, active))))
}

pub(in crate::engine::finder) fn nobody() -> Heard {
    page(Vec::new())
}

pub(in crate::engine::finder) fn page(found: Vec<Found>) -> Heard {
    let rows: Vec<_> = found.into_iter().map(|found| found.resource).collect();
    Heard::Page(Sheet { total: Some(rows.len() as u64), rows, unreadable: 0 })
}

fn everybody(accounts: Vec<Found>) -> Everybody {
    let rows = accounts.into_iter().map(|f| (f.account.remote_id, f.resource));
    Everybody::of(UniqueIdentifier::UserName, rows, None, &[])
}

fn asks(value: &str) -> Proving {
    let by = if value.starts_with("sd") { UniqueIdentifier::ExternalId } else { UniqueIdentifier::UserName };
    Proving::Ask(Ask::Filter(Identity { by, value: value.to_owned() }))
}

fn reads(id: &str) -> Proving {
    Proving::Ask(Ask::Account(id.to_owned()))
}

fn of_user_name(directory: &Directory) -> (Proof, Proving) {
    Proof::of_filter(UniqueIdentifier::UserName, directory)
}

#[test]
fn a_filter_that_finds_a_linked_account_is_proven_by_one_request() {
    let (mut proof, first) = of_user_name(&directory(&["ana"]));
    assert_eq!(first, asks("ana"));
    assert_eq!(proof.heard(page(vec![account("1", "ana", "", true)])), Proving::Shown(Shown::Finds));
}

#[test]
fn a_filter_that_finds_nobody_lies_only_where_the_account_answers_by_its_id_with_access() {
    let here = directory(&["ana"]);
    let (mut proof, _) = of_user_name(&here);
    assert_eq!(proof.heard(nobody()), reads("1"));
    let mut other = proof.clone();
    let Proving::Shown(Shown::Lies(gap)) = proof.heard(by_id("1", "ana", "", true)) else { panic!("lies") };
    assert_eq!(gap, "the search leaves out ana, whose account answers by its id");
    assert_eq!(other.clone().heard(by_id("1", "ana", "", false)), Proving::Shown(Shown::Unproven));
    assert_eq!(other.heard(Heard::Account(None)), Proving::Shown(Shown::Unproven), "gone, truly");
}

#[test]
fn somebody_renamed_in_the_app_is_looked_for_under_the_name_they_have_there() {
    let (mut proof, _) = of_user_name(&directory(&["ana"]));
    assert_eq!(proof.heard(nobody()), reads("1"));
    assert_eq!(proof.heard(by_id("1", "ana.smith", "", true)), asks("ana.smith"));
    let mut other = proof.clone();
    let found = page(vec![account("1", "ana.smith", "", true)]);
    assert_eq!(proof.heard(found), Proving::Shown(Shown::Finds));
    assert!(matches!(other.heard(nobody()), Proving::Shown(Shown::Lies(_))));
}

#[test]
fn another_one_is_tried_where_the_first_is_not_there_and_not_for_ever() {
    let here = directory(&["ana", "ben", "cleo", "dan", "eve"]);
    let (mut proof, mut next) = of_user_name(&here);
    let mut tried = 0;
    while let Proving::Ask(ask) = next {
        tried += 1;
        next = proof.heard(if matches!(ask, Ask::Filter(_)) { nobody() } else { Heard::Account(None) });
    }
    assert_eq!((tried, next), (6, Proving::Shown(Shown::Unproven)));
}

#[test]
fn an_app_that_keeps_no_external_ids_is_not_called_a_liar_for_finding_nobody_by_them() {
    let (mut proof, first) = Proof::of_filter(UniqueIdentifier::ExternalId, &directory(&["ana"]));
    assert_eq!(first, asks("sd1"));
    assert_eq!(proof.heard(nobody()), reads("1"));
    assert_eq!(proof.heard(by_id("1", "ana", "", true)), Proving::Shown(Shown::Unproven));
}

#[test]
fn nothing_is_learned_from_a_dead_endpoint_and_nobody_without_access_is_asked_for() {
    let mut here = directory(&["ana"]);
    let failure = Failure { kind: FailureKind::Unreachable, text: "down".to_owned(), next: String::new() };
    let (mut proof, _) = of_user_name(&here);
    assert_eq!(proof.heard(Heard::Failed(failure.clone())), Proving::Failed(failure));
    let seen =
        crate::directory::Observation { state: AccountState::Inactive, values: None, at: Time::default() };
    here.apply(&Change::Observed(PersonId(1), seen.into()));
    assert_eq!(of_user_name(&here).1, Proving::Shown(Shown::Unproven));
}

#[test]
fn a_list_is_proven_without_a_request_and_false_once_somebody_who_is_not_on_it_answers() {
    let here = directory(&["ana", "ben"]);
    let whole = everybody(vec![account("1", "ana", "", true), account("2", "ben", "", true)]);
    assert_eq!(Proof::of_list(&whole, &here, BEGUN).1, Proving::Shown(Shown::Unproven));
    let part = everybody(vec![account("1", "ana", "", true)]);
    let (mut proof, first) = Proof::of_list(&part, &here, BEGUN);
    assert_eq!(first, reads("2"));
    let mut hidden = proof.clone();
    assert_eq!(hidden.heard(by_id("2", "ben", "", false)), Proving::Shown(Shown::Unproven));
    let Proving::Shown(shown) = proof.heard(by_id("2", "ben", "", true)) else { panic!("ends") };
    let who = Identity { by: UniqueIdentifier::UserName, value: "cleo".to_owned() };
    let LookUp::Unclear(failure) = part.shown(shown).find(&who) else { panic!("cannot be told") };
    assert!(failure.text.contains("the list of users leaves out ben"), "{}", failure.text);
}

/// `ana`, `ben` and so on were linked so many milliseconds before a list was begun.
fn linked_before(ages: &[i64]) -> Directory {
    let names = ["ana", "ben", "cleo", "dan"];
    let mut here = directory(&names[..ages.len()]);
    for ((n, age), name) in (1..).zip(ages).zip(names) {
        link(&mut here, n, name, BEGUN.plus_ms(-age));
    }
    here
}

#[test]
fn whoever_was_made_a_moment_ago_is_no_witness_against_a_list_while_somebody_is_linked_for_longer() {
    let ana = || everybody(vec![account("1", "ana", "", true)]);
    let shown = |ages: &[i64]| Proof::of_list(&ana(), &linked_before(ages), BEGUN).1;
    assert_eq!(shown(&[90_000, 500]), Proving::Shown(Shown::Unproven), "ana is there");
    assert_eq!(shown(&[500, SETTLE_MS]), reads("2"), "ben is linked for long enough");
    assert_eq!(shown(&[500, 400]), reads("2"), "there is nobody else to prove it by");
}

#[test]
fn a_list_is_proven_by_those_who_are_linked_the_longest() {
    let here = linked_before(&[500, 2_500, 90_000, 3_000]);
    let (mut proof, first) = Proof::of_list(&everybody(Vec::new()), &here, BEGUN);
    assert_eq!(first, reads("3"));
    assert_eq!(proof.heard(Heard::Account(None)), reads("4"));
    assert_eq!(proof.heard(Heard::Account(None)), reads("2"));
    assert_eq!(proof.heard(Heard::Account(None)), Proving::Shown(Shown::Unproven), "not the one just made");
}

#[test]
fn nobody_is_believed_from_filters_once_each_was_seen_to_find_somebody() {
    let who = Identity { by: UniqueIdentifier::UserName, value: "cleo".to_owned() };
    let ours = Identity { by: UniqueIdentifier::ExternalId, value: "sd3".to_owned() };
    let mut trust = Trust::Good;
    let (mut look, _) = Look::begin(who, Some(ours.clone()), trust);
    assert_eq!(look.heard(nobody(), &mut trust, &[]), Next::Ask(Ask::Filter(ours)));
    assert_eq!(look.heard(nobody(), &mut trust, &[]), Next::Prove(UniqueIdentifier::UserName));
    assert_eq!(look.clone().shown(&Shown::Lies(String::new())), Next::Ask(Ask::Everybody));
    assert_eq!(
        look.shown(&Shown::Unproven),
        Next::Prove(UniqueIdentifier::ExternalId),
        "a trial was made of it"
    );
    assert_eq!(look.clone().shown(&Shown::Finds), Next::Found(LookUp::Absent));
    assert_eq!(look.shown(&Shown::Unproven), Next::Ask(Ask::Everybody), "no trial was made of this one");
    let all = everybody(vec![account("9", "somebody", "sd3", true)]);
    let found = look.heard(Heard::Everybody(Arc::new(all)), &mut trust, &[]);
    assert!(matches!(found, Next::Found(LookUp::One(found)) if found.account.remote_id == "9"));
}
