//! What came or went with a group.

use super::*;
use crate::verbs::Convertees;

#[test]
fn access_that_ended_with_a_group_is_given_back_in_the_group() {
    let f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator").confirm("ana");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let command = Command::MemberRemove(f.gid("Team"), vec![f.id("ana")]);
    let (mut f, op) = decided(f, "ana", OpKind::Deactivate, &["active"], &command);
    let decision = f.run(&Command::Undo(vec![op.clone()].into()));
    assert_eq!(said(&decision), "ana@example.com is put back into Team: workato_role Operator.");
    assert_eq!((f.directory.get(f.id("ana")).unwrap().ours(), f.access("ana")), (was, true));
    assert_eq!(decision.people(), [f.id("ana")]);
}

#[test]
fn access_that_ended_with_a_group_that_gives_something_else_by_now_is_for_an_operator_to_give() {
    let f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator").confirm("ana");
    let command = Command::MemberRemove(f.gid("Team"), vec![f.id("ana")]);
    let (f, op) = decided(f, "ana", OpKind::Deactivate, &["active"], &command);
    let mut f = f.group_gives("Team", "Admin");
    let why = left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).to_owned();
    assert!(why.contains("scimdeck member add Team ana@example.com"), "{why}");
}

#[test]
fn who_was_put_into_a_group_is_taken_out_of_it_again() {
    let f = Fixture::new().linked("ana", "Operator").group("Team", &[]).group_gives("Team", "Operator");
    let mut f = f;
    f.run(&Command::Unassign(vec![f.id("ana")]));
    let f = f.confirm("ana");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let command = Command::MemberAdd(f.gid("Team"), vec![f.id("ana")]);
    let (mut f, mut op) = decided(f, "ana", OpKind::Reactivate, &["active"], &command);
    assert!(left_out(&f.decide(&Command::Undo(vec![op.clone()].into())).unwrap()).contains("member remove"));
    op.cause = command.cause().to_owned();
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert_eq!(said(&decision), "ana@example.com leaves Team again: access ends, the account stays there.");
    assert_eq!((f.directory.get(f.id("ana")).unwrap().ours(), f.access("ana")), (was, false));
}

#[test]
fn values_that_went_with_a_group_come_back_with_it() {
    let f = Fixture::new().person("ana").group("First", &["ana"]).group_gives("First", "Operator");
    let f = f.group("Second", &["ana"]).group_gives("Second", "Analyst").confirm("ana");
    let command = Command::MemberRemove(f.gid("First"), vec![f.id("ana")]);
    let (mut f, op) = decided(f, "ana", OpKind::Update, &["workato_role"], &command);
    assert_eq!(f.role_of("ana"), "Analyst");
    f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.role_of("ana"), "Operator");
}

#[test]
fn values_that_come_from_a_group_are_changed_in_the_group() {
    let f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator").confirm("ana");
    let mut before = pushed(&f, "ana");
    before.roles = role("Analyst");
    let op = done(&f, "ana", OpKind::Update, &["workato_role"], Some(before));
    let mut f = f;
    let why = left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).to_owned();
    assert!(why.contains("through Team") && why.contains("their own (workato_role Analyst)"), "{why}");
}

#[test]
fn a_role_edit_that_took_somebody_out_of_a_groups_values_puts_them_back() {
    let f =
        Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator").confirm("ana");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let command = Command::Role { people: vec![f.id("ana")], values };
    let (mut f, op) = decided(f, "ana", OpKind::Update, &["workato_role"], &command);
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().ours(), was);
    assert!(said(&decision).contains("the values of Team"), "{}", said(&decision));
}

#[test]
fn a_conversion_to_a_group_is_taken_back_by_the_assignment_that_was() {
    let f = Fixture::new().linked("ana", "Analyst").group("Team", &["ana"]).group_gives("Team", "Operator");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let command = Command::Convert(Convertees::All);
    let (mut f, op) = decided(f, "ana", OpKind::Update, &["workato_role"], &command);
    assert_eq!(f.role_of("ana"), "Operator");
    f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().ours(), was);
}
