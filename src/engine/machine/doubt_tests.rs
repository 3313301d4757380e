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

/// An end of access that was decided while the create was on its way.
fn follow_up() -> Operation {
    let mut op = deactivate();
    op.intent.remote_id = None;
    op.intent.base = Base::Unknown;
    op.intent.before = None;
    op
}

#[test]
fn an_end_of_access_that_follows_a_create_finds_the_account_of_ours_and_ends_it() {
    let mut bench = Bench::with(follow_up());
    bench.say(one(true, "Admin", "sd1"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(answered(StepKind::Verify, 200, &user(false, "Admin")));
    assert_eq!(bench.words(), ["look-up", "read", "PUT", "verify"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn an_end_of_access_without_a_link_makes_no_account_and_touches_nobody_elses() {
    for evidence in [Event::Found(OpId(7), Evidence::Absent), one(true, "Admin", ""), one(true, "Admin", "x")]
    {
        let mut bench = Bench::with(follow_up());
        bench.say(evidence);
        assert_eq!((bench.writes(), &bench.settled[..]), (0, &[(Outcome::Unchanged, None)][..]));
        assert!(bench.changes.is_empty());
    }
}
