//! The workspace with the faults around it: still pure, so that a simulation and the shell meet the same other
//! side.

use std::time::Duration;

use jiff::Timestamp;

use super::faults::{FaultPlan, Kind, Quirks};
use super::http::{Request, Response};
use super::workspace::Workspace;
use crate::scim::error::ScimError;

/// What the client gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answer(Response),
    /// Nothing: the connection ends. The request was carried out.
    Lost,
    /// Headers and a body that never ends. The request was carried out.
    Hanging(Response),
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
pub fn serve(workspace: &mut Workspace, faults: &mut FaultPlan, request: &Request, now: Timestamp) -> Served {
    let hits = faults.hits(request);
    let mut quirks = Quirks::default();
    let mut delay = Duration::ZERO;
    let mut decided = None;
    for kind in hits {
        match kind {
            Kind::Slow(time) => delay += time,
            Kind::IgnoreFilter => quirks.ignore_filter = true,
            Kind::IgnoreActive => quirks.ignore_active = true,
            other => decided = decided.or(Some(other)),
        }
    }
    let outcome = match decided.and_then(instead) {
        Some(response) => Outcome::Answer(response),
        None => {
            let response = workspace.handle_with(request, now, quirks);
            match decided {
                Some(Kind::Lose) => Outcome::Lost,
                Some(Kind::Hang) => Outcome::Hanging(response),
                _ => Outcome::Answer(response),
            }
        }
    };
    Served { delay, outcome }
}

/// The answer of a fault that keeps the request from the workspace.
fn instead(kind: Kind) -> Option<Response> {
    match kind {
        Kind::BadGateway => Some(Response::text(502, "text/plain", "error code: 502")),
        Kind::Html => {
            let page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>";
            Some(Response::text(200, "text/html", page))
        }
        Kind::TooMany(seconds) => {
            let response = Response::from(ScimError::new(429, "too many requests"));
            Some(response.with("retry-after", seconds.to_string()))
        }
        Kind::Unauthorized => {
            let response = Response::from(ScimError::new(401, "the bearer token is missing or not valid"));
            Some(response.with("www-authenticate", "Bearer realm=\"scim\""))
        }
        _ => None,
    }
}
