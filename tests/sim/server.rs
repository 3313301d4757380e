//! The other side in virtual time: the sandbox's own workspace behind a bad network.

use std::fmt::Write as _;

use jiff::Timestamp;
use scimdeck::domain::{Answer, Call, Method as Verb, Outcome, RetryAfter, Time};
use scimdeck::sandbox::{Method, Quirks, Request, Settings, Workspace};
use serde_json::{Value, json};

use crate::rng::Rng;

/// Longest time after which a dropped request may still be applied; shorter than the machine's settle time.
pub(crate) const LATEST_COMMIT_MS: u64 = 1_200;

/// How bad this schedule's endpoint is: chances in a thousand, per request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Badness {
    pub(crate) same_names: bool,
    pub(crate) ignore_filter: bool,
    pub(crate) lose_before: u64,
    pub(crate) lose_after: u64,
    pub(crate) late: u64,
    pub(crate) error_before: u64,
    pub(crate) error_after: u64,
    pub(crate) slow_down: u64,
    pub(crate) stale: u64,
    pub(crate) lie: u64,
    pub(crate) not_sent: u64,
    pub(crate) by_hand: u64,
}

impl Badness {
    /// Each schedule has some kinds of faults and not the others, so that rare ones meet often.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let mut some = |most: u64| if rng.chance(400) { 1 + rng.below(most) } else { 0 };
        let mut bad = Self {
            lose_before: some(150),
            lose_after: some(250),
            late: some(250),
            error_before: some(150),
            error_after: some(200),
            slow_down: some(150),
            stale: some(100),
            lie: some(150),
            not_sent: some(100),
            by_hand: some(60),
            ..Self::default()
        };
        bad.same_names = rng.chance(500);
        bad.ignore_filter = rng.chance(300);
        bad
    }

    /// The endpoint's nature stays, its faults end.
    pub(crate) fn healed(self) -> Self {
        Self { same_names: self.same_names, ignore_filter: self.ignore_filter, ..Self::default() }
    }
}

/// What becomes of a request when it arrives.
pub(crate) enum Arrival {
    /// The client gets this.
    Now(Outcome),
    /// The client gets this, and the request is applied after so many milliseconds.
    Later(Outcome, u64),
}

pub(crate) struct Server {
    pub(crate) workspace: Workspace,
    pub(crate) bad: Badness,
    /// Broken promises, noticed when a request was applied.
    pub(crate) wrong: Vec<String>,
}

pub(crate) fn stamp(now: Time) -> Timestamp {
    Timestamp::from_millisecond(now.ms()).unwrap_or_default()
}

impl Server {
    pub(crate) fn new(bad: Badness) -> Self {
        let mut settings = Settings::new("scim".to_owned().into(), "log".to_owned().into());
        settings.seed = 1;
        Self { workspace: Workspace::new(settings), bad, wrong: Vec::new() }
    }

    pub(crate) fn arrive(&mut self, call: &Call, now: Time, rng: &mut Rng) -> Arrival {
        let writes = call.method.writes();
        let lost = || Outcome::MaybeSent("the connection ended".to_owned());
        let bad = self.bad;
        if rng.chance(bad.not_sent) {
            return Arrival::Now(Outcome::NotSent("refused".to_owned()));
        }
        if rng.chance(bad.lose_before) {
            return Arrival::Now(lost());
        }
        if rng.chance(bad.slow_down) {
            let answer = Answer { retry_after: Some(RetryAfter::Seconds(rng.below(4))), ..error(429) };
            return Arrival::Now(Outcome::Answered(answer));
        }
        if rng.chance(bad.error_before) {
            let status = [500, 502, 503, 504][rng.below(4) as usize];
            return Arrival::Now(Outcome::Answered(error(status)));
        }
        if writes && rng.chance(bad.late) {
            let outcome = if rng.chance(500) { lost() } else { Outcome::Answered(error(504)) };
            return Arrival::Later(outcome, 1 + rng.below(LATEST_COMMIT_MS));
        }
        if writes && call.path.len() > 1 && rng.chance(bad.stale) {
            return Arrival::Now(Outcome::Answered(error(412)));
        }
        let lies = call.method == Verb::Put && rng.chance(bad.lie);
        let answer = self.apply(call, now, lies);
        if writes && rng.chance(bad.lose_after) {
            return Arrival::Now(lost());
        }
        if writes && rng.chance(bad.error_after) {
            return Arrival::Now(Outcome::Answered(error(500)));
        }
        Arrival::Now(Outcome::Answered(answer))
    }

    /// The request reaches the workspace.
    pub(crate) fn apply(&mut self, call: &Call, now: Time, lies: bool) -> Answer {
        if call.method.writes() {
            self.watch(call);
        }
        let bad = self.bad;
        let quirks =
            Quirks { ignore_filter: bad.ignore_filter, ignore_active: lies, same_names: bad.same_names };
        let response = self.workspace.handle_with(&request(call), stamp(now), quirks);
        Answer {
            status: response.status,
            content_type: response.get("content-type").unwrap_or("").to_owned(),
            etag: response.get("etag").map(str::to_owned),
            body: String::from_utf8_lossy(&response.body).into_owned(),
            ..Answer::default()
        }
    }

    /// No account of somebody else is ever written to.
    fn watch(&mut self, call: &Call) {
        let Some(id) = call.path.get(1) else { return };
        let Some(account) = self.workspace.accounts().find(|a| a.id == *id) else { return };
        let theirs = account.attributes.get("externalId").and_then(Value::as_str).unwrap_or("");
        let body = call.body.as_ref();
        let ours = body.and_then(|b| b.get("externalId")).and_then(Value::as_str).unwrap_or("");
        if !theirs.is_empty() && theirs != ours {
            self.wrong.push(format!(
                "{} has externalId {theirs} and was written with {ours:?}",
                account.user_name()
            ));
        }
    }

    /// Another client makes an account.
    pub(crate) fn stranger(&mut self, user_name: &str, external_id: &str, now: Time) {
        let mut body =
            json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name});
        if let Some(map) = body.as_object_mut().filter(|_| !external_id.is_empty()) {
            map.insert("externalId".to_owned(), external_id.into());
        }
        self.apply(&Call::new(Verb::Post, &["Users"]).body(body), now, false);
    }
}

fn error(status: u16) -> Answer {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string()});
    Answer {
        status,
        content_type: "application/scim+json".to_owned(),
        body: body.to_string(),
        ..Answer::default()
    }
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
