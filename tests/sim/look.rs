//! A look-up, one request at a time, by the rules of the drive's finder: a filter counts once it was seen to find
//! somebody in the other case; "nobody" also counts from a pass over the whole list without a gap.

use std::collections::BTreeMap;

use scimdeck::domain::{Call, Failure, FailureKind, Method, Outcome, ProfileAttribute};
use scimdeck::endpoint::{Cause, judge, probe};
use scimdeck::engine::Found;
use scimdeck::engine::machine::Evidence;
use scimdeck::engine::wire::{self, Identity};
use scimdeck::scim::list::ListPage;
use scimdeck::scim::resource::{self, Resource};

/// Rows of a page: few, so that a pass takes several and the list can move in between.
const PAGE: u64 = 4;

/// How far the filter is trusted; one for each process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Trust {
    #[default]
    Unknown,
    Good,
    Useless,
}

#[derive(Debug, Clone)]
enum Phase {
    Probe,
    Try { id: String, who: Identity },
    Filter,
    Page { start: u64, total: Option<u64>, gap: bool, seen: BTreeMap<String, Resource> },
}

#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(crate) who: Identity,
    phase: Phase,
}

/// What an answer leads to.
pub(crate) enum Next {
    Ask(Call),
    Found(Evidence),
}

fn list(start: u64) -> Call {
    Call::new(Method::Get, &["Users"]).query("startIndex", start.to_string()).query("count", PAGE.to_string())
}

impl Look {
    pub(crate) fn begin(who: Identity, trust: Trust) -> (Self, Call) {
        match trust {
            Trust::Unknown => (Self { who, phase: Phase::Probe }, probe::request()),
            Trust::Good => {
                let call = who.look_up();
                (Self { who, phase: Phase::Filter }, call)
            }
            Trust::Useless => (Self { who, phase: first_page() }, list(1)),
        }
    }

    pub(crate) fn heard(
        &mut self,
        call: &Call,
        outcome: &Outcome,
        trust: &mut Trust,
        attributes: &[ProfileAttribute],
    ) -> Next {
        let page = judge(call, outcome).map_err(|t| {
            (
                matches!(
                    t.cause,
                    Cause::NotOffered | Cause::Refused | Cause::ServerError | Cause::NotFoundHere
                ),
                Failure::from(t),
            )
        });
        let page = page.and_then(|answer| {
            let failed = |_| {
                (
                    false,
                    Failure { kind: FailureKind::NotScim, text: "no list".to_owned(), next: String::new() },
                )
            };
            ListPage::read(answer.body.as_bytes()).map_err(failed)
        });
        let page = match (page, &self.phase) {
            (Ok(page), _) => page,
            (Err((true, _)), Phase::Try { .. }) => {
                *trust = Trust::Useless;
                return self.pass();
            }
            (Err((_, failure)), _) => return Next::Found(Evidence::Failed(failure)),
        };
        let rows: Vec<Resource> =
            page.resources.iter().filter_map(|raw| serde_json::from_str(raw.get()).ok()).collect();
        match &mut self.phase {
            Phase::Probe => {
                let sample = rows
                    .iter()
                    .find_map(|r| Some((resource::id(r)?, resource::text(r, "userName")?.to_owned())));
                let Some((id, name)) = sample else { return self.pass() };
                let swapped = name.chars().map(|c| {
                    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
                });
                let who = Identity { by: self.who.by, value: swapped.collect() };
                let call = who.look_up();
                self.phase = Phase::Try { id, who };
                Next::Ask(call)
            }
            Phase::Try { id, who } => {
                let only = rows.iter().all(|row| who.is_nearly(row));
                let there = rows.iter().any(|row| resource::id(row).as_deref() == Some(id));
                *trust = if only && there { Trust::Good } else { Trust::Useless };
                if *trust == Trust::Useless {
                    return self.pass();
                }
                self.phase = Phase::Filter;
                Next::Ask(self.who.look_up())
            }
            Phase::Filter => {
                if rows.iter().any(|row| !self.who.is_nearly(row)) {
                    *trust = Trust::Useless;
                    return self.pass();
                }
                let who = &self.who;
                conclude(rows.into_iter().filter(|row| who.is(row)).collect(), attributes)
            }
            Phase::Page { start, total, gap, seen } => {
                let came = rows.len() as u64;
                let before = seen.len();
                *gap |= total.is_some() && *total != page.total;
                *total = total.or(page.total);
                seen.extend(rows.into_iter().filter_map(|row| Some((resource::id(&row)?, row))));
                let fresh = (seen.len() - before) as u64;
                *gap |= fresh != came;
                *start += came;
                let all = page.total.unwrap_or(0);
                if came > 0 && fresh > 0 && (seen.len() as u64) < all {
                    return Next::Ask(list(*start));
                }
                *gap |= seen.len() as u64 != all;
                let same: Vec<Resource> = seen.values().filter(|row| self.who.is(row)).cloned().collect();
                if same.is_empty() && *gap {
                    let failure = Failure {
                        kind: FailureKind::NotScim,
                        text: "the list moved".to_owned(),
                        next: String::new(),
                    };
                    return Next::Found(Evidence::Failed(failure));
                }
                conclude(same, attributes)
            }
        }
    }

    fn pass(&mut self) -> Next {
        self.phase = first_page();
        Next::Ask(list(1))
    }
}

fn first_page() -> Phase {
    Phase::Page { start: 1, total: None, gap: false, seen: BTreeMap::new() }
}

fn conclude(rows: Vec<Resource>, attributes: &[ProfileAttribute]) -> Next {
    let found = |resource: Resource| {
        let account = wire::account(&resource, None, attributes)?;
        Some(Box::new(Found { account, resource }))
    };
    let mut all: Vec<Box<Found>> = rows.into_iter().filter_map(found).collect();
    match (all.len(), all.pop()) {
        (1, Some(one)) => Next::Found(Evidence::One(one)),
        (0, _) | (_, None) => Next::Found(Evidence::Absent),
        (n, _) => Next::Found(Evidence::Several(n as u32)),
    }
}
