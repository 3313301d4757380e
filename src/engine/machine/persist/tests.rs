//! An end of access is never given up; a change waits for its invitation.

use serde_json::json;

use crate::directory::Change;
use crate::domain::{AccountState, FailureKind, OpState, PersonId};
use crate::engine::Outcome;
use crate::engine::machine::tests::{Bench, T0, answered, deactivate, role_edit, user};
use crate::engine::machine::{Event, StepKind};

fn pending() -> Event {
    let mut event = answered(StepKind::Write, 409, &json!({}));
    if let Event::Answered { failure: Some(failure), .. } = &mut event {
        failure.kind = FailureKind::Pending;
    }
    event
}

/// Plays an endpoint that answers so many writes with 502 and then works, until nothing is left to do.
fn failing(bench: &mut Bench, times: usize) {
    let mut answered_so_far = 0;
    for _ in 0..200 {
        if bench.sent.len() == answered_so_far {
            if !bench.machine.busy() {
                return;
            }
            bench.wait();
            continue;
        }
        answered_so_far = bench.sent.len();
        let down = bench.writes() <= times;
        bench.say(match bench.words().last() {
            Some(&"PUT") if down => answered(StepKind::Write, 502, &json!({})),
            Some(&"PUT") => answered(StepKind::Write, 200, &user(false, "Admin")),
            Some(&"verify") => answered(StepKind::Verify, 200, &user(false, "Admin")),
            _ => answered(StepKind::Read, 200, &user(true, "Admin")),
        });
    }
}

#[test]
fn a_deactivation_that_fails_is_tried_until_it_is_confirmed_without_an_operator() {
    let mut bench = Bench::with(deactivate());
    failing(&mut bench, 9);
    assert_eq!(bench.writes(), 10);
    assert!(!bench.saved.contains(&OpState::Parked), "{:?}", bench.saved);
    let told = bench.settled.iter().filter(|s| s.0 == Outcome::Failed).count();
    assert!(told >= 2, "whoever waits hears of it: {:?}", bench.settled);
    assert_eq!(bench.settled.last(), Some(&(Outcome::Done, None)));
    assert!(!bench.machine.busy());
}

#[test]
fn a_deactivation_that_is_accepted_and_not_applied_waits_longer_and_longer_up_to_a_quarter_of_an_hour() {
    let mut bench = Bench::with(deactivate());
    let mut waits = Vec::new();
    for _ in 0..30 {
        bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
        bench.say(answered(StepKind::Write, 200, &user(true, "Admin")));
        bench.say(answered(StepKind::Verify, 200, &user(true, "Admin")));
        bench.wait();
        bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
        assert_eq!(bench.settled.last(), Some(&(Outcome::Failed, Some(FailureKind::NotApplied))));
        assert_eq!(bench.saved.last(), Some(&OpState::Waiting));
        waits.push(bench.wake.unwrap().since(bench.now));
        bench.wait();
    }
    assert_eq!((waits[0], waits.last()), (5_000, Some(&900_000)));
    assert!(waits.is_sorted(), "{waits:?}");
}

#[test]
fn a_deactivation_that_the_app_refuses_is_tried_again_slowly() {
    let mut bench = Bench::with(deactivate());
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    bench.say(answered(StepKind::Write, 400, &json!({})));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Refused))]);
    assert_eq!(bench.wake, Some(T0.plus_ms(300_000)));
    bench.wait();
    bench.say(answered(StepKind::Read, 404, &json!({})));
    bench.wait();
    bench.say(answered(StepKind::Read, 404, &json!({})));
    assert_eq!(
        bench.settled.last(),
        Some(&(Outcome::Done, None)),
        "an account that is not there has no access"
    );
}

#[test]
fn a_deactivation_is_never_stale() {
    let mut op = deactivate();
    op.intent.base = crate::domain::Base::Account(Box::new(op.intent.wanted.clone()));
    let mut bench = Bench::with(op);
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.words(), ["read", "PUT"]);
}

#[test]
fn a_change_waits_for_the_invitation_and_goes_at_once_when_the_acceptance_is_seen() {
    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(pending());
    assert_eq!(bench.settled, [(Outcome::Held, Some(FailureKind::Pending))]);
    assert_eq!(bench.wake, Some(T0.plus_ms(15 * 60_000)));
    assert!(matches!(&bench.changes[..], [Change::Observed(_, seen)] if seen.state == AccountState::Invited));
    assert!(!bench.machine.any_due(), "it stands still for a good reason");
    bench.say(Event::Accepted(vec![PersonId(99)]));
    assert_eq!(bench.words(), ["read", "PUT"], "somebody else");
    bench.say(Event::Accepted(vec![PersonId(1)]));
    assert_eq!(bench.words(), ["read", "PUT", "read"]);
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(answered(StepKind::Write, 200, &user(true, "Admin")));
    assert_eq!(bench.settled.last(), Some(&(Outcome::Done, None)));
    assert!(
        matches!(bench.changes.last(), Some(Change::Observed(_, seen)) if seen.state == AccountState::Active)
    );
}

#[test]
fn without_a_feed_it_is_tried_every_quarter_of_an_hour_and_never_given_up() {
    let mut bench = Bench::with(role_edit("Operator"));
    for round in 1..=8 {
        bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
        bench.say(pending());
        assert_eq!(bench.saved.last(), Some(&OpState::Waiting));
        bench.wait();
        assert_eq!(bench.now, T0.plus_ms(round * 15 * 60_000));
    }
    assert_eq!(bench.words().last(), Some(&"read"));
}

#[test]
fn the_deactivation_of_a_pending_person_waits_and_is_told_as_failed() {
    let mut bench = Bench::with(deactivate());
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    bench.say(pending());
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Pending))]);
    assert_eq!(bench.saved.last(), Some(&OpState::Waiting));
}
