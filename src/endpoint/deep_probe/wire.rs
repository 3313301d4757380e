//! The line itself: encryption, the first answer, a wrong token, a missing account, speed and clock.

use super::{First, Look, object_of, rows};
use crate::domain::{Exchange, Outcome};
use crate::endpoint::{Endpoint, paging, probe};
use crate::scim::error::ErrorBody;

/// Requests whose middle time is the latency; the first page counts as one.
const TIMES: usize = 5;
/// A slower answer than this is worth a word, in milliseconds.
const SLOW_MS: u32 = 1_000;
/// A clock that differs by more than this is worth a word, in milliseconds. `Date` has whole seconds only.
const SKEW_MS: i64 = 5_000;
/// An id that no endpoint gave out.
const NOBODY: &str = "scimdeck-no-such-account";

impl Look<'_> {
    pub(super) fn connection(&mut self) {
        if self.endpoint.encrypted() {
            return self.pass("Connection", "https: the token and the names travel encrypted");
        }
        self.warn(
            "Connection",
            "plain http on this machine: nothing leaves it, and nothing is encrypted",
            "For an app elsewhere use its https address.",
        );
    }

    pub(super) async fn first_page(&mut self) -> Option<First> {
        self.found.requests += 1;
        let exchange = self.endpoint.send_page(&probe::request()).await;
        let read =
            paging::read(&exchange).and_then(|page| object_of(&exchange).map(|document| (page, document)));
        match read {
            Ok((page, document)) => {
                let total = page.total.map_or("an unknown number of".to_owned(), |n| n.to_string());
                self.pass("Users can be read", format!("the token is taken; {total} accounts are there"));
                Some(First { users: rows(&document), document, exchange })
            }
            Err(trouble) => {
                self.fail("Users can be read", trouble.text, &trouble.next);
                None
            }
        }
    }

    pub(super) async fn wrong_token(&mut self, stranger: &Endpoint) {
        self.found.requests += 1;
        let exchange = stranger.send(&probe::request()).await;
        let check = "Wrong token is refused";
        match status(&exchange) {
            Some(401) => self.pass(check, "HTTP 401, as it should be"),
            Some(status @ (403 | 400 | 404)) => self.warn(
                check,
                format!("it is refused with HTTP {status} instead of 401, so a revoked token may look like another fault"),
                "When everything is refused at once, think of the token first.",
            ),
            Some(status @ 200..=299) => self.fail(
                check,
                format!("a token that nobody gave out was taken (HTTP {status}): everybody can change accounts there"),
                "Tell the app's administrator now, and switch its SCIM endpoint off until it is repaired.",
            ),
            Some(status) => self.warn(
                check,
                format!("HTTP {status} came instead of 401"),
                "Try again later; if it stays so, ask the app's vendor.",
            ),
            None => self.warn(check, "no answer came to it", "Try again."),
        }
    }

    pub(super) async fn missing(&mut self) {
        let exchange = self.get(&["Users", NOBODY], &[]).await;
        let check = "Missing account";
        let body = match &exchange.outcome {
            Outcome::Answered(answer) => ErrorBody::read(answer.body.as_bytes()),
            _ => None,
        };
        match (status(&exchange), body) {
            (Some(404), Some(_)) => self.pass(check, "HTTP 404 with a SCIM error, as it should be"),
            (Some(404), None) => self.warn(
                check,
                "HTTP 404 without a SCIM error: a wrong address and a missing account look alike",
                "Before many accounts are believed gone, test the base URL.",
            ),
            (Some(status @ 200..=299), _) => self.fail(
                check,
                format!(
                    "HTTP {status} came for an account that does not exist: a removed account is not noticed"
                ),
                "Report it to the app's vendor; do not trust \"account gone\" here.",
            ),
            (Some(status), _) => self.warn(
                check,
                format!("HTTP {status} came instead of 404: a removed account shows as failed, not as gone"),
                "Look into the trace when an account fails for no reason.",
            ),
            (None, _) => self.warn(check, "no whole answer came", "Try again."),
        }
    }

    pub(super) async fn latency(&mut self, first: &First) {
        let mut times = vec![first.exchange.took_ms];
        while times.len() < TIMES {
            let exchange = self.get(&["Users"], &[("startIndex", "1"), ("count", "1")]).await;
            if status(&exchange).is_none() {
                return self.warn("Speed", "an answer stayed away while it was measured", "Try again.");
            }
            times.push(exchange.took_ms);
        }
        times.sort_unstable();
        let middle = times.get(TIMES / 2).copied().unwrap_or_default();
        let words = format!("{middle} ms is the middle of {TIMES} answers");
        if middle > SLOW_MS {
            let next = "Expect runs to take long; more requests at once may help, if the app allows them.";
            return self.warn("Speed", words, next);
        }
        self.pass("Speed", words);
    }

    pub(super) fn clock(&mut self, exchange: &Exchange) {
        let date = match &exchange.outcome {
            Outcome::Answered(answer) => answer.date,
            _ => None,
        };
        let Some(date) = date else {
            let next = "Times in its log cannot be laid beside ours.";
            return self.warn("Clock", "the endpoint does not say its time", next);
        };
        let skew = date.since(exchange.at.plus_ms(i64::from(exchange.took_ms)));
        if skew.abs() <= SKEW_MS {
            return self.pass("Clock", "within 5 seconds of ours");
        }
        let (seconds, way) = (skew.abs() / 1_000, if skew > 0 { "ahead of" } else { "behind" });
        self.warn(
            "Clock",
            format!("{seconds} s {way} ours"),
            "Set both clocks; times of the two logs differ.",
        );
    }
}

pub(super) fn status(exchange: &Exchange) -> Option<u16> {
    match &exchange.outcome {
        Outcome::Answered(answer) => Some(answer.status),
        _ => None,
    }
}
