//! Bodies that want harm.

use serde_json::{Value, json};

use crate::server::{Reply, Seen, scim};

/// An object with a member nested so deep.
pub(crate) fn deep(levels: usize) -> String {
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    format!(r#"{{"id":"x","userName":"p1@example.com","deep":{open}{close}}}"#)
}

/// A page with this total and these rows, as they are.
pub(crate) fn page(total: impl ToString, rows: &str) -> String {
    let total = total.to_string();
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{total},"startIndex":1,"Resources":[{rows}]}}"#
    )
}

/// Lists answer this, all else with the row itself.
pub(crate) fn everywhere(row: String) -> impl Fn(usize, &Seen) -> Reply + Send + Sync {
    move |_, seen| scim(200, if seen.list() { page(1, &row) } else { row.clone() })
}

/// The honest answer with a change to each resource in it.
pub(crate) fn twisted(change: impl Fn(&mut Value) + Send + Clone + 'static) -> Reply {
    Reply::Twisted(Box::new(move |body| {
        let Ok(mut value) = serde_json::from_str::<Value>(&body) else { return body };
        match value.get_mut("Resources").and_then(Value::as_array_mut) {
            Some(rows) => rows.iter_mut().for_each(&change),
            None => change(&mut value),
        }
        value.to_string()
    }))
}

/// A user.
pub(crate) fn user(id: &str, name: &str) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": name, "active": true})
}
