//! Endpoints that fail: what is known afterwards is true, nothing is lost, nobody is there twice.

use std::time::Duration;

use scimdeck::domain::{AccountState, FailureKind, Flag, Secret, Status};
use scimdeck::engine::{Outcome, ProblemKind, Sending};
use scimdeck::verbs::Command;

use crate::bench::*;

/// Runs `apply` until nothing is queued any more, as an operator would.
pub(crate) async fn apply_until_true(flow: &Flow, people: usize) {
    for _ in 0..10 {
        flow.run(Command::Apply).await.expect("a report");
        if flow.drive.queue_counts().await.expect("counts").total() == 0 {
            break;
        }
    }
    flow.all_true(people).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_an_ignored_active_is_told_as_not_applied_and_access_remains_is_shown() {
    let flow = Flow::provisioned(Setup { faults: vec!["ignore-active@PUT"], ..Setup::default() }).await;
    let report = flow.done(Command::Unassign(vec![flow.id(1)])).await;
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    assert_eq!(report.results[0].error.as_ref().map(|e| e.kind), Some(FailureKind::NotApplied));
    assert!(flow.account(1).unwrap().access);
    assert_eq!(flow.flags(1), [Flag::AccessRemains, Flag::Failed]);
    let counts = flow.drive.queue_counts().await.unwrap();
    assert_eq!((counts.waiting, counts.total()), (1, 1), "it is tried again by itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_updates_whose_answers_are_lost_are_read_and_not_sent_again() {
    let flow = Flow::provisioned(Setup { people: 2, faults: vec!["lose@PUT"], ..Setup::default() }).await;
    let report = flow.role(1, "Admin").await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("PUT"), 1);
    flow.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_fails_for_a_while_delays_and_loses_nothing() {
    let flow = Flow::faulty(&["502:1-2@POST"]).await;
    flow.done(PROVISION).await;
    apply_until_true(&flow, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_to_slow_down_is_waited_for_and_not_asked_meanwhile() {
    let flow = Flow::faulty(&["429=1:1@POST"]).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 3, "{report:?}");
    flow.all_true(3).await;
    assert_eq!(flow.proxy.count("POST"), 4, "{:?}", flow.proxy.requests());
    crate::pace::waited(&flow.proxy.sent("POST"), 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_a_look_of_the_plan_and_one_of_the_sender_are_not_repeated_before_the_time_that_was_asked_for() {
    let flow = Flow::faulty(&["429=2:2-3@GET"]).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 3, "{report:?}");
    let reads = flow.proxy.times("GET");
    let asked = Duration::from_secs(2);
    for pair in reads[1..4].windows(2) {
        assert!(pair[1] - pair[0] >= asked, "{:?}: {:?}", pair[1] - pair[0], flow.proxy.requests());
    }
    assert!(flow.proxy.times("POST").iter().all(|at| *at - reads[2] >= asked), "it was looked up before");
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_nothing_else_is_asked_while_the_app_asked_to_wait() {
    let flow = Flow::faulty(&["429=600:1@GET"]).await;
    let preview = flow.preview(PROVISION).await;
    assert!(!preview.plan.complete, "{preview:?}");
    let problem = flow.drive.check(None).await.expect_err("the app asked to wait");
    assert!(problem.text.contains("asked to wait"), "{problem:?}");
    assert!(flow.drive.scan().await.is_err());
    assert!(flow.drive.test().await.is_err());
    assert!(!flow.preview(PROVISION).await.plan.complete);
    assert_eq!(flow.proxy.count("GET"), 1, "{:?}", flow.proxy.requests());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_is_asked_to_slow_down_is_made_again_before_anything_is_written() {
    let flow =
        Flow::with(Setup { people: 4, existing: 2, faults: vec!["429=1:2@GET"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 4, "{report:?}");
    assert_eq!(flow.proxy.count("POST"), 2);
    // The same question is asked again, as long after it was refused as was asked for, and before anything is written.
    let looks = flow.proxy.sent("GET");
    let again: Vec<_> = looks.iter().filter(|look| look.0 == looks[1].0).cloned().collect();
    let first_write = flow.proxy.times("P").into_iter().min().expect("a write");
    assert!(again.len() > 1, "{looks:?}");
    crate::pace::waited(&again, 1_000);
    assert!(again[1].1 < first_write, "{:?}", flow.proxy.requests());
    flow.all_true(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_page_in_place_of_answers_is_believed_in_nothing() {
    let flow = Flow::faulty(&["html:1-3@POST"]).await;
    flow.done(PROVISION).await;
    apply_until_true(&flow, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_an_answer_that_never_ends_is_given_up_and_the_account_found() {
    let setup = Setup { people: 1, faults: vec!["hang@POST"], timeout_s: 1, ..Setup::default() };
    let flow = Flow::with(setup).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("POST"), 1);
    flow.all_true(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_is_ignored_links_nobody_to_somebody_elses_account() {
    let setup = Setup { people: 12, existing: 5, faults: vec!["ignore-filter"], ..Setup::default() };
    let flow = Flow::provisioned(setup).await;
    flow.all_true(12).await;
    assert_eq!(flow.proxy.count("POST"), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_refused_at_the_first_look_refuses_the_command_after_one_answer() {
    let flow = Flow::with(Setup { people: 12, ..Setup::default() }).await;
    flow.sandbox.workspace().lock().unwrap().refresh_scim_token(NEXT.to_owned().into());
    let before = flow.proxy.requests().len();
    let problem = flow.run(PROVISION).await.expect_err("refused");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Endpoint, "token_refused"));
    assert_eq!(flow.proxy.requests().len() - before, 1);
    assert_eq!(flow.any(Flag::NotProvisioned), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g20_a_token_that_may_not_write_stops_after_few_answers_and_a_new_one_goes_on() {
    let flow = Flow::with(Setup { people: 12, faults: vec!["401:1-9@POST"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.stopped.as_ref().map(|f| f.kind), Some(FailureKind::TokenRefused));
    assert_eq!(report.count(Outcome::Held), 12, "{report:?}");
    let posts = flow.proxy.count("POST");
    assert!((3..=4).contains(&posts), "no more than were under way: {posts}");
    assert_eq!(flow.drive.queue_counts().await.unwrap().queued, 12);
    // A second run does not wait for what cannot come, and asks nothing.
    let report = flow.done(PROVISION).await;
    assert_eq!(report.stopped.as_ref().map(|f| f.kind), Some(FailureKind::TokenRefused));
    assert_eq!(flow.proxy.count("POST"), posts);
    flow.sandbox.workspace().lock().unwrap().refresh_scim_token(NEXT.to_owned().into());
    for _ in 0..3 {
        let next = (Secret::new(NEXT), Secret::new(LOG));
        assert!(flow.drive.use_token(next.0, next.1).await.expect("a test").ok);
        flow.run(Command::Apply).await.expect("a report");
    }
    apply_until_true(&flow, 12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_s_token_that_may_not_update_stops_too() {
    let flow = Flow::provisioned(Setup { faults: vec!["401@PUT"], ..Setup::default() }).await;
    let report = flow.role(1, "Admin").await.expect("a report");
    assert_eq!(report.stopped.as_ref().map(|f| f.kind), Some(FailureKind::TokenRefused));
    assert_eq!(flow.proxy.count("PUT"), 3);
    assert_eq!(flow.flags(1).first(), Some(&Flag::Unsent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_made_while_the_token_is_refused_is_kept_and_sent_later() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.sandbox.workspace().lock().unwrap().refresh_scim_token(NEXT.to_owned().into());
    let report = flow.status(1, Status::Suspended).await.expect("kept");
    assert_eq!(report.stopped.as_ref().map(|f| f.kind), Some(FailureKind::TokenRefused));
    assert_eq!(flow.flags(1), [Flag::AccessRemains]);
    assert!(flow.account(1).unwrap().access);
    let test = flow.drive.use_token(Secret::new(NEXT), Secret::new(LOG)).await;
    assert!(test.expect("a test").ok);
    until("sent", || !flow.account(1).unwrap().access).await;
    until("settled", || flow.flags(1).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_endpoint_is_down_changes_are_kept_and_flagged_and_apply_finishes_later() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.proxy.down().await;
    let report = flow.done(Command::Unassign(vec![flow.id(1)])).await;
    assert_eq!(report.stopped.as_ref().map(|f| f.kind), Some(FailureKind::Unreachable));
    assert_eq!(report.count(Outcome::Held), 1, "{report:?}");
    assert_eq!(flow.flags(1), [Flag::AccessRemains]);
    assert_eq!(flow.drive.queue_counts().await.unwrap().queued, 1);
    flow.proxy.up().await;
    let report = flow.done(Command::Apply).await;
    assert!(report.stopped.is_none(), "{report:?}");
    assert!(!flow.account(1).unwrap().access);
    assert_eq!(flow.flags(1), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_comes_back_is_noticed_without_an_operator() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.proxy.down().await;
    flow.done(Command::Unassign(vec![flow.id(1)])).await;
    flow.proxy.up().await;
    until("sent", || flow.flags(1).is_empty()).await;
    assert!(!flow.account(1).unwrap().access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspend_and_reactivate_while_the_endpoint_is_down_leaves_no_old_deactivation() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.proxy.down().await;
    flow.status(1, Status::Suspended).await.expect("kept");
    flow.status(1, Status::Active).await.expect("kept");
    assert_eq!(flow.drive.queue_counts().await.unwrap().total(), 0);
    flow.proxy.up().await;
    let puts = flow.proxy.count("PUT");
    flow.done(Command::Apply).await;
    // Another operation proves that the sender goes again.
    flow.role(2, "Admin").await.expect("done");
    assert_eq!(flow.proxy.count("PUT"), puts + 1);
    assert!(flow.account(1).unwrap().access);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_that_was_left_with_a_queue_sends_nothing_until_it_is_told_to() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.proxy.down().await;
    flow.status(1, Status::Suspended).await.expect("kept");
    let Flow { sandbox, proxy, home, drive } = flow;
    drop(drive);
    proxy.up().await;
    let drive = open(&home, false).await;
    let flow = Flow { sandbox, proxy, home, drive };
    let mut notices = flow.drive.notices();
    assert!(flow.drive.lead().await);
    hear(&mut notices, |n| matches!(n, scimdeck::engine::Notice::Sending(Sending::Offered(1))).then_some(()))
        .await;
    flow.role(2, "Admin").await.expect("done");
    assert!(flow.account(1).unwrap().access, "what was left waits for an operator");
    flow.drive.resume(true).await;
    until("sent", || !flow.account(1).unwrap().access).await;
    until("known", || flow.flags(1).is_empty()).await;
    let state = flow.drive.directory().find(&name(1)).unwrap().account();
    assert_eq!(state, AccountState::Inactive);
}
