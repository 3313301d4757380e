//! `GET /api/activity_logs`: Workato's shape, `{"data": [...], "total": n}`, newest first.
//!
//! Query: `page[size]` (default and most 100), `page[after]` (the id of the last entry of the page before: the
//! answer goes on with older ones), `from` (RFC 3339: nothing earlier), `include_resource_types[]`,
//! `exclude_resource_types[]`, `include_event_types[]`, `exclude_event_types[]`, repeatable. `total` counts what
//! matches, whatever the page.
//!
//! What is new since the last look: ask with `from` set to the timestamp of the newest entry you have, and read
//! until an id you have. Ids grow by one and times never go back, so nothing is missed and the cost is that of
//! the new entries alone. Several entries may share a time: that is why the id decides.
//!
//! Our own additions, in `details`: `changes` (attribute, before, after), `sentence` (the whole in words) and
//! `request.request_id`.

use serde_json::{Value, json};

use super::activity::{Entry, Log};
use super::http::{Method, Request, Response};
use super::query::Query;
use super::workspace::Settings;

/// The most entries in a page.
const MAX_PAGE: usize = 100;

pub(super) fn list(log: &Log, settings: &Settings, request: &Request) -> Response {
    if request.method != Method::Get {
        return refuse(405, "the activity log is only read").with("allow", "GET");
    }
    let query = Query::parse(&request.query);
    let from = match query.get("from").map(str::parse) {
        None => None,
        Some(Ok(from)) => Some(from),
        Some(Err(_)) => return refuse(400, "from must be an RFC 3339 time"),
    };
    let after: Option<u64> = match query.get("page[after]").map(str::parse) {
        None => None,
        Some(Ok(after)) => Some(after),
        Some(Err(_)) => return refuse(400, "page[after] must be the id of an entry"),
    };
    let size = match query.get("page[size]").map(str::parse::<usize>) {
        None => MAX_PAGE,
        Some(Ok(size)) => size.min(MAX_PAGE),
        Some(Err(_)) => return refuse(400, "page[size] must be a number"),
    };
    let wanted = Wanted::of(&query);
    let entries = log.since(from);
    let total =
        if wanted.everything() { entries.len() } else { entries.iter().filter(|e| wanted.is(e)).count() };
    let end = after.map_or(entries.len(), |after| entries.partition_point(|entry| entry.id < after));
    let page = entries.iter().take(end).rev().filter(|e| wanted.is(e)).take(size);
    let data: Vec<Value> = page.map(|entry| write(entry, settings)).collect();
    Response::json(200, &json!({"data": data, "total": total}))
}

/// The answer to a request that cannot be met. The shape is ours.
pub(super) fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, &json!({"message": message}))
}

struct Wanted<'a> {
    include_resources: Vec<&'a str>,
    exclude_resources: Vec<&'a str>,
    include_events: Vec<&'a str>,
    exclude_events: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    fn of(query: &'a Query) -> Self {
        let all = |name: &'static str| query.all(name).collect();
        Self {
            include_resources: all("include_resource_types[]"),
            exclude_resources: all("exclude_resource_types[]"),
            include_events: all("include_event_types[]"),
            exclude_events: all("exclude_event_types[]"),
        }
    }

    fn everything(&self) -> bool {
        [&self.include_resources, &self.exclude_resources, &self.include_events, &self.exclude_events]
            .iter()
            .all(|list| list.is_empty())
    }

    fn is(&self, entry: &Entry) -> bool {
        let passes = |include: &[&str], exclude: &[&str], value: &str| {
            (include.is_empty() || include.contains(&value)) && !exclude.contains(&value)
        };
        passes(&self.include_resources, &self.exclude_resources, &entry.resource.kind)
            && passes(&self.include_events, &self.exclude_events, entry.event.as_str())
    }
}

fn write(entry: &Entry, settings: &Settings) -> Value {
    let request = entry.request.as_ref().map(|request| {
        let mut value = json!({"ip_address": request.ip_address, "user_agent": request.user_agent});
        if let (Some(id), Some(map)) = (&request.request_id, value.as_object_mut()) {
            map.insert("request_id".to_owned(), id.as_str().into());
        }
        value
    });
    json!({
        "id": entry.id,
        "timestamp": format!("{:.3}", entry.timestamp),
        "event_type": entry.event.as_str(),
        "workspace": {
            "id": 1,
            "name": settings.workspace_name,
            "email": settings.workspace_email,
            "environment": "dev",
        },
        "user": entry.user,
        "details": {
            "request": request,
            "activity": entry.activity,
            "changes": entry.changes,
            "sentence": entry.sentence,
        },
        "resource": {
            "id": entry.resource.id,
            "name": entry.resource.name,
            "type": entry.resource.kind,
            "email": entry.resource.email,
            "email_confirmed_at": entry.resource.email_confirmed_at.map(|at| format!("{at:.3}")),
        },
    })
}
