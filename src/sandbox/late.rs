//! Reads that answer what was there before the last write, as where a copy is read that lags behind.

use std::time::Duration;

use jiff::Timestamp;
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
    now: Timestamp,
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
    (request, now): (&Request, Timestamp),
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
        faults.before.insert(path, (now, before));
    }
}

/// The answer to a read as a copy gives it that lags behind by one write to each resource, `within` some time after it.
pub(super) fn read(
    faults: &FaultPlan,
    (request, now): (&Request, Timestamp),
    within: Option<Duration>,
    response: Response,
) -> Response {
    if request.method != Method::Get {
        return response;
    }
    let lags = |at: Timestamp| within.is_none_or(|within| now.duration_since(at).unsigned_abs() <= within);
    let lagging = |path: &str| faults.before.get(path).filter(|(at, _)| lags(*at)).map(|(_, before)| before);
    if let Some(path) = of_one(&request.path) {
        return match lagging(path) {
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
    let shown = std::mem::take(rows).into_iter().filter_map(|row| {
        let path = format!("{kind}/{}", row.get("id").and_then(Value::as_str).unwrap_or_default());
        lagging(&path).cloned().unwrap_or(Some(row))
    });
    *rows = shown.collect();
    let away = came - rows.len();
    let total = page.get("totalResults").and_then(Value::as_u64).unwrap_or(0).saturating_sub(away as u64);
    page.insert("totalResults".to_owned(), total.into());
    Response { body: Value::Object(page).to_string().into_bytes(), ..response }
}
