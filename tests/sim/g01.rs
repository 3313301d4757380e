//! A process dies after any of its events: a save, what it heard of it, a request, its answer, a decision.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{number, schedule, side_by_side};

/// Schedules of a normal run, each gone through once for each of its events. `SIM_DYING=100` takes more.
const SCHEDULES: u64 = 12;
/// More events than any of them has.
const MOST: u32 = 5_000;

#[test]
fn g01_a_process_that_dies_after_any_event_loses_nothing_and_makes_nothing_twice() {
    let schedules = number("SIM_DYING").unwrap_or(SCHEDULES);
    let first = number("SIM_FROM").unwrap_or(0);
    let died = AtomicU64::new(0);
    side_by_side(first..first + schedules, |seed| {
        died.fetch_add(dies_everywhere(seed), Ordering::Relaxed);
    });
    let died = died.into_inner();
    println!("{died} deaths in {schedules} schedules");
    assert!(died > 20 * schedules, "{died}");
}

/// How many events there were to die after.
fn dies_everywhere(seed: u64) -> u64 {
    for n in 1..MOST {
        let (ended, died) = schedule::run_dying(seed, Some(n), false);
        let wrong = ended.wrong.join("\n  ");
        assert!(
            wrong.is_empty(),
            "schedule {seed}, death {n}:\n  {wrong}\nSIM_SEED={seed} SIM_DIES={n} cargo test --test sim replay -- \
             --exact --nocapture"
        );
        if !died {
            return u64::from(n - 1);
        }
    }
    panic!("schedule {seed} does not end");
}
