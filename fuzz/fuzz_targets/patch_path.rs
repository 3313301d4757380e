//! A path that is read prints as one that reads the same; whatever a PATCH asks of a user, it is applied whole or
//! refused, and setting the same twice is setting it once (RFC 7644 section 3.5.2).
#![no_main]

use libfuzzer_sys::fuzz_target;
use scimdeck::scim::patch::{Operation, Verb, apply};
use scimdeck::scim::path::Path;
use scimdeck::scim::schema::{user_with, workato_role};
use serde_json::{Value, json};

fuzz_target!(|input: (&str, u8, &str)| {
    let (text, choice, value) = input;
    let Some(path) = Path::parse(text) else { return };
    let printed = path.to_string();
    let again = Path::parse(&printed).expect("what is printed is a path");
    // Not compared as values: a float in a filter may read back as its neighbour.
    assert_eq!((&again.attr, &again.sub), (&path.attr, &path.sub), "{printed}");

    let verb = [Verb::Add, Verb::Replace, Verb::Remove][usize::from(choice) % 3];
    let value: Value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    let operation = Operation { verb, path: Some(path), value: Some(value) };
    let user = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "1",
        "userName": "ana@example.com",
        "active": true,
        "name": {"givenName": "Ana"},
        "emails": [{"value": "ana@example.com", "type": "work", "primary": true}, {"value": "a@example.org"}],
    });
    let schema = user_with(vec![workato_role(&["Operator".to_owned()])]);
    let user = user.as_object().cloned().unwrap_or_default();
    let Ok(once) = apply(user, std::slice::from_ref(&operation), &schema) else { return };
    assert_eq!(once.get("id"), Some(&json!("1")), "an id is never written");
    if verb == Verb::Replace
        && let Ok(twice) = apply(once.clone(), &[operation], &schema)
    {
        assert_eq!(twice, once, "{printed}");
    }
});
