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
///
/// The operations of a bulk request are requests of their own, so that faults hit each: where the answer to one is
/// lost or hangs, the answer to the whole is, with everything carried out.
pub fn serve(workspace: &mut Workspace, faults: &mut FaultPlan, request: &Request, now: Timestamp) -> Served {
    let Done { delay, decided, response } = carry_out(workspace, faults, request, now);
    let outcome = match decided {
        Some(Kind::Lose) => Outcome::Lost,
        Some(Kind::Hang) => Outcome::Hanging(response),
        _ => Outcome::Answer(response),
    };
    Served { delay, outcome }
}

/// What was answered, and the fault that decides how much of it the client gets.
struct Done {
    delay: Duration,
    decided: Option<Kind>,
    response: Response,
}

fn carry_out(workspace: &mut Workspace, faults: &mut FaultPlan, request: &Request, now: Timestamp) -> Done {
    let hits = faults.hits(request);
    let mut quirks = Quirks::default();
    let mut delay = Duration::ZERO;
    let mut decided = None;
    for kind in hits {
        match kind {
            Kind::Slow(time) => delay += time,
            Kind::IgnoreFilter => quirks.ignore_filter = true,
            Kind::IgnoreActive => quirks.ignore_active = true,
            Kind::SameNames => quirks.same_names = true,
            other => decided = decided.or(Some(other)),
        }
    }
    if let Some(response) = decided.and_then(instead) {
        return Done { delay, decided, response };
    }
    let response = workspace.handle_through(request, now, quirks, &mut |workspace, one| {
        let done = carry_out(workspace, faults, one, now);
        delay += done.delay;
        if let Some(kind @ (Kind::Lose | Kind::Hang)) = done.decided {
            decided = decided.or(Some(kind));
        }
        done.response
    });
    Done { delay, decided, response }
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
