//! The clock is set while something waits: nothing is sent twice, and no wait gets longer or shorter.

use super::tests::*;
use super::*;
use crate::domain::FailureKind;

const DAY_MS: i64 = 86_400_000;
/// Back a day and forward a year.
const SETS: [i64; 2] = [-DAY_MS, 365 * DAY_MS];

fn set(bench: &mut Bench, by_ms: i64) {
    bench.now = bench.now.plus_ms(by_ms);
    bench.wake = None;
    bench.say(Event::ClockMoved(by_ms));
}

fn lost() -> Event {
    let failure = Failure { kind: FailureKind::Refused, text: "no answer".into(), next: String::new() };
    Event::Lost { op: OpId(7), step: StepKind::Write, maybe_sent: true, failure }
}

#[test]
fn g19_what_is_in_doubt_settles_as_long_as_it_should_and_is_looked_up_before_it_is_sent_again() {
    for by_ms in SETS {
        let mut bench = Bench::with(create());
        bench.say(lost());
        bench.now = bench.now.plus_ms(500);
        set(&mut bench, by_ms);
        assert_eq!(bench.words(), ["POST"], "{by_ms}");
        let wait = bench.wake.expect("it wants to be woken").since(bench.now);
        assert_eq!(wait, Policy::default().settle_ms - 500, "{by_ms}");
        bench.wait();
        assert_eq!(bench.words(), ["POST", "fresh look-up"], "{by_ms}");
        bench.say(one(true, "Admin", "sd1"));
        assert_eq!(bench.writes(), 1, "{by_ms}");
    }
}

#[test]
fn g19_a_pause_that_the_endpoint_asked_for_keeps_its_length() {
    for by_ms in SETS {
        let mut bench = Bench::with(role_edit("Operator"));
        let failure = Failure { kind: FailureKind::Unreachable, text: "down".into(), next: String::new() };
        let lost = Event::Lost { op: OpId(7), step: StepKind::Read, maybe_sent: false, failure };
        bench.say(lost);
        let wait = bench.wake.expect("it pauses").since(bench.now);
        assert!((1..=60_000).contains(&wait));
        set(&mut bench, by_ms);
        assert_eq!(bench.words(), ["read"], "{by_ms}");
        assert_eq!(bench.wake.expect("it pauses still").since(bench.now), wait, "{by_ms}");
        bench.wait();
        assert_eq!(bench.words(), ["read", "read"], "{by_ms}");
    }
}

#[test]
fn g19_a_plan_of_yesterday_does_not_look_fresh_because_the_clock_went_back() {
    let mut bench = Bench::with(Operation { not_before: None, ..create() });
    bench.say(Event::Boot(Vec::new()));
    bench.sent.clear();
    bench.say(Event::Freeze);
    bench.say(Event::Committed(vec![create()]));
    bench.now = bench.now.plus_ms(DAY_MS);
    set(&mut bench, -DAY_MS);
    bench.say(Event::Thaw);
    assert_eq!(bench.words(), ["look-up"], "it waited for a day: it is looked up");
    // The same after a start: a row that is younger than now.
    let mut row = create();
    row.created_at = T0.plus_ms(DAY_MS);
    assert_eq!(Bench::with(row).words(), ["look-up"]);
}

#[test]
fn g19_a_wait_written_by_a_clock_that_was_a_year_ahead_is_not_a_year_long() {
    let mut row = deactivate();
    row.state = OpState::Waiting;
    row.updated_at = T0.plus_ms(365 * DAY_MS);
    row.not_before = Some(row.updated_at.plus_ms(5_000));
    let mut bench = Bench::with(row.clone());
    assert_eq!(bench.wake, Some(T0.plus_ms(5_000)));
    // Read again and again, it does not begin anew.
    bench.now = bench.now.plus_ms(4_000);
    bench.say(Event::Committed(vec![row]));
    bench.wait();
    assert_eq!(bench.now, T0.plus_ms(5_000));
    assert_eq!(bench.words(), ["read"]);
}

#[test]
fn g19_the_same_row_read_again_after_the_clock_was_set_keeps_its_wait() {
    for by_ms in SETS {
        let mut row = create();
        (row.state, row.attempts) = (OpState::InDoubt, 1);
        row.not_before = Some(T0.plus_ms(2_000));
        let mut bench = Bench::with(row.clone());
        set(&mut bench, by_ms);
        bench.say(Event::Committed(vec![row]));
        assert!(bench.sent.is_empty(), "{by_ms}: {:?}", bench.words());
        assert_eq!(bench.wake.map(|at| at.since(bench.now)), Some(2_000), "{by_ms}");
    }
}
