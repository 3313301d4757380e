//! What is read too soon after a push.

use super::super::tests::{Bench, answered, create, deactivate, role_edit, user, values};
use super::super::{Event, StepKind};
use super::*;
use crate::domain::{Failure, FailureKind, OpKind};
use crate::engine::Outcome;
use serde_json::json;

/// Gives access back that was ended by the push before.
fn reactivate() -> Operation {
    let mut op = role_edit("Admin");
    op.kind = OpKind::Reactivate;
    op.intent.owned = crate::domain::Owned::of([crate::domain::field::ACTIVE]);
    op.intent.settled = Some(values(false, "Admin"));
    op.intent.base = crate::domain::Base::Unknown;
    op
}

#[test]
fn an_account_that_is_as_wanted_against_our_record_of_a_moment_ago_is_read_again_before_that_is_believed() {
    let mut bench = Bench::with(reactivate());
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!((&bench.settled[..], bench.saved.last()), (&[][..], Some(&OpState::Waiting)));
    bench.wait();
    bench.say(answered(StepKind::Read, 200, &user(false, "Admin")));
    bench.say(answered(StepKind::Write, 200, &user(true, "Admin")));
    assert_eq!(bench.words(), ["read", "read", "PUT"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn somebody_else_who_made_it_so_is_believed_at_the_second_read_and_an_end_of_access_is_no_exception() {
    let mut ends = deactivate();
    ends.intent.settled = Some(values(true, "Admin"));
    for (op, active) in [(reactivate(), true), (ends, false)] {
        let mut bench = Bench::with(op);
        bench.say(answered(StepKind::Read, 200, &user(active, "Admin")));
        assert_eq!(bench.settled, []);
        bench.wait();
        bench.say(answered(StepKind::Read, 200, &user(active, "Admin")));
        assert_eq!((bench.words(), bench.writes()), (vec!["read", "read"], 0));
        assert_eq!(bench.settled, [(Outcome::Unchanged, None)]);
    }
}

#[test]
fn an_account_that_is_as_our_record_has_it_is_believed_at_once() {
    let mut op = reactivate();
    op.intent.settled = Some(values(true, "Admin"));
    let mut bench = Bench::with(op);
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.settled, [(Outcome::Unchanged, None)]);
}

/// Behind the create of the account, and linked a moment ago.
fn new_accounts() -> [Operation; 2] {
    let mut behind = role_edit("Operator");
    behind.intent.before = None;
    let mut linked = role_edit("Operator");
    linked.intent.linked_at = Some(linked.updated_at);
    [behind, linked]
}

#[test]
fn an_account_that_was_made_a_moment_ago_and_is_not_there_is_read_again_before_it_is_called_gone() {
    for op in new_accounts() {
        let mut bench = Bench::with(op);
        bench.say(answered(StepKind::Read, 404, &json!({})));
        assert_eq!(bench.settled, []);
        let mut gone = bench.clone();
        bench.wait();
        bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
        bench.say(answered(StepKind::Write, 200, &user(true, "Admin")));
        assert_eq!(bench.settled, [(Outcome::Done, None)]);
        gone.wait();
        gone.say(answered(StepKind::Read, 404, &json!({})));
        assert_eq!(gone.settled, [(Outcome::Failed, Some(FailureKind::AccountGone))]);
    }
}

#[test]
fn an_account_that_was_made_a_moment_ago_does_not_make_it_another_workspace_by_its_first_404() {
    let elsewhere = || {
        let failure =
            Failure { kind: FailureKind::Elsewhere, text: "elsewhere".to_owned(), next: String::new() };
        Event::Elsewhere { op: create().id, step: StepKind::Read, failure }
    };
    for op in new_accounts() {
        let mut bench = Bench::with(op);
        bench.say(elsewhere());
        assert!(bench.paused.is_empty(), "nothing stands still");
        bench.wait();
        bench.say(elsewhere());
        assert_eq!((bench.paused.len(), &bench.settled[..]), (1, &[][..]));
    }
}
