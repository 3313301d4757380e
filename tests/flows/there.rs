//! The app is changed by another hand.

use scimdeck::domain::{FailureKind, Flag, Secret};
use scimdeck::engine::{Outcome, ProblemKind};
use scimdeck::verbs::Command;

use crate::bench::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_removed_by_hand_is_gone_and_never_made_again_by_itself() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now()).unwrap();
    let report = flow.drive.check(None).await.expect("a check");
    assert!(report.complete);
    assert_eq!(flow.flags(2), [Flag::AccountGone]);
    let report = flow.role(2, "Admin").await.expect("a report");
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    flow.done(Command::Apply).await;
    assert_eq!((flow.accounts(), flow.proxy.count("POST")), (2, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removal_between_look_and_write_is_gone_and_not_an_error_of_a_deactivation() {
    let flow = Flow::provisioned(Setup::default()).await;
    let preview = flow.preview(Command::Unassign(vec![flow.id(2)])).await;
    flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now()).unwrap();
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_lags_behind_at_the_look_or_at_the_read_leaves_nobody_their_access() {
    for faults in ["404:1@GET/Users/", "404:2@GET/Users/"] {
        let flow = Flow::provisioned(Setup { faults: vec![faults], ..Setup::default() }).await;
        let report = flow.done(Command::Unassign(vec![flow.id(2)])).await;
        assert_eq!(report.count(Outcome::Done), 1, "{faults}: {report:?}");
        assert!(!flow.account(2).expect("an account").access, "{faults}");
        assert_eq!(flow.flags(2), [], "{faults}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_changed_by_hand_is_drift_after_a_check_and_apply_leaves_it() {
    let flow = Flow::provisioned(Setup::default()).await;
    by_hand(&flow, 2, "Admin");
    let report = flow.drive.check(None).await.expect("a check");
    assert_eq!(report.changed, 1);
    assert_eq!(flow.flags(2), [Flag::Drift]);
    let writes = flow.proxy.writes();
    flow.done(Command::Apply).await;
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.account(2).unwrap().collaborator().roles.dev, "Admin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_changed_by_hand_is_drift_as_soon_as_the_feed_tells() {
    let flow = Flow::provisioned(Setup { people: 2, feed: true, ..Setup::default() }).await;
    by_hand(&flow, 2, "Admin");
    // The feed is looked at soon after a write of ours.
    flow.role(1, "Analyst").await.expect("done");
    until("drift", || flow.flags(2).contains(&Flag::Drift)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_moved_since_the_plan_is_stale_and_not_written() {
    let flow = Flow::provisioned(Setup::default()).await;
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let preview = flow.preview(Command::Role { people: vec![flow.id(1)], values }).await;
    by_hand(&flow, 1, "Admin");
    let writes = flow.proxy.writes();
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(report.results[0].error.as_ref().map(|e| e.kind), Some(FailureKind::Stale), "{report:?}");
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.account(1).unwrap().collaborator().roles.dev, "Admin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_workspace_sends_nothing_and_says_so() {
    let flow = Flow::provisioned(Setup::default()).await;
    let writes = flow.proxy.writes();
    // The same address, another workspace: everybody whom we know is gone, another token is taken.
    {
        let workspace = flow.sandbox.workspace();
        let mut workspace = workspace.lock().unwrap();
        for n in 1..=3 {
            workspace.remove_by_hand(&name(n), jiff::Timestamp::now()).unwrap();
        }
        workspace.refresh_scim_token(NEXT.to_owned().into());
    }
    let next = (Secret::new(NEXT), Secret::new(LOG));
    let problem = flow.drive.use_token(next.0, next.1).await.expect_err("refused");
    assert_eq!(problem.kind, ProblemKind::Endpoint);
    assert!(problem.text.contains("is this another workspace?"), "{}", problem.text);
    let problem = flow.run(PROVISION).await.map(|r| r.results);
    assert_eq!(problem, Ok(Vec::new()), "nobody waits to be provisioned");
    let report = flow.role(1, "Admin").await.expect("kept here");
    assert!(report.stopped.as_ref().is_some_and(|f| f.text.contains("another workspace")), "{report:?}");
    assert_eq!((flow.proxy.writes(), flow.accounts()), (writes, 0));
}

fn by_hand(flow: &Flow, n: usize, role: &str) {
    let workspace = flow.sandbox.workspace();
    let mut workspace = workspace.lock().expect("no panic");
    workspace.set_role_by_hand(&name(n), "workato_role", role, jiff::Timestamp::now()).expect("a role");
}
