//! One entry of the log, read leniently: the names of its members are documented, their types hardly.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::{Difference, Time, field};
use crate::endpoint::excerpt;

/// Longest text that is kept of one value.
const MAX_TEXT: usize = 1_000;
/// Longest id that is believed, in bytes.
const MAX_ID: usize = 200;
/// Most changes that are kept of one entry.
const MAX_CHANGES: usize = 200;

/// Something that happened in the app.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityEntry {
    /// The log's id, as text.
    pub id: String,
    /// When, by the app's clock.
    pub at: Option<Time>,
    /// What: `member_updated` and the like; the app's own word.
    pub event_type: String,
    /// `details.activity`: `scim_auto_sync` marks what SCIM did.
    pub activity: Option<String>,
    /// Whom or what it concerns.
    pub resource_name: Option<String>,
    /// That person's e-mail, which is the user name there.
    pub resource_email: Option<String>,
    /// `ManagedUserGrant` for a collaborator, `MemberInvitation` for an invitation, and others.
    pub resource_type: Option<String>,
    /// Who did it.
    pub actor_email: Option<String>,
    /// The `X-Request-Id` of the request behind it, where the log tells: our operation's id.
    pub request_id: Option<String>,
    /// What it changed, where the log tells. Extension attributes by their short name.
    pub changes: Vec<Difference>,
    /// The entry as it came.
    pub raw: Value,
}

impl ActivityEntry {
    /// Reads an entry; none without an id and an event type.
    pub fn read(json: &str) -> Option<Self> {
        let raw: Value = serde_json::from_str(json).ok()?;
        let map = raw.as_object()?;
        let id = text(map, "id").filter(|id| id.len() <= MAX_ID)?;
        let event_type = text(map, "event_type").or_else(|| text(map, "event"))?;
        let part = |name: &str| map.get(name).and_then(Value::as_object);
        let (details, resource) = (part("details"), part("resource"));
        let request = details.and_then(|d| d.get("request")).and_then(Value::as_object);
        let of = |map: Option<&Map<String, Value>>, name: &str| map.and_then(|map| text(map, name));
        Some(Self {
            id,
            at: text(map, "timestamp").and_then(|t| t.parse().ok()),
            event_type,
            activity: of(details, "activity"),
            resource_name: of(resource, "name"),
            resource_email: of(resource, "email"),
            resource_type: of(resource, "type"),
            actor_email: of(part("user"), "email"),
            request_id: of(request, "request_id"),
            changes: details.and_then(|d| d.get("changes")).map(changes).unwrap_or_default(),
            raw,
        })
    }
}

/// The id of a row, whatever else stands in it.
pub(super) fn id_of(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        id: Value,
    }
    let Named { id } = serde_json::from_str(json).ok()?;
    let id = match id {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!id.is_empty() && id.len() <= MAX_ID).then_some(id)
}

/// A member as text; numbers count, the empty text does not.
fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.chars().take(MAX_TEXT).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn changes(value: &Value) -> Vec<Difference> {
    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().take(MAX_CHANGES).filter_map(|row| change(row.as_object()?)).collect()
}

fn change(row: &Map<String, Value>) -> Option<Difference> {
    let name = text(row, "attribute")?;
    let attribute = match name.as_str() {
        "emails" => field::EMAIL,
        // URN:attribute, the URN itself full of colons.
        urn if urn.to_ascii_lowercase().starts_with("urn:") => urn.rsplit(':').next().unwrap_or(urn),
        plain => plain,
    };
    Some(Difference {
        attribute: attribute.to_owned(),
        before: row.get("before").and_then(shown),
        after: row.get("after").and_then(shown),
    })
}

/// A value as people read it: lists by their members' values. Null and nothing are "not set".
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().take(100).filter_map(member).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    (!text.is_empty()).then(|| excerpt(&text, MAX_TEXT))
}

fn member(value: &Value) -> Option<String> {
    match value {
        Value::Object(map) => text(map, "value").or_else(|| Some(value.to_string())),
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// What may stand in any place: mostly a text, sometimes long or strange, and every other type.
    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            4 => "[a-z@.:]{0,12}".prop_map(Value::from),
            1 => any::<String>().prop_map(Value::from),
            1 => (0_usize..3_000).prop_map(|n| Value::from("\u{202e}".repeat(n))),
            1 => any::<i64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
            1 => Just(Value::Null),
            1 => prop::collection::vec("[a-z]{0,4}", 0..4).prop_map(|texts| json!([texts, {"value": texts}])),
            1 => Just(json!({"value": {"value": {}}})),
        ]
    }

    fn part_name(value: &Value) -> String {
        format!("urn:x:{}", value.to_string().len())
    }

    #[test]
    fn an_entry_of_the_documented_shape_is_read_whole() {
        let entry = ActivityEntry::read(
            r#"{"id":7,"timestamp":"2026-01-02T03:04:05.678Z","event_type":"member_updated",
            "workspace":{"id":1,"name":"W"},"user":{"id":2,"name":"Ann","email":"ann@example.com"},
            "details":{"request":{"ip_address":"127.0.0.1","user_agent":"x","request_id":"op0000000000001"},
              "activity":"scim_auto_sync","changes":[
              {"attribute":"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role","before":"Operator","after":"Admin"},
              {"attribute":"active","before":false,"after":true},
              {"attribute":"emails","before":null,"after":[{"value":"b@example.com","primary":true}]},
              {"attribute":"title","before":"","after":"Boss"}]},
            "resource":{"id":3,"name":"Bob","type":"ManagedUserGrant","email":"bob@example.com","email_confirmed_at":null}}"#,
        )
        .expect("an entry");
        assert_eq!((entry.id.as_str(), entry.event_type.as_str()), ("7", "member_updated"));
        assert_eq!(entry.at, Some(Time::from_ms(1_767_323_045_678)));
        assert_eq!(entry.activity.as_deref(), Some("scim_auto_sync"));
        assert_eq!(entry.resource_name.as_deref(), Some("Bob"));
        assert_eq!(entry.resource_email.as_deref(), Some("bob@example.com"));
        assert_eq!(entry.resource_type.as_deref(), Some("ManagedUserGrant"));
        assert_eq!(entry.actor_email.as_deref(), Some("ann@example.com"));
        assert_eq!(entry.request_id.as_deref(), Some("op0000000000001"));
        let changes: Vec<_> = entry
            .changes
            .iter()
            .map(|c| (c.attribute.as_str(), c.before.as_deref(), c.after.as_deref()))
            .collect();
        assert_eq!(
            changes,
            [
                ("workato_role", Some("Operator"), Some("Admin")),
                ("active", Some("false"), Some("true")),
                ("emails.value", None, Some("b@example.com")),
                ("title", None, Some("Boss")),
            ]
        );
    }

    #[test]
    fn members_of_another_type_are_absent_and_an_entry_without_id_is_none() {
        let entry = ActivityEntry::read(
            r#"{"id":"x","event_type":"e","timestamp":12,"details":[],"resource":"no","user":null}"#,
        )
        .expect("an entry");
        assert_eq!((entry.at, entry.activity, entry.resource_name), (None, None, None));
        for bad in ["{}", "[]", "null", "", r#"{"id":1}"#, r#"{"id":{},"event_type":"e"}"#, "{\"id\":"] {
            assert_eq!(ActivityEntry::read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = ActivityEntry::read(&text);
        }

        #[test]
        fn an_entry_with_any_values_in_the_documented_places_keeps_within_its_bounds(
            parts in prop::collection::vec(value(), 14), changed in prop::collection::vec(value(), 0..5),
        ) {
            let mut parts = parts.into_iter();
            let mut part = || parts.next().unwrap_or(Value::Null);
            let changes: Vec<Value> = changed
                .into_iter()
                .map(|after| json!({"attribute": part_name(&after), "before": after.clone(), "after": after}))
                .collect();
            let entry = json!({
                "id": part(), "timestamp": part(), "event_type": part(), "event": part(),
                "user": {"email": part(), "name": part()},
                "details": {"activity": part(), "request": {"request_id": part()}, "changes": changes},
                "resource": {"name": part(), "email": part(), "type": part(), "id": part()},
                "workspace": part(), "more": part(),
            });
            let named = |name: &str| text(entry.as_object().unwrap(), name);
            let wanted = named("id").filter(|id| id.len() <= 200).is_some()
                && (named("event_type").is_some() || named("event").is_some());
            let read = ActivityEntry::read(&entry.to_string());
            prop_assert_eq!(read.is_some(), wanted, "{}", entry);
            if let Some(read) = read {
                prop_assert_eq!(&read.raw, &entry);
                let texts = [&read.activity, &read.resource_name, &read.resource_email, &read.actor_email];
                prop_assert!(texts.into_iter().flatten().all(|t| !t.is_empty() && t.chars().count() <= MAX_TEXT));
                prop_assert!(read.changes.iter().all(|c| !c.attribute.is_empty()));
            }
        }
    }
}
