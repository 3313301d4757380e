use super::*;
use crate::domain::WORKATO_ROLE_URN;

fn attributes() -> Vec<ProfileAttribute> {
    ["workato_role", "workato_role_test", "workato_role_prod"].map(ProfileAttribute::workato).to_vec()
}

fn ana() -> AccountValues {
    AccountValues {
        active: true,
        external_id: "00u18ep2sjmn".into(),
        user_name: "ana@example.com".into(),
        given_name: "Ana".into(),
        family_name: "Ruiz".into(),
        email: "ana@example.com".into(),
        department: "Ops".into(),
        roles: [("workato_role", "Analyst"), ("workato_role_prod", "No access")].into_iter().collect(),
        ..Default::default()
    }
}

fn object(value: Value) -> Resource {
    value.as_object().cloned().unwrap_or_default()
}

#[test]
fn a_new_account_carries_its_extensions_under_their_urn_and_leaves_out_what_is_not_set() {
    let body = create_body(&ana(), &attributes());
    assert_eq!(
        body,
        json!({
            "schemas": [urn::USER, urn::ENTERPRISE_USER, WORKATO_ROLE_URN],
            "active": true,
            "userName": "ana@example.com",
            "externalId": "00u18ep2sjmn",
            "name": {"givenName": "Ana", "familyName": "Ruiz"},
            "emails": [{"primary": true, "value": "ana@example.com", "type": "work"}],
            urn::ENTERPRISE_USER: {"department": "Ops"},
            WORKATO_ROLE_URN: {"workato_role": "Analyst", "workato_role_prod": "No access"},
        })
    );
}

#[test]
fn what_is_written_is_read_back_the_same() {
    let mut resource = object(create_body(&ana(), &attributes()));
    resource.insert("id".into(), json!("8f2c"));
    assert_eq!(account(&resource, None, &attributes()).map(|a| a.values), Some(ana()));
}

#[test]
fn a_put_keeps_unknown_attributes_and_extensions_and_leaves_out_what_is_the_servers() {
    let there = object(json!({
        "schemas": [urn::USER, "urn:example:other"], "id": "8f2c", "userName": "ana@example.com", "active": true,
        "password": "echoed", "groups": [{"value": "1"}], "meta": {"version": "W/\"1\""},
        "nickName": "An", "urn:example:other": {"x": 1},
        "emails": [{"value": "home@example.com", "type": "home"}, {"value": "old@example.com", "primary": "True"}],
    }));
    let mut goal = values(&there, &attributes());
    goal.roles.set("workato_role", "Admin");
    goal.email = "new@example.com".into();
    let body = object(merged(&there, &goal, &Owned::of(["workato_role", field::EMAIL]), &attributes()));
    assert!(!body.contains_key("password") && !body.contains_key("meta") && !body.contains_key("groups"));
    assert_eq!(body["nickName"], json!("An"));
    assert_eq!(body["urn:example:other"], json!({"x": 1}));
    assert_eq!(body["emails"][0], json!({"value": "home@example.com", "type": "home"}));
    assert_eq!(body["emails"][1]["value"], json!("new@example.com"));
    assert_eq!(body[WORKATO_ROLE_URN], json!({"workato_role": "Admin"}));
    assert_eq!(body["schemas"], json!([urn::USER, "urn:example:other", WORKATO_ROLE_URN]));
}

#[test]
fn a_cleared_value_is_taken_out_of_the_extension() {
    let there =
        object(json!({"id": "1", WORKATO_ROLE_URN: {"workato_role": "Admin", "workato_role_prod": "Admin"}}));
    let mut goal = values(&there, &attributes());
    goal.roles.set("workato_role_prod", "");
    let body = merged(&there, &goal, &Owned::of(["workato_role_prod"]), &attributes());
    assert_eq!(body[WORKATO_ROLE_URN], json!({"workato_role": "Admin"}));
}

#[test]
fn active_is_read_from_a_string_and_taken_as_true_when_absent() {
    let read = |value: Value| values(&object(value), &[]).active;
    assert!(!read(json!({"active": "False"})));
    assert!(read(json!({"userName": "x"})));
}

#[test]
fn a_custom_attribute_without_a_namespace_is_not_sent() {
    let mut attribute = ProfileAttribute::workato("workato_role");
    attribute.external_namespace = None;
    let body = create_body(&ana(), &[attribute]);
    assert!(!body.to_string().contains("workato_role"));
}

#[test]
fn a_quote_in_a_user_name_does_not_break_out_of_the_filter() {
    let call = look_up("a\" or userName pr or \"");
    assert_eq!(call.query[0].1, r#"userName eq "a\" or userName pr or \"""#);
}
