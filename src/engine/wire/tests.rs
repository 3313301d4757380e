use serde_json::{Value, json};

use super::body::{create_body, merged};
use super::*;
use crate::domain::WORKATO_ROLE_URN;
use crate::scim::resource::{Resource, urn};

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

fn there(active: bool, role: &str) -> Found {
    let resource = object(json!({"id": "8f2c", "userName": "ana@example.com", "active": active,
        "meta": {"version": "W/\"1\""}, WORKATO_ROLE_URN: {"workato_role": role}}));
    Found { account: account(&resource, None, &attributes()).unwrap(), resource }
}

/// The request of a profile that makes the account this.
fn change(profile: WireProfile, active: bool, role: &str) -> Call {
    let wire = Wire { profile, etags: profile == WireProfile::Rfc, ..Wire::default() };
    let there = there(true, "Analyst");
    let mut goal = there.account.values.clone();
    goal.active = active;
    goal.roles.set("workato_role", role);
    wire.change(&there, &goal, &Owned::of([field::ACTIVE, "workato_role"]), &attributes())
}

#[test]
fn okta_classic_puts_whatever_changes_and_never_names_a_version() {
    for (active, role) in [(false, "Analyst"), (true, "Admin"), (false, "Admin")] {
        let call = change(WireProfile::OktaClassic, active, role);
        assert_eq!((call.method, call.if_match), (Method::Put, None));
        assert_eq!(call.body.unwrap()["active"], json!(active));
    }
}

#[test]
fn okta_oin_patches_access_without_a_path_and_puts_the_rest() {
    let call = change(WireProfile::OktaOin, false, "Analyst");
    assert_eq!(call.method, Method::Patch);
    let operations = json!([{"op": "replace", "value": {"active": false}}]);
    assert_eq!(call.body.unwrap(), json!({"schemas": [urn::PATCH_OP], "Operations": operations}));
    assert_eq!(change(WireProfile::OktaOin, true, "Admin").method, Method::Put);
    assert_eq!(change(WireProfile::OktaOin, false, "Admin").method, Method::Put, "one write, not two");
}

#[test]
fn rfc_patches_with_paths_and_the_version_that_was_read() {
    let call = change(WireProfile::Rfc, false, "Admin");
    assert_eq!((call.method, call.if_match.as_deref()), (Method::Patch, Some("W/\"1\"")));
    assert_eq!(call.body.unwrap()["Operations"].as_array().map(Vec::len), Some(2));
}

#[test]
fn an_account_that_is_linked_keeps_its_user_name_where_its_updates_are_excluded() {
    let theirs = AccountValues { user_name: "Old@example.com".into(), ..ana() };
    let intent = Intent {
        wanted: ana(),
        owned: everything(&ana(), &attributes()),
        remote_id: None,
        base: crate::domain::Base::Unknown,
        before: None,
        linked_at: None,
        settled: None,
        ours: None,
    };
    let allowed = |update, exclude_user_name| ToApp { update, exclude_user_name, ..Wire::default().allowed };
    let restricted = |allowed| {
        let mut intent = intent.clone();
        Wire { allowed, ..Wire::default() }.restrict_link(&mut intent, &theirs);
        intent
    };
    assert_eq!(restricted(allowed(true, false)), intent);
    let kept = restricted(allowed(true, true));
    assert!(!kept.owned.has(field::USER_NAME) && kept.owned.has("workato_role"));
    assert_eq!(kept.pushed().user_name, "Old@example.com", "what was not sent is not recorded as sent");
    assert_eq!(restricted(allowed(false, false)).owned, Owned::of([field::ACTIVE]));
}

#[test]
fn an_action_that_is_not_supported_is_not_allowed_whatever_to_app_says() {
    let mut connection = Connection::new(
        crate::domain::ConnectionId(1),
        "w",
        "https://workato.com/scim/v2",
        crate::domain::TokenSource::Memory,
    );
    assert_eq!(Wire::of(&connection), Wire::default());
    connection.actions.push_new = false;
    let allowed = Wire::of(&connection).allowed;
    assert!(!allowed.create && allowed.update && allowed.deactivate);
    connection.actions.push_updates = false;
    assert!(!Wire::of(&connection).allowed.update);
}
