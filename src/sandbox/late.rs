//! Reads that answer what was there before the last write, as where a copy is read that lags behind.

use serde_json::Value;

use super::faults::FaultPlan;
use super::http::{Method, Request, Response};
use super::workspace::{SCIM_ROOT, Workspace};
use crate::scim::error::ScimError;

/// The path of one resource below the SCIM root: `/Users/ID`.
fn of_one(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(SCIM_ROOT)?.trim_end_matches('/');
    (rest.split('/').count() == 3 && (rest.starts_with("/Users/") || rest.starts_with("/Groups/")))
        .then_some(rest)
}

/// What is there before a write, where reads shall be late.
pub(super) fn before(
    workspace: &mut Workspace,
    faults: &FaultPlan,
    request: &Request,
    now: jiff::Timestamp,
) -> Option<Value> {
    if request.method == Method::Get || !faults.reads_late() {
        return None;
    }
    of_one(&request.path)?;
    let read = Request { method: Method::Get, body: Vec::new(), query: String::new(), ..request.clone() };
    let response = workspace.handle(&read, now);
    (response.status == 200).then(|| response.value())
}

/// Keeps what was there before a write that went through.
pub(super) fn remember(
    faults: &mut FaultPlan,
    request: &Request,
    before: Option<Value>,
    response: &Response,
) {
    if request.method == Method::Get || !faults.reads_late() || !(200..300).contains(&response.status) {
        return;
    }
    let made =
        response.get("location").and_then(|location| location.split_once(SCIM_ROOT)).map(|(_, path)| path);
    let path = of_one(&request.path).or(made).map(str::to_owned);
    if let Some(path) = path {
        faults.before.insert(path, before);
    }
}

/// The answer to a read as a copy gives it that lags behind by one write to each resource.
pub(super) fn read(faults: &FaultPlan, request: &Request, response: Response) -> Response {
    if request.method != Method::Get {
        return response;
    }
    if let Some(path) = of_one(&request.path) {
        return match faults.before.get(path) {
            Some(Some(value)) => Response::scim(200, value),
            Some(None) => ScimError::new(404, "there is nothing at this address").into(),
            None => response,
        };
    }
    let Some(kind) = request.path.strip_prefix(SCIM_ROOT).map(|path| path.trim_end_matches('/')) else {
        return response;
    };
    let Value::Object(mut page) = response.value() else { return response };
    let Some(rows) = page.get_mut("Resources").and_then(Value::as_array_mut) else { return response };
    let came = rows.len();
    let lagging = std::mem::take(rows).into_iter().filter_map(|row| {
        let path = format!("{kind}/{}", row.get("id").and_then(Value::as_str).unwrap_or_default());
        faults.before.get(&path).cloned().unwrap_or(Some(row))
    });
    *rows = lagging.collect();
    let away = came - rows.len();
    let total = page.get("totalResults").and_then(Value::as_u64).unwrap_or(0).saturating_sub(away as u64);
    page.insert("totalResults".to_owned(), total.into());
    Response { body: Value::Object(page).to_string().into_bytes(), ..response }
}
