//! Role edits, as an operator sees them.

use super::super::Command;
use super::super::fixture::*;
use super::*;
use crate::domain::{RoleValues, Status};

fn edit(f: &Fixture, names: &[&str], values: &[(&str, &str)]) -> Command {
    Command::Role {
        people: names.iter().map(|n| f.id(n)).collect(),
        values: values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    }
}

#[test]
fn a_role_edit_owns_only_what_the_operator_changed() {
    let both: RoleValues =
        [("workato_role", "Analyst"), ("workato_role_prod", "Operator")].into_iter().collect();
    let mut f = Fixture::new().person("ana").give("ana", both).confirm("ana");
    let decision = f.run(&edit(&f, &["ana"], &[("workato_role", "Operator")]));
    assert_eq!(decision.exactly[&f.id("ana")], ["workato_role"]);
    assert_eq!(decision.people(), [f.id("ana")]);
    assert!(!decision.confirm);
    assert_eq!(f.directory.get(f.id("ana")).unwrap().roles().get("workato_role_prod"), Some("Operator"));
}

#[test]
fn saying_the_value_again_changes_nothing_here_but_is_still_compared_there() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let decision = f.decide(&edit(&f, &["ana"], &[("workato_role", "Analyst")])).unwrap();
    assert!(decision.changes.is_empty());
    assert_eq!(decision.people(), [f.id("ana")]);
}

#[test]
fn a_group_person_gets_an_individual_assignment_with_the_other_values_copied_and_is_asked() {
    let mut f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator").confirm("ana");
    let decision = f.run(&edit(&f, &["ana"], &[("workato_role_prod", "Analyst")]));
    assert!(decision.confirm);
    assert!(said(&decision).contains("with the other values of Team copied"), "{}", said(&decision));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().kind(), AssignmentKind::Individual);
    assert_eq!(f.role_of("ana"), "Operator");
}

#[test]
fn an_empty_value_takes_an_optional_one_out_and_is_refused_for_a_required_one() {
    let both: RoleValues =
        [("workato_role", "Analyst"), ("workato_role_prod", "Operator")].into_iter().collect();
    let mut f = Fixture::new().person("ana").give("ana", both).confirm("ana");
    f.run(&edit(&f, &["ana"], &[("workato_role_prod", "")]));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().roles(), &role("Analyst"));
    assert_eq!(f.decide(&edit(&f, &["ana"], &[("workato_role", "")])).unwrap_err().code, "role_required");
}

#[test]
fn somebody_suspended_or_not_provisioned_is_edited_here_and_nothing_is_sent() {
    let mut f =
        Fixture::new().linked("ana", "Analyst").status("ana", Status::Suspended).assigned("ben", "Analyst");
    let decision = f.run(&edit(&f, &["ana", "ben"], &[("workato_role", "Operator")]));
    assert!(decision.people().is_empty());
    assert!(
        said(&decision).contains("sent on reactivation") && said(&decision).contains("by Provision User")
    );
    assert_eq!((f.role_of("ana"), f.role_of("ben")), ("Operator".to_owned(), "Operator".to_owned()));
}

#[test]
fn who_is_not_assigned_or_deactivated_is_left_out() {
    let mut f = Fixture::new().person("ana").person("ben").status("ben", Status::Deactivated);
    let decision = f.decide(&edit(&f, &["ana", "ben"], &[("workato_role", "Operator")])).unwrap();
    assert!(decision.left_out[0].1.contains("not assigned"));
    assert!(decision.left_out[1].1.contains("deactivated"));
}

#[test]
fn no_value_at_all_is_refused() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    assert_eq!(f.decide(&edit(&f, &["ana"], &[])).unwrap_err().code, "no_values");
}

#[test]
fn a_group_role_reaches_linked_members_without_their_own_assignment() {
    let mut f = Fixture::new()
        .person("ana")
        .person("new")
        .linked("ben", "Analyst")
        .group("Team", &["ana", "ben", "new"])
        .group_gives("Team", "Operator")
        .confirm("ana");
    let values: BTreeMap<_, _> = [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect();
    let decision = f.run(&Command::GroupRole { group: f.gid("Team"), values });
    assert_eq!(decision.people(), [f.id("ana")]);
    assert!(decision.confirm);
    assert_eq!(decision.exactly[&f.id("ana")], ["workato_role"]);
    assert!(said(&decision).contains("1 person gets other values"), "{}", said(&decision));
    assert_eq!(f.role_of("new"), "Analyst");
}

#[test]
fn the_role_of_a_group_that_is_not_assigned_cannot_be_edited() {
    let mut f = Fixture::new().group("Team", &[]);
    let values: BTreeMap<_, _> = [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect();
    let refusal = f.decide(&Command::GroupRole { group: f.gid("Team"), values }).unwrap_err();
    assert_eq!(refusal.code, "group_not_assigned");
}
