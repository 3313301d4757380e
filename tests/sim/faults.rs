//! The sandbox's own plan of faults in a schedule: drawn from its table of kinds, written as an operator writes them
//! for a rehearsal, and carried out by the sandbox itself.

use std::collections::BTreeSet;

use scimdeck::sandbox::{FaultPlan, KINDS};

use crate::nature::{Filter, Nature};
use crate::rng::Rng;

/// Why a kind is not drawn.
const LEFT_OUT: [(&str, &str); 6] = [
    (
        "blind",
        "the nature of the endpoint: one search of many that finds nobody cannot be told from the truth",
    ),
    ("page-churn", "who is shown by nothing, and not linked, cannot be told from somebody who is not there"),
    ("same-names", "the nature of the endpoint, for a whole schedule"),
    ("slow", "how long an answer takes is drawn for each"),
    ("drip", "the same"),
    ("gzip-bomb", "unfolded, and cut off, by the transport"),
];

/// What a kind needs of the endpoint's nature so that what is promised can be kept at all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// Two accounts of one name wait for an operator for ever.
    UniqueNames,
    /// What is late must come, and be seen, within the settle time.
    ReadsInTime,
}

/// A kind as it is written, where it may hit, and how often of a hundred at most.
struct Row(&'static str, &'static [&'static str], u64, Needs);

const WRITES: &[&str] = &["@POST", "@PUT", "@PATCH", "@POST/Users", "@PUT/Users", ""];
const CHANGES: &[&str] = &["@PUT", "@PATCH", "@PUT/Users"];
const CREATES: &[&str] = &["@POST", "@POST/Users"];
const READS: &[&str] = &["@GET", "@GET/Users"];
const ALL: &[&str] = &["", "@GET", "@POST", "@PUT"];

/// Not drawn are a read by id that says 404 of somebody who is there, time after time, while others answer, and what is
/// done so many requests later, whenever they come: nobody could tell those from the truth.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row("lose", WRITES, 30, Needs::Nothing),
    Row("reset", ALL, 20, Needs::Nothing),
    Row("hang", WRITES, 20, Needs::Nothing),
    Row("truncate", ALL, 20, Needs::Nothing),
    Row("late=300", WRITES, 30, Needs::ReadsInTime),
    Row("late=1200", WRITES, 30, Needs::ReadsInTime),
    Row("500", WRITES, 30, Needs::Nothing),
    Row("502", ALL, 20, Needs::Nothing),
    Row("504", ALL, 20, Needs::Nothing),
    Row("503=1", ALL, 10, Needs::Nothing),
    Row("503", ALL, 10, Needs::Nothing),
    Row("429=2", ALL, 15, Needs::Nothing),
    Row("429=date+1", ALL, 15, Needs::Nothing),
    Row("429=past", ALL, 15, Needs::Nothing),
    Row("429=garbage", ALL, 15, Needs::Nothing),
    Row("bucket=5/3", ALL, 0, Needs::Nothing),
    Row("down=1500", ALL, 2, Needs::Nothing),
    Row("401", ALL, 2, Needs::Nothing),
    Row("403", CHANGES, 10, Needs::Nothing),
    Row("404", &["@PUT/Users/", "@PATCH/Users/"], 10, Needs::Nothing),
    Row("400", WRITES, 10, Needs::Nothing),
    Row("409", CREATES, 20, Needs::Nothing),
    Row("409=uniqueness", CREATES, 20, Needs::Nothing),
    Row("taken", CREATES, 20, Needs::UniqueNames),
    Row("412", CHANGES, 20, Needs::Nothing),
    Row("untyped", ALL, 50, Needs::Nothing),
    Row("ignore=active", CHANGES, 30, Needs::Nothing),
    Row("ignore=roles", CHANGES, 30, Needs::Nothing),
    Row("ignore=title", CHANGES, 30, Needs::Nothing),
    Row("ignore-active", CHANGES, 30, Needs::Nothing),
    Row("lie", WRITES, 15, Needs::Nothing),
    Row("lie=active", CHANGES, 30, Needs::Nothing),
    Row("lie=workato_role", WRITES, 15, Needs::Nothing),
    Row("stale=1500", READS, 30, Needs::ReadsInTime),
    Row("no-id", CREATES, 30, Needs::Nothing),
    Row("wrong-name", CREATES, 30, Needs::Nothing),
    Row("ignore-filter", READS, 30, Needs::Nothing),
    Row("no-filter", READS, 30, Needs::Nothing),
    Row("page-fail", READS, 30, Needs::Nothing),
    Row("page-repeat", READS, 30, Needs::Nothing),
    Row("page-shrink", READS, 30, Needs::Nothing),
    Row("page-empty", READS, 30, Needs::Nothing),
    Row("string-booleans", ALL, 50, Needs::Nothing),
    Row("drop-members", ALL, 20, Needs::Nothing),
    Row("html", ALL, 10, Needs::Nothing),
    Row("redirect", ALL, 10, Needs::Nothing),
    Row("redirect=307", ALL, 10, Needs::Nothing),
    Row("deep-json", ALL, 3, Needs::Nothing),
    Row("bad-utf8", ALL, 10, Needs::Nothing),
    Row("duplicate-keys", ALL, 10, Needs::Nothing),
];

/// The faults of one schedule, as they are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Vec<String>);

impl Faults {
    /// Few kinds at a time, so that rare ones meet often.
    pub(crate) fn of(rng: &mut Rng, nature: Nature) -> Self {
        Self::drawn(rng, nature, |_| true)
    }

    /// The same where groups are pushed: what is carried out late counts there when its own request comes
    /// (`teams/arrive.rs`), which the plan does not tell.
    pub(crate) fn of_groups(rng: &mut Rng, nature: Nature) -> Self {
        Self::drawn(rng, nature, |kind| name(kind) != "late")
    }

    fn drawn(rng: &mut Rng, nature: Nature, also: impl Fn(&str) -> bool) -> Self {
        let late = rng.chance(500);
        let fits = |row: &&Row| match row.3 {
            Needs::Nothing => true,
            Needs::UniqueNames => !nature.same_names,
            // Either the app is late, or the copies that are read: together they would be later than is waited for.
            Needs::ReadsInTime => nature.lag_ms == 0 && row.0.starts_with("late") == late,
        };
        let rows: Vec<&Row> = ROWS.iter().filter(fits).filter(|row| also(row.0)).collect();
        let mut texts = Vec::new();
        for _ in 0..rng.below(5) {
            let Row(kind, places, most, _) = rows[rng.below(rows.len() as u64) as usize];
            let place = places[rng.below(places.len() as u64) as usize];
            texts.push(match most {
                0 => format!("{kind}{place}"),
                most => format!("{kind}:{}%/{}{place}", 1 + rng.below(*most), rng.below(1_000_000)),
            });
        }
        Self(texts)
    }

    /// Whether an answer says what was not stored: then everything has to be read back.
    pub(crate) fn lie(&self) -> bool {
        self.0.iter().any(|text| text.starts_with("lie"))
    }
}

/// What the endpoint is like, for the plan that the sandbox carries out, and these faults beside it.
pub(crate) fn plan(nature: Nature, faults: &Faults) -> FaultPlan {
    let of_nature = [
        nature.same_names.then_some("same-names"),
        (nature.filter == Filter::Ignored).then_some("ignore-filter"),
    ];
    let texts = of_nature.into_iter().flatten().chain(faults.0.iter().map(String::as_str));
    FaultPlan::new(texts.map(|text| text.parse().expect("a fault")).collect())
}

/// Which kinds, as they are written here, hit nothing.
pub(crate) fn never(hit: &BTreeSet<String>) -> Vec<&'static str> {
    let of = |text: &str, kind: &str| text.split([':', '@']).next() == Some(kind);
    let forms = ROWS.iter().map(|row| row.0);
    forms.filter(|kind| !hit.iter().any(|text| of(text, kind))).collect()
}

fn name(form: &str) -> &str {
    form.split(['=', '[', ':']).next().unwrap_or_default()
}

#[test]
fn every_kind_of_the_sandboxs_table_is_drawn_or_left_out_for_a_reason() {
    for kind in KINDS {
        let drawn = ROWS.iter().any(|row| name(row.0) == name(kind.form));
        let left_out = LEFT_OUT.iter().any(|(left, _)| *left == name(kind.form));
        assert!(drawn != left_out, "{}", kind.form);
    }
    for row in ROWS {
        assert!(KINDS.iter().any(|kind| name(kind.form) == name(row.0)), "{}", row.0);
    }
}
