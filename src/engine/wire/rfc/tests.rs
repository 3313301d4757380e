use crate::domain::{Account, DataType, WORKATO_ROLE_URN};
use crate::engine::wire;

use super::*;

fn attributes() -> Vec<ProfileAttribute> {
    ["workato_role", "workato_role_prod"].map(ProfileAttribute::workato).to_vec()
}

fn found(resource: Value, etag: Option<&str>) -> Found {
    let resource = resource.as_object().cloned().unwrap();
    let account: Account = wire::account(&resource, etag, &attributes()).unwrap();
    Found { account, resource }
}

fn there() -> Value {
    json!({
        "id": "8f2c", "userName": "ana@example.com", "active": true, "title": "Chief",
        "name": {"familyName": "Ruiz"}, "nickName": "An",
        "emails": [{"value": "home@example.com", "type": "home"}, {"value": "a@example.com", "type": "work"}],
        WORKATO_ROLE_URN: {"workato_role": "Analyst"},
    })
}

/// The operations that make the change, with everything owned.
fn operations(there: Value, change: impl FnOnce(&mut AccountValues)) -> Value {
    let found = found(there, None);
    let mut goal = found.account.values.clone();
    change(&mut goal);
    let texts = goal.texts().map(|(name, _)| name.to_owned());
    let roles = attributes().into_iter().map(|a| a.variable);
    let owned = Owned::of([field::ACTIVE.to_owned()].into_iter().chain(texts).chain(roles));
    let call = super::change(&found, &goal, &owned, &attributes(), true);
    assert_eq!((call.method, call.line().as_str()), (Method::Patch, "PATCH /Users/8f2c"));
    let body = call.body.unwrap();
    assert_eq!(body["schemas"], json!([urn::PATCH_OP]));
    body["Operations"].clone()
}

#[test]
fn only_what_differs_is_named_each_by_its_path() {
    let sent = operations(there(), |goal| {
        goal.active = false;
        goal.given_name = "Ana".into();
        goal.family_name = "Ruiz Gil".into();
        goal.roles.set("workato_role", "Admin");
        goal.roles.set("workato_role_prod", "Operator");
    });
    assert_eq!(
        sent,
        json!([
            {"op": "replace", "path": "active", "value": false},
            {"op": "add", "path": "name.givenName", "value": "Ana"},
            {"op": "replace", "path": "name.familyName", "value": "Ruiz Gil"},
            {"op": "replace", "path": format!("{WORKATO_ROLE_URN}:workato_role"), "value": "Admin"},
            {"op": "add", "path": format!("{WORKATO_ROLE_URN}:workato_role_prod"), "value": "Operator"},
        ])
    );
}

#[test]
fn a_cleared_value_is_removed() {
    let sent = operations(there(), |goal| {
        goal.title.clear();
        goal.roles.set("workato_role", "");
    });
    assert_eq!(
        sent,
        json!([
            {"op": "remove", "path": "title"},
            {"op": "remove", "path": format!("{WORKATO_ROLE_URN}:workato_role")},
        ])
    );
}

#[test]
fn a_department_goes_under_the_enterprise_extension() {
    let sent = operations(there(), |goal| goal.department = "Ops".into());
    let path = format!("{}:department", urn::ENTERPRISE_USER);
    assert_eq!(sent, json!([{"op": "add", "path": path, "value": "Ops"}]));
}

#[test]
fn an_address_is_named_by_its_type_or_as_the_primary_or_by_its_value() {
    let path = |emails: Value| {
        let mut resource = there();
        resource["emails"] = emails;
        operations(resource, |goal| goal.email = "new@example.com".into())[0]["path"].clone()
    };
    let home = json!({"value": "home@example.com", "type": "home"});
    assert_eq!(path(json!([home])), r#"emails[type eq "home"].value"#);
    let primary = json!({"value": "a@example.com", "primary": true});
    assert_eq!(path(json!([home, primary])), "emails[primary eq true].value");
    let twice =
        json!([{"value": "a@example.com", "type": "work"}, {"value": "b@example.com", "type": "Work"}]);
    assert_eq!(path(twice), r#"emails[value eq "a@example.com"].value"#);
    assert_eq!(path(Value::Null), "emails");
}

#[test]
fn a_first_address_is_added_as_the_primary_one_and_a_cleared_one_is_taken_out() {
    let mut none = there();
    none["emails"] = json!([]);
    let sent = operations(none, |goal| goal.email = "new@example.com".into());
    let value = json!([{"value": "new@example.com", "type": "work", "primary": true}]);
    assert_eq!(sent, json!([{"op": "add", "path": "emails", "value": value}]));
    let sent = operations(there(), |goal| goal.email.clear());
    assert_eq!(sent, json!([{"op": "remove", "path": r#"emails[type eq "home"]"#}]));
}

#[test]
fn a_value_has_the_type_of_its_attribute() {
    let mut attribute = ProfileAttribute::workato("seats");
    attribute.data_type = DataType::Integer;
    attribute.members.clear();
    let there = found(there(), None);
    let mut goal = there.account.values.clone();
    goal.roles.set("seats", "12");
    let call = super::change(&there, &goal, &Owned::of(["seats"]), &[attribute], true);
    assert_eq!(call.body.unwrap()["Operations"][0]["value"], json!(12));
}

#[test]
fn what_is_not_owned_is_not_written_though_it_differs() {
    let there = found(there(), None);
    let goal = AccountValues { title: "Boss".into(), ..there.account.values.clone() };
    let call = super::change(&there, &goal, &Owned::of([field::ACTIVE]), &attributes(), true);
    assert_eq!(call.body.unwrap()["Operations"], json!([]));
}

#[test]
fn the_version_that_was_read_goes_along_where_it_is_an_entity_tag() {
    let if_match = |etag: Option<&str>, meta: Value, etags: bool| {
        let mut resource = there();
        resource["meta"] = json!({"version": meta});
        let there = found(resource, etag);
        let goal = AccountValues { active: false, ..there.account.values.clone() };
        super::change(&there, &goal, &Owned::of([field::ACTIVE]), &attributes(), etags).if_match
    };
    assert_eq!(if_match(Some("W/\"2\""), "W/\"1\"".into(), true).as_deref(), Some("W/\"2\""));
    assert_eq!(if_match(None, "\"abc\"".into(), true).as_deref(), Some("\"abc\""));
    assert_eq!(if_match(None, "3694e05e".into(), true), None, "no header can be made of it");
    assert_eq!(if_match(None, Value::Null, true), None);
    assert_eq!(if_match(Some("W/\"2\""), Value::Null, false), None);
}
