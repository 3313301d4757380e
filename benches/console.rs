//! The console in a terminal of 120x40: time to the first frame against a bare ratatui program, a key's answer, an
//! idle console, memory; with 200 people and with 100,000, all assigned. And one frame drawn in memory.
//!
//! `cargo bench --bench console`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures and may stop")]

#[path = "../tests/pty/home.rs"]
#[expect(dead_code, clippy::panic, reason = "the tests use the rest, and a helper that cannot go on stops")]
mod home;
#[path = "../tests/canary/nowhere/mod.rs"]
mod nowhere;
#[path = "../tests/pty/terminal.rs"]
#[expect(dead_code, clippy::panic, reason = "the tests use the rest")]
mod terminal;
#[path = "../tests/pty/workspace.rs"]
#[expect(dead_code, clippy::panic, reason = "the tests use it, and a helper that cannot go on stops")]
mod workspace;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ratatui::Terminal as Drawing;
use ratatui::backend::TestBackend;
use ratatui::widgets::Paragraph;
use scimdeck::app::{App, Code, Key, Msg, Session};
use scimdeck::config::Look;
use scimdeck::directory::{Change, Directory};
use scimdeck::domain::{
    Assignment, Connection, ConnectionId, Person, PersonId, ProfileAttribute, Time, TokenSource,
};
use scimdeck::ui;

use home::Home;
use nowhere::TALKATIVE;
use terminal::{Start, Terminal};

const HELLO: &str = "--hello-world";
const STARTS: usize = 15;
const PRESSES: usize = 190;
const FEW: usize = 200;
const MANY: usize = 100_000;
/// An answer is over when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(25);
const NOW: Time = Time::from_ms(1_700_000_000_000);

fn main() {
    if std::env::args().any(|arg| arg == HELLO) {
        return hello_world();
    }
    let floor = starts("bare ratatui program", hello);
    let demo = starts("scimdeck demo", || scimdeck(&["demo"]).run());
    println!("first frame, ratio to the bare program: {:.1}", demo / floor);
    for people in [FEW, MANY] {
        on_a_home(people);
    }
    let (few, many) = (frame(FEW), frame(MANY));
    println!("frame in memory, ratio of {MANY} people to {FEW}: {:.2}", many / few);
}

/// The least a program of this kind can be: one frame, one key.
fn hello_world() {
    let mut terminal = ratatui::init();
    terminal.draw(|frame| frame.render_widget(Paragraph::new("p provision"), frame.area())).unwrap();
    while !matches!(crossterm::event::read().unwrap(), crossterm::event::Event::Key(_)) {}
    ratatui::restore();
}

fn hello() -> Terminal {
    let me = std::env::current_exe().unwrap();
    Start::program(me.to_str().unwrap(), &[HELLO]).run()
}

/// As an operator starts it: what a test makes it log would be measured, too.
fn scimdeck(args: &[&str]) -> Start {
    Start::scimdeck(args).var(TALKATIVE.0, "")
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The value below which this share of all lies.
fn share(all: &mut [f64], share: f64) -> f64 {
    all.sort_by(f64::total_cmp);
    all[((all.len() - 1) as f64 * share).round() as usize]
}

fn starts(what: &str, start: impl Fn() -> Terminal) -> f64 {
    let (mut times, mut memory) = (Vec::new(), 0.0);
    for _ in 0..STARTS {
        let began = Instant::now();
        let terminal = start();
        terminal.wait("p provision");
        times.push(ms(began.elapsed()));
        memory = peak_mb(&terminal);
        terminal.press("q").exit();
    }
    let (median, p95) = (share(&mut times, 0.5), share(&mut times, 0.95));
    println!("{what}: first frame {median:.1} ms, p95 {p95:.1} ms ({STARTS} starts), peak {memory:.1} MiB");
    median
}

/// A field of the process, as the kernel keeps it.
fn status(terminal: &Terminal, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{}/status", terminal.pid().as_raw_nonzero())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

fn peak_mb(terminal: &Terminal) -> f64 {
    status(terminal, "VmHWM:").parse::<f64>().unwrap() / 1024.0
}

/// Processor time of all threads.
fn processor(terminal: &Terminal) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", terminal.pid().as_raw_nonzero())).unwrap();
    let spent = |task: std::fs::DirEntry| -> Option<u64> {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    Duration::from_nanos(tasks.flatten().filter_map(spent).sum())
}

fn on_a_home(people: usize) {
    let mut rows = String::new();
    for n in 0..people {
        let _ = writeln!(
            rows,
            "grace.hopper{n:06}@example.com,Grace,Hopper{n:06},yes,{}",
            ["Admin", "Analyst"][n % 2]
        );
    }
    let began = Instant::now();
    let home = Home::with(&rows);
    println!("{people} people: connected and imported in {:.1} s", began.elapsed().as_secs_f64());

    let began = Instant::now();
    let console = scimdeck(&[]).home(&home.path().join("home")).run();
    console.wait("p provision").wait(&format!("1 of {people}"));
    println!("{people} people: first frame {:.1} ms", ms(began.elapsed()));
    console.settle(Duration::from_millis(500));
    keys(&console, people, "down", PRESSES);
    // Each of these changes the whole table; the few are over too soon.
    if people == MANY {
        keys(&console, people, "ctrl-f", 100);
    }
    console.press("g").wait(&format!("1 of {people}"));
    console.press("/").settle(QUIET);
    keys(&console, people, "9", 3);
    console.press("esc").wait(&format!("Assignments ({people})")).settle(QUIET);

    let bytes = console.settle(Duration::from_secs(1));
    let (before, began) = (processor(&console), Instant::now());
    let idle = Duration::from_secs(10);
    while let Some(left) = idle.checked_sub(began.elapsed()) {
        std::thread::park_timeout(left);
    }
    let spent = ms(processor(&console).saturating_sub(before));
    let written = console.bytes().len() - bytes;
    println!("{people} people: idle 10 s: {written} bytes, {spent:.2} ms of processor time");
    println!("{people} people: peak {:.1} MiB", peak_mb(&console));
    console.press("q");
    console.exit();
}

fn keys(console: &Terminal, people: usize, key: &str, presses: usize) {
    let (mut times, mut bytes) = (Vec::new(), Vec::new());
    for _ in 0..presses {
        let (time, written) = console.answer(key, QUIET);
        times.push(ms(time));
        bytes.push(written as f64);
    }
    println!(
        "{people} people: {key}: {:.2} ms, p95 {:.2} ms to the last byte; {:.0} bytes, p95 {:.0} ({presses} presses)",
        share(&mut times, 0.5),
        share(&mut times, 0.95),
        share(&mut bytes, 0.5),
        share(&mut bytes, 0.95),
    );
}

fn directory(people: usize) -> Directory {
    let token = TokenSource::Env { name: "TOKEN".into() };
    let mut connection = Connection::new(ConnectionId(1), "bench", "http://127.0.0.1:1/scim", token);
    connection.enabled = true;
    let mut directory = Directory::new(connection);
    directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
    for n in 0..people {
        let mut person = Person::new(PersonId(n as u64 + 1), &format!("grace.hopper{n:06}@example.com"));
        person.given_name = "Grace".into();
        person.family_name = format!("Hopper{n:06}");
        let roles = [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect();
        let assignment = Assignment { roles, since: NOW, ..Default::default() };
        directory.apply(&Change::Person(person.clone().into()));
        directory.apply(&Change::Assigned(person.id, assignment));
    }
    directory
}

/// A key taken in and a frame drawn, without a terminal.
fn frame(people: usize) -> f64 {
    let mut app = App::new(Session::default(), directory(people));
    app.handle(Msg::Now(NOW));
    app.handle(Msg::Resize(120, 40));
    app.start();
    let look = Look { colour: true, unicode: true };
    let mut drawing = Drawing::new(TestBackend::new(120, 40)).unwrap();
    let mut times = Vec::new();
    for _ in 0..1_000 {
        let began = Instant::now();
        app.handle(Msg::Key(Key::of(Code::Down)));
        drawing.draw(|frame| ui::draw(&app, look, frame)).unwrap();
        times.push(ms(began.elapsed()));
    }
    let (median, p95) = (share(&mut times, 0.5), share(&mut times, 0.95));
    println!("{people} people: a key and its frame in memory {median:.3} ms, p95 {p95:.3} ms");
    median
}
