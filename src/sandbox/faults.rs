//! Faults a real endpoint or a proxy before it may have, chosen by a text and the same in every run.
//!
//! `KIND[:WHICH][@WHERE]`
//!
//! | kind | what happens |
//! |---|---|
//! | `slow=MS` | done, answered late |
//! | `lose` | done, the connection is dropped without an answer |
//! | `hang` | done, answered with a body that never ends |
//! | `502` | not done; a proxy's text page |
//! | `html` | not done; a page with status 200 |
//! | `429=SECS` | not done; Retry-After |
//! | `401` | not done; the token is refused |
//! | `ignore-filter` | lists answer everybody |
//! | `ignore-active` | 200, but `active` stays as it was |
//! | `same-names` | a `userName` that somebody has is taken all the same |
//!
//! WHICH counts the requests WHERE lets through, from 1: `3` is the third, `2-5` a range, `2-` from the second on;
//! without it every one. WHERE is a method (`PUT`), a path below the SCIM root (`/Users`), or both (`PUT/Users`);
//! a path that starts with `/api/` or `/sandbox/` is taken from the host's root. Without it every SCIM request.
//! Several faults may hit one request: the defects add up, delays too, and the first of the others decides.

use std::time::Duration;

use super::http::{Method, Request};
use super::workspace::SCIM_ROOT;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answered late.
    Slow(Duration),
    /// Done, never answered.
    Lose,
    /// Done, answered without end.
    Hang,
    /// A proxy's 502.
    BadGateway,
    /// A page with status 200.
    Html,
    /// Too many requests, with the seconds to wait.
    TooMany(u32),
    /// Token refused.
    Unauthorized,
    /// Filters have no effect.
    IgnoreFilter,
    /// `active` has no effect.
    IgnoreActive,
    /// User names need not be unique.
    SameNames,
}

/// Defects of the server itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    /// Lists answer everybody.
    pub ignore_filter: bool,
    /// `active` stays as it was.
    pub ignore_active: bool,
    /// User names need not be unique.
    pub same_names: bool,
}

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no fault: {reason}; write KIND[:WHICH][@WHERE], for example 502:2-3@PUT/Users")]
pub struct FaultError {
    text: String,
    reason: &'static str,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    first: u64,
    last: u64,
    method: Option<Method>,
    path: Option<String>,
}

impl std::str::FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let wrong = |reason| FaultError { text: text.chars().take(80).collect(), reason };
        let (rest, place) = match text.split_once('@') {
            Some((rest, place)) => (rest, Some(place)),
            None => (text, None),
        };
        let (kind, which) = match rest.split_once(':') {
            Some((kind, which)) => (kind, Some(which)),
            None => (rest, None),
        };
        let kind = parse_kind(kind).ok_or_else(|| wrong("there is no such kind"))?;
        let (first, last) = match which {
            None => (1, u64::MAX),
            Some(which) => parse_range(which).ok_or_else(|| wrong("WHICH is a number or a range"))?,
        };
        let (method, path) = match place {
            None => (None, None),
            Some(place) => parse_place(place).ok_or_else(|| wrong("WHERE is a method, a path, or both"))?,
        };
        Ok(Self { kind, first, last, method, path })
    }
}

fn parse_kind(text: &str) -> Option<Kind> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    match (name, value) {
        ("slow", Some(ms)) => Some(Kind::Slow(Duration::from_millis(ms.parse().ok()?))),
        ("429", Some(seconds)) => Some(Kind::TooMany(seconds.parse().ok()?)),
        ("lose", None) => Some(Kind::Lose),
        ("hang", None) => Some(Kind::Hang),
        ("502", None) => Some(Kind::BadGateway),
        ("html", None) => Some(Kind::Html),
        ("401", None) => Some(Kind::Unauthorized),
        ("ignore-filter", None) => Some(Kind::IgnoreFilter),
        ("ignore-active", None) => Some(Kind::IgnoreActive),
        ("same-names", None) => Some(Kind::SameNames),
        _ => None,
    }
}

fn parse_range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = match text.split_once('-') {
        None => (text.parse().ok()?, text.parse().ok()?),
        Some((first, "")) => (first.parse().ok()?, u64::MAX),
        Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
    };
    (first >= 1 && first <= last).then_some((first, last))
}

fn parse_place(text: &str) -> Option<(Option<Method>, Option<String>)> {
    let (method, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    let method = match method {
        "" => None,
        name => Some(Method::parse(name)).filter(|method| *method != Method::Other),
    };
    if method.is_none() && path.is_empty() || method.is_none() && !text.starts_with('/') {
        return None;
    }
    Some((method, (!path.is_empty()).then(|| path.to_owned())))
}

impl Fault {
    fn is_for(&self, request: &Request) -> bool {
        let below_root = request.path.strip_prefix(SCIM_ROOT);
        let path = match &self.path {
            None => below_root.is_some(),
            Some(path) if path.starts_with("/api/") || path.starts_with("/sandbox/") => {
                request.path.starts_with(path)
            }
            Some(path) => below_root.is_some_and(|rest| rest.starts_with(path.as_str())),
        };
        path && self.method.is_none_or(|method| method == request.method)
    }
}

/// Faults with their counters.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    faults: Vec<(Fault, u64)>,
}

impl FaultPlan {
    /// A plan with counters at zero.
    pub fn new(faults: Vec<Fault>) -> Self {
        Self { faults: faults.into_iter().map(|fault| (fault, 0)).collect() }
    }

    /// Counts the request and gives the faults that hit it, in the order in which they were written.
    pub fn hits(&mut self, request: &Request) -> Vec<Kind> {
        let mut hits = Vec::new();
        for (fault, count) in self.faults.iter_mut().filter(|(fault, _)| fault.is_for(request)) {
            *count += 1;
            if (fault.first..=fault.last).contains(count) {
                hits.push(fault.kind);
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hits(spec: &str, requests: &[(Method, &str)]) -> Vec<bool> {
        let mut plan = FaultPlan::new(vec![spec.parse().expect("a fault")]);
        requests.iter().map(|(m, path)| !plan.hits(&Request::new(*m, path)).is_empty()).collect()
    }

    #[test]
    fn a_fault_hits_the_counted_requests_at_its_place() {
        let users = [
            (Method::Get, "/scim/v2/Users"),
            (Method::Put, "/scim/v2/Users/1"),
            (Method::Put, "/scim/v2/Groups/1"),
            (Method::Put, "/scim/v2/Users/2"),
            (Method::Get, "/api/activity_logs"),
        ];
        assert_eq!(hits("502", &users), [true, true, true, true, false]);
        assert_eq!(hits("502:2-3", &users), [false, true, true, false, false]);
        assert_eq!(hits("lose:2-@PUT", &users), [false, false, true, true, false]);
        assert_eq!(hits("slow=10:2@PUT/Users", &users), [false, false, false, true, false]);
        assert_eq!(hits("429=7@/Groups", &users), [false, false, true, false, false]);
        assert_eq!(hits("401@/api/activity_logs", &users), [false, false, false, false, true]);
    }

    #[test]
    fn what_is_no_fault_is_refused_with_the_form() {
        for spec in [
            "",
            "slow",
            "slow=x",
            "lose=1",
            "502:",
            "502:0",
            "502:5-2",
            "502@",
            "502@FETCH",
            "502@users",
            "429",
        ] {
            let error = spec.parse::<Fault>().expect_err(spec);
            assert!(error.to_string().contains("KIND[:WHICH][@WHERE]"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Fault>();
        }
    }
}
