use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::scim::resource::urn;

fn reader() -> Reader {
    Reader::new(&[ProfileAttribute::workato("workato_role"), ProfileAttribute::workato("workato_role_prod")])
}

fn user() -> Value {
    json!({
        "schemas": [urn::USER], "id": "u-1", "externalId": "00u1", "userName": "ana@example.com",
        "name": {"givenName": "Ana", "familyName": "Lima \"Q\"", "formatted": "Ana Lima"},
        "emails": [{"value": "home@example.com", "type": "home"},
                   {"value": "ana@example.com", "primary": "True"}],
        "title": "Lead", "active": "TRUE", "meta": {"version": "W/\"3\"", "created": "x"},
        urn::ENTERPRISE_USER: {"department": "Tools", "manager": {"value": "9"}},
        urn::WORKATO_ROLE: {"workato_role_prod": "Admin", "workato_role": true, "other": [[[1]]]},
    })
}

fn agrees(raw: &str) {
    let reader = reader();
    let fast = reader.plain(raw);
    let slow = reader.odd(raw);
    if let Some(fast) = &fast {
        // What the shorter way reads, the longer one reads the same; but for what is no value elsewhere in the row.
        if serde_json::from_str::<Resource>(raw).is_ok() {
            assert_eq!(Some(fast), slow.as_ref(), "{raw}");
        }
    }
    assert_eq!(reader.read(raw).is_some(), fast.is_some() || slow.is_some());
}

#[test]
fn an_ordinary_row_is_read_in_one_pass_as_the_resource_would_be() {
    let raw = user().to_string();
    let reader = reader();
    let fast = reader.plain(&raw).expect("ordinary");
    assert_eq!(Some(&fast), reader.odd(&raw).as_ref());
    assert_eq!((fast.email(), fast.active), ("ana@example.com", true));
    assert_eq!(fast.other_addresses, ["home@example.com"]);
    assert!(matches!(fast.texts[0], Cow::Borrowed(_)), "nothing is copied");
    let resource: Resource = serde_json::from_str(&raw).expect("json");
    assert_eq!(fast.values(&reader.attributes), account(&resource, None, &reader.attributes).unwrap().values);
}

#[test]
fn whatever_is_out_of_the_ordinary_is_read_the_longer_way() {
    let reader = reader();
    for raw in [
        r#"{"ID":"a","UserName":"b"}"#,
        r#"{"id":7,"userName":null,"active":null}"#,
        r#"{"id":"a","emails":{"value":"x"},"name":"Ana","active":3}"#,
        r#"{"id":"a","emails":["x",{"value":1},{"Value":"y"}]}"#,
    ] {
        assert!(reader.read(raw).is_some(), "{raw}");
        agrees(raw);
    }
    let twice = [
        r#"{"id":"a","id":"b"}"#,
        r#"{"id":"a","userName":"x","username":"x"}"#,
        r#"{"id":"a","emails":[{"value":null,"value":"x"}]}"#,
        r#"{"id":"a","name":{"givenName":"x","GivenName":"y"}}"#,
    ];
    for raw in twice {
        assert_eq!(reader.read(raw), None, "it can be read in two ways: {raw}");
    }
    for raw in [
        "",
        "42",
        "{}",
        r#"{"id":5,"userName":["a"]}"#,
        r#"{"id":5,"userName":7}"#,
        r#"{"id":""}"#,
        r#"{"id":["x"]}"#,
        r#"{"id":"a""#,
    ] {
        assert_eq!(reader.read(raw), None, "{raw}");
    }
}

#[test]
fn an_attribute_with_the_name_of_another_field_is_read_the_longer_way() {
    let mut own = ProfileAttribute::workato("own_department");
    own.external_name = "department".to_owned();
    own.external_namespace = Some(urn::ENTERPRISE_USER.to_owned());
    let reader = Reader::new(&[own]);
    let raw = user().to_string();
    let read = reader.read(&raw).expect("a row");
    assert_eq!((&*read.texts[7], read.roles[0].1.as_ref()), ("Tools", "Tools"));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["", "true", "False", "a@b", "\u{e9}\"\n"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop::sample::select(vec![
            "value",
            "Value",
            "primary",
            "givenName",
            "familyname",
            "department",
            "version",
            "workato_role",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn both_ways_agree_on_any_row(members in prop::collection::vec((prop::sample::select(vec![
        "id", "Id", "userName", "username", "externalId", "name", "emails", "active", "title", "meta",
        "displayName", urn::ENTERPRISE_USER, urn::WORKATO_ROLE, "other",
    ]), value()), 0..9)) {
        let body: Vec<String> =
            members.iter().map(|(name, value)| format!("{}:{value}", Value::from(*name))).collect();
        agrees(&format!("{{\"id\":\"u\",{}}}", body.join(",")).replace(",}", "}"));
        agrees(&format!("{{{}}}", body.join(",")));
    }

    #[test]
    fn no_bytes_make_it_panic(raw in "\\PC*") {
        let _ = reader().read(&raw);
    }
}

#[test]
fn an_id_that_no_address_can_carry_is_none_for_the_short_way_too() {
    let ids = [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "i".repeat(2_001),
        "...".to_owned(),
        "i".repeat(2_000),
    ];
    let reads = |id: &String| {
        let raw = json!({"id": id, "active": true}).to_string();
        let long = serde_json::from_str(&raw).ok().and_then(|r| crate::engine::wire::account(&r, None, &[]));
        let short = Reader::new(&[]).read(&raw).is_some();
        assert_eq!(short, long.is_some(), "{id:?}");
        short
    };
    assert_eq!(ids.iter().map(reads).collect::<Vec<_>>(), [false, false, false, false, true, true]);
}
