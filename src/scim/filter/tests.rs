use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::scim::resource::{Resource, urn};
use crate::scim::schema;

fn user() -> Resource {
    json!({
        "id": "Ab1", "userName": "Ana@Example.com", "active": true, "title": "",
        "name": {"givenName": "Ana", "familyName": "Ruiz"},
        "emails": [{"value": "ana@example.com", "type": "work", "primary": true},
                   {"value": "ana@home.test", "type": "home"}],
        "meta": {"created": "2026-01-02T00:00:00.000Z"},
        (urn::WORKATO_ROLE): {"workato_role": "Admin"},
    })
    .as_object()
    .cloned()
    .expect("an object")
}

fn says(filter: &str) -> bool {
    let schema = schema::user_with(vec![schema::workato_role(&[])]);
    Filter::parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}")).matches(&user(), &schema)
}

#[test]
fn the_filters_of_the_rfc_say_what_they_should() {
    for (filter, expected) in [
        ("userName eq \"ana@example.com\"", true),
        ("USERNAME EQ \"ANA@EXAMPLE.COM\"", true),
        ("id eq \"ab1\"", false),
        ("id eq \"Ab1\"", true),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"ana\"", true),
        ("name.familyName co \"UI\"", true),
        ("name.familyName ew \"iz\"", true),
        ("title pr", false),
        ("emails pr", true),
        ("nickName pr", false),
        ("nickName eq null", true),
        ("nickName ne \"x\"", true),
        ("userName ne \"ana@example.com\"", false),
        ("active eq true", true),
        ("active eq \"True\"", true),
        ("active ne true", false),
        ("emails eq \"ana@home.test\"", true),
        ("emails.type eq \"work\"", true),
        ("emails[type eq \"work\" and value co \"@example\"]", true),
        ("emails[type eq \"home\" and value co \"@example\"]", false),
        ("emails[not (type eq \"work\")]", true),
        ("meta.created gt \"2026-01-01T23:59:59Z\"", true),
        ("meta.created lt \"2026-01-02T02:00:00+03:00\"", false),
        ("userName eq \"x\" or userName sw \"ana\" and active eq true", true),
        ("(userName eq \"x\" or userName sw \"ana\") and active eq false", false),
        ("not (active eq false)", true),
        ("urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role eq \"admin\"", true),
        ("active gt true", false),
        ("userName eq 5", false),
    ] {
        assert_eq!(says(filter), expected, "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused_with_the_place() {
    for text in [
        "",
        "userName",
        "userName eq",
        "userName eq ana",
        "userName xx \"a\"",
        "eq \"a\"",
        "(a pr",
        "a pr)",
        "a pr and",
        "a[b pr",
        "a[b[c pr]]",
        "not a pr",
        "a eq \"x",
        "a eq {}",
        "a eq [1]",
        "a eq 1 2",
        "a.b.c pr",
        "\u{e4} pr",
    ] {
        assert!(Filter::parse(text).is_err(), "{text}");
    }
    assert_eq!(Filter::parse("userName eq ana").map_err(|e| e.at), Err(12));
}

#[test]
fn depth_and_length_are_bounded_and_a_long_chain_is_flat() {
    let deep = format!("{}a pr{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(Filter::parse(&deep).map_err(|e| e.reason), Err("nested too deep"));
    assert!(Filter::parse(&" ".repeat(MAX_LENGTH + 1)).is_err());
    let long = vec!["a pr"; 6000].join(" and ");
    assert!(matches!(Filter::parse(&long), Ok(Filter::And(parts)) if parts.len() == 6000));
}

#[test]
fn a_quoted_literal_survives_the_reader() {
    let name = "a\"b\\c\u{1}\u{1F600}'";
    let filter = Filter::parse(&format!("userName eq {}", quote(name))).expect("a filter");
    assert_eq!(filter.simple_eq().map(|(_, text)| text), Some(name));
}

#[test]
fn only_a_whole_eq_with_a_string_is_simple() {
    assert!(Filter::parse("userName eq \"a\"").is_ok_and(|f| f.simple_eq().is_some()));
    assert!(Filter::parse("userName eq \"a\" or a pr").is_ok_and(|f| f.simple_eq().is_none()));
    assert!(Filter::parse("userName eq true").is_ok_and(|f| f.simple_eq().is_none()));
}

#[test]
fn a_filter_tells_which_core_attributes_it_asks_about() {
    let filter = Filter::parse("not (META.created pr) or emails[type eq \"id\"]").expect("a filter");
    assert!(filter.mentions("meta") && filter.mentions("emails"));
    assert!(!filter.mentions("id") && !filter.mentions("type"));
}

fn any_attr() -> impl Strategy<Value = AttrRef> {
    let urn = prop::option::of(Just(urn::WORKATO_ROLE.to_owned()));
    let name = "[a-z][A-Za-z0-9_-]{0,6}";
    (urn, name, prop::option::of(name)).prop_map(|(urn, name, sub)| AttrRef { urn, name, sub })
}

fn any_leaf() -> impl Strategy<Value = Filter> {
    let op = (0..Op::ALL.len()).prop_map(|i| Op::ALL[i].1);
    let value = prop_oneof![
        "\\PC{0,8}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    prop_oneof![
        any_attr().prop_map(Filter::Present),
        (any_attr(), op, value).prop_map(|(attr, op, value)| Filter::Compare(attr, op, value)),
    ]
}

fn any_filter() -> impl Strategy<Value = Filter> {
    any_leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|f| Filter::Not(Box::new(f))),
            (any_attr(), any_leaf()).prop_map(|(attr, f)| Filter::Element(attr, Box::new(f))),
        ]
    })
}

proptest! {
    #[test]
    fn any_filter_prints_to_a_text_that_reads_back_the_same(filter in any_filter()) {
        prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn text_made_of_filter_pieces_is_read_or_refused(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["a", " ", "eq", "\"", "\\", "(", ")", "[", "]", "not", "and", "or", "pr", "1", ".", ":", "é"]), 0..30)
    ) {
        if let Ok(filter) = Filter::parse(&pieces.concat()) {
            let _ = filter.matches(&user(), &schema::user_with(Vec::new()));
        }
    }
}
