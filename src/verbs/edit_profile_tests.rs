//! The profile editor, as an operator sees it.

use super::super::Command;
use super::super::fixture::*;
use super::*;
use crate::domain::{AccountState, DataType, Flag, OpState};

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
