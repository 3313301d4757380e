//! What is held, refused or stale: nothing is sent that was not decided.

use scimdeck::domain::{Flag, Status};
use scimdeck::engine::{Outcome, ProblemKind, Sending};
use scimdeck::verbs::Command;

use crate::bench::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_connection_keeps_what_is_decided_and_enabling_with_apply_sends_it() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.done(Command::Disable).await;
    let writes = flow.proxy.writes();
    let report = flow.status(1, Status::Suspended).await.expect("kept");
    assert_eq!(report.count(Outcome::Held), 1, "{report:?}");
    assert!(report.stopped.is_some_and(|f| f.text.contains("disabled")));
    let problem = flow.run(Command::Apply).await.expect_err("refused");
    assert_eq!((problem.kind, problem.code), (ProblemKind::NotAllowed, "disabled"));
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.drive.queue_counts().await.unwrap().queued, 1);
    flow.done(Command::Enable).await;
    flow.done(Command::Apply).await;
    until("sent", || !flow.account(1).unwrap().access).await;
    until("settled", || flow.flags(1).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_connection_stays_frozen_whatever_else_is_changed() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.done(Command::Disable).await;
    let writes = flow.proxy.writes();
    flow.status(1, Status::Suspended).await.expect("kept");
    flow.done(Command::Protect(vec![flow.id(2)])).await;
    flow.drive.test().await.expect("a test");
    assert!(flow.drive.lead().await);
    let mut notices = flow.drive.notices();
    hear(&mut notices, |n| matches!(n, scimdeck::engine::Notice::Sending(Sending::Off)).then_some(())).await;
    flow.drive.stop().await;
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.drive.queue_counts().await.unwrap().queued, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only_refuses_every_run_and_leaves_no_trace() {
    let flow = Flow::provisioned(Setup::default()).await;
    let looker = open_as(&flow.home, false, true).await;
    let writes = flow.proxy.writes();
    let problem = run(&looker, Command::Unassign(vec![flow.id(1)])).await.expect_err("refused");
    assert_eq!((problem.kind, problem.code), (ProblemKind::NotAllowed, "read_only"));
    assert!(!looker.lead().await);
    assert!(looker.test().await.expect("a test").ok);
    assert_eq!(flow.proxy.writes(), writes);
    assert!(flow.drive.directory().find(&name(1)).unwrap().assigned());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_eleven_removals_are_held_until_the_number_is_typed() {
    let flow = Flow::provisioned(Setup { people: 14, ..Setup::default() }).await;
    let command = Command::Unassign((1..=11).map(|n| flow.id(n)).collect());
    let writes = flow.proxy.writes();
    let problem = flow.run(command.clone()).await.expect_err("held");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Held, "brake"));
    assert!(problem.next.contains("--brake 11"), "{problem:?}");
    assert_eq!(flow.proxy.writes(), writes);
    assert!(flow.drive.directory().find(&name(1)).unwrap().assigned());
    let preview = flow.preview(command).await;
    let report = approve(&flow.drive, preview, Some(11)).await.expect("let through");
    assert_eq!(report.count(Outcome::Done), 11, "{report:?}");
    assert_eq!((1..=14).filter(|n| flow.account(*n).unwrap().access).count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_removals_in_batches_are_counted_together() {
    let flow = Flow::provisioned(Setup { people: 14, ..Setup::default() }).await;
    for batch in [1..=5, 6..=10] {
        flow.done(Command::Unassign(batch.map(|n| flow.id(n)).collect())).await;
    }
    let problem = flow.run(Command::Unassign(vec![flow.id(11)])).await.expect_err("held");
    assert_eq!(problem.code, "brake");
    assert!(problem.text.contains("11 people"), "{}", problem.text);
    // Who is in the count already is not counted twice.
    let report = flow.status(1, Status::Suspended).await.expect("no more people than before");
    assert_eq!(report.count(Outcome::Failed), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_who_lost_access_within_24_hours_is_counted_and_who_did_before_is_not() {
    const HOUR_MS: i64 = 3_600_000;
    let flow = Flow::provisioned(Setup { people: 14, ..Setup::default() }).await;
    flow.done(Command::Unassign((1..=10).map(|n| flow.id(n)).collect())).await;
    // All that was decided so far was decided earlier.
    let earlier = |by_ms: i64| {
        let sql = rusqlite::Connection::open(flow.home.path().join("scimdeck.db")).expect("the store");
        let moved = sql.execute("UPDATE operation SET created_at = created_at - ?1", [by_ms]).expect("moved");
        assert_eq!(moved, 14 + 10);
    };
    earlier(24 * HOUR_MS - HOUR_MS / 4);
    let problem = flow.run(Command::Unassign(vec![flow.id(11)])).await.expect_err("held");
    assert!(problem.code == "brake" && problem.text.contains("11 people"), "{problem:?}");
    earlier(HOUR_MS / 2);
    flow.done(Command::Unassign(vec![flow.id(11)])).await;
    assert!(!flow.account(11).unwrap().access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_confirmed_plan_that_somebody_else_overtook_is_stale_and_nothing_goes() {
    let flow = Flow::start().await;
    let preview = flow.preview(PROVISION).await;
    flow.role(2, "Admin").await.expect("changed here");
    let problem = approve(&flow.drive, preview, None).await.expect_err("stale");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Stale, "stale"));
    assert_eq!((flow.accounts(), flow.any(Flag::NotProvisioned)), (0, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmed_plan_goes_on_without_whom_somebody_else_took_out() {
    let flow = Flow::start().await;
    let preview = flow.preview(PROVISION).await;
    flow.done(Command::Unassign(vec![flow.id(2)])).await;
    let report = approve(&flow.drive, preview, None).await.expect("the rest");
    assert_eq!(report.count(Outcome::Done), 2, "{report:?}");
    assert!(flow.account(2).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_comes_out_the_same_is_not_stale() {
    let flow = Flow::start().await;
    let preview = flow.preview(PROVISION).await;
    flow.done(Command::Protect(vec![flow.id(2)])).await;
    let report = approve(&flow.drive, preview, None).await.expect("the same plan");
    assert_eq!(report.count(Outcome::Done), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_ends_the_run_and_offers_what_was_not_sent() {
    let flow = Flow::with(Setup { people: 8, faults: vec!["slow=200@POST"], ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    let run = approve(&flow.drive, preview, None);
    let stop = async {
        until("some are under way", || flow.proxy.count("POST") > 0).await;
        flow.drive.stop().await;
    };
    let (report, ()) = tokio::join!(run, stop);
    let report = report.expect("a report");
    assert!(report.stopped.is_some(), "{report:?}");
    let sent = flow.proxy.count("POST");
    assert!(sent < 8, "{sent}");
    let queued = flow.drive.queue_counts().await.unwrap();
    assert_eq!((queued.queued as usize, queued.running), (8 - sent, 0));
    // Another decision goes through and does not set the stopped ones going.
    flow.role(8, "Admin").await.expect("done");
    assert!(flow.proxy.count("POST") <= sent + 1);
    flow.done(Command::Apply).await;
    flow.all_true(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g08_a_later_decision_waits_for_the_one_on_its_way_and_then_goes() {
    let flow = Flow::provisioned(Setup { faults: vec!["slow=300@PUT"], ..Setup::default() }).await;
    let later = async {
        until("the first is under way", || flow.proxy.count("PUT") == 1).await;
        flow.role(1, "Analyst").await
    };
    let (first, second) = tokio::join!(flow.role(1, "Admin"), later);
    assert_eq!(first.expect("a report").count(Outcome::Done), 1);
    let second = second.expect("a report");
    assert_eq!(second.count(Outcome::Done), 1, "{second:?}");
    assert_eq!(flow.account(1).unwrap().collaborator().roles.dev, "Analyst");
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_operation_was_replaced_by_a_later_decision_ends() {
    let flow = Flow::provisioned(Setup { faults: vec!["429=1:1@PUT"], ..Setup::default() }).await;
    let earlier = flow.role(1, "Admin");
    let later = async {
        until("the earlier one waits", || flow.drive.directory().queue().waiting == 1).await;
        flow.role(1, "Analyst").await
    };
    let (earlier, later) = tokio::join!(earlier, later);
    let earlier = earlier.expect("a report");
    assert_eq!(earlier.count(Outcome::Held), 1, "{earlier:?}");
    assert!(earlier.results[0].error.as_ref().is_some_and(|e| e.text.contains("later")), "{earlier:?}");
    let later = later.expect("a report");
    assert_eq!(later.count(Outcome::Done), 1, "{later:?}");
    assert_eq!(flow.account(1).unwrap().collaborator().roles.dev, "Analyst");
}
