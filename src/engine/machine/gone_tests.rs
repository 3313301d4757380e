//! What a 404 proves, and what an end of access needs.

use super::tests::*;
use super::*;
use crate::directory::Change;
use crate::domain::{Answer, FailureKind, Owned};
use serde_json::json;

/// As a proxy answers that knows no such address, and as it is judged.
fn page(step: StepKind) -> Event {
    let failure = Failure { kind: FailureKind::NotScim, text: "an intermediary".into(), next: String::new() };
    let body = "default backend - 404".to_owned();
    let answer = Answer { status: 404, content_type: "text/plain".into(), body, ..Default::default() };
    Event::Answered { op: OP, step, answer, failure: Some(failure) }
}

fn read(active: bool) -> Event {
    answered(StepKind::Read, 200, &user(active, "Admin"))
}

fn missing(step: StepKind) -> Event {
    answered(step, 404, &json!({}))
}

#[test]
fn a_page_that_comes_with_404_is_an_intermediarys_and_believed_in_nothing() {
    for op in [deactivate(), role_edit("Admin"), create()] {
        let linked = op.intent.remote_id.is_some();
        let op = Operation {
            intent: crate::domain::Intent {
                wanted: values(op.intent.wanted.active, "Analyst"),
                ..(*op.intent).clone()
            }
            .into(),
            ..op
        };
        let mut bench = Bench::with(op.clone());
        if linked {
            for _ in 0..3 {
                bench.say(page(StepKind::Read));
                assert_eq!((bench.settled.len(), bench.paused.len()), (0, 1), "an endpoint that is down");
                bench.paused.clear();
                bench.wait();
            }
            bench.say(read(true));
        }
        assert_eq!(bench.writes(), 1);
        bench.say(page(StepKind::Write));
        assert_eq!((&bench.settled[..], bench.paused.len()), (&[][..], 1), "{:?}", bench.words());
        assert_eq!(bench.saved.last(), Some(&OpState::InDoubt));
        assert!(bench.changes.is_empty(), "{:?}", bench.changes);
    }
    let mut bench = Bench::with(deactivate());
    bench.say(read(true));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(page(StepKind::Verify));
    assert_eq!((&bench.settled[..], bench.saved.last()), (&[][..], Some(&OpState::InDoubt)));
}

#[test]
fn a_404_to_a_write_leads_to_a_read_and_one_more_while_the_account_is_there_says_that_it_is_not_taken() {
    for (op, state) in [(deactivate(), OpState::Waiting), (role_edit("Operator"), OpState::Parked)] {
        let mut bench = Bench::with(op);
        let there = |bench: &mut Bench| bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
        there(&mut bench);
        bench.say(missing(StepKind::Write));
        assert_eq!((bench.words(), &bench.settled[..]), (vec!["read", "PUT", "read"], &[][..]));
        there(&mut bench);
        bench.say(missing(StepKind::Write));
        assert_eq!(bench.words(), ["read", "PUT", "read", "PUT"]);
        assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Refused))]);
        assert_eq!(bench.saved.last(), Some(&state));
        assert!(bench.changes.is_empty(), "nobody is gone: {:?}", bench.changes);
    }
}

#[test]
fn only_the_404_of_a_read_counts_and_a_good_read_clears_what_was_counted() {
    let mut bench = Bench::with(deactivate());
    bench.say(read(true));
    bench.say(missing(StepKind::Write));
    bench.say(missing(StepKind::Read));
    assert_eq!(bench.settled, [], "the first that counts");
    bench.wait();
    bench.say(read(true));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(missing(StepKind::Verify));
    assert_eq!(bench.settled, [], "the first since it was there");
    bench.wait();
    bench.say(missing(StepKind::Read));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);

    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(missing(StepKind::Write));
    bench.say(missing(StepKind::Read));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::AccountGone))]);
}

#[test]
fn an_account_that_was_answered_and_is_not_there_is_told_as_that() {
    let mut bench = Bench::with(create());
    bench.machine.believe_nothing();
    bench.say(answered(StepKind::Write, 201, &user(true, "Admin")));
    bench.say(missing(StepKind::Verify));
    bench.wait();
    bench.say(Event::Found(OP, Evidence::Absent));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotApplied))]);
    assert!(bench.said.contains("the account that it answered with is not there (404)"), "{}", bench.said);
    assert!(!bench.said.contains("without the account"), "{}", bench.said);
}

#[test]
fn an_end_of_access_is_done_when_access_is_over_and_says_what_else_was_not_applied() {
    let mut op = deactivate();
    op.intent.owned = Owned::of([crate::domain::field::ACTIVE, "workato_role"]);
    let mut bench = Bench::with(op);
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(answered(StepKind::Write, 200, &user(false, "Operator")));
    bench.say(answered(StepKind::Verify, 200, &user(false, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Done, Some(FailureKind::NotApplied))]);
    assert_eq!(bench.saved.last(), Some(&OpState::Done));
    assert!(
        bench.said.contains("workato_role") && bench.said.contains("access of ana@example.com is over"),
        "{}",
        bench.said
    );
    assert!(
        matches!(&bench.changes[..], [Change::Link(_, link)]
        if link.sent.roles.get("workato_role") == Some("Operator") && !link.sent.active),
        "the role stays unsent"
    );
}

#[test]
fn where_others_who_are_linked_are_gone_too_everything_stands_still_and_stays_queued() {
    let elsewhere = |step| {
        let failure = Failure { kind: FailureKind::Elsewhere, text: "elsewhere".into(), next: String::new() };
        Event::Elsewhere { op: OP, step, failure }
    };
    for op in [deactivate(), role_edit("Operator")] {
        let mut bench = Bench::with(op);
        bench.say(elsewhere(StepKind::Read));
        assert_eq!(
            (&bench.settled[..], &bench.saved[..], &bench.paused[..]),
            (&[][..], &[][..], &[None][..])
        );
        assert!(bench.machine.busy(), "it is still queued");
        bench.say(Event::TokenChanged);
        assert_eq!(bench.words(), ["read", "read"]);
    }
    let mut bench = Bench::with(deactivate());
    bench.say(read(true));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(elsewhere(StepKind::Verify));
    assert_eq!((&bench.settled[..], bench.saved.last()), (&[][..], Some(&OpState::InDoubt)));
    assert_eq!(bench.paused, [None]);
}
