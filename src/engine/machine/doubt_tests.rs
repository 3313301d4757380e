//! What was sent and not found yet, while looking for it does not work.

use super::tests::*;
use super::*;
use crate::domain::FailureKind;

fn lost_create() -> Bench {
    let mut bench = Bench::with(create());
    let failure = Failure { kind: FailureKind::Refused, text: "no answer".into(), next: String::new() };
    bench.say(Event::Lost { op: OpId(7), step: StepKind::Write, maybe_sent: true, failure });
    bench.wait();
    bench
}

fn failed_look() -> Event {
    let failure = Failure { kind: FailureKind::Refused, text: "failed (504)".into(), next: String::new() };
    Event::Found(OpId(7), Evidence::Failed(failure))
}

#[test]
fn a_look_up_that_fails_leaves_what_was_sent_in_doubt_and_looks_again() {
    let mut bench = lost_create();
    bench.say(failed_look());
    assert_eq!(bench.saved, [OpState::Inflight, OpState::InDoubt, OpState::InDoubt]);
    assert_eq!(bench.settled, [(Outcome::InDoubt, Some(FailureKind::Refused))]);
    bench.wait();
    assert_eq!(bench.words(), ["POST", "fresh look-up", "fresh look-up"]);
    bench.say(Event::Found(OpId(7), Evidence::Absent));
    assert_eq!(bench.writes(), 2, "nobody is there: it may be sent again");
}

#[test]
fn a_look_up_that_fails_before_anything_was_sent_stands_still() {
    let mut op = create();
    op.intent.base = Base::Unknown;
    let mut bench = Bench::with(op);
    bench.say(failed_look());
    assert_eq!(bench.saved, [OpState::Parked]);
}
