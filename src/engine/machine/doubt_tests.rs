//! What was sent and not found yet, while looking for it does not work.

use serde_json::json;

use super::tests::*;
use super::*;
use crate::domain::{Answer, FailureKind, PersonId};

fn lost_write() -> Event {
    let failure = Failure { kind: FailureKind::Refused, text: "no answer".into(), next: String::new() };
    Event::Lost { op: OpId(7), step: StepKind::Write, maybe_sent: true, failure }
}

fn lost_create() -> Bench {
    let mut bench = Bench::with(create());
    bench.say(lost_write());
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
fn an_account_that_says_itself_that_it_is_ours_is_linked_whatever_becomes_of_what_is_written_to_it() {
    let mut bench = lost_create();
    bench.say(one(true, "Analyst", "sd1"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Analyst")));
    assert_eq!(bench.words(), ["POST", "fresh look-up", "read", "PUT"]);
    let linked = |change: &Change| matches!(change, Change::Link(_, link) if link.sent.roles.get("workato_role") == Some("Analyst"));
    assert_eq!(bench.changes.iter().filter(|change| linked(change)).count(), 1, "{:?}", bench.changes);
    bench.say(answered(StepKind::Write, 400, &serde_json::json!({})));
    assert_eq!(bench.saved.last(), Some(&OpState::Parked));
    assert_eq!(bench.changes.len(), 1, "it stays linked: {:?}", bench.changes);
}

#[test]
fn what_waits_behind_a_create_that_was_not_applied_as_sent_is_about_the_account_that_it_made() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 201, &user(true, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotApplied))]);
    let parked = &bench.machine.ops[&OpId(7)].op;
    assert_eq!((parked.state, parked.intent.remote_id.as_deref()), (OpState::Parked, Some("8f2c")));
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

fn unclear_look() -> Event {
    let failure = Failure {
        kind: FailureKind::NotScim,
        text: "the total moved while the list was read".into(),
        next: String::new(),
    };
    Event::Found(OpId(7), Evidence::Unclear(failure))
}

/// The create of somebody else.
fn another(id: u64) -> Operation {
    sample(id)
}

/// A create that is in doubt and is being looked up, on a connection that has created somebody before.
fn looked_up() -> Bench {
    let mut bench = Bench::with(another(6));
    bench.say(created(6));
    bench.say(Event::Committed(vec![create()]));
    bench.say(lost_write());
    bench.wait();
    assert_eq!(bench.words(), ["POST", "POST", "fresh look-up"]);
    bench.sent.clear();
    bench
}

fn created(id: u64) -> Event {
    let Event::Answered { step, answer, .. } = answered(StepKind::Write, 201, &user(true, "Admin")) else {
        unreachable!()
    };
    Event::Answered { op: OpId(id), step, answer, failure: None }
}

#[test]
fn a_look_that_our_own_creates_disturbed_is_taken_again_while_none_is_under_way() {
    let mut bench = looked_up();
    bench.say(Event::Committed(vec![another(8)]));
    assert_eq!(bench.words(), ["POST"]);
    bench.say(unclear_look());
    bench.say(Event::Committed(vec![another(9)]));
    assert_eq!(bench.sent.len(), 1, "one create is still under way: no look, and no other create");
    bench.say(created(8));
    assert_eq!(bench.words()[1..], ["fresh look-up"], "the other create waits for the look");
    assert_eq!(bench.paused, [], "the endpoint is not down");
    bench.say(Event::Found(OpId(7), Evidence::Absent));
    assert_eq!(bench.words()[2..], ["POST", "POST"]);
}

#[test]
fn changes_go_on_while_creates_wait_for_a_look() {
    let mut bench = looked_up();
    bench.say(Event::Committed(vec![another(8)]));
    bench.say(unclear_look());
    let gone = Operation { id: OpId(9), person: PersonId(9), ..deactivate() };
    bench.say(Event::Committed(vec![gone]));
    assert_eq!(bench.words()[1..], ["read"]);
}

#[test]
fn a_look_that_is_unclear_with_nothing_of_ours_under_way_waits_as_for_an_endpoint_that_is_down() {
    let mut bench = looked_up();
    bench.say(unclear_look());
    assert_eq!((bench.sent.len(), bench.paused.len()), (0, 1));
}

#[test]
fn creates_go_on_when_the_one_they_waited_for_was_cancelled() {
    let mut bench = looked_up();
    bench.say(Event::Committed(vec![another(8), another(9)]));
    bench.say(unclear_look());
    let gone = Operation { state: OpState::Cancelled, ..create() };
    bench.say(Event::Committed(vec![gone]));
    bench.say(Event::Committed(vec![another(10)]));
    assert_eq!(bench.writes(), 3, "{:?}", bench.words());
}

#[test]
fn what_was_in_doubt_is_so_again_when_its_next_write_is_taken_back_and_not_queued_as_if_it_never_left() {
    let mut bench = lost_create();
    bench.say(Event::Found(OpId(7), Evidence::Absent));
    assert_eq!(bench.words(), ["POST", "fresh look-up", "POST"]);
    let failure = Failure { kind: FailureKind::Unreachable, text: "down".into(), next: String::new() };
    bench.say(Event::Lost { op: OpId(7), step: StepKind::Write, maybe_sent: false, failure });
    assert_eq!(bench.saved.last(), Some(&OpState::InDoubt), "the first one may yet be carried out");
    bench.wait();
    assert_eq!(bench.words().last(), Some(&"fresh look-up"), "and by our externalId too");
}

#[test]
fn g03_only_a_refusal_by_the_app_proves_that_a_create_was_not_done() {
    let page = |status| Answer {
        status,
        content_type: "text/html".into(),
        body: "<html>sign in</html>".into(),
        ..Default::default()
    };
    let unproven = [301, 302, 303, 307, 308, 408, 425, 500, 502, 504].map(|status| (status, false));
    for (status, is_page) in unproven.into_iter().chain([(303, true), (404, true), (410, true), (502, true)])
    {
        let mut bench = Bench::with(create());
        let mut event = answered(StepKind::Write, status, &json!({}));
        if let Event::Answered { answer, .. } = &mut event
            && is_page
        {
            *answer = page(status);
        }
        bench.say(event);
        assert_eq!(bench.saved, [OpState::Inflight, OpState::InDoubt], "{status}, a page: {is_page}");
        // The pause, and the settle time where it is longer.
        for _ in 0..2 {
            if bench.words().len() < 2 {
                bench.wait();
            }
        }
        assert_eq!(bench.words(), ["POST", "fresh look-up"], "{status}, a page: {is_page}");
    }
    for status in [403, 404, 405, 410, 413, 422, 451] {
        let mut bench = Bench::with(create());
        bench.say(answered(StepKind::Write, status, &json!({"detail": "no"})));
        assert!(!bench.saved.contains(&OpState::InDoubt), "{status}: {:?}", bench.saved);
    }
}
