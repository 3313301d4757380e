use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::scim::resource::urn;
use crate::scim::schema;

fn map(value: Value) -> Resource {
    value.as_object().cloned().expect("an object")
}

fn user() -> Value {
    json!({
        "id": "1", "userName": "ana", "active": true,
        "name": {"givenName": "Ana", "familyName": "Ruiz"},
        "emails": [{"value": "w", "type": "work", "primary": true}, {"value": "h", "type": "home"}],
    })
}

fn patch_of(
    schema: &ResourceSchema,
    resource: Value,
    operations: Value,
) -> Result<Value, (u16, Option<ScimType>)> {
    let plain = |e: ScimError| (e.status, e.scim_type);
    let operations = read(&map(json!({"Operations": operations}))).map_err(plain)?;
    apply(map(resource), &operations, schema).map(Value::Object).map_err(plain)
}

fn patch(operations: Value) -> Result<Value, (u16, Option<ScimType>)> {
    patch_of(&schema::user_with(vec![schema::workato_role(&[])]), user(), operations)
}

fn refused(operations: Value) -> Option<ScimType> {
    patch(operations).expect_err("a refusal").1
}

#[test]
fn a_simple_attribute_is_added_replaced_and_removed() {
    let user = patch(json!([
        {"op": "add", "path": "title", "value": "Dr"},
        {"op": "Replace", "path": "USERNAME", "value": "bo"},
        {"op": "REMOVE", "path": "active"},
    ]))
    .expect("patched");
    assert_eq!((&user["title"], &user["userName"], user.get("active")), (&json!("Dr"), &json!("bo"), None));
}

#[test]
fn without_a_path_every_member_of_the_value_is_a_target() {
    let user = patch(json!([{"op": "replace", "value": {
        "id": "1", "active": "False", "name.givenName": "Eva",
        (urn::WORKATO_ROLE): {"workato_role": "Admin"},
        (format!("{}:workato_role_test", urn::WORKATO_ROLE)): "Operator",
    }}]))
    .expect("patched");
    assert_eq!(user["active"], json!(false));
    assert_eq!(user["name"], json!({"givenName": "Eva", "familyName": "Ruiz"}));
    assert_eq!(user[urn::WORKATO_ROLE], json!({"workato_role": "Admin", "workato_role_test": "Operator"}));
}

#[test]
fn an_extension_is_reached_by_its_urn_with_and_without_attribute() {
    let role = format!("{}:workato_role", urn::WORKATO_ROLE);
    let user = patch(json!([{"op": "replace", "path": role, "value": "Admin"}])).expect("patched");
    assert_eq!(user[urn::WORKATO_ROLE]["workato_role"], "Admin");
    let user = patch(json!([
        {"op": "add", "path": urn::WORKATO_ROLE, "value": {"workato_role": "Admin"}},
        {"op": "remove", "path": role},
    ]))
    .expect("patched");
    assert_eq!(user.get(urn::WORKATO_ROLE), None, "an empty extension goes");
}

#[test]
fn elements_are_chosen_by_a_filter() {
    let user = patch(json!([
        {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new"},
        {"op": "remove", "path": "emails[value eq \"h\"]"},
    ]))
    .expect("patched");
    assert_eq!(user["emails"], json!([{"value": "new", "type": "work", "primary": true}]));
    let none = "emails[type eq \"other\"]";
    assert_eq!(refused(json!([{"op": "replace", "path": none, "value": {}}])), Some(ScimType::NoTarget));
    assert_eq!(refused(json!([{"op": "remove", "path": none}])), Some(ScimType::NoTarget));
}

#[test]
fn an_add_for_a_missing_element_makes_it() {
    let user = patch(json!([{"op": "add", "path": "emails[type eq \"other\"].value", "value": "o"}]));
    assert_eq!(user.expect("patched")["emails"][2], json!({"type": "other", "value": "o"}));
}

#[test]
fn a_new_primary_takes_the_mark_from_the_old() {
    let user = patch(json!([{"op": "add", "path": "emails", "value": [{"value": "n", "primary": true}]}]));
    let user = user.expect("patched");
    assert_eq!((&user["emails"][0]["primary"], &user["emails"][2]["primary"]), (&json!(false), &json!(true)));
    let user = patch(json!([{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}]));
    assert_eq!(user.expect("patched")["emails"][0]["primary"], json!(false));
}

#[test]
fn members_are_removed_by_filter_and_by_value_list_and_never_twice_added() {
    let schema = schema::group_alone();
    let group = json!({"displayName": "G", "members": [{"value": "a"}, {"value": "b"}, {"value": "c"}]});
    let members = |ops: Value| patch_of(&schema, group.clone(), ops).expect("patched")["members"].clone();
    assert_eq!(
        members(json!([{"op": "remove", "path": "members[value eq \"a\"]"}])).as_array().map(Vec::len),
        Some(2)
    );
    let by_list = json!([{"op": "Remove", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}]);
    assert_eq!(members(by_list), json!([{"value": "c"}]));
    assert_eq!(members(json!([{"op": "remove", "path": "members"}])), Value::Null);
    let again =
        json!([{"op": "add", "path": "members", "value": [{"value": "a", "$ref": "x"}, {"value": "d"}]}]);
    assert_eq!(members(again).as_array().map(Vec::len), Some(4));
    let other = json!([{"op": "replace", "path": "members[value eq \"a\"].value", "value": "z"}]);
    assert_eq!(patch_of(&schema, group.clone(), other), Err((400, Some(ScimType::Mutability))));
}

#[test]
fn ten_thousand_members_are_added_and_removed_in_one_request_each() {
    let schema = schema::group_alone();
    let list: Vec<Value> = (0..10_000).map(|n| json!({"value": n.to_string()})).collect();
    let group = json!({"displayName": "G", "members": list[..5_000]});
    let all =
        patch_of(&schema, group, json!([{"op": "add", "path": "members", "value": list}])).expect("patched");
    assert_eq!(all["members"].as_array().map(Vec::len), Some(10_000));
    let none = patch_of(&schema, all, json!([{"op": "remove", "path": "members", "value": list}]));
    assert_eq!(none.expect("patched").get("members"), None);
}

#[test]
fn what_the_server_owns_and_what_is_required_stays() {
    for path in ["id", "meta", "meta.version", "groups", "groups.value"] {
        let op = json!([{"op": "replace", "path": path, "value": "x"}]);
        assert_eq!(refused(op), Some(ScimType::Mutability), "{path}");
    }
    assert_eq!(refused(json!([{"op": "remove", "path": "userName"}])), Some(ScimType::Mutability));
}

#[test]
fn bad_requests_are_refused_with_their_keyword() {
    for (op, expected) in [
        (json!({"op": "move", "path": "title", "value": 1}), ScimType::InvalidSyntax),
        (json!({"op": "add", "path": "title"}), ScimType::InvalidSyntax),
        (json!({"op": "remove"}), ScimType::NoTarget),
        (json!({"op": "add", "path": "emails[", "value": 1}), ScimType::InvalidPath),
        (json!({"op": "add", "path": "shoeSize", "value": "1"}), ScimType::InvalidPath),
        (json!({"op": "add", "path": "title.x", "value": "1"}), ScimType::InvalidPath),
        (json!({"op": "add", "path": "title[a pr]", "value": "1"}), ScimType::InvalidPath),
        (json!({"op": "add", "value": "x"}), ScimType::InvalidValue),
        (json!({"op": "replace", "path": "active", "value": "maybe"}), ScimType::InvalidValue),
        (json!({"op": "replace", "path": "name", "value": "x"}), ScimType::InvalidValue),
        (json!({"op": "replace", "path": "emails", "value": ["x"]}), ScimType::InvalidValue),
    ] {
        assert_eq!(refused(json!([op])), Some(expected), "{op}");
    }
    assert_eq!(refused(json!([])), Some(ScimType::InvalidSyntax));
}

#[test]
fn a_later_failure_gives_no_resource_at_all() {
    let result = patch(json!([
        {"op": "replace", "path": "title", "value": "Dr"},
        {"op": "replace", "path": "id", "value": "2"},
    ]));
    assert_eq!(result, Err((400, Some(ScimType::Mutability))));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("value|type|primary|name|emails|givenName", inner, 0..3)
                .prop_map(|m| m.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_operation_on_any_resource_is_applied_or_refused(
        resource in any_json(),
        op in "add|replace|remove",
        path in prop::sample::select(vec!["emails", "emails.value", "emails[type pr]", "emails[not (value eq \"a\")].primary",
            "name", "name.givenName", "userName", "active", urn::WORKATO_ROLE, urn::USER, "members"]),
        value in any_json(),
    ) {
        let resource = resource.as_object().cloned().unwrap_or_default();
        if let Ok(ops) = read(&map(json!({"Operations": [{"op": op, "path": path, "value": value}]}))) {
            let _ = apply(resource, &ops, &schema::user_with(vec![schema::workato_role(&[])]));
        }
    }
}
