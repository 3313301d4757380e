//! `/sandbox/faults`: what is on, and switching it while the sandbox runs. Ours entirely.
//!
//! | call | |
//! |---|---|
//! | `GET` | the faults that are on with their counters, and every kind in plain words |
//! | `POST` `{"add": [SPEC], "remove": [SPEC], "clear": true}` | takes out, then adds; answers as `GET` |
//!
//! A text that is no fault refuses the whole call. Faults never hit this address, so that they can always be ended.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fault, FaultPlan, KINDS, KindWords};
use crate::sandbox::activity_api::refuse;
use crate::sandbox::calls;
use crate::sandbox::http::{Method, Request, Response};

/// So many faults are enough for any rehearsal.
const MOST: usize = 100;

/// Where it is.
pub(in crate::sandbox) const FAULTS_PATH: &str = "/sandbox/faults";

/// Answers the call; none when the request is for another address.
pub(in crate::sandbox) fn handle(
    plan: &mut FaultPlan,
    request: &Request,
    allowed: bool,
    now: Timestamp,
) -> Option<Response> {
    if request.path.trim_end_matches('/') != FAULTS_PATH {
        return None;
    }
    Some(match request.method {
        _ if !allowed => refuse(401, "control calls are not for this client"),
        Method::Get => shown(plan, now),
        Method::Post => match change(plan, request) {
            Ok(()) => shown(plan, now),
            Err(refused) => refused,
        },
        _ => refuse(405, "this address takes GET and POST").with("allow", "GET, POST"),
    })
}

fn change(plan: &mut FaultPlan, request: &Request) -> Result<(), Response> {
    let body = calls::body(request).map_err(|error| refuse(error.status, &error.detail))?;
    let texts = |name: &str| -> Result<Vec<String>, Response> {
        let Some(value) = body.get(name) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        texts.ok_or_else(|| refuse(400, &format!("{name} is a list of faults as texts; nothing was changed")))
    };
    let parsed = |text: &String| text.parse::<Fault>();
    let add: Result<Vec<Fault>, _> = texts("add")?.iter().map(parsed).collect();
    let add = add.map_err(|error| refuse(400, &format!("{error}; nothing was changed")))?;
    let remove = texts("remove")?;
    let clear = body.get("clear").and_then(Value::as_bool) == Some(true);
    let kept = if clear { 0 } else { plan.states().len() };
    if kept + add.len() > MOST {
        return Err(refuse(400, &format!("at most {MOST} faults are on at once; nothing was changed")));
    }
    if clear {
        plan.clear();
    }
    for text in &remove {
        plan.remove(text);
    }
    plan.add(add);
    Ok(())
}

fn shown(plan: &FaultPlan, now: Timestamp) -> Response {
    let words = |text: &str| KINDS.iter().find(|kind| is_of(text, kind));
    let faults: Vec<Value> = plan
        .states_at(now)
        .into_iter()
        .map(|state| {
            let kind = words(&state.text);
            json!({
                "fault": state.text, "title": kind.map(|kind| kind.title), "seen": state.seen,
                "hits": state.hits, "left": state.left, "on": state.on,
            })
        })
        .collect();
    let kinds = KINDS.iter().map(|kind| {
        json!({
            "form": kind.form, "example": kind.example, "place": kind.place, "title": kind.title,
            "does": kind.does, "expect": kind.expect,
        })
    });
    Response::json(200, &json!({"sandbox": "scimdeck", "faults": faults, "kinds": kinds.collect::<Vec<_>>()}))
}

fn is_of(text: &str, kind: &KindWords) -> bool {
    let name = |text: &str| text.split(['=', '[', ':', '@']).next().unwrap_or_default().to_owned();
    name(text) == name(kind.form)
}
