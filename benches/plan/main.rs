//! What a plan costs at a million people: against a bare hash join of the same keys and values, against a bare typed
//! parse of the same pages, and in memory.
//!
//! `cargo bench --bench plan [-- PEOPLE]`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and may stop")]

mod floor;

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use floor::FloorPage;
use scimdeck::directory::{Change, Directory, Link};
use scimdeck::domain::{
    AccountRef, AccountValues, Assignment, Connection, ConnectionId, Ids, Person, PersonId, ProfileAttribute,
    Time, TokenSource,
};
use scimdeck::endpoint::paging::{Completeness, PageQuery, Pass, Rows};
use scimdeck::engine::compare::Comparison;
use scimdeck::engine::wire::Reader;
use scimdeck::engine::{BrakeHistory, Plan, make, people_of};
use scimdeck::verbs::{Command, Context, decide};

const NOW: Time = Time::from_ms(1_700_000_000_000);
const ROLES: [&str; 4] = ["Admin", "Analyst", "Operator", "No access"];
/// One of so many is different.
const ONE_OF: u64 = 100;
const PAGE: u64 = 100;
const ROUNDS: usize = 5;

fn person(n: u64) -> Person {
    let mut person = Person::new(PersonId(n * 7919), &format!("grace.hopper{n:07}@example.com"));
    person.given_name = "Grace".into();
    person.family_name = format!("Hopper{n:07}");
    person.display_name = format!("Grace Hopper{n:07}");
    person.title = "Rear Admiral".into();
    person.department = format!("Department {}", n % 97);
    person
}

fn remote_id(n: u64) -> String {
    format!("{n:08x}-0000-4000-8000-{n:012x}")
}

fn role(n: u64) -> &'static str {
    ROLES[(n % 4) as usize]
}

fn values(n: u64) -> AccountValues {
    let p = person(n);
    AccountValues {
        active: true,
        external_id: p.external_id(),
        email: p.address().to_owned(),
        user_name: p.user_name,
        given_name: p.given_name,
        family_name: p.family_name,
        display_name: p.display_name,
        title: p.title,
        department: p.department,
        roles: [("workato_role", role(n))].into_iter().collect(),
    }
}

/// The user as an endpoint gives it.
fn row(n: u64) -> String {
    let v = values(n);
    serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole"],
        "id": remote_id(n), "externalId": v.external_id, "userName": v.user_name,
        "name": {"givenName": v.given_name, "familyName": v.family_name, "formatted": v.display_name},
        "displayName": v.display_name, "title": v.title, "active": true,
        "emails": [{"value": v.email, "type": "work", "primary": true}], "locale": "en-US", "groups": [],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": v.department},
        "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole": {"workato_role": role(n)},
        "meta": {"resourceType": "User", "created": "2023-11-14T22:13:20.000Z",
            "lastModified": "2023-11-14T22:13:20.000Z", "version": "W/\"1\"",
            "location": format!("https://app.example.com/scim/v2/Users/{}", remote_id(n))},
    })
    .to_string()
}

fn page(first: u64, people: u64) -> String {
    let rows: Vec<String> = (first..(first + PAGE).min(people)).map(|n| row(shuffled(n, people))).collect();
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{people},"startIndex":{},"itemsPerPage":{},"Resources":[{}]}}"#,
        first + 1,
        rows.len(),
        rows.join(",")
    )
}

/// Another order than the directory's: a step that shares no factor with the count.
fn shuffled(n: u64, people: u64) -> u64 {
    let mut step = people * 618 / 1000 + 1;
    while gcd(step, people) != 1 {
        step += 1;
    }
    (n * step) % people
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Everybody linked and as last pushed; one of a hundred has another title here since.
fn directory(people: u64) -> Directory {
    let token = TokenSource::Env { name: "TOKEN".into() };
    let mut connection = Connection::new(ConnectionId(1), "bench", "http://127.0.0.1:1/scim", token);
    connection.enabled = true;
    let mut directory = Directory::new(connection);
    directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
    for n in 0..people {
        let id = person(n).id;
        let roles = values(n).roles;
        directory.apply(&Change::Person(person(n).into()));
        directory.apply(&Change::Assigned(id, Assignment { roles, since: NOW, ..Default::default() }));
        let link = Link {
            remote_id: remote_id(n),
            linked_at: NOW,
            sent: values(n),
            settled: values(n),
            confirmed_at: NOW,
        };
        directory.apply(&Change::Link(id, link.into()));
        if n.is_multiple_of(ONE_OF) {
            directory.apply(&Change::Person(Person { title: "Commodore".into(), ..person(n) }.into()));
        }
    }
    directory
}

/// CPU time of this process: the neighbours do not count.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let cpu = || rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let begin = cpu();
    let out = work();
    let end = cpu();
    let seconds = (end.tv_sec - begin.tv_sec) as f64 + (end.tv_nsec - begin.tv_nsec) as f64 / 1e9;
    (out, Duration::from_secs_f64(seconds))
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// A line of a figure with its bar.
fn figure(what: &str, value: f64, met: bool, bar: &str) {
    println!("{what:<58} {value:>7.2}   bar {bar:<12} {}", if met { "met" } else { "missed" });
}

/// One account in memory: what both the plan and the join get.
struct Present {
    id: Box<str>,
    texts: [Box<str>; 8],
    role: &'static str,
    raw: String,
}

impl Present {
    fn new(n: u64) -> Self {
        let v = values(n);
        // The row itself is read for those who are planned, as from a page.
        let raw = if n.is_multiple_of(ONE_OF) { row(n) } else { String::new() };
        Self { id: remote_id(n).into(), texts: v.texts().map(|(_, text)| text.into()), role: role(n), raw }
    }

    fn account(&self) -> AccountRef<'_> {
        AccountRef {
            remote_id: Cow::Borrowed(&self.id),
            active: true,
            texts: std::array::from_fn(|i| Cow::Borrowed(&*self.texts[i])),
            roles: vec![(0, Cow::Borrowed(self.role))],
            ..AccountRef::default()
        }
    }
}

fn plan_of(directory: &Directory, present: impl FnOnce(&mut Comparison)) -> Plan {
    let mut ids = Ids::new(1);
    let mut context = Context { now: NOW, actor: "bench", ids: &mut ids, typed: &[] };
    let decision = decide(directory, &Command::Apply, &mut context).unwrap();
    let mut comparison = Comparison::new(directory).keeping(people_of(&decision.scope));
    present(&mut comparison);
    let compared = comparison.finish(None);
    assert!(compared.missing.is_empty() && compared.orphans.is_empty());
    make(directory, &decision, &compared.findings, &BrakeHistory::default())
}

/// The same answer from nothing but a hash map over the ids.
fn join(wanted: &[Present], present: &[Present]) -> usize {
    let mut by_id: HashMap<&str, &Present, foldhash::quality::RandomState> =
        HashMap::with_capacity_and_hasher(wanted.len(), Default::default());
    by_id.extend(wanted.iter().map(|w| (&*w.id, w)));
    let same = |w: &Present, p: &Present| w.texts == p.texts && w.role == p.role;
    present.iter().filter(|p| by_id.get(&*p.id).is_none_or(|w| !same(w, p))).count()
}

fn planning(people: u64) {
    let directory = directory(people);
    let present: Vec<Present> = (0..people).map(|n| Present::new(shuffled(n, people))).collect();
    let wanted: Vec<Present> = (0..people)
        .map(|n| {
            let mut wanted = Present::new(n);
            if n.is_multiple_of(ONE_OF) {
                wanted.texts[6] = "Commodore".into();
            }
            wanted
        })
        .collect();
    let accounts: Vec<(AccountRef<'_>, &str)> =
        present.iter().map(|present| (present.account(), present.raw.as_str())).collect();
    let different = usize::try_from(people / ONE_OF).unwrap();
    let (mut floor, mut engine) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (count, took) = timed(|| join(&wanted, &present));
        assert_eq!(count, different);
        floor.push(took);
        let (plan, took) = timed(|| {
            plan_of(&directory, |comparison| {
                accounts.chunks(PAGE as usize).for_each(|page| comparison.take(page));
            })
        });
        assert_eq!((plan.operations.len(), plan.complete), (different, true));
        engine.push(took);
    }
    let (floor, engine) = (median(floor), median(engine));
    println!("bare hash join {floor:.3} s, plan {engine:.3} s of CPU, {people} on each side, 1 % different");
    figure("plan / bare hash join", engine / floor, engine / floor <= 1.5, "<= 1.5");
}

/// The pass as a plan makes it: rows compared at once and dropped.
struct Taken<'c> {
    reader: Reader,
    comparison: &'c mut Comparison,
}

impl Rows for Taken<'_> {
    type Row<'a> = (AccountRef<'a>, &'a str);

    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>)> {
        let account = self.reader.read(raw)?;
        Some((account.remote_id.clone(), (account, raw)))
    }

    fn read_first<'a>(&self, text: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>, usize)> {
        let (account, length) = self.reader.read_first(text)?;
        Some((account.remote_id.clone(), (account, text.get(..length)?), length))
    }

    fn take<'a>(&mut self, rows: Vec<(Cow<'a, str>, Self::Row<'a>)>) {
        let page: Vec<Self::Row<'a>> = rows.into_iter().map(|(_, row)| row).collect();
        self.comparison.take(&page);
    }
}

/// Rows read and counted, no more.
struct Counted(Reader, u64);

impl Rows for Counted {
    type Row<'a> = AccountRef<'a>;

    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, AccountRef<'a>)> {
        let account = self.0.read(raw)?;
        Some((account.remote_id.clone(), account))
    }

    fn read_first<'a>(&self, text: &'a str) -> Option<(Cow<'a, str>, AccountRef<'a>, usize)> {
        let (account, length) = self.0.read_first(text)?;
        Some((account.remote_id.clone(), account, length))
    }

    fn take<'a>(&mut self, rows: Vec<(Cow<'a, str>, AccountRef<'a>)>) {
        self.1 += rows.iter().filter(|(_, account)| account.active).count() as u64;
    }
}

fn reading(people: u64) {
    let reader = Reader::new(&[ProfileAttribute::workato("workato_role")]);
    let (mut floor, mut engine) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        // Some thousand pages at a time: a million users would not fit beside everything else.
        let (mut bare, mut ours) = (Duration::ZERO, Duration::ZERO);
        let mut pass = Pass::new(PageQuery::all("Users"));
        let mut counted = Counted(reader.clone(), 0);
        bytes = 0;
        for first in (0..people).step_by(usize::try_from(PAGE * 500).unwrap()) {
            let last = (first + PAGE * 500).min(people);
            let step = usize::try_from(PAGE).unwrap();
            let pages: Vec<String> = (first..last).step_by(step).map(|at| page(at, people)).collect();
            bytes += pages.iter().map(String::len).sum::<usize>();
            bare += timed(|| {
                for body in &pages {
                    let page: FloorPage = serde_json::from_str(body).unwrap();
                    assert_eq!(page.resources.len() as u64, PAGE.min(people));
                }
            })
            .1;
            ours +=
                timed(|| pages.iter().for_each(|body| drop(pass.heard_body(body, &mut counted).unwrap()))).1;
        }
        assert_eq!((counted.1, pass.completeness()), (people, Completeness::Complete));
        floor.push(bare);
        engine.push(ours);
    }
    let (floor, engine) = (median(floor), median(engine));
    println!(
        "typed parse {floor:.2} s, reading {engine:.2} s of CPU, {people} users, {} MB of pages",
        bytes / 1_000_000
    );
    figure("reading users in pages / typed parse (speed)", floor / engine, floor / engine >= 0.7, ">= 0.7");
}

/// In a process of its own: the directory, and the list as it comes.
fn memory(people: u64) {
    let directory = directory(people);
    let here = status_mb("VmRSS");
    let plan = plan_of(&directory, |comparison| {
        let mut taken = Taken { reader: comparison.reader(), comparison };
        let mut pass = Pass::new(PageQuery::all("Users"));
        for first in (0..people).step_by(usize::try_from(PAGE).unwrap()) {
            pass.heard_body(&page(first, people), &mut taken).unwrap();
        }
        assert_eq!(pass.completeness(), Completeness::Complete);
    });
    assert_eq!(plan.operations.len() as u64, people / ONE_OF);
    println!("directory alone {here:.0} MB; plan with {} operations made", plan.operations.len());
    let peak = status_mb("VmHWM");
    figure("peak memory of the plan's process, MB", peak, peak <= 400.0, "<= 400 MB");
}

/// A line of `/proc/self/status` in millions of bytes.
fn status_mb(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0 / 1e6
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let people = args.iter().find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    if args.iter().any(|a| a == "memory") {
        return memory(people);
    }
    let exe = std::env::current_exe().unwrap();
    let done = std::process::Command::new(exe).args(["memory", &people.to_string()]).status().unwrap();
    assert!(done.success());
    reading(people);
    planning(people);
}
