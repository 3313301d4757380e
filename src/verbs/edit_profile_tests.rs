//! The profile editor, as an operator sees it.

use super::super::Command;
use super::super::fixture::*;
use super::*;
use crate::domain::{AccountState, DataType, Flag, OpState, Status};

fn set(variable: &str, change: impl FnOnce(&mut ProfileAttribute)) -> Command {
    let mut attribute = ProfileAttribute::workato(variable);
    attribute.required = variable == "workato_role";
    change(&mut attribute);
    Command::AttributeSet { variable: variable.to_owned(), attribute }
}

#[test]
fn a_new_attribute_goes_last_and_a_required_one_says_who_has_no_value() {
    let mut f = Fixture::new().assigned("ana", "Admin");
    let decision = f.run(&Command::AttributeAdd(ProfileAttribute::workato("workato_role_test")));
    assert_eq!(f.directory.attributes()[2].variable, "workato_role_test");
    assert!(decision.people().is_empty() && !decision.confirm);
    assert!(said(&decision).contains("1 person assigned without a value"), "{}", said(&decision));
}

#[test]
fn an_attribute_without_a_namespace_is_taken_and_it_is_said_that_it_is_not_sent() {
    let mut f = Fixture::new();
    let mut attribute = ProfileAttribute::workato("workato_role_test");
    attribute.external_namespace = Some("  ".to_owned());
    attribute.required = false;
    let decision = f.run(&Command::AttributeAdd(attribute));
    assert!(said(&decision).contains("never sent"), "{}", said(&decision));
    assert_eq!(f.directory.attributes()[2].external_namespace, None);
}

#[test]
fn a_malformed_attribute_is_refused_with_every_reason() {
    let mut f = Fixture::new();
    let mut attribute = ProfileAttribute::workato("workato_role");
    attribute.display_name.clear();
    let refusal = f.decide(&Command::AttributeAdd(attribute)).unwrap_err();
    assert_eq!(refusal.code, "bad_attribute");
    assert!(refusal.text.contains("display name") && refusal.text.contains("already"), "{}", refusal.text);
}

#[test]
fn a_renamed_variable_keeps_every_value_and_nobody_becomes_unsent() {
    let mut f = Fixture::new()
        .linked("ana", "Admin")
        .linked("drift", "Analyst")
        .there("drift", |there| there.roles.set("workato_role", "Operator"))
        .linked("off", "Analyst")
        .there("off", |there| there.active = false)
        .person("team")
        .group("Team", &["team"])
        .group_gives("Team", "Operator")
        .confirm("team");
    let flags =
        |f: &Fixture, name: &str| f.directory.get(f.id(name)).unwrap().flags().iter().collect::<Vec<_>>();
    let before: Vec<_> = ["ana", "drift", "off", "team"].map(|n| flags(&f, n)).to_vec();
    assert_eq!(before[1], [Flag::Drift]);
    let decision = f.run(&set("workato_role", |a| a.variable = "role_main".to_owned()));
    assert!(decision.people().is_empty());
    let after: Vec<_> = ["ana", "drift", "off", "team"].map(|n| flags(&f, n)).to_vec();
    assert_eq!(before, after);
    let value = |name: &str| f.directory.get(f.id(name)).unwrap().roles().get("role_main").map(str::to_owned);
    assert_eq!((value("ana").as_deref(), value("team").as_deref()), (Some("Admin"), Some("Operator")));
    assert_eq!(f.directory.get(f.id("off")).unwrap().account(), AccountState::Inactive);
    assert_eq!(f.directory.attributes()[0].variable, "role_main");
    assert!(f.directory.attribute("workato_role").is_none());
}

#[test]
fn a_variable_is_not_renamed_under_operations_that_still_write_it() {
    let mut f = Fixture::new().linked("ana", "Admin").operation("ana", OpState::Parked);
    let refusal = f.decide(&set("workato_role", |a| a.variable = "role_main".to_owned())).unwrap_err();
    assert_eq!(refusal.code, "queue_not_empty");
    assert!(f.decide(&set("workato_role", |a| a.display_name = "Role".to_owned())).is_ok());
}

#[test]
fn remembered_roles_survive_a_new_name() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    f.run(&Command::Unassign(vec![f.id("ana")]));
    f = f.confirm("ana");
    f.run(&set("workato_role", |a| a.variable = "role_main".to_owned()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().roles().get("role_main"), Some("Analyst"));
}

#[test]
fn a_value_in_use_is_not_taken_off_the_list_and_its_users_are_counted() {
    let mut f = Fixture::new()
        .assigned("ana", "Operator")
        .assigned("ben", "Operator")
        .group("Team", &[])
        .group_gives("Team", "Operator");
    let refusal =
        f.decide(&set("workato_role", |a| a.members.retain(|m| m.value != "Operator"))).unwrap_err();
    assert_eq!(refusal.code, "member_in_use");
    assert_eq!(refusal.text, "The value Operator of workato_role is in use by 2 people and 1 group (Team).");
    assert!(refusal.next.starts_with("Replace it first"));
    assert!(f.decide(&set("workato_role", |a| a.members.retain(|m| m.value != "Analyst"))).is_ok());
}

#[test]
fn a_type_that_values_in_use_do_not_fit_is_refused() {
    let mut f = Fixture::new().assigned("ana", "Operator");
    let command = set("workato_role", |a| {
        a.members.clear();
        a.data_type = DataType::Integer;
    });
    assert_eq!(f.decide(&command).unwrap_err().code, "member_in_use");
}

#[test]
fn making_it_required_says_who_has_no_value() {
    let mut f = Fixture::new().assigned("ana", "Admin");
    let decision = f.decide(&set("workato_role_prod", |a| a.required = true)).unwrap();
    assert!(said(&decision).contains("ana@example.com"), "{}", said(&decision));
}

#[test]
fn removing_it_says_how_many_keep_their_value_in_the_app() {
    let mut f = Fixture::new().linked("ana", "Admin").assigned("ben", "Admin");
    let decision = f.run(&Command::AttributeRemove("workato_role".to_owned()));
    assert!(said(&decision).starts_with("1 person keeps the present value"), "{}", said(&decision));
    assert!(f.directory.attribute("workato_role").is_none());
    assert_eq!(f.directory.get(f.id("ana")).unwrap().flag(), None);
}

#[test]
fn an_attribute_that_is_not_there_is_neither_changed_nor_removed() {
    let mut f = Fixture::new();
    assert_eq!(f.decide(&set("nope", |_| {})).unwrap_err().code, "unknown_attribute");
    assert_eq!(f.decide(&Command::AttributeRemove("nope".to_owned())).unwrap_err().code, "unknown_attribute");
}

fn no_namespace(f: &mut Fixture) {
    let mut attribute = ProfileAttribute::workato("workato_role");
    attribute.external_namespace = None;
    f.directory.apply(&Change::Attribute(0, attribute));
}

fn flags(f: &Fixture, name: &str) -> Vec<Flag> {
    f.directory.get(f.id(name)).unwrap().flags().iter().collect()
}

fn repair(variables: &[&str]) -> Command {
    let variables = variables.iter().map(|v| (*v).to_owned()).collect();
    Command::AttributeRepair { variables, namespace: crate::domain::WORKATO_ROLE_URN.to_owned() }
}

#[test]
fn a_repaired_attribute_makes_those_with_a_value_unsent_and_offers_to_push_them() {
    let mut f = Fixture::new();
    no_namespace(&mut f);
    f = f.linked("ana", "Analyst").linked("off", "Analyst").status("off", Status::Suspended).person("hal");
    assert_eq!(flags(&f, "ana"), []);
    let decision = f.run(&repair(&[]));
    assert_eq!(decision.people(), [f.id("ana")]);
    assert!(decision.confirm && decision.owned == ["workato_role"], "{decision:?}");
    assert_eq!(flags(&f, "ana"), [Flag::Unsent]);
    assert!(f.directory.attributes()[0].sendable());
    assert!(said(&decision).contains("1 person has a value that was never sent"), "{}", said(&decision));
    let (sent, settled, theirs) = f.directory.get(f.id("ana")).unwrap().known().unwrap();
    assert_eq!([sent, settled, theirs].map(|v| v.roles.get("workato_role").is_none()), [true; 3]);
}

#[test]
fn two_attributes_are_repaired_at_once_and_each_person_is_reached_once() {
    let mut f = Fixture::new();
    no_namespace(&mut f);
    let mut prod = f.directory.attributes()[1].clone();
    prod.external_namespace = None;
    f.directory.apply(&Change::Attribute(1, prod));
    let both: RoleValues =
        [("workato_role", "Analyst"), ("workato_role_prod", "Operator")].into_iter().collect();
    f = f.person("ana").give("ana", both).confirm("ana");
    let decision = f.run(&repair(&["workato_role_prod", "workato_role"]));
    assert_eq!(decision.people(), [f.id("ana")]);
    let (sent, ..) = f.directory.get(f.id("ana")).unwrap().known().unwrap();
    assert!(sent.roles.is_empty(), "{sent:?}");
    assert!(f.directory.attributes().iter().all(ProfileAttribute::sendable));
}

#[test]
fn somebody_whose_value_the_list_does_not_take_is_left_out_of_the_push() {
    let mut f = Fixture::new();
    no_namespace(&mut f);
    f = f.linked("ana", "Boss").linked("ben", "Admin");
    let decision = f.run(&repair(&["workato_role"]));
    assert_eq!(decision.people(), [f.id("ben")]);
    assert!(left_out(&decision).contains("no longer takes"));
    assert_eq!(flags(&f, "ana"), [Flag::Unsent]);
}

#[test]
fn what_is_sent_already_or_under_way_is_not_repaired() {
    let mut f = Fixture::new().linked("ana", "Admin");
    assert_eq!(f.decide(&repair(&[])).unwrap_err().code, "nothing_to_repair");
    assert_eq!(f.decide(&repair(&["workato_role"])).unwrap_err().code, "nothing_to_repair");
    no_namespace(&mut f);
    f = f.operation("ana", OpState::Queued);
    assert_eq!(f.decide(&repair(&[])).unwrap_err().code, "queue_not_empty");
    let bad = Command::AttributeRepair { variables: vec![], namespace: "workato".to_owned() };
    assert_eq!(f.decide(&bad).unwrap_err().code, "queue_not_empty");
    f = Fixture::new();
    no_namespace(&mut f);
    assert_eq!(f.decide(&bad).unwrap_err().code, "bad_attribute");
}

#[test]
fn a_namespace_given_in_the_form_makes_the_same_people_unsent_and_sends_nothing() {
    let mut f = Fixture::new();
    no_namespace(&mut f);
    f = f.linked("ana", "Analyst").linked("gone", "Analyst");
    f.run(&Command::Unassign(vec![f.id("gone")]));
    let decision = f.run(&set("workato_role", |_| {}));
    assert!(decision.people().is_empty() && decision.confirm);
    assert!(said(&decision).contains("1 person has a value of workato_role that was never sent"));
    assert_eq!(flags(&f, "ana"), [Flag::Unsent]);
    assert_eq!(f.role_of("gone"), "Analyst", "still remembered");
    let again = Command::Assign { people: vec![f.id("gone")], roles: RoleValues::default() };
    assert_eq!(f.run(&again).owned, ["workato_role"], "and sent when they come back");
}

#[test]
fn an_attribute_nobody_reads_any_more_is_no_drift() {
    let mut f = Fixture::new().linked("ana", "Analyst").linked("ben", "Analyst");
    f.run(&Command::AttributeRemove("workato_role".to_owned()));
    f = f.there("ana", |there| there.roles = RoleValues::default());
    f = f.there("ben", |there| there.title = "Boss".to_owned());
    assert_eq!((flags(&f, "ana"), flags(&f, "ben")), (vec![], vec![Flag::Drift]));
    f.run(&Command::AttributeAdd(ProfileAttribute::workato("workato_role")));
    assert_eq!(flags(&f, "ana"), [Flag::Unsent], "made anew, its values are sent again");
}
