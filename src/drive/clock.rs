//! The wall clock for records, watched by a clock that nobody can set, so that waits keep their length.

use std::time::{Duration, Instant};

use super::shared::now;
use crate::domain::Time;

/// A smaller difference is a clock being kept right, not one being set.
const SET_MS: i64 = 1_000;

/// Tells when the wall clock was set: an administrator, a time service, a machine that slept.
#[derive(Debug)]
pub(super) struct Clock {
    wall: Time,
    steady: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { wall: now(), steady: Instant::now() }
    }

    /// What the clock says, and by how much it was set since it was asked last; below zero, back.
    pub(super) fn read(&mut self) -> (Time, Option<i64>) {
        self.compare(now(), Instant::now())
    }

    fn compare(&mut self, wall: Time, steady: Instant) -> (Time, Option<i64>) {
        let passed: Duration = steady.saturating_duration_since(self.steady);
        let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        let by = wall.since(self.wall.plus_ms(passed));
        if by.abs() <= SET_MS {
            return (wall, None);
        }
        *self = Self { wall, steady };
        (wall, Some(by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn g19_a_clock_that_is_set_is_noticed_once_and_by_how_much() {
        let (wall, steady) = (Time::from_ms(50 * DAY_MS), Instant::now());
        let mut clock = Clock { wall, steady };
        assert_eq!(clock.compare(wall.plus_ms(1_000), steady + SECOND).1, None);
        let back = wall.plus_ms(2_000 - DAY_MS);
        assert_eq!(clock.compare(back, steady + 2 * SECOND), (back, Some(-DAY_MS)));
        assert_eq!(clock.compare(back.plus_ms(1_000), steady + 3 * SECOND).1, None);
        let forward = back.plus_ms(2_000 + 365 * DAY_MS);
        assert_eq!(clock.compare(forward, steady + 4 * SECOND), (forward, Some(365 * DAY_MS)));
    }

    #[test]
    fn g19_small_steps_that_add_up_are_noticed_too() {
        let (wall, steady) = (Time::from_ms(DAY_MS), Instant::now());
        let mut clock = Clock { wall, steady };
        assert_eq!(clock.compare(wall.plus_ms(1_400), steady + SECOND).1, None);
        assert_eq!(clock.compare(wall.plus_ms(2_800), steady + 2 * SECOND).1, None);
        assert_eq!(clock.compare(wall.plus_ms(4_200), steady + 3 * SECOND).1, Some(1_200));
    }
}
