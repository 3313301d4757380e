//! Killed at random moments, again and again, against an app that misbehaves.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::app::App;
use crate::books;
use crate::chance::{Chance, number};
use crate::console::{Console, all, name};

const PEOPLE: u64 = 24;
/// Kills of a normal run.
const ROUNDS: u64 = 16;

/// What the app does wrong: some answers are lost or are errors of which nobody knows what was done.
fn faults(seed: u64) -> Vec<String> {
    let share =
        |kind: &str, share: u64, at: &str| format!("{kind}:{share}%/{}@{at}", seed.wrapping_add(share));
    let mut faults = vec![
        share("lose", 7, "POST"),
        share("lose", 6, "PUT"),
        share("500", 4, "POST"),
        share("502", 3, "PUT"),
        share("429=1", 2, "POST"),
        "slow=12@POST".to_owned(),
        "slow=8@PUT".to_owned(),
    ];
    if seed.is_multiple_of(2) {
        // Nothing but the look-up keeps anybody from being made twice.
        faults.push("same-names".to_owned());
    }
    faults
}

/// One decision of an operator.
fn decision(chance: &mut Chance) -> Vec<String> {
    let who = name(1 + chance.below(PEOPLE));
    let role = format!("workato_role={}", chance.of(&["Admin", "Analyst", "Operator"]));
    let words: Vec<&str> = match chance.below(9) {
        0 | 1 => vec!["provision", "--yes"],
        2 | 3 => vec!["role", &who, &role, "--yes"],
        4 => vec!["suspend", &who, "--yes"],
        5 => vec!["reactivate", &who, "--yes"],
        6 => vec!["unassign", &who, "--yes"],
        7 => vec!["assign", &who, "--role", &role, "--yes"],
        _ => vec!["apply", "--yes"],
    };
    words.into_iter().map(str::to_owned).collect()
}

/// Whoever is done in the journal is there, as long as it runs and at the moment it dies.
fn honest(console: &Console, app: &App) {
    let done = books::done(&console.home);
    let there = books::names(app);
    let missing: Vec<&String> = done.iter().filter(|name| !there.contains(name)).collect();
    assert!(missing.is_empty(), "done and not there: {missing:?}");
}

#[test]
fn g02_g22_killed_again_and_again_everybody_is_there_once_and_nothing_was_done_that_is_not() {
    let (seed, rounds) = (number("CRASH_SEED", 1), number("CRASH_ROUNDS", ROUNDS));
    println!("CRASH_SEED={seed} CRASH_ROUNDS={rounds} cargo test --test crash g02 -- --nocapture");
    // Half of them against an app that takes the same name twice.
    for (seed, rounds) in [(seed * 2, rounds.div_ceil(2)), (seed * 2 + 1, rounds / 2)] {
        story(seed, rounds);
    }
}

fn story(seed: u64, rounds: u64) {
    let mut chance = Chance::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let app = App::start(folder.path(), 3, &faults(seed));
    let strangers: Vec<Value> = app.all("Users");
    assert_eq!(strangers.len(), 3);
    let console = Console::begin(folder.path(), &app, PEOPLE);
    let mut died = 0;
    // How long a command takes that nobody kills.
    let mut usual = 300;
    for round in 0..rounds {
        let words = decision(&mut chance);
        let words: Vec<&str> =
            if round == 0 { vec!["provision", "--yes"] } else { words.iter().map(String::as_str).collect() };
        // Until a moment of its life that nobody chose.
        let moment = Duration::from_millis(5 + chance.below(usual));
        let began = Instant::now();
        let mut child = console.spawn(&words);
        let mut ended = None;
        while ended.is_none() && began.elapsed() < moment {
            honest(&console, &app);
            ended = child.try_wait().expect("a child");
        }
        child.kill().expect("killed");
        let output = child.wait_with_output().expect("it ended");
        assert!(!all(&output).contains("panicked"), "{words:?}: {}", all(&output));
        if ended.is_none() {
            died += 1;
            // Those that would have lasted longer are killed later too.
            usual += usual / 8;
        } else {
            usual = u64::try_from(began.elapsed().as_millis()).expect("short").max(40);
        }
        honest(&console, &app);
        if round % 10 == 9 {
            books::sound(&console.home);
            let output = console.run(&["apply", "--yes"]);
            assert!(!all(&output).contains("panicked"), "{}", all(&output));
        }
    }
    println!("seed {seed}: {died} of {rounds} were killed while they ran");
    assert!(died * 4 >= rounds, "only {died} of {rounds} were killed while they ran");
    let status = console.drain();
    books::agree(&console, &app, &strangers);
    books::sound(&console.home);
    for (flag, n) in status["flags"].as_object().expect("flags") {
        assert_eq!(*n, 0, "{flag}: {status}");
    }
    console.ok(&["audit", "verify"]);
}
