//! Faults a real endpoint or a proxy before it may have, chosen by a text and the same in every run.
//!
//! `KIND[:WHICH][@WHERE]`; [`KINDS`] is the table of the kinds.
//!
//! WHICH counts the requests WHERE lets through, from 1: `3` is the third, `2-5` a range, `2-` from the second on,
//! `5%` one in twenty, `5%/42` the same with a seed; without it every one. WHERE is a method (`PUT`), a path below the
//! SCIM root (`/Users`, and `/Users$` for itself alone), or both (`PUT/Users`); a path that starts with `/api/` or
//! `/sandbox/` is taken from the host's root. Without it every SCIM request. Several faults may hit one request: the
//! defects add up, delays too, and the first of those that decide about the answer decides.

mod api;
mod bodies;
mod bucket;
mod kind;
mod lists;
mod place;
mod plan;
mod table;

pub(super) use api::handle as control;
pub(super) use bodies::altered;
pub use kind::{After, Kind, Wait};
pub(super) use lists::listed;
use place::{Place, Which};
pub use plan::{FaultPlan, FaultState};
pub use table::{KINDS, KindWords, help};

/// Defects of the server itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    /// Lists answer everybody.
    pub ignore_filter: bool,
    /// `active` stays as it was.
    pub ignore_active: bool,
    /// Names of users and groups need not be unique.
    pub same_names: bool,
}

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no fault: {reason}; write KIND[:WHICH][@WHERE], for example 502:2-3@PUT/Users")]
pub struct FaultError {
    text: String,
    reason: String,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    text: String,
    which: Which,
    place: Place,
    salt: u64,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let wrong =
            |reason: &str| FaultError { text: text.chars().take(80).collect(), reason: reason.to_owned() };
        let (rest, place) = match text.split_once('@') {
            Some((rest, place)) => (rest, Some(place)),
            None => (text, None),
        };
        let (kind, which) = match rest.split_once(':') {
            Some((kind, which)) => (kind, Some(which)),
            None => (rest, None),
        };
        let name = kind.split('=').next().unwrap_or_default();
        let kind = kind::parse(kind).ok_or_else(|| {
            let unknown = || format!("there is no such kind, the kinds are {}", table::forms());
            wrong(&table::written(name).unwrap_or_else(unknown))
        })?;
        let which = match which {
            // One outage, not one after another.
            None if matches!(kind, Kind::Down(_)) => Which::Range(1, 1),
            None => Which::ALL,
            Some(which) => {
                Which::parse(which).ok_or_else(|| wrong("WHICH is a number, a range or a share"))?
            }
        };
        let place = match place {
            None => Place::default(),
            Some(place) => Place::parse(place).ok_or_else(|| wrong("WHERE is a method, a path, or both"))?,
        };
        if !place.is_there() {
            let reason =
                format!("nothing is asked for at that path, below the root there are {}", place::paths());
            return Err(wrong(&reason));
        }
        Ok(Self { kind, which, place, salt: place::salt(text), text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::sandbox::http::{Method, Request};

    fn hits(spec: &str, requests: &[(Method, &str)]) -> Vec<bool> {
        let mut plan = FaultPlan::new(vec![spec.parse().expect("a fault")]);
        let now = Timestamp::UNIX_EPOCH;
        requests.iter().map(|(m, path)| !plan.next(&Request::new(*m, path), now).is_empty()).collect()
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
            "502:0%",
            "502:5%/x",
            "429=soon",
            "bucket=0/5",
            "bucket=5",
            "redirect=200",
            "late=",
            "ignore=",
            "down=0",
            "lie=nonsense",
            "lose@/nosuch",
            "lose@PUT/nosuch/1",
        ] {
            let error = spec.parse::<Fault>().expect_err(spec);
            assert!(error.to_string().contains("KIND[:WHICH][@WHERE]"), "{error}");
        }
    }

    #[test]
    fn a_kind_that_is_there_and_was_written_otherwise_is_told_with_what_it_takes() {
        for (spec, words) in [
            ("redirect=200", "is written redirect[=STATUS]: not done; 301, 302, 303, 307 or 308"),
            ("429=-5", "is written 429[=WAIT]: WAIT is a number of seconds, date+SECONDS"),
            ("late", "the kind late is written late="),
            ("slow", "is written slow=MS: MS are milliseconds"),
            ("500=3", "the kind 500 takes no value"),
            ("down=0", "at least 1"),
            ("ignore=nonsense", "NAME is an attribute of users or groups"),
            ("lose@/nosuch", "below the root there are /Users, /Groups"),
        ] {
            let error = spec.parse::<Fault>().expect_err(spec).to_string();
            assert!(error.contains(words) && !error.contains("no such kind"), "{error}");
        }
        for spec in ["lose@/Users/", "lose@/Us", "lie=workato_role", "ignore=members", "ignore=department"] {
            assert!(spec.parse::<Fault>().is_ok(), "{spec}");
        }
    }

    #[test]
    fn every_kind_of_the_table_is_read_in_each_of_its_forms() {
        for kind in KINDS {
            let place = if kind.place.is_empty() { String::new() } else { format!("@{}", kind.place) };
            let fault: Fault = format!("{}:1-3{place}", kind.example).parse().expect(kind.form);
            assert_eq!(fault.to_string(), format!("{}:1-3{place}", kind.example));
            assert!(
                kind.example.starts_with(kind.form.split(['=', '[']).next().expect("a name")),
                "{kind:?}"
            );
        }
        for text in
            ["late=40r", "503=1000000000", "503=date+5", "429=past", "429=garbage", "503", "lie", "redirect"]
        {
            assert!(text.parse::<Fault>().is_ok(), "{text}");
        }
        let unknown = "nonsense".parse::<Fault>().expect_err("no kind").to_string();
        assert!(KINDS.iter().all(|kind| unknown.contains(kind.form)), "{unknown}");
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../../README.md");
        for kind in KINDS {
            let line = format!("| `{}` | {} | {} |", kind.form.replace('|', "\\|"), kind.does, kind.expect);
            assert!(readme.contains(&line), "README.md lacks: {line}");
        }
    }

    #[test]
    fn a_share_hits_about_so_many_and_the_same_with_the_same_seed() {
        let requests = vec![(Method::Get, "/scim/v2/Users"); 10_000];
        let some = hits("502:5%/42", &requests);
        let count = some.iter().filter(|hit| **hit).count();
        assert!((400..600).contains(&count), "{count}");
        assert_eq!(some, hits("502:5%/42", &requests));
        assert_ne!(some, hits("502:5%/43", &requests));
        assert_ne!(some, hits("500:5%/42", &requests), "two faults do not always meet");
    }

    #[test]
    fn a_path_with_a_mark_at_its_end_is_itself_alone() {
        let requests = [(Method::Get, "/scim/v2/Users"), (Method::Get, "/scim/v2/Users/1")];
        assert_eq!(hits("502@GET/Users$", &requests), [true, false]);
        assert_eq!(hits("502@/Users/", &requests), [false, true]);
    }

    #[test]
    fn an_outage_lasts_its_time_and_comes_once() {
        let mut plan = FaultPlan::new(vec!["down=1000:2".parse().expect("a fault")]);
        let mut at = |ms| {
            let now = Timestamp::from_millisecond(ms).expect("a time");
            !plan.next(&Request::new(Method::Get, "/scim/v2/Users"), now).is_empty()
        };
        assert_eq!([0, 10, 500, 1_009, 1_010, 5_000].map(&mut at), [false, true, true, true, false, false]);
    }

    #[test]
    fn what_is_left_of_a_fault_can_be_told() {
        let mut plan = FaultPlan::new(vec!["502:2-3@GET".parse().expect("a fault")]);
        let request = Request::new(Method::Get, "/scim/v2/Users");
        let mut next = || {
            plan.next(&request, Timestamp::UNIX_EPOCH);
            let state = plan.states().remove(0);
            (state.hits, state.left, state.on)
        };
        assert_eq!(next(), (0, Some(2), true));
        assert_eq!(next(), (1, Some(1), true));
        assert_eq!(next(), (2, Some(0), false));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = text.parse::<Fault>();
        }
    }
}
