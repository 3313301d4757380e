//! A value replaced by another, as an operator sees it.

use super::super::Command;
use super::super::fixture::*;
use crate::domain::{Status, WORKATO_ROLE_URN};

fn replace(from: &str, to: &str) -> Command {
    Command::MemberReplace { variable: "workato_role".into(), from: from.into(), to: to.into() }
}

fn list(f: &Fixture) -> Vec<String> {
    f.directory.attributes()[0].members.iter().map(|m| m.value.clone()).collect()
}

#[test]
fn everybody_with_the_value_gets_the_other_and_it_leaves_the_list() {
    let mut f = Fixture::new()
        .linked("ana", "Operator")
        .linked("ben", "Admin")
        .assigned("new", "Operator")
        .person("team")
        .group("Team", &["team"])
        .group_gives("Team", "Operator")
        .confirm("team");
    let decision = f.run(&replace("Operator", "Analyst"));
    assert_eq!(list(&f), ["Admin", "Analyst", "No access"]);
    for name in ["ana", "new", "team"] {
        assert_eq!(f.role_of(name), "Analyst", "{name}");
    }
    assert_eq!(f.role_of("ben"), "Admin");
    assert_eq!(decision.people(), [f.id("ana"), f.id("team")], "who has an account");
    assert!(decision.confirm);
    let said = said(&decision);
    assert!(said.contains("Operator -> Analyst raises 3 people and 1 group"), "{said}");
    assert!(said.contains("1 person of them has no account"), "{said}");
}

#[test]
fn a_value_that_is_not_on_the_list_takes_the_place_there() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let decision = f.run(&replace("Analyst", "Builder"));
    assert_eq!(list(&f), ["Admin", "Builder", "Operator", "No access"]);
    assert_eq!(f.role_of("ana"), "Builder");
    assert!(said(&decision).contains("takes the place of Analyst"), "{}", said(&decision));
}

#[test]
fn a_value_that_differs_only_in_case_can_be_corrected_but_not_confused_with_another() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let refusal = f.decide(&replace("Operator", "analyst")).unwrap_err();
    assert!(refusal.text.contains("did you mean Analyst?"), "{}", refusal.text);
    assert_eq!(f.decide(&replace("operator", "Analyst")).unwrap_err().code, "bad_value");
    f.run(&replace("Analyst", "analyst"));
    assert_eq!((f.role_of("ana").as_str(), list(&f)[1].as_str()), ("analyst", "analyst"));
}

#[test]
fn a_value_nobody_has_leaves_the_list_without_being_asked() {
    let mut f = Fixture::new().linked("ana", "Admin");
    let decision = f.run(&replace("Operator", "Analyst"));
    assert!(!decision.confirm && decision.people().is_empty());
    assert_eq!(list(&f), ["Admin", "Analyst", "No access"]);
}

#[test]
fn a_value_that_left_the_list_but_is_still_in_use_can_be_replaced() {
    let mut f = Fixture::new().linked("ana", "Boss");
    f.run(&replace("Boss", "Analyst"));
    assert_eq!(f.role_of("ana"), "Analyst");
    assert_eq!(list(&f).len(), 4);
}

#[test]
fn nothing_to_replace_or_nothing_in_its_place_is_refused() {
    let mut f = Fixture::new().linked("ana", "Admin");
    for (from, to) in [("Boss", "Analyst"), ("Analyst", "Analyst"), ("Analyst", " ")] {
        assert_eq!(f.decide(&replace(from, to)).unwrap_err().code, "bad_value", "{from} {to}");
    }
    let unknown = Command::MemberReplace { variable: "nope".into(), from: "a".into(), to: "b".into() };
    assert_eq!(f.decide(&unknown).unwrap_err().code, "unknown_attribute");
}

#[test]
fn those_away_are_counted_and_not_written_to() {
    let mut f = Fixture::new().linked("ana", "Operator").status("ana", Status::Suspended);
    let decision = f.run(&replace("Operator", "Analyst"));
    assert!(decision.people().is_empty() && decision.confirm);
    assert_eq!(f.role_of("ana"), "Analyst");
    f = f.linked("ben", "Analyst");
    f.run(&Command::Unassign(vec![f.id("ben")]));
    let decision = f.decide(&replace("Analyst", "Operator")).unwrap();
    assert!(said(&decision).contains("1 person had Analyst before"), "{}", said(&decision));
}

#[test]
fn the_last_admins_are_not_lowered_by_it_but_their_role_may_get_a_new_name() {
    let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin");
    assert_eq!(f.decide(&replace("Admin", "Analyst")).unwrap_err().code, "protected");
    f.run(&replace("Admin", "Environment admin"));
    assert_eq!(f.role_of("ana"), "Environment admin");
    assert_eq!(f.decide(&replace("Environment admin", "Analyst")).unwrap_err().code, "protected");
    assert_eq!(f.directory.attributes()[0].external_namespace.as_deref(), Some(WORKATO_ROLE_URN));
}
