//! `POST /Bulk` (RFC 7644 section 3.7). Each operation is a request of its own, through the same door as any other.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::calls;
use super::http::{Method, Request, Response};
use super::workspace::{SCIM_ROOT, Workspace, not_allowed};
use crate::scim::bulk::{BulkRequest, Operation};
use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::{MEDIA_TYPE, urn};

/// The most operations of one request.
pub(super) const MAX_OPERATIONS: usize = 1_000;
/// The biggest body, in bytes.
pub(super) const MAX_PAYLOAD: usize = 1024 * 1024;

/// How one operation is carried out.
pub(super) type Inner<'a> = &'a mut dyn FnMut(&mut Workspace, &Request) -> Response;

/// Carries out every operation, those that are referred to before those that refer to them. The answers are in the
/// order of the request; operations that `failOnErrors` kept from being carried out have none.
pub(super) fn run(
    workspace: &mut Workspace,
    request: &Request,
    inner: Inner<'_>,
) -> Result<Response, ScimError> {
    if request.method != Method::Post {
        return Ok(not_allowed("POST"));
    }
    if request.body.len() > MAX_PAYLOAD {
        let size = request.body.len();
        let detail = format!("the bulk request has {size} bytes, maxPayloadSize is {MAX_PAYLOAD}");
        return Err(ScimError::new(413, detail));
    }
    let bulk = BulkRequest::read(&calls::body(request)?, MAX_OPERATIONS)?;
    let (order, circular) = bulk.order();
    let mut ids = HashMap::new();
    let mut errors = 0_u64;
    let mut results: Vec<Option<Value>> = vec![None; bulk.operations.len()];
    let steps = order.into_iter().map(|index| (index, false)).chain(circular.into_iter().map(|i| (i, true)));
    for (index, is_circular) in steps {
        if bulk.fail_on_errors.is_some_and(|limit| errors >= limit) {
            break;
        }
        let Some(operation) = bulk.operations.get(index) else { continue };
        let ready = if is_circular { Err(circle()) } else { prepare(request, operation, &ids, &bulk) };
        let response = match ready {
            Ok(request) => inner(workspace, &request),
            Err(error) => error.into(),
        };
        if !(200..300).contains(&response.status) {
            errors += 1;
        }
        let location = location(workspace, operation, &ids, &response);
        if let (Some(name), 201, Some(location)) = (&operation.bulk_id, response.status, &location)
            && let Some(id) = location.rsplit('/').next()
        {
            ids.insert(name.clone(), id.to_owned());
        }
        if let Some(slot) = results.get_mut(index) {
            *slot = Some(result(operation, &response, location));
        }
    }
    let results: Vec<Value> = results.into_iter().flatten().collect();
    Ok(Response::scim(200, &json!({"schemas": [urn::BULK_RESPONSE], "Operations": results})))
}

fn circle() -> ScimError {
    ScimError::new(
        409,
        "the operation refers to itself, or to one that does, in a circle of bulkId references",
    )
}

/// The operation as a request of its own, with the client's own headers.
fn prepare(
    outer: &Request,
    operation: &Operation,
    ids: &HashMap<String, String>,
    bulk: &BulkRequest,
) -> Result<Request, ScimError> {
    let syntax = |detail: &str| ScimError::typed(ScimType::InvalidSyntax, detail);
    let method = match operation.method.as_str() {
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => return Err(syntax("the method of a bulk operation is POST, PUT, PATCH or DELETE")),
    };
    for name in operation.references() {
        if !ids.contains_key(name) {
            let made =
                bulk.operations.iter().any(|o| o.method == "POST" && o.bulk_id.as_deref() == Some(name));
            let shown: String = name.chars().take(100).collect();
            return Err(match made {
                true => ScimError::new(409, format!("the operation with the bulkId {shown:?} failed")),
                false => ScimError::typed(
                    ScimType::InvalidValue,
                    format!("no operation makes a resource with the bulkId {shown:?}"),
                ),
            });
        }
    }
    let (path, data) = operation.resolved(ids);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_one = !path.contains('?')
        && match parts.as_slice() {
            ["Users" | "Groups"] => method == Method::Post,
            ["Users" | "Groups", id] => method != Method::Post && *id != ".search",
            _ => false,
        };
    if !is_one {
        return Err(syntax(
            "the path of a POST is /Users or /Groups, that of others names one resource there",
        ));
    }
    if method == Method::Post && operation.bulk_id.is_none() {
        return Err(syntax("a POST in a bulk request needs a bulkId"));
    }
    if method != Method::Delete && data.is_none() {
        return Err(syntax("a POST, PUT or PATCH needs data"));
    }
    let own = |name: &str| matches!(name, "content-type" | "content-length" | "if-match" | "if-none-match");
    let mut headers = outer.headers.clone();
    headers.retain(|(name, _)| !own(name));
    headers.push(("content-type".to_owned(), MEDIA_TYPE.to_owned()));
    headers.extend(operation.version.as_ref().map(|version| ("if-match".to_owned(), version.clone())));
    Ok(Request {
        method,
        path: format!("{SCIM_ROOT}/{}", parts.join("/")),
        query: String::new(),
        headers,
        body: data.map(|data| data.to_string().into_bytes()).unwrap_or_default(),
        peer: outer.peer.clone(),
        local: outer.local,
    })
}

/// Where the resource is; a POST that failed made none.
fn location(
    workspace: &Workspace,
    operation: &Operation,
    ids: &HashMap<String, String>,
    response: &Response,
) -> Option<String> {
    match (response.get("location"), operation.method.as_str()) {
        (Some(location), _) => Some(location.to_owned()),
        (None, "PUT" | "PATCH" | "DELETE") => {
            let path = operation.resolved(ids).0;
            Some(format!("{}/{}", workspace.base_url(), path.trim_start_matches('/')))
        }
        _ => None,
    }
}

fn result(operation: &Operation, response: &Response, location: Option<String>) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        map.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("location", location.map(Value::String));
    put("method", Some(operation.method.as_str().into()));
    put("bulkId", operation.bulk_id.as_deref().map(Value::from));
    put("version", response.get("etag").map(Value::from));
    put("status", Some(response.status.to_string().into()));
    if !(200..300).contains(&response.status) {
        let body = match response.value() {
            Value::Null => Value::String(String::from_utf8_lossy(&response.body).into_owned()),
            body => body,
        };
        put("response", Some(body));
    }
    Value::Object(map)
}
