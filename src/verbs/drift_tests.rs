use super::super::fixture::*;
use super::super::{Command, RefusalKind};
use super::*;
use crate::directory::AssignmentKind;
use crate::domain::{RoleValues, SETTLE_MS, Status};

fn to_admin(there: &mut AccountValues) {
    there.roles.set("workato_role", "Admin");
}

fn flags(f: &Fixture, name: &str) -> Vec<Flag> {
    f.directory.get(f.id(name)).unwrap().flags().iter().collect()
}

fn adopt_of(f: &Fixture, name: &str) -> Command {
    Command::DriftAdopt(vec![f.id(name)])
}

#[test]
fn exactly_what_drifted_is_pushed_over_each_persons_own() {
    let mut f = Fixture::new()
        .linked("kim", "Admin")
        .linked("ana", "Analyst")
        .there("ana", to_admin)
        .linked("ben", "Analyst")
        .there("ben", |there| "Boss".clone_into(&mut there.title));
    let decision = f.decide(&Command::DriftPush(vec![f.id("ana"), f.id("ben")])).unwrap();
    assert_eq!(decision.exactly[&f.id("ana")], ["workato_role"]);
    assert_eq!(decision.exactly[&f.id("ben")], ["title"]);
    assert_eq!(decision.people(), [f.id("ana"), f.id("ben")]);
    assert!(decision.confirm && decision.changes.is_empty());
    assert!(!f.decide(&Command::DriftPush(vec![f.id("ana")])).unwrap().confirm);
}

#[test]
fn the_last_admin_there_is_not_lowered_by_pushing_over_until_the_name_is_typed() {
    let f = Fixture::new().linked("ana", "Analyst").there("ana", to_admin);
    let mut f = f.linked("ben", "Admin").there("ben", |there| "Boss".clone_into(&mut there.title));
    // What is pushed over of ben leaves his role alone, so he is another Admin.
    let both = Command::DriftPush(vec![f.id("ana"), f.id("ben")]);
    assert!(f.decide(&both).is_ok());
    f = f.there("ben", |there| there.roles.set("workato_role", "Operator"));
    let refusal = f.decide(&both).unwrap_err();
    assert!(refusal.text.starts_with("ana@example.com is the last account with an Admin role"));
}

/// A copy of the app that lags behind shows, right after our push, what was before it.
#[test]
fn what_was_seen_in_the_moment_after_our_own_push_is_not_adopted() {
    let at = |ms: i64| {
        let f = Fixture::new().linked("ana", "Analyst");
        let pushed = f.directory.get(f.id("ana")).unwrap().confirmed_at().unwrap();
        f.there_at(pushed.plus_ms(ms), "ana", |there| "Boss".clone_into(&mut there.title))
    };
    let mut early = at(SETTLE_MS - 1);
    let decision = early.decide(&adopt_of(&early, "ana")).unwrap();
    assert!(left_out(&decision).contains("compare again"), "{}", left_out(&decision));
    assert!(decision.changes.is_empty() && decision.done.is_none());
    // Ours is what we know, so it may be pushed over at any time.
    assert!(early.decide(&Command::DriftPush(vec![early.id("ana")])).unwrap().left_out.is_empty());
    let mut late = at(SETTLE_MS);
    assert!(late.decide(&adopt_of(&late, "ana")).unwrap().left_out.is_empty());
}

#[test]
fn somebody_without_drift_is_left_out() {
    let mut f = Fixture::new().linked("ana", "Analyst").assigned("ben", "Analyst");
    assert!(left_out(&f.decide(&Command::DriftPush(vec![f.id("ana")])).unwrap()).contains("no drift"));
    assert!(left_out(&f.decide(&adopt_of(&f, "ben")).unwrap()).contains("no account of ours"));
}

#[test]
fn access_given_there_to_somebody_suspended_here_is_taken_back() {
    let mut f = Fixture::new()
        .linked("ana", "Analyst")
        .status("ana", Status::Suspended)
        .confirm("ana")
        .there("ana", |there| {
            there.active = true;
            to_admin(there);
        });
    let decision = f.decide(&Command::DriftPush(vec![f.id("ana")])).unwrap();
    assert_eq!(decision.exactly[&f.id("ana")], ["active"]);
}

#[test]
fn three_columns_tell_what_was_pushed_what_is_there_and_what_is_ours() {
    let f = Fixture::new().linked("ana", "Analyst").there("ana", to_admin).give("ana", role("Operator"));
    let one = drifted(&f.directory.get(f.id("ana")).unwrap()).remove(0);
    assert_eq!(one.attribute, "workato_role");
    assert_eq!(
        (one.pushed.as_deref(), one.there.as_deref(), one.ours.as_deref()),
        (Some("Analyst"), Some("Admin"), Some("Operator"))
    );
}

#[test]
fn theirs_becomes_ours_and_the_flag_goes() {
    let mut f = Fixture::new().linked("ana", "Analyst").there("ana", |there| {
        to_admin(there);
        "Boss".clone_into(&mut there.title);
    });
    let decision = f.run(&adopt_of(&f, "ana"));
    assert_eq!(said(&decision), "ana@example.com: title no value -> Boss, workato_role Analyst -> Admin.");
    assert!(decision.people().is_empty() && !decision.confirm);
    assert_eq!(f.role_of("ana"), "Admin");
    assert_eq!(f.directory.get(f.id("ana")).unwrap().title(), "Boss");
    assert_eq!(flags(&f, "ana"), []);
    let set: Vec<_> = decision.set.iter().map(|(_, column)| column.as_str()).collect();
    assert_eq!(set, ["title", "workato_role"]);
}

#[test]
fn somebody_of_a_group_gets_an_individual_assignment_and_it_is_asked() {
    let mut f = Fixture::new()
        .person("ana")
        .group("Team", &["ana"])
        .group_gives("Team", "Operator")
        .confirm("ana")
        .there("ana", to_admin);
    let decision = f.run(&adopt_of(&f, "ana"));
    assert!(decision.confirm && said(&decision).contains("makes an Individual assignment, and Team"));
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!(ana.kind(), AssignmentKind::Individual);
    assert_eq!((f.role_of("ana"), flags(&f, "ana")), ("Admin".to_owned(), vec![]));
}

#[test]
fn an_account_made_inactive_there_is_adopted_as_a_suspension() {
    let mut f = Fixture::new().linked("ana", "Analyst").there("ana", |there| there.active = false);
    let decision = f.run(&adopt_of(&f, "ana"));
    assert!(decision.confirm && said(&decision).contains("suspended here"), "{}", said(&decision));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().status(), Status::Suspended);
    assert_eq!(flags(&f, "ana"), []);
}

#[test]
fn a_protected_person_is_not_suspended_by_adopting_until_the_name_is_typed() {
    let mut f = Fixture::new().linked("ana", "Analyst").there("ana", |there| there.active = false);
    f.run(&Command::Protect(vec![f.id("ana")]));
    assert_eq!(f.decide(&adopt_of(&f, "ana")).unwrap_err().kind, RefusalKind::Protected);
}

#[test]
fn a_value_outside_of_the_list_stays_drift_and_the_rest_is_adopted() {
    let mut f = Fixture::new().linked("ana", "Analyst").there("ana", |there| {
        there.roles.set("workato_role", "Owner");
        "Boss".clone_into(&mut there.title);
    });
    let decision = f.run(&adopt_of(&f, "ana"));
    assert!(left_out(&decision).contains("has no value Owner"), "{}", left_out(&decision));
    assert!(left_out(&decision).contains("the rest is adopted"));
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!((ana.title(), flags(&f, "ana")), ("Boss", vec![Flag::Drift]));
    assert_eq!(drifted(&ana).len(), 1);
}

#[test]
fn a_user_name_of_somebody_else_is_not_adopted() {
    let mut f = Fixture::new().linked("ben", "Analyst").linked("ana", "Analyst").there("ana", |there| {
        "ben@example.com".clone_into(&mut there.user_name);
    });
    let decision = f.run(&adopt_of(&f, "ana"));
    assert!(left_out(&decision).contains("ben@example.com"), "{}", left_out(&decision));
    assert!(decision.changes.is_empty());
}

#[test]
fn a_new_user_name_is_adopted_and_the_address_stays() {
    let mut f = Fixture::new().linked("ana", "Analyst").there("ana", |there| {
        "ann@example.com".clone_into(&mut there.user_name);
    });
    f.run(&adopt_of(&f, "ana"));
    let ann = f.directory.find("ann@example.com").unwrap();
    assert_eq!((ann.email(), ann.flags().is_empty()), ("ana@example.com", true));
}

#[test]
fn somebody_who_is_not_assigned_remembers_what_was_adopted() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    f.run(&Command::Unassign(vec![f.id("ana")]));
    f = f.confirm("ana").there("ana", to_admin);
    f.run(&adopt_of(&f, "ana"));
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!((ana.kind(), ana.flags().is_empty()), (AssignmentKind::None, true));
    let expected: RoleValues = role("Admin");
    assert_eq!(ana.roles(), &expected);
}
