//! When what is left will be done, as far as that can be told: by what came through lately, by the limits that were
//! learned of the app, and by when it lets anything through again. Fed with values; whoever shows it says what is left.

use std::collections::VecDeque;

use crate::audit::{AuditEntry, AuditQuery, Source};
use crate::domain::Time;

/// What came through within this time is the measure.
const WINDOW_MS: i64 = 30_000;
/// Less than this is no measure: one answer more or less would double it.
const LEAST_MS: i64 = 1_000;
/// What comes through within such a time is counted together.
const STEP_MS: i64 = 250;

/// What is left, by what the app was seen to allow of each kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ahead {
    /// Operations that want their turn.
    pub left: u32,
    /// Those among them that a limit holds back.
    pub limited: u32,
    /// How long these take by that limit, in milliseconds.
    pub ms: i64,
}

/// What came through lately.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// From when until when, and how many; the first of them only begin the measure.
    came: VecDeque<(Time, Time, u32)>,
    ahead: Ahead,
}

impl Outlook {
    /// What the audit tells of the last moments, for a process that does not send: each operation has one
    /// entry, when it came to rest. A pushed group is about no person, and has more.
    pub fn told_by<'a>(entries: impl IntoIterator<Item = &'a AuditEntry>) -> Self {
        let mut outlook = Self::default();
        let ours =
            |e: &&AuditEntry| e.operation.is_some() && e.person.is_some() && e.source == Source::Console;
        entries.into_iter().filter(ours).for_each(|entry| outlook.came_through(entry.time, 1));
        outlook
    }

    /// Which entries [`Self::told_by`] needs.
    pub fn query(now: Time) -> AuditQuery {
        AuditQuery { since: Some(now.plus_ms(-WINDOW_MS)), limit: 1_000, ..AuditQuery::default() }
    }

    /// So many came through now.
    pub fn came_through(&mut self, now: Time, n: u32) {
        // A clock that was set back spoils what was measured.
        if self.came.back().is_some_and(|(_, last, _)| *last > now) {
            self.came.clear();
        }
        match self.came.back_mut().filter(|(first, ..)| now.since(*first) < STEP_MS) {
            Some((_, last, there)) => (*last, *there) = (now, there.saturating_add(n)),
            None => self.came.push_back((now, now, n)),
        }
        while self.came.front().is_some_and(|(first, ..)| now.since(*first) > WINDOW_MS) {
            self.came.pop_front();
        }
    }

    /// What the limits say that were learned; nothing where none is known.
    pub fn ahead(&mut self, ahead: Ahead) {
        self.ahead = ahead;
    }

    /// Milliseconds until `left` more will have come through, where nothing goes before `until`; none while nothing
    /// is known. What stands still takes longer from moment to moment.
    pub fn time_left(&self, now: Time, left: u32, until: Option<Time>) -> Option<i64> {
        if left == 0 {
            return Some(0);
        }
        let pause = until.map_or(0, |until| until.since(now).max(0));
        // Of what is left as large a part is held back as of all that wants its turn.
        let part = |n: f64| n * f64::from(left) / f64::from(self.ahead.left.max(1));
        let limited = part(f64::from(self.ahead.limited)).min(f64::from(left));
        let by_limits = part(self.ahead.ms as f64);
        // Each kind goes at its own pace, beside the others.
        let rest = match f64::from(left) - limited {
            ..0.5 => by_limits,
            free => self.by_the_mean(now, free, pause)?.max(by_limits),
        };
        Some(pause.saturating_add(rest.ceil() as i64))
    }

    /// Milliseconds for so many at the pace of those that came through lately.
    fn by_the_mean(&self, now: Time, left: f64, pause: i64) -> Option<f64> {
        let (first, last) = (self.came.front()?.1, self.came.back()?.1);
        // A pause that the app asked for is counted by itself, not as slowness.
        let end = if pause > 0 { last } else { now.max(last) };
        let came: u32 = self.came.iter().skip(1).map(|(.., n)| *n).sum();
        let took = end.since(first);
        if came == 0 || took < LEAST_MS || now.since(last) > WINDOW_MS + pause {
            return None;
        }
        Some(left * took as f64 / f64::from(came))
    }
}

/// `about 45 s left`, `about 3 min left`, or that it is not known.
pub fn time_left_words(left_ms: Option<i64>) -> String {
    match left_ms.map(|ms| ms.max(0) / 1_000) {
        None => "time left unknown".to_owned(),
        Some(s @ 0..90) => format!("about {} s left", s.max(1)),
        Some(s @ 90..5_400) => format!("about {} min left", (s + 30) / 60),
        Some(s) => format!("about {} h left", (s + 1_800) / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_ms(1_772_443_800_000);

    fn at(ms: i64) -> Time {
        START.plus_ms(ms)
    }

    #[test]
    fn a_thousand_left_at_ten_a_second_take_about_a_hundred_seconds_and_ever_less() {
        let mut outlook = Outlook::default();
        assert_eq!(outlook.time_left(at(0), 1_000, None), None, "nothing is known yet");
        for n in 0..=100 {
            outlook.came_through(at(n * 100), 1);
        }
        let mut before = i64::MAX;
        for done in 0..1_000 {
            let now = at(10_000 + done * 100);
            outlook.came_through(now, 1);
            let left = 1_000 - u32::try_from(done).unwrap();
            let ms = outlook.time_left(now, left, None).unwrap();
            let true_ms = i64::from(left) * 100;
            assert!(ms >= true_ms * 95 / 100 && ms <= true_ms * 110 / 100, "{left} left: {ms} ms");
            if done % 10 == 0 {
                assert!(ms < before, "{left} left: {ms} ms after {before} ms");
                before = ms;
            }
        }
        assert_eq!(outlook.time_left(at(200_000), 0, None), Some(0));
    }

    #[test]
    fn a_pause_that_the_app_asks_for_is_added_and_standing_still_is_not_hidden() {
        let mut outlook = Outlook::default();
        (0..=50).for_each(|n| outlook.came_through(at(n * 100), 1));
        let going = outlook.time_left(at(5_000), 100, None).unwrap();
        let paused = outlook.time_left(at(5_000), 100, Some(at(65_000))).unwrap();
        assert!((paused - going - 60_000).abs() < 1_000, "{going} {paused}");
        let later = outlook.time_left(at(50_000), 100, Some(at(65_000))).unwrap();
        assert!(later < paused, "a pause passes: {later}");
        assert!(outlook.time_left(at(15_000), 100, None).unwrap() > going, "nothing came through meanwhile");
        assert_eq!(outlook.time_left(at(60_000), 100, None), None, "too long ago to tell");
    }

    #[test]
    fn what_a_limit_holds_back_takes_as_long_as_the_limit_says_and_the_rest_as_long_as_lately() {
        let mut outlook = Outlook::default();
        outlook.ahead(Ahead { left: 100, limited: 100, ms: 50_000 });
        assert_eq!(outlook.time_left(at(0), 100, None), Some(50_000), "known before anything came through");
        assert_eq!(outlook.time_left(at(0), 10, Some(at(7_000))), Some(12_000), "a run has its part of it");
        assert_eq!(outlook.time_left(at(0), 200, None), Some(100_000));
        outlook.ahead(Ahead { left: 100, limited: 50, ms: 50_000 });
        assert_eq!(outlook.time_left(at(0), 100, None), None, "of the others nothing is known");
        (0..=50).for_each(|n| outlook.came_through(at(n * 100), 1));
        assert_eq!(outlook.time_left(at(5_000), 100, None), Some(50_000), "the others go meanwhile");
        outlook.ahead(Ahead { left: 100, limited: 10, ms: 1_000 });
        let slow = outlook.time_left(at(5_000), 100, None).unwrap();
        assert!((8_900..=9_500).contains(&slow), "{slow}");
    }

    #[test]
    fn whoever_does_not_send_measures_by_what_the_audit_holds() {
        let entry = |n: i64, source, operation, person| AuditEntry {
            time: at(n * 100),
            source,
            operation,
            person,
            ..AuditEntry::default()
        };
        let (operation, person) = (Some(crate::domain::OpId(1)), Some(crate::domain::PersonId(1)));
        let ours = (0..=50).map(|n| entry(n, Source::Console, operation, person));
        let others = (0..=50).map(|n| entry(n, Source::SignIn, None, person));
        // A group on its way, and again when it is confirmed.
        let groups = (0..=50).map(|n| entry(n, Source::Console, operation, None));
        let entries: Vec<_> = ours.zip(others).zip(groups).flat_map(|((a, b), c)| [a, b, c]).collect();
        let left = Outlook::told_by(&entries).time_left(at(5_000), 100, None).unwrap();
        assert!((9_500..=11_000).contains(&left), "{left}");
    }

    #[test]
    fn it_is_never_negative_even_when_the_clock_is_set_back() {
        let mut outlook = Outlook::default();
        (0..=50).for_each(|n| outlook.came_through(at(n * 100), 1));
        assert!(outlook.time_left(at(-60_000), 10, Some(at(-90_000))).is_none_or(|ms| ms >= 0));
        outlook.came_through(at(-60_000), 1);
        assert_eq!(outlook.time_left(at(-60_000), 10, None), None);
        assert_eq!(time_left_words(Some(-5)), "about 1 s left");
    }
}
