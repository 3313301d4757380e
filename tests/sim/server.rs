//! The other side in virtual time: the sandbox's own workspace behind a bad network.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use scimdeck::domain::{Answer, Call, Method as Verb, Outcome, RetryAfter, Time};
use scimdeck::endpoint::retry_after;
use scimdeck::sandbox::{
    FaultPlan, Method, Outcome as Served, Pending, Quirks, Request, Response, Settings, Workspace, serve,
    settle,
};
use serde_json::json;

use crate::bend::{edited, error, filtered, odd, paged, scim};
use crate::copies::Copies;
use crate::faults::{Faults, plan};
use crate::nature::{Badness, Filter, Nature};
use crate::rng::Rng;

/// Longer than anything is put off.
const LONG_MS: i64 = 3_600_000;

/// What becomes of a request when it arrives.
pub(crate) enum Arrival {
    /// The client gets this.
    Now(Outcome),
    /// The client gets this, and the request is applied after so many milliseconds.
    Later(Outcome, u64),
}

/// How a write is not applied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    /// `active` stays as it was.
    Active,
    /// Nothing happens; the answer shows what is there.
    All,
    /// Nothing happens; the answer says that access ended.
    Echo,
}

pub(crate) struct Server {
    pub(crate) workspace: Workspace,
    pub(crate) copies: Copies,
    pub(crate) nature: Nature,
    pub(crate) bad: Badness,
    pub(crate) token_good: bool,
    /// The sandbox's own faults.
    faults: FaultPlan,
    /// Those that hit a request.
    pub(crate) hit: BTreeSet<String>,
}

pub(crate) fn stamp(now: Time) -> Timestamp {
    Timestamp::from_millisecond(now.ms()).unwrap_or_default()
}

impl Server {
    pub(crate) fn new(nature: Nature, bad: Badness) -> Self {
        let mut settings = Settings::new("scim".to_owned().into(), "log".to_owned().into());
        settings.seed = 1;
        if nature.pending {
            settings.pending = Pending::Refuse;
        }
        let copies = Copies::new(nature.lag_ms);
        let faults = plan(nature, &Faults::default());
        Self {
            workspace: Workspace::new(settings),
            copies,
            nature,
            bad,
            token_good: true,
            faults,
            hit: BTreeSet::new(),
        }
    }

    /// From now on it has these faults of the sandbox's own.
    pub(crate) fn suffers(&mut self, faults: &Faults) {
        self.faults = plan(self.nature, faults);
    }

    /// The endpoint's nature stays, its faults end.
    pub(crate) fn heal(&mut self, now: Time) {
        let hit = self.faults.states().into_iter().filter(|fault| fault.hits > 0);
        self.hit.extend(hit.map(|fault| fault.text));
        // What was put off until so many requests have come is not waited for.
        settle(&mut self.workspace, &mut self.faults, stamp(now.plus_ms(LONG_MS)));
        self.faults = plan(self.nature, &Faults::default());
        self.bad = Badness::default();
        self.token_good = true;
    }

    pub(crate) fn arrive(&mut self, call: &Call, now: Time, rng: &mut Rng) -> Arrival {
        let writes = call.method.writes();
        let lost = || Outcome::MaybeSent("the connection ended".to_owned());
        let answered = |status| Arrival::Now(Outcome::Answered(error(status)));
        let bad = self.bad;
        if rng.chance(bad.not_sent) {
            return Arrival::Now(Outcome::NotSent("refused".to_owned()));
        }
        if rng.chance(bad.lose_before) {
            return Arrival::Now(lost());
        }
        if rng.chance(bad.token) {
            self.token_good = false;
        }
        if !self.token_good {
            return answered(401);
        }
        if rng.chance(bad.slow_down) {
            return Arrival::Now(Outcome::Answered(slow_down(now, rng)));
        }
        if rng.chance(bad.error_before) {
            return answered([500, 502, 503, 504][rng.below(4) as usize]);
        }
        if writes && rng.chance(bad.forbidden) {
            return answered(403);
        }
        if rng.chance(bad.page) {
            return Arrival::Now(Outcome::Answered(Answer {
                content_type: "text/plain".to_owned(),
                body: "default backend - 404".to_owned(),
                ..error(404)
            }));
        }
        if writes && call.path.len() > 1 && rng.chance(bad.missing) {
            return answered(404);
        }
        if let (Verb::Post, Some(body)) = (call.method, &call.body)
            && rng.chance(bad.made_up)
        {
            return Arrival::Now(Outcome::Answered(made_up(body, rng)));
        }
        if writes && rng.chance(bad.conflict) {
            return answered(409);
        }
        if writes && rng.chance(bad.late) {
            let outcome = if rng.chance(500) { lost() } else { Outcome::Answered(error(504)) };
            return Arrival::Later(outcome, 1 + rng.below(self.nature.latest_commit_ms()));
        }
        if writes && call.path.len() > 1 && rng.chance(bad.stale) {
            return answered(412);
        }
        let changes = matches!(call.method, Verb::Put | Verb::Patch);
        let lie = match changes && rng.chance(bad.lie) {
            true => [Lie::Active, Lie::All, Lie::Echo][rng.below(3) as usize],
            false => Lie::None,
        };
        let mut answer = match lie {
            Lie::None => match self.served(call, now) {
                Outcome::Answered(answer) => filtered(call, self.nature, answer),
                outcome => return Arrival::Now(outcome),
            },
            lie => self.answer(call, now, lie),
        };
        if rng.chance(bad.paging) {
            answer = paged(call, answer, rng);
        }
        if rng.chance(bad.odd) {
            answer = odd(call, answer, rng);
        }
        if writes && rng.chance(bad.lose_after) {
            return Arrival::Now(lost());
        }
        if writes && rng.chance(bad.error_after) {
            // Whoever stands in front may send on to a login page what the app has done.
            return answered([500, 303][rng.below(2) as usize]);
        }
        Arrival::Now(Outcome::Answered(answer))
    }

    /// The request reaches the sandbox with its faults, or a copy that lags behind.
    fn served(&mut self, call: &Call, now: Time) -> Outcome {
        settle(&mut self.workspace, &mut self.faults, stamp(now));
        if call.method.writes() {
            self.copies.keep(&self.workspace, now);
        }
        let read = (call.method == Verb::Get).then(|| self.copies.read(now)).flatten();
        let workspace = read.unwrap_or(&mut self.workspace);
        let request = request(&renamed(call, self.nature));
        let status = |response: &Response| format!("HTTP {} came, then it ended", response.status);
        match serve(workspace, &mut self.faults, &request, stamp(now)).outcome {
            Served::Answer(response) | Served::Dripping(response, _) => Outcome::Answered(heard(response)),
            Served::Lost | Served::Reset => Outcome::MaybeSent("the connection ended".to_owned()),
            Served::Hanging(response) | Served::Cut(response) => match response.status {
                // An answer that is no success says so in its status line.
                200..=299 => Outcome::MaybeSent(status(&response)),
                _ => Outcome::Answered(heard(response)),
            },
        }
    }

    /// The request reaches the workspace.
    pub(crate) fn apply(&mut self, call: &Call, now: Time) -> Answer {
        self.answer(call, now, Lie::None)
    }

    fn answer(&mut self, call: &Call, now: Time, lie: Lie) -> Answer {
        // Which echo is a lie that counts: only an end of access is read back in any case.
        let ends = ends_access(call);
        let instead = Call { method: Verb::Get, body: None, if_match: None, ..call.clone() };
        match lie {
            Lie::All => return self.handle(&instead, now, false),
            Lie::Echo if ends => {
                return edited(self.handle(&instead, now, false), |user| user["active"] = false.into());
            }
            _ => {}
        }
        let read = (call.method == Verb::Get).then(|| self.copies.read(now)).flatten();
        let answer = match read {
            Some(copy) => handle_there(copy, self.nature, call, now, false),
            None => self.handle(call, now, lie != Lie::None),
        };
        filtered(call, self.nature, answer)
    }

    fn handle(&mut self, call: &Call, now: Time, ignore_active: bool) -> Answer {
        if call.method.writes() {
            self.copies.keep(&self.workspace, now);
        }
        handle_there(&mut self.workspace, self.nature, call, now, ignore_active)
    }

    /// Another client makes an account.
    pub(crate) fn stranger(&mut self, user_name: &str, external_id: &str, now: Time) {
        let mut body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name});
        if let Some(map) = body.as_object_mut().filter(|_| !external_id.is_empty()) {
            map.insert("externalId".to_owned(), external_id.into());
        }
        self.apply(&Call::new(Verb::Post, &["Users"]).body(body), now);
    }
}

fn handle_there(
    workspace: &mut Workspace,
    nature: Nature,
    call: &Call,
    now: Time,
    ignore_active: bool,
) -> Answer {
    let quirks = Quirks {
        ignore_filter: nature.filter == Filter::Ignored,
        ignore_active,
        same_names: nature.same_names,
    };
    heard(workspace.handle_with(&request(&renamed(call, nature)), stamp(now), quirks))
}

/// The app gives new accounts another name, where it does.
fn renamed(call: &Call, nature: Nature) -> Call {
    let mut call = call.clone();
    if let (true, Verb::Post, Some(body)) = (nature.renames, call.method, &mut call.body) {
        body["userName"] = format!("new-{}", body["userName"].as_str().unwrap_or_default()).into();
    }
    call
}

/// An answer as the transport reads it.
fn heard(response: Response) -> Answer {
    let content_type = response.get("content-type").unwrap_or_default();
    let (body, lossy) = match String::from_utf8(response.body.clone()) {
        Ok(text) => (text, false),
        Err(bytes) => (String::from_utf8_lossy(bytes.as_bytes()).into_owned(), true),
    };
    Answer {
        status: response.status,
        content_type: content_type.split(';').next().unwrap_or_default().trim().to_owned(),
        etag: response.get("etag").map(str::to_owned),
        retry_after: response.get("retry-after").and_then(retry_after),
        location: response.get("location").map(str::to_owned),
        body,
        lossy,
        ..Answer::default()
    }
}

/// An account as it was asked for, which is nowhere.
fn made_up(body: &serde_json::Value, rng: &mut Rng) -> Answer {
    let mut user = body.clone();
    user["id"] = format!("made-up-{}", rng.next()).into();
    scim(201, &user)
}

/// The id of the account in an answer.
pub(crate) fn id_of(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    body["id"].as_str().unwrap_or_default().to_owned()
}

/// Whether a request would end access: `active` false in a body or in an operation of a PATCH, or DELETE.
pub(crate) fn ends_access(call: &Call) -> bool {
    let no = |value: &serde_json::Value| value == false;
    let Some(body) = &call.body else { return call.method == Verb::Delete };
    let patched = body["Operations"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|one| no(&one["value"]["active"]) || (one["path"] == "active" && no(&one["value"])));
    patched || no(&body["active"])
}

/// 429 with Retry-After as seconds, as a date of a clock that differs, or without.
fn slow_down(now: Time, rng: &mut Rng) -> Answer {
    let theirs = now.plus_ms(86_400_000);
    let (date, retry_after) = match rng.below(3) {
        0 => (Some(theirs), Some(RetryAfter::At(theirs.plus_ms(rng.below(4_000) as i64)))),
        1 => (None, None),
        _ => (None, Some(RetryAfter::Seconds(rng.below(4)))),
    };
    Answer { date, retry_after, ..error(429) }
}

fn encoded(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

fn request(call: &Call) -> Request {
    let mut target = "/scim/v2".to_owned();
    for part in &call.path {
        target.push('/');
        encoded(part, &mut target);
    }
    for (at, (name, value)) in call.query.iter().enumerate() {
        target.push(if at == 0 { '?' } else { '&' });
        encoded(name, &mut target);
        target.push('=');
        encoded(value, &mut target);
    }
    let method = match call.method {
        Verb::Get => Method::Get,
        Verb::Post => Method::Post,
        Verb::Put => Method::Put,
        Verb::Patch => Method::Patch,
        Verb::Delete => Method::Delete,
    };
    let request = Request::new(method, &target).bearer("scim");
    let request = match &call.if_match {
        Some(tag) => request.header("if-match", tag),
        None => request,
    };
    match &call.body {
        Some(body) => request.json(body),
        None => request,
    }
}
