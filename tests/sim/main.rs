//! Seeded schedules of the engine: two processes on one store in memory against the sandbox's own workspace, in
//! virtual time. The same seed gives the same schedule.
//!
//! `SIM_SCHEDULES=1000000 cargo test --test sim` runs more of them (from `SIM_FROM`), `SIM_SEED=123 cargo test --test
//! sim replay -- --nocapture` shows one with all that happened, `SIM_ALL=1` lists every seed that fails.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test fails by these")]

mod ask;
mod bend;
mod decide;
mod g05;
mod g06;
mod g08;
mod g12;
mod g13;
mod nature;
mod operator;
mod process;
mod promises;
mod rng;
mod schedule;
mod seen;
mod sender;
mod server;
mod watch;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

/// Schedules of a normal run.
const SCHEDULES: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn every_schedule_keeps_what_is_promised() {
    let (first, most) = (number("SIM_FROM").unwrap_or(0), number("SIM_SCHEDULES").unwrap_or(SCHEDULES));
    let all = number("SIM_ALL").is_some();
    let (next, worst) = (AtomicU64::new(first), AtomicU64::new(u64::MAX));
    let began = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + most || (!all && worst.load(Ordering::Relaxed) < seed) {
                        return;
                    }
                    let ended = std::panic::catch_unwind(|| schedule::run(seed, false).wrong);
                    let wrong = ended.unwrap_or_else(|_| vec!["it panicked".to_owned()]);
                    if let Some(what) = wrong.first() {
                        worst.fetch_min(seed, Ordering::Relaxed);
                        if all {
                            println!("{seed}: {what}");
                        }
                    }
                }
            });
        }
    });
    println!("{most} schedules in {:.1} s", began.elapsed().as_secs_f64());
    let seed = worst.into_inner();
    if seed < u64::MAX {
        let wrong = schedule::run(seed, false).wrong.join("\n  ");
        panic!("schedule {seed}:\n  {wrong}\nSIM_SEED={seed} cargo test --test sim replay -- --nocapture");
    }
}

#[test]
fn replay() {
    let seed = number("SIM_SEED").unwrap_or(0);
    let first = schedule::run(seed, true);
    let again = schedule::run(seed, true);
    for line in &first.log {
        println!("{line}");
    }
    assert_eq!(first.log, again.log, "the same seed gives the same schedule");
    assert!(first.wrong.is_empty(), "schedule {seed}:\n  {}", first.wrong.join("\n  "));
}
