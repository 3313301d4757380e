//! What the calls on users and groups share: bodies, versions, pages.

use serde_json::Value;

use super::http::{Request, Response};
use super::query::Query;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::filter::Filter;
use crate::scim::resource::{MEDIA_TYPE, Resource};

/// The body as a JSON object. `application/json` is taken too (RFC 7644 section 3.1 allows it).
pub(super) fn body(request: &Request) -> Result<Resource, ScimError> {
    let media = request.get("content-type").unwrap_or("");
    let media = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if media != MEDIA_TYPE && media != "application/json" {
        return Err(ScimError::new(415, format!("the Content-Type must be {MEDIA_TYPE}")));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(ScimError::typed(ScimType::InvalidSyntax, "the body must be a JSON object")),
        Err(error) => Err(ScimError::typed(ScimType::InvalidSyntax, format!("the body is no JSON: {error}"))),
    }
}

/// Refuses with 412 when the client's If-Match names another version. Weak tags are compared: they only say
/// which version, not which bytes.
pub(super) fn check_version(request: &Request, etag: &str) -> Result<(), ScimError> {
    match request.get("if-match") {
        Some(wanted) if !names(wanted, etag) => {
            Err(ScimError::new(412, format!("the resource has changed: its version is {etag}")))
        }
        _ => Ok(()),
    }
}

/// Whether the client already has this version (If-None-Match).
pub(super) fn is_known(request: &Request, etag: &str) -> bool {
    request.get("if-none-match").is_some_and(|known| names(known, etag))
}

fn names(header: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header.trim() == "*" || header.split(',').any(|tag| opaque(tag) == opaque(etag))
}

/// A resource with its ETag.
pub(super) fn answer(status: u16, resource: Resource, etag: String) -> Response {
    Response::scim(status, &Value::Object(resource)).with("etag", etag)
}

/// The filter of a list.
pub(super) fn filter(query: &Query) -> Result<Option<Filter>, ScimError> {
    let Some(text) = query.get("filter") else { return Ok(None) };
    match Filter::parse(text) {
        Ok(filter) => Ok(Some(filter)),
        Err(error) => Err(ScimError::typed(ScimType::InvalidFilter, error.to_string())),
    }
}
