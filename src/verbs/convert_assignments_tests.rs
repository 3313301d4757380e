use super::super::fixture::*;
use super::super::{Command, RefusalKind};
use super::*;
use crate::domain::Status;

fn convert(f: &Fixture, names: &[&str]) -> Command {
    Command::Convert(Convertees::Named(names.iter().map(|n| f.id(n)).collect()))
}

/// ana is an Admin by her own assignment, and Engineering gives Operator.
fn ana_in_engineering() -> Fixture {
    Fixture::new()
        .linked("ana", "Admin")
        .linked("kim", "Admin")
        .group("Engineering", &["ana"])
        .group_gives("Engineering", "Operator")
}

#[test]
fn the_roles_follow_the_group_and_what_becomes_of_them_is_said() {
    let mut f = ana_in_engineering();
    let decision = f.run(&convert(&f, &["ana"]));
    assert_eq!(
        said(&decision),
        "ana@example.com: workato_role Admin -> Operator (lowered) through Engineering."
    );
    assert!(decision.confirm);
    assert_eq!(decision.people(), [f.id("ana")]);
    assert_eq!(decision.done.as_deref(), Some("1 assignment converted: roles follow the group now."));
    assert_eq!(f.role_of("ana"), "Operator");
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect();
    f.run(&Command::GroupRole { group: f.gid("Engineering"), values });
    assert_eq!(f.role_of("ana"), "Analyst");
}

#[test]
fn nothing_is_sent_where_the_group_gives_the_same_values() {
    let mut f = Fixture::new()
        .linked("ana", "Operator")
        .group("Engineering", &["ana"])
        .group_gives("Engineering", "Operator");
    let decision = f.run(&convert(&f, &["ana"]));
    assert!(decision.people().is_empty() && decision.confirm);
    assert!(said(&decision).contains("workato_role Operator as before, through Engineering"));
    assert!(f.access("ana"));
}

#[test]
fn the_group_that_comes_first_gives_the_values() {
    let mut f = Fixture::new()
        .linked("ana", "Operator")
        .group("First", &["ana"])
        .group_gives("First", "Admin")
        .group("Second", &["ana"])
        .group_gives("Second", "Analyst");
    let decision = f.run(&convert(&f, &["ana"]));
    assert!(said(&decision).contains("Operator -> Admin (raised) through First"), "{}", said(&decision));
}

#[test]
fn somebody_without_a_group_to_go_to_is_left_out_with_the_reason() {
    let mut f = Fixture::new()
        .linked("ana", "Analyst")
        .person("ben")
        .group("Team", &["ben"])
        .group_gives("Team", "Operator")
        .group("Club", &["ana"])
        .person("cleo");
    let decision = f.decide(&convert(&f, &["ana"])).unwrap();
    assert_eq!(left_out(&decision), "is in no group that the app is assigned to");
    assert!(!decision.confirm && decision.done.is_none());
    assert_eq!(left_out(&f.decide(&convert(&f, &["ben"])).unwrap()), "has the app through Team already");
    assert_eq!(left_out(&f.decide(&convert(&f, &["cleo"])).unwrap()), "is not assigned");
}

#[test]
fn all_takes_those_who_can_be_converted_and_counts_the_others() {
    let mut f = ana_in_engineering();
    let decision = f.run(&Command::Convert(Convertees::All));
    assert_eq!(decision.changes, [Change::Unassigned(f.id("ana"))]);
    assert!(decision.left_out.is_empty());
    assert!(said(&decision).contains("Not converted: 1 person"), "{}", said(&decision));
    let decision = f.decide(&Command::Convert(Convertees::All)).unwrap();
    assert!(decision.changes.is_empty() && !decision.confirm);
    assert!(said(&decision).contains("Nobody with an Individual assignment"));
}

#[test]
fn the_last_admin_is_not_lowered_by_a_conversion_until_the_name_is_typed() {
    let mut f = Fixture::new()
        .linked("ana", "Admin")
        .group("Engineering", &["ana"])
        .group_gives("Engineering", "Operator");
    let refusal = f.decide(&convert(&f, &["ana"])).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Protected);
    f = f.typed("ana");
    assert!(f.decide(&convert(&f, &["ana"])).is_ok());
}

#[test]
fn a_group_whose_value_left_the_list_takes_nobody() {
    let mut f = Fixture::new().linked("ana", "Analyst").group("Team", &["ana"]).group_gives("Team", "Boss");
    let decision = f.decide(&convert(&f, &["ana"])).unwrap();
    assert!(left_out(&decision).contains("no longer takes"), "{}", left_out(&decision));
}

#[test]
fn somebody_suspended_is_converted_and_the_values_wait() {
    let mut f = ana_in_engineering().status("ana", Status::Suspended);
    let decision = f.run(&convert(&f, &["ana"]));
    assert!(decision.people().is_empty());
    assert!(said(&decision).contains("sent on reactivation"), "{}", said(&decision));
}

#[test]
fn back_to_individual_keeps_the_present_values_and_sends_nothing() {
    let mut f = Fixture::new()
        .person("ana")
        .group("Team", &["ana"])
        .group_gives("Team", "Operator")
        .confirm("ana")
        .linked("ben", "Analyst");
    let decision = f.run(&Command::ConvertBack(vec![f.id("ana")]));
    assert!(decision.people().is_empty() && !decision.confirm);
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!(ana.kind(), AssignmentKind::Individual);
    assert!(ana.flags().is_empty());
    assert_eq!(f.role_of("ana"), "Operator");
    let decision = f.decide(&Command::ConvertBack(vec![f.id("ben")])).unwrap();
    assert_eq!(left_out(&decision), "has an Individual assignment already");
}

#[test]
fn the_next_people_file_does_not_silently_take_a_conversion_back() {
    let mut f = ana_in_engineering();
    let decision = f.decide(&convert(&f, &["ana"])).unwrap();
    assert_eq!(decision.set, [(f.id("ana"), "assigned".to_owned())]);
}
