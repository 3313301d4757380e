//! What a million people cost: memory of the directory, and the load from the file as a ratio to a bare scan of
//! the same rows in the same run.
//!
//! `cargo bench --bench directory_memory [-- PEOPLE]`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints its figures and may stop")]

use std::path::Path;
use std::time::{Duration, Instant};

use scimdeck::directory::{Change, Directory, Link};
use scimdeck::domain::{
    AccountValues, Assignment, Connection, ConnectionId, Person, PersonId, ProfileAttribute, Time,
    TokenSource,
};
use scimdeck::store::{Backend, Batch, Reader, Sqlite};

const NOW: Time = Time::from_ms(1_700_000_000_000);
const ROLES: [&str; 4] = ["Admin", "Analyst", "Operator", "No access"];

fn connection() -> Connection {
    let token = TokenSource::Env { name: "TOKEN".into() };
    Connection::new(ConnectionId(1), "bench", "http://127.0.0.1:1/scim", token)
}

fn person(n: u64) -> Person {
    let mut person = Person::new(PersonId(n * 7919), &format!("grace.hopper{n:07}@example.com"));
    person.given_name = "Grace".into();
    person.family_name = format!("Hopper{n:07}");
    person.display_name = format!("Grace Hopper{n:07}");
    person.title = "Rear Admiral".into();
    person.department = format!("Department {}", n % 97);
    person
}

/// Everybody is assigned; three of four are linked and as we last pushed them.
fn changes(people: u64) -> impl Iterator<Item = Change> {
    let roles = |n: u64| [("workato_role", ROLES[(n % 4) as usize])].into_iter().collect();
    let assigned = move |n| {
        let assignment = Assignment { roles: roles(n), since: NOW, ..Default::default() };
        Change::Assigned(person(n).id, assignment)
    };
    let linked = move |n| {
        let p = person(n);
        let values = AccountValues {
            active: true,
            external_id: p.external_id(),
            email: p.address().to_owned(),
            user_name: p.user_name,
            given_name: p.given_name,
            family_name: p.family_name,
            display_name: p.display_name,
            title: p.title,
            department: p.department,
            roles: roles(n),
        };
        let link = Link {
            remote_id: format!("{n:08x}-0000-4000-8000-{n:012x}"),
            linked_at: NOW,
            sent: values.clone(),
            settled: values,
            confirmed_at: NOW,
        };
        Change::Link(p.id, link.into())
    };
    std::iter::once(Change::Attribute(0, ProfileAttribute::workato("workato_role")))
        .chain((0..people).map(|n| Change::Person(person(n).into())))
        .chain((0..people).map(assigned))
        .chain((0..people).filter(|n| n % 4 != 0).map(linked))
}

/// A line of `/proc/self/status` in MiB.
fn status_mb(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let out = work();
    (out, begin.elapsed())
}

/// Reads every column of the same rows and does nothing with them: the least a load can cost.
fn scan(path: &Path) -> u64 {
    let sql = rusqlite::Connection::open(path).unwrap();
    let mut bytes = 0;
    for table in ["person", "assignment", "link"] {
        let mut statement = sql.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for place in 0..columns {
                bytes +=
                    row.get_ref(place).unwrap().as_bytes_or_null().map_or(8, |b| b.map_or(0, <[u8]>::len));
            }
        }
    }
    bytes as u64
}

fn fill(path: &Path, people: u64) -> Sqlite {
    let mut store = Sqlite::open(path).unwrap();
    let settings = store.add_connection(connection()).unwrap();
    let mut changes = changes(people).peekable();
    while changes.peek().is_some() {
        let batch = Batch {
            connection: Some(settings.id),
            changes: changes.by_ref().take(20_000).collect(),
            ..Batch::default()
        };
        store.apply(&[batch]).pop().unwrap().unwrap();
    }
    store
}

fn load(store: &Sqlite) -> Directory {
    let mut reader: Box<dyn Reader> = store.reader().unwrap();
    let mut directory = Directory::new(connection());
    reader.load(ConnectionId(1), &mut |change| directory.apply(&change)).unwrap();
    directory
}

fn main() {
    let people = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    println!("people                       {people}");

    let before = status_mb("VmRSS");
    let mut directory = Directory::new(connection());
    let ((), took) = timed(|| changes(people).for_each(|change| directory.apply(&change)));
    let after = status_mb("VmRSS");
    assert_eq!(directory.len() as u64, people);
    println!("directory, resident          {:.0} MiB ({:.0} bytes a person)", after - before, {
        (after - before) * 1_048_576.0 / people as f64
    });
    println!("directory, peak while built  {:.0} MiB", status_mb("VmHWM") - before);
    println!("made from changes in memory  {:.2} s (the making of the changes included)", took.as_secs_f64());
    let (copy, took) = timed(|| directory.clone());
    println!("a snapshot                   {:.3} ms", took.as_secs_f64() * 1e3);
    let flagged = copy.counters().flagged();
    drop((copy, directory));

    let folder = std::env::temp_dir().join(format!("scimdeck-bench-{}", std::process::id()));
    let path = folder.join("store.db");
    let (store, took) = timed(|| fill(&path, people));
    println!("written to the store         {:.1} s", took.as_secs_f64());
    // Alternately, so that both meet the same machine; the best of three.
    let (mut bare, mut whole) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let (bytes, took) = timed(|| scan(&path));
        assert!(bytes > people);
        bare = bare.min(took);
        let (loaded, took) = timed(|| load(&store));
        assert_eq!((loaded.len() as u64, loaded.counters().flagged()), (people, flagged));
        whole = whole.min(took);
    }
    println!("bare scan of the rows        {:.2} s", bare.as_secs_f64());
    println!("load into a directory        {:.2} s", whole.as_secs_f64());
    println!("ratio                        {:.1}", whole.as_secs_f64() / bare.as_secs_f64());
    drop(store);
    std::fs::remove_dir_all(folder).unwrap();
}
