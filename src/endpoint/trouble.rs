//! What an outcome means to an operator: the one place that turns statuses and broken answers into a sentence
//! and a next step.

use super::excerpt::excerpt;
use super::headers::MAX_WAIT_S;
use crate::domain::{Answer, Call, Failure, FailureKind, Outcome, RetryAfter, TRIED_AGAIN};
use crate::scim::error::ErrorBody;

/// What lies behind a trouble, finer than a [`FailureKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// No byte of the request left.
    NotSent,
    /// The request left, and no whole answer came.
    NoAnswer,
    /// 401.
    TokenRefused,
    /// 403.
    Forbidden,
    /// 404 on one resource: it is not there.
    ResourceGone,
    /// 404 on a whole collection: most likely the base URL is wrong.
    NotFoundHere,
    /// 3xx.
    Redirect,
    /// An answer that SCIM does not know: HTML, plain text, other JSON.
    NotScim,
    /// 409.
    Conflict,
    /// The app changes nothing before the invitation is accepted.
    Pending,
    /// 412.
    Stale,
    /// 429 or 503.
    SlowDown,
    /// 501 and 405: the endpoint does not offer this.
    NotOffered,
    /// Any other 4xx.
    Refused,
    /// Any other 5xx.
    ServerError,
}

/// What happened and what to do about it, each one sentence or two. Holds no token and no raw remote text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text} {next}")]
pub struct Trouble {
    /// What lies behind it.
    pub cause: Cause,
    /// Its kind in the journal.
    pub kind: FailureKind,
    /// What happened, and whether anything was changed.
    pub text: String,
    /// What to do next.
    pub next: String,
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { kind: trouble.kind, text: trouble.text, next: trouble.next }
    }
}

impl Trouble {
    pub(super) fn new(cause: Cause, text: String, next: &str) -> Self {
        let kind = match cause {
            Cause::NotSent | Cause::NoAnswer => FailureKind::Unreachable,
            Cause::TokenRefused => FailureKind::TokenRefused,
            Cause::ResourceGone => FailureKind::AccountGone,
            Cause::NotFoundHere | Cause::Redirect | Cause::NotScim => FailureKind::NotScim,
            Cause::Conflict => FailureKind::Conflict,
            Cause::Pending => FailureKind::Pending,
            Cause::Stale => FailureKind::Stale,
            Cause::SlowDown => FailureKind::SlowDown,
            Cause::Forbidden | Cause::NotOffered | Cause::Refused | Cause::ServerError => {
                FailureKind::Refused
            }
        };
        Self { cause, kind, text, next: next.to_owned() }
    }

    /// Whether it may be the filter that was refused, the endpoint being well.
    pub fn may_be_the_filter(&self) -> bool {
        matches!(self.cause, Cause::NotOffered | Cause::Refused | Cause::ServerError | Cause::NotFoundHere)
    }

    /// For a success whose body is not what SCIM promises there; `expected` completes "is not ...".
    pub fn not_scim(answer: &Answer, expected: &str) -> Self {
        Self::new(
            Cause::NotScim,
            format!("The answer (HTTP {}) is not {expected}: {}.", answer.status, beginning(answer)),
            "Check the base URL: copy it again from the app's SCIM settings.",
        )
    }
}

/// The answer when it is a success that can be read on, else what to tell the operator.
///
/// A success without body is one: which calls may answer so is for the caller to know.
pub fn judge<'a>(call: &Call, outcome: &'a Outcome) -> Result<&'a Answer, Trouble> {
    let answer = match outcome {
        Outcome::NotSent(reason) => {
            return Err(Trouble::new(
                Cause::NotSent,
                format!("The request was not sent: {}. Nothing was changed there.", excerpt(reason, 300)),
                "Check the base URL, the network and whether the app is up, then try again.",
            ));
        }
        Outcome::MaybeSent(reason) => return Err(no_answer(call, reason)),
        Outcome::Answered(answer) => answer,
    };
    match answer.status {
        200..=299 if answer.body.is_empty() || looks_like_json(answer) => Ok(answer),
        200..=299 => Err(between(answer)),
        300..=399 => Err(with_fate(call, redirect(answer))),
        status => Err(refusal(call, answer, status)),
    }
}

fn no_answer(call: &Call, reason: &str) -> Trouble {
    let fate = if call.method.writes() {
        "The change may or may not have been applied."
    } else {
        "It was a read: nothing was changed there."
    };
    let next = if call.method.writes() {
        "It is looked up before anything is sent again."
    } else {
        "Try again; if it stays so, ask the app's administrator whether its SCIM endpoint works."
    };
    Trouble::new(Cause::NoAnswer, format!("No whole answer: {}. {fate}", excerpt(reason, 300)), next)
}

/// HTML and plain text come from proxies, login pages and captive portals, with any status.
fn between(answer: &Answer) -> Trouble {
    Trouble::new(
        Cause::NotScim,
        format!("An intermediary answered, not the app (HTTP {}): {}.", answer.status, beginning(answer)),
        "Check the base URL, and whether a proxy or login page stands in front of the app; then try again.",
    )
}

fn redirect(answer: &Answer) -> Trouble {
    let target = answer.location.as_deref().and_then(target_host);
    let text = match &target {
        Some(host) => {
            format!("The endpoint redirects (HTTP {}) to {host}. Redirects are not followed.", answer.status)
        }
        None => format!("The endpoint redirects (HTTP {}). Redirects are not followed.", answer.status),
    };
    Trouble::new(
        Cause::Redirect,
        text,
        "If you trust that address, set the base URL to where the endpoint really is; otherwise copy the base URL \
         again from the app's SCIM settings.",
    )
}

/// Scheme, host and port only: a path or query there may hold a session.
fn target_host(location: &str) -> Option<String> {
    let (scheme, rest) = match location.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => (scheme, rest),
        _ => return Some("another path of the same host".to_owned()),
    };
    let host = rest.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
    (!host.is_empty()).then(|| excerpt(&format!("{scheme}//{host}"), 120))
}

fn refusal(call: &Call, answer: &Answer, status: u16) -> Trouble {
    let said = said(answer);
    let unchanged = if call.method.writes() { " Nothing was changed there." } else { "" };
    let (cause, text, next) = match status {
        400 | 403 | 405 | 409 | 422 if is_pending(call, answer) => (
            Cause::Pending,
            format!("The invitation was not accepted yet (HTTP {status}{said}).{unchanged}"),
            "It waits for the acceptance; send the invitation again if the mail was lost.",
        ),
        401 => (
            Cause::TokenRefused,
            format!("The token was refused (HTTP 401{said}). Nothing was changed there."),
            "It was refreshed or revoked in the app (Workato: Generate or Refresh SCIM token). Copy the new one there \
             and give it here: T in Provisioning, or scimdeck token. The queue is kept.",
        ),
        403 => return forbidden(call, &said),
        // An app that has no such account says so without a page; of the list it may be the base URL.
        404 | 410 if answer.is_page() && (call.path.len() > 1 || call.method.writes()) => {
            return with_fate(call, between(answer));
        }
        404 | 410 if call.path.len() > 1 => (
            Cause::ResourceGone,
            format!("The account is not there any more (HTTP {status}{said}).{unchanged}"),
            "Search for it again, create it again, or unlink it.",
        ),
        404 => (
            Cause::NotFoundHere,
            format!("There is no SCIM endpoint at this address (HTTP 404{said}).{unchanged}"),
            "Check the base URL: a version like /v2 may be missing at its end, or be one too many.",
        ),
        409 => (
            Cause::Conflict,
            format!("The endpoint sees a conflict (HTTP 409{said}).{unchanged}"),
            if call.path.first().is_some_and(|kind| kind == "Groups") {
                "Look in the app for a group of the same name: take it away there, or give this one another name."
            } else {
                "Look for an account with the same user name or e-mail, maybe inactive or in another case, and link it."
            },
        ),
        412 => (
            Cause::Stale,
            format!("The account was changed by somebody else meanwhile (HTTP 412{said}).{unchanged}"),
            "Make a fresh plan and apply that.",
        ),
        429 | 503 => (
            Cause::SlowDown,
            format!("The endpoint asks to wait{} (HTTP {status}{said}).", wait(answer)),
            TRIED_AGAIN,
        ),
        405 | 501 => (
            Cause::NotOffered,
            format!("The endpoint does not offer {} (HTTP {status}{said}).{unchanged}", asked(call)),
            "Ask the app's vendor whether this is supported, and switch the action off if it is not.",
        ),
        // A server or proxy that gave up waiting: the request may still be worked on.
        408 | 425 => {
            let text = format!("The request was given up on the way (HTTP {status}{said}).");
            return with_fate(call, Trouble::new(Cause::ServerError, text, "Try again later."));
        }
        400..=499 => (
            Cause::Refused,
            format!("The endpoint refused the request (HTTP {status}{said}).{unchanged}"),
            "Correct what it names, then retry; the trace shows what was sent.",
        ),
        _ if !answer.body.trim().is_empty() && scim_error(answer).is_none() => {
            return with_fate(call, between(answer));
        }
        _ => {
            let text = format!("The endpoint failed (HTTP {status}{said}).");
            let next = "Try again later; if it stays so, give the trace to the app's vendor.";
            return with_fate(call, Trouble::new(Cause::ServerError, text, next));
        }
    };
    Trouble::new(cause, text, next)
}

/// What an app says that changes nobody before they accepted: SCIM has no error type for it.
const PENDING_WORDS: &str = "has not accepted the invitation";

fn is_pending(call: &Call, answer: &Answer) -> bool {
    let said = |error: ErrorBody| error.detail.is_some_and(|d| d.to_lowercase().contains(PENDING_WORDS));
    call.method.writes() && call.path.len() > 1 && scim_error(answer).is_some_and(said)
}

fn asked(call: &Call) -> String {
    match call.query.iter().any(|(name, _)| name == "filter") {
        true => "a search by filter".to_owned(),
        false => format!("{} here", call.method.word()),
    }
}

/// A whole list that may not be read is about the token. One account that may not be touched is about that account:
/// the app's owner, somebody of another role, or a domain that it does not take.
fn forbidden(call: &Call, said: &str) -> Trouble {
    if call.method.writes() || call.path.len() > 1 {
        return Trouble::new(
            Cause::Forbidden,
            format!(
                "The app does not allow this for this account (HTTP 403{said}). Nothing was changed there."
            ),
            "Look at the account in the app, then retry. If it is so for everybody, the token lacks rights: give it \
             SCIM rights there, or replace it here.",
        );
    }
    let mut trouble = Trouble::new(
        Cause::Forbidden,
        format!("The token is not allowed to do this (HTTP 403{said}). Nothing was changed there."),
        "Give the token SCIM rights in the app, or replace it by one that has them.",
    );
    trouble.kind = FailureKind::TokenRefused;
    trouble
}

/// A 5xx, 408 or 425 does not prove that nothing happened.
fn with_fate(call: &Call, mut trouble: Trouble) -> Trouble {
    if call.method.writes() {
        trouble.text.push_str(" The change may or may not have been applied.");
    }
    trouble
}

fn wait(answer: &Answer) -> String {
    match answer.retry_after {
        Some(RetryAfter::Seconds(s)) if s >= MAX_WAIT_S => " a day or longer".to_owned(),
        Some(RetryAfter::Seconds(s)) => format!(" {s} s"),
        Some(RetryAfter::At(time)) if answer.date.is_some_and(|theirs| time <= theirs) => {
            format!(" until {time}, which is over by its own clock")
        }
        Some(RetryAfter::At(time)) => format!(" until {time}"),
        None => String::new(),
    }
}

fn scim_error(answer: &Answer) -> Option<ErrorBody> {
    ErrorBody::read(answer.body.as_bytes())
}

/// ", scimType: detail" or ", beginning of the body", or nothing.
fn said(answer: &Answer) -> String {
    if answer.body.trim().is_empty() {
        return String::new();
    }
    match scim_error(answer) {
        Some(error) => [error.scim_type, error.detail]
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(i, text)| format!("{}{}", if i == 0 { ", " } else { ": " }, excerpt(&text, 200)))
            .collect(),
        None => format!(", not a SCIM answer: {}", beginning(answer)),
    }
}

fn beginning(answer: &Answer) -> String {
    let text = excerpt(&answer.body, 80);
    if text.is_empty() { "it is empty".to_owned() } else { format!("it begins with \"{text}\"") }
}

fn looks_like_json(answer: &Answer) -> bool {
    !answer.content_type.contains("html")
        && answer.body.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).starts_with(['{', '['])
}

#[cfg(test)]
mod tests;
