//! Seeded schedules of the engine: two processes on one store in memory against the sandbox's own workspace, in
//! virtual time. The same seed gives the same schedule.
//!
//! What goes wrong is drawn: faults of the sandbox's own plan for a schedule (`faults`), what the endpoint is like
//! (`nature`), and for each request what stands between (`server`, `bend`, `copies`): requests that never arrive, copies
//! that lag behind, intermediaries. Crashes come at drawn moments, and in `g01` after every event; `tests/crash`
//! does it to the real program.
//!
//! `SIM_SCHEDULES=1000000 cargo test --test sim` runs more of them (from `SIM_FROM`), `SIM_SEED=123 cargo test --test
//! sim replay -- --exact --nocapture` shows one with all that happened, `SIM_ALL=1` lists every seed that fails.
//! `g01` dies after every event of some of them, one after the other: `SIM_SEED=3 SIM_DIES=17` and `replay` show one.
//!
//! `teams` adds pushed groups: the drive's own code of them is polled by hand, and whatever it waits for (a request, a
//! commit, time) is answered in virtual time or, where its process dies, never. Its schedules have seeds of their own:
//! `SIM_SEED=123 cargo test --test sim replay_groups -- --exact --nocapture`.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test fails by these")]

mod ask;
mod bend;
mod brake;
mod copies;
mod decide;
mod faults;
mod g01;
mod g05;
mod g06;
mod g08;
mod g12;
mod g13;
mod gone;
mod nature;
mod operator;
mod process;
mod promises;
mod rng;
mod schedule;
mod seen;
mod sender;
mod server;
mod teams;
mod watch;
mod world;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Schedules of a normal run.
const SCHEDULES: u64 = 10_000;
/// The same with pushed groups.
const GROUP_SCHEDULES: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// A schedule from its seed, with its log where asked for.
type Run = fn(u64, bool) -> schedule::Ended;

#[test]
fn every_schedule_keeps_what_is_promised() {
    let hit = keeps(schedule::run, SCHEDULES, "replay");
    if number("SIM_SCHEDULES").is_none_or(|schedules| schedules >= SCHEDULES) {
        assert_eq!(faults::never(&hit), [""; 0], "each kind hits something");
    }
}

#[test]
fn every_schedule_with_pushed_groups_keeps_what_is_promised() {
    let _ = keeps(teams::run, GROUP_SCHEDULES, "replay_groups");
}

/// Each of these seeds in turn, as many at a time as there are processors.
fn side_by_side(seeds: Range<u64>, each: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        return;
                    }
                    each(seed);
                }
            });
        }
    });
}

/// The faults of the sandbox's own that hit a request.
fn keeps(run: Run, schedules: u64, replay: &str) -> BTreeSet<String> {
    let (first, most) = (number("SIM_FROM").unwrap_or(0), number("SIM_SCHEDULES").unwrap_or(schedules));
    let all = number("SIM_ALL").is_some();
    let worst = AtomicU64::new(u64::MAX);
    let hit = Mutex::new(BTreeSet::new());
    let began = std::time::Instant::now();
    side_by_side(first..first + most, |seed| {
        if !all && worst.load(Ordering::Relaxed) < seed {
            return;
        }
        let ended = std::panic::catch_unwind(|| run(seed, false));
        let wrong = match ended {
            Ok(ended) => {
                hit.lock().expect("no panic").extend(ended.hit);
                ended.wrong
            }
            Err(_) => vec!["it panicked".to_owned()],
        };
        if let Some(what) = wrong.first() {
            worst.fetch_min(seed, Ordering::Relaxed);
            if all {
                println!("{seed}: {what}");
            }
        }
    });
    println!("{most} schedules in {:.1} s", began.elapsed().as_secs_f64());
    let seed = worst.into_inner();
    if seed < u64::MAX {
        let wrong = run(seed, false).wrong.join("\n  ");
        panic!(
            "schedule {seed}:\n  {wrong}\nSIM_SEED={seed} cargo test --test sim {replay} -- --exact --nocapture"
        );
    }
    hit.into_inner().expect("no panic")
}

#[test]
fn replay() {
    let dies = number("SIM_DIES").and_then(|n| u32::try_from(n).ok());
    shows(|seed, log| schedule::run_dying(seed, dies, log).0);
}

#[test]
fn replay_groups() {
    shows(teams::run);
}

fn shows(run: impl Fn(u64, bool) -> schedule::Ended) {
    let seed = number("SIM_SEED").unwrap_or(0);
    let first = run(seed, true);
    let again = run(seed, true);
    for line in &first.log {
        println!("{line}");
    }
    assert_eq!(first.log, again.log, "the same seed gives the same schedule");
    assert!(first.wrong.is_empty(), "schedule {seed}:\n  {}", first.wrong.join("\n  "));
}
