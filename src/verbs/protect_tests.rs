//! Who is asked about before access or an Admin role goes.

use super::super::fixture::*;
use super::super::{Command, RefusalKind};
use super::*;
use crate::directory::OpMark;
use crate::domain::{OpId, OpState, RoleValues};

fn lower(f: &Fixture, names: &[&str]) -> Command {
    Command::Role {
        people: names.iter().map(|n| f.id(n)).collect(),
        values: [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect(),
    }
}

#[test]
fn the_last_admin_is_not_removed_until_the_name_is_typed() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Operator");
    let command = Command::SetStatus { people: vec![f.id("ana")], status: Status::Suspended };
    let refusal = f.decide(&command).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Protected);
    assert!(refusal.text.contains("last account with an Admin role in workato_role"), "{}", refusal.text);
    assert!(refusal.next.contains("type the user name ana@example.com"), "{}", refusal.next);
    f = f.typed("ana");
    assert!(f.decide(&command).is_ok());
}

#[test]
fn the_last_admin_is_not_lowered_and_one_of_two_is() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin");
    assert!(f.decide(&lower(&f, &["ana"])).is_ok());
    let refusal = f.decide(&lower(&f, &["ana", "ben"])).unwrap_err();
    assert!(refusal.text.contains("are the last accounts"), "{}", refusal.text);
}

#[test]
fn typing_one_name_of_two_is_not_enough() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").typed("ana");
    let refusal = f.decide(&lower(&f, &["ana", "ben"])).unwrap_err();
    assert!(refusal.next.contains("ben@example.com") && !refusal.next.contains("ana@"), "{}", refusal.next);
}

#[test]
fn of_many_protected_people_two_are_named_and_all_are_to_be_typed() {
    let names = ["ana", "ben", "cleo", "dan", "eva"];
    let mut f = names.iter().fold(Fixture::new(), |f, name| f.linked(name, "Analyst"));
    let people: Vec<_> = names.iter().map(|name| f.id(name)).collect();
    f.directory.apply(&settings(&f.directory, people.clone()));
    let refusal = f.decide(&Command::SetStatus { people, status: Status::Suspended }).unwrap_err();
    assert_eq!(refusal.text, "ana@example.com, ben@example.com and 3 more are protected on this connection.");
    assert_eq!(refusal.to_type.len(), 5);
    assert!(refusal.next.contains("eva@example.com"), "{}", refusal.next);
}

#[test]
fn an_admin_who_has_no_account_yet_does_not_count_as_another_one() {
    let mut f = Fixture::new().linked("ana", "Admin").assigned("ben", "Admin");
    assert!(f.decide(&lower(&f, &["ana"])).is_err());
}

#[test]
fn an_admin_whose_new_role_was_not_sent_yet_does_not_count_as_another_one() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Analyst").give("ben", role("Admin"));
    assert!(f.decide(&lower(&f, &["ana"])).is_err());
}

#[test]
fn an_admin_who_is_to_be_lowered_and_was_not_yet_does_not_count_as_another_one() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").give("ben", role("Analyst"));
    assert!(f.decide(&lower(&f, &["ana"])).is_err());
}

#[test]
fn an_admin_made_in_the_app_is_the_last_one_too() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    f = f.there("ana", |there| there.roles.set("workato_role", "Admin"));
    assert!(f.decide(&lower(&f, &["ana"])).is_err());
}

#[test]
fn each_environment_has_its_own_last_admin() {
    let both: RoleValues = [("workato_role", "Admin"), ("workato_role_prod", "Admin")].into_iter().collect();
    let mut f = Fixture::new().linked("ben", "Admin").person("ana").give("ana", both).confirm("ana");
    assert!(f.decide(&lower(&f, &["ana"])).is_ok());
    let refusal = f.decide(&Command::Unassign(vec![f.id("ana")])).unwrap_err();
    assert!(refusal.text.contains("workato_role_prod"), "{}", refusal.text);
}

#[test]
fn the_last_admin_through_a_group_is_protected_from_group_commands() {
    let mut f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Admin").confirm("ana");
    assert!(f.decide(&Command::UnassignGroup(f.gid("Team"))).is_err());
    assert!(f.decide(&Command::MemberRemove(f.gid("Team"), vec![f.id("ana")])).is_err());
    let values = [("workato_role".to_owned(), "Operator".to_owned())].into_iter().collect();
    assert!(f.decide(&Command::GroupRole { group: f.gid("Team"), values }).is_err());
}

#[test]
fn a_named_person_is_not_removed_but_may_be_edited() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    f.run(&Command::Protect(vec![f.id("ana")]));
    let refusal = f.decide(&Command::PersonRemove(vec![f.id("ana")])).unwrap_err();
    assert!(refusal.text.contains("is protected"), "{}", refusal.text);
    let values = [("workato_role".to_owned(), "Operator".to_owned())].into_iter().collect();
    assert!(f.decide(&Command::Role { people: vec![f.id("ana")], values }).is_ok());
}

#[test]
fn the_first_of_a_list_that_has_admin_in_it_is_an_admin_role() {
    let mut attribute = ProfileAttribute::workato("workato_role");
    attribute.members.insert(0, crate::domain::Member::plain("Owner"));
    assert!(is_admin(&attribute, "Owner") && is_admin(&attribute, "Admin"));
    assert!(!is_admin(&attribute, "Analyst"));
    attribute.members.retain(|m| m.value != "Admin");
    assert!(!is_admin(&attribute, "Owner"));
}

#[test]
fn an_end_of_access_decided_before_somebody_was_protected_is_asked_about_when_it_would_be_sent() {
    let protected = || {
        let mut f = Fixture::new().linked("ana", "Analyst").status("ana", Status::Suspended);
        f.run(&Command::Protect(vec![f.id("ana")]));
        f
    };
    let asks = |f: &mut Fixture, command: &Command| {
        let refusal = f.decide(command).unwrap_err();
        assert!(refusal.text.contains("is protected"), "{command:?}: {}", refusal.text);
    };
    let mut f = protected();
    asks(&mut f, &Command::Apply);
    assert!(protected().typed("ana").decide(&Command::Apply).is_ok());
    let mut f = protected().operation("ana", OpState::Parked);
    let retry = Command::Retry(vec![f.id("ana")]);
    asks(&mut f, &retry);
    let mut f = protected();
    f.run(&Command::Disable);
    asks(&mut f, &Command::Enable);
    // What does not end it is no matter.
    let mut f = protected();
    assert!(f.decide(&Command::Flag { people: vec![f.id("ana")], note: "x".into() }).is_ok());
    let mut f = protected().there("ana", |there| there.active = false);
    assert!(f.decide(&Command::Apply).is_ok(), "it has ended already");
}

#[test]
fn a_queued_end_of_access_of_somebody_protected_does_not_go_on_unasked() {
    let mut f = Fixture::new().linked("ana", "Analyst").status("ana", Status::Suspended);
    f.run(&Command::Protect(vec![f.id("ana")]));
    for (state, asked) in [(OpState::Queued, true), (OpState::InDoubt, false)] {
        let mark = OpMark { id: OpId(77), kind: OpKind::Deactivate, state, failure: None };
        f.directory.apply(&Change::Operation(f.id("ana"), mark));
        assert_eq!(f.decide(&Command::Apply).is_err(), asked, "{state:?}");
    }
}

#[test]
fn the_last_admin_is_asked_about_when_what_was_decided_before_would_be_sent() {
    // Both were to go while the other was there.
    let mut f = Fixture::new().linked("ana", "Admin").status("ana", Status::Suspended);
    let refusal = f.decide(&Command::Apply).unwrap_err();
    assert!(refusal.text.contains("ana@example.com is the last account"), "{}", refusal.text);
    let mut f = f.linked("ben", "Admin");
    assert!(f.decide(&Command::Apply).is_ok());
    // A lower role that waits is sent by apply, and not by an edit of something else.
    let mut f = Fixture::new().linked("ana", "Admin").give("ana", role("Analyst"));
    assert!(f.decide(&Command::Apply).is_err());
    let values = [("workato_role_prod".to_owned(), "Operator".to_owned())].into_iter().collect();
    assert!(f.decide(&Command::Role { people: vec![f.id("ana")], values }).is_ok());
}
