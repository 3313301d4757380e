//! The workspace with the faults around it: still pure, so that a simulation and the shell meet the same other
//! side.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::faults::{self, FaultPlan, Kind, Quirks, Wait, altered, listed};
use super::http::{Method, Request, Response};
use super::late;
use super::workspace::{SCIM_ROOT, Workspace};
use crate::scim::error::ScimError;
use crate::scim::resource;

/// What the client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answer(Response),
    /// Nothing: the connection ends. The request was carried out.
    Lost,
    /// Nothing: the connection is reset. The request was not carried out.
    Reset,
    /// Headers and a body that never ends. The request was carried out.
    Hanging(Response),
    /// Headers and a part of the body, then the connection ends. The request was carried out.
    Cut(Response),
    /// The answer, its body spread over a time. The request was carried out.
    Dripping(Response, Duration),
}

/// An outcome and how long it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Time to wait before the outcome; the request is carried out before it.
    pub delay: Duration,
    /// What the client gets then.
    pub outcome: Outcome,
}

/// Answers a request under the faults that hit it.
///
/// The operations of a bulk request are requests of their own, so that faults hit each: where the answer to one is
/// lost or hangs, the answer to the whole is, with everything carried out.
pub fn serve(workspace: &mut Workspace, faults: &mut FaultPlan, request: &Request, now: Timestamp) -> Served {
    let allowed = workspace.control_allowed(request);
    if let Some(response) = faults::control(faults, request, allowed, now) {
        return Served { delay: Duration::ZERO, outcome: Outcome::Answer(response) };
    }
    settle(workspace, faults, now);
    let Done { delay, decided, response } = carry_out(workspace, faults, request, now);
    let outcome = match decided {
        Some(Kind::Lose) => Outcome::Lost,
        Some(Kind::Reset) => Outcome::Reset,
        Some(Kind::Hang) => Outcome::Hanging(response),
        Some(Kind::Truncate) => Outcome::Cut(response),
        Some(Kind::Drip(time)) => Outcome::Dripping(response, time),
        _ => Outcome::Answer(response),
    };
    Served { delay, outcome }
}

/// Carries out what was answered before and put off until now.
pub fn settle(workspace: &mut Workspace, faults: &mut FaultPlan, now: Timestamp) {
    for (request, quirks) in faults.due(now) {
        workspace.handle_with(&request, now, quirks);
    }
}

/// What was answered, and the fault that decides how much of it the client gets.
struct Done {
    delay: Duration,
    decided: Option<Kind>,
    response: Response,
}

/// Whether the connection itself suffers.
fn of_the_connection(kind: &Kind) -> bool {
    matches!(kind, Kind::Lose | Kind::Hang | Kind::Reset | Kind::Truncate | Kind::Drip(_))
}

fn carry_out(workspace: &mut Workspace, faults: &mut FaultPlan, request: &Request, now: Timestamp) -> Done {
    let hits = faults.next(request, now);
    if hits.is_empty() && !faults.reads_late() {
        return plain(workspace, faults, request, now, Quirks::default());
    }
    let quirks = Quirks {
        ignore_filter: hits.contains(&Kind::IgnoreFilter),
        ignore_active: hits.contains(&Kind::IgnoreActive),
        same_names: hits.contains(&Kind::SameNames),
    };
    let slow: Duration =
        hits.iter().filter_map(|kind| if let Kind::Slow(time) = kind { Some(*time) } else { None }).sum();
    let decided = hits.iter().find(|kind| decides(kind)).cloned();
    if let Some(response) = decided.as_ref().and_then(|kind| instead(kind, request, now)) {
        return Done { delay: slow, decided, response };
    }
    if let Some(Kind::Late(after)) = &decided {
        faults.put_off((request.clone(), quirks), *after, now);
        return Done { delay: slow, decided, response: gateway(504) };
    }
    let list = listed(request);
    if let Some(response) = list.and_then(|list| list.instead(&hits)) {
        return Done { delay: slow, decided, response };
    }
    if hits.contains(&Kind::Taken) {
        taken(workspace, request, now);
    }
    let asked = list.map(|list| list.asked(&hits, request));
    let asked = asked.as_ref().unwrap_or(request);
    let before = late::before(workspace, faults, request, now);
    let mut done = match hits.iter().find(|kind| matches!(kind, Kind::Lie(_))) {
        Some(Kind::Lie(name)) if request.method != Method::Get => {
            lie(workspace, faults, (asked, name.as_deref()), now, quirks)
        }
        _ => {
            let ignored = hits.iter().filter_map(|kind| match kind {
                Kind::Ignore(name) => Some(name.clone()),
                _ => None,
            });
            workspace.deaf = ignored.collect();
            plain(workspace, faults, asked, now, quirks)
        }
    };
    workspace.deaf.clear();
    late::remember(faults, (request, now), before, &done.response);
    if let Some(Kind::Stale(within)) = hits.iter().find(|kind| matches!(kind, Kind::Stale(_))) {
        done.response = late::read(faults, (request, now), *within, done.response);
    }
    if let Some(list) = list {
        done.response = list.altered(&hits, done.response);
    }
    done.response = altered(&hits, request, done.response);
    if decided == Some(Kind::Failed) {
        done.response = ScimError::new(500, "something went wrong").into();
    }
    Done { delay: done.delay + slow, decided: decided.or(done.decided), response: done.response }
}

/// Carries the request out; the operations of a bulk request come back here one by one.
fn plain(
    workspace: &mut Workspace,
    faults: &mut FaultPlan,
    request: &Request,
    now: Timestamp,
    quirks: Quirks,
) -> Done {
    let (mut delay, mut decided) = (Duration::ZERO, None);
    let response = workspace.handle_through(request, now, quirks, &mut |workspace, one| {
        let done = carry_out(workspace, faults, one, now);
        delay += done.delay;
        if let Some(kind) = done.decided.filter(of_the_connection) {
            decided = decided.take().or(Some(kind));
        }
        done.response
    });
    Done { delay, decided, response }
}

/// The answer is that of a workspace that did as asked; this one kept something back, or everything.
fn lie(
    workspace: &mut Workspace,
    faults: &mut FaultPlan,
    (request, name): (&Request, Option<&str>),
    now: Timestamp,
    quirks: Quirks,
) -> Done {
    let mut other = workspace.clone();
    let told = plain(&mut other, faults, request, now, quirks);
    match name {
        // It is stored but for that: both made it of the same ids, so the id that was told is the account's.
        Some(name) => {
            workspace.deaf = vec![name.to_owned()];
            workspace.handle_with(request, now, quirks);
        }
        // An id that was told is never somebody else's.
        None => workspace.ids = other.ids,
    }
    told
}

/// Another client makes the account that is about to be made, with an externalId of its own.
fn taken(workspace: &mut Workspace, request: &Request, now: Timestamp) {
    let is_create = request.path.trim_end_matches('/').strip_prefix(SCIM_ROOT) == Some("/Users");
    if request.method != Method::Post || !is_create {
        return;
    }
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(&request.body) {
        resource::set(&mut body, "externalId", "of-another-client".into());
        let other = Request { body: Value::Object(body).to_string().into_bytes(), ..request.clone() };
        workspace.handle(&other, now);
    }
}

/// Whether a fault decides about the answer; the others add up.
fn decides(kind: &Kind) -> bool {
    of_the_connection(kind)
        || matches!(
            kind,
            Kind::Late(_)
                | Kind::Failed
                | Kind::Refused(..)
                | Kind::Gateway(_)
                | Kind::Html
                | Kind::Wait(..)
                | Kind::Unauthorized
                | Kind::Redirect(_)
        )
}

fn gateway(status: u16) -> Response {
    Response::text(status, "text/plain", format!("error code: {status}"))
}

/// The answer of a fault that keeps the request from the workspace.
fn instead(kind: &Kind, request: &Request, now: Timestamp) -> Option<Response> {
    Some(match kind {
        Kind::Reset => Response::empty(204),
        Kind::Gateway(status) => gateway(*status),
        Kind::Html => {
            let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>";
            Response::text(200, "text/html", page)
        }
        Kind::Refused(status, scim_type) => refused(*status, *scim_type),
        Kind::Wait(status, wait) => {
            let detail = if *status == 429 { "too many requests" } else { "the service is not available" };
            let response = Response::from(ScimError::new(*status, detail));
            match retry_after(*wait, now) {
                Some(text) => response.with("retry-after", text),
                None => response,
            }
        }
        Kind::Unauthorized => {
            let response = Response::from(ScimError::new(401, "the bearer token is missing or not valid"));
            response.with("www-authenticate", "Bearer realm=\"scim\"")
        }
        Kind::Redirect(status) => {
            let target = format!("https://elsewhere.test{}", request.path);
            Response::text(*status, "text/plain", "moved").with("location", target)
        }
        _ => return None,
    })
}

fn refused(status: u16, scim_type: Option<&'static str>) -> Response {
    let detail = match status {
        400 => "a value is not acceptable",
        403 => "this is not allowed",
        404 => "there is nothing at this address",
        409 => "there is a conflict",
        _ => "the resource has changed",
    };
    let mut body = ScimError::new(status, detail).to_json();
    if let (Some(text), Some(map)) = (scim_type, body.as_object_mut()) {
        map.insert("scimType".to_owned(), text.into());
    }
    Response::scim(status, &body)
}

/// The header as asked for; dates as HTTP writes them (RFC 9110, 5.6.7).
fn retry_after(wait: Wait, now: Timestamp) -> Option<String> {
    let date = |at: Timestamp| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let plus = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    match wait {
        Wait::Missing => None,
        Wait::Seconds(seconds) => Some(seconds.to_string()),
        Wait::Date(seconds) => Some(date(plus(seconds.into()))),
        Wait::Past => Some(date(plus(-86_400))),
        Wait::Garbage => Some("soon, maybe".to_owned()),
    }
}
