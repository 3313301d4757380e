//! Lists that lie: broken pages and filters.

use serde_json::{Map, Value, json};

use super::Kind;
use crate::sandbox::http::{Method, Request, Response};
use crate::sandbox::query::Query;
use crate::sandbox::workspace::SCIM_ROOT;
use crate::scim::error::{ScimError, ScimType};

/// What a request for a list asks for.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Listed {
    /// A page after the first.
    later: bool,
    filter: bool,
}

/// None when the request is for no list.
pub(in crate::sandbox) fn listed(request: &Request) -> Option<Listed> {
    let path = request.path.strip_prefix(SCIM_ROOT)?.trim_matches('/');
    if request.method != Method::Get || !matches!(path, "Users" | "Groups" | "Roles") {
        return None;
    }
    let query = Query::parse(&request.query);
    let index = query.get("startIndex").and_then(|n| n.trim().parse::<i64>().ok()).unwrap_or(1);
    let cursor = query.get("cursor").is_some_and(|cursor| !cursor.is_empty());
    Some(Listed { later: index > 1 || cursor, filter: query.get("filter").is_some() })
}

impl Listed {
    /// The answer of a fault that keeps the request from the workspace.
    pub(in crate::sandbox) fn instead(self, kinds: &[Kind]) -> Option<Response> {
        kinds.iter().find_map(|kind| match kind {
            Kind::NoFilter if self.filter => {
                Some(ScimError::typed(ScimType::InvalidFilter, "filters are not supported").into())
            }
            Kind::PageFail if self.later => Some(ScimError::new(500, "the page could not be read").into()),
            _ => None,
        })
    }

    /// The request that is carried out instead.
    pub(in crate::sandbox) fn asked(self, kinds: &[Kind], request: &Request) -> Request {
        let mut request = request.clone();
        if self.later && kinds.contains(&Kind::PageRepeat) {
            let first = request.query.split('&').map(|pair| match pair.split_once('=') {
                Some((name @ "startIndex", _)) => format!("{name}=1"),
                Some((name @ "cursor", _)) => format!("{name}="),
                _ => pair.to_owned(),
            });
            request.query = first.collect::<Vec<_>>().join("&");
        }
        request
    }

    /// The page as these faults leave it.
    pub(in crate::sandbox) fn altered(self, kinds: &[Kind], response: Response) -> Response {
        let Value::Object(mut page) = response.value() else { return response };
        if response.status != 200 {
            return response;
        }
        for kind in kinds {
            match kind {
                Kind::Blind => {
                    page.insert("totalResults".to_owned(), 0.into());
                    page.shift_remove("nextCursor");
                    empty(&mut page);
                }
                Kind::PageEmpty => empty(&mut page),
                Kind::PageShrink if self.later => shrink(&mut page),
                Kind::PageChurn if self.later => churn(&mut page),
                _ => {}
            }
        }
        Response { body: Value::Object(page).to_string().into_bytes(), ..response }
    }
}

fn empty(page: &mut Map<String, Value>) {
    page.insert("itemsPerPage".to_owned(), 0.into());
    page.insert("Resources".to_owned(), json!([]));
}

fn rows(page: &mut Map<String, Value>) -> Option<&mut Vec<Value>> {
    page.get_mut("Resources").and_then(Value::as_array_mut)
}

/// One fewer than the page before said, and one row fewer.
fn shrink(page: &mut Map<String, Value>) {
    let total = page.get("totalResults").and_then(Value::as_u64).unwrap_or(0);
    page.insert("totalResults".to_owned(), total.saturating_sub(1).into());
    rows(page).map(Vec::pop);
}

/// Somebody of an earlier page left, so that one row is passed over, and somebody else came.
fn churn(page: &mut Map<String, Value>) {
    let Some(rows) = rows(page).filter(|rows| !rows.is_empty()) else { return };
    let gone = rows.remove(0);
    let id = gone.get("id").and_then(Value::as_str).unwrap_or("x");
    rows.push(json!({
        "schemas": gone.get("schemas"), "id": format!("newcomer-{id}"), "active": true,
        "userName": format!("newcomer-{id}@elsewhere.test"), "displayName": "Newcomer",
    }));
}
