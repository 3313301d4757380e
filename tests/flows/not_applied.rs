//! Endpoints that say yes and do otherwise: never shown as done, and the attribute is named.

use std::collections::BTreeMap;

use scimdeck::domain::{FailureKind, Flag, Status};
use scimdeck::engine::{Outcome, Report};
use scimdeck::verbs::Command;

use crate::bench::*;

fn not_applied(report: &Report, attribute: &str) {
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    let error = report.results[0].error.as_ref().expect("why");
    assert_eq!(error.kind, FailureKind::NotApplied);
    assert!(error.text.contains(attribute), "{}", error.text);
}

async fn with(fault: &'static str) -> Flow {
    Flow::provisioned(Setup { people: 2, faults: vec![fault], ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_a_role_that_was_ignored_is_not_shown_as_done() {
    let flow = with("ignore=roles@PUT").await;
    not_applied(&flow.role(1, "Admin").await.expect("a report"), "workato_role");
    assert!(flow.flags(1).contains(&Flag::Failed));
    assert!(flow.flags(2).is_empty());
    flow.mended();
    flow.done(Command::Retry(vec![flow.id(1)])).await;
    flow.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_a_role_that_was_left_out_of_a_new_account_is_not_shown_as_done() {
    let flow = Flow::with(Setup { people: 1, faults: vec!["ignore=roles@POST"], ..Setup::default() }).await;
    not_applied(&flow.done(PROVISION).await, "workato_role");
    flow.done(Command::Retry(vec![flow.id(1)])).await;
    flow.all_true(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_an_end_of_access_that_the_answer_lies_about_is_read_back_and_not_shown_as_done() {
    let flow = with("lie=active@PUT").await;
    not_applied(&flow.done(Command::Unassign(vec![flow.id(1)])).await, "active");
    assert!(flow.account(1).unwrap().access);
    assert!(flow.flags(1).contains(&Flag::AccessRemains));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_an_end_of_access_that_late_reads_do_not_show_yet_is_not_shown_as_done() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    flow.fault(&["stale@GET"]);
    let report = flow.done(Command::Unassign(vec![flow.id(1)])).await;
    assert_eq!(report.count(Outcome::Done), 0, "{report:?}");
    assert!(flow.flags(1).contains(&Flag::AccessRemains), "{:?}", flow.flags(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_answers_that_lie_about_roles_are_found_out_and_nothing_stays_green() {
    let setup = Setup { people: 24, faults: vec!["lie=workato_role@PUT"], ..Setup::default() };
    let flow = Flow::provisioned(setup).await;
    let values = BTreeMap::from([("workato_role".to_owned(), "Analyst".to_owned())]);
    let people = (1..=24).map(|n| flow.id(n)).collect();
    let report = flow.done(Command::Role { people, values }).await;
    let failed: Vec<_> = report.results.iter().filter(|r| r.outcome == Outcome::Failed).collect();
    assert!(!failed.is_empty(), "one in ten is read back, and after a lie every one: {report:?}");
    for result in &failed {
        let error = result.error.as_ref().expect("why");
        assert_eq!(error.kind, FailureKind::NotApplied);
        assert!(error.text.contains("workato_role") && error.next.contains("check"), "{error:?}");
    }
    flow.drive.check(None).await.expect("a check");
    for n in 1..=24 {
        assert!(!flow.flags(n).is_empty(), "{} is flagged after a check", name(n));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_an_account_that_was_answered_as_made_and_is_not_there_does_not_stay_green() {
    let flow = Flow::faulty(&["lie:2@POST"]).await;
    flow.done(PROVISION).await;
    assert_eq!((flow.accounts(), flow.proxy.count("POST")), (2, 3));
    flow.drive.check(None).await.expect("a check");
    assert_eq!(flow.any(Flag::AccountGone), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn booleans_that_come_as_texts_are_read_as_booleans() {
    let flow = with("string-booleans").await;
    flow.all_true(2).await;
    let report = flow.done(Command::Unassign(vec![flow.id(1)])).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert!(!flow.account(1).unwrap().access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_single_commands_find_out_a_lie() {
    let setup = Setup { people: 12, faults: vec!["lie=workato_role@PUT"], ..Setup::default() };
    let Flow { sandbox, proxy, home, mut drive } = Flow::provisioned(setup).await;
    for n in 1..=12 {
        // Each is a process of its own that begins with nothing but the home.
        drop(drive);
        drive = open(&home, false).await;
        let person = drive.directory().find(&name(n)).expect("they are here").id();
        let values = [("workato_role".to_owned(), "Admin".to_owned())].into();
        let report = run(&drive, Command::Role { people: vec![person], values }).await.expect("a report");
        let kind = report.results[0].error.as_ref().map(|error| error.kind);
        assert_eq!(kind, Some(FailureKind::NotApplied), "{n}: {report:?}");
    }
    let flow = Flow { sandbox, proxy, home, drive };
    assert_ne!(flow.account(1).unwrap().collaborator().roles.dev, "Admin", "it was a lie");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_a_lie_that_is_seen_again_is_remembered_from_then() {
    let flow = with("lie=workato_role@PUT").await;
    let Flow { sandbox: _sandbox, proxy: _proxy, home, drive } = flow;
    drop(drive);
    let store = scimdeck::drive::open_store(home.path()).expect("a store");
    let here = Some(scimdeck::domain::ConnectionId(1));
    let now = || i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("a time").as_millis()).expect("a time");
    let six_days_ago = now() - 6 * 24 * 3_600_000;
    store.meta_set(here, "lied_at", &six_days_ago.to_string()).await.expect("kept");
    let drive = open(&home, false).await;
    let person = drive.directory().find(&name(1)).expect("they are here").id();
    let values = [("workato_role".to_owned(), "Admin".to_owned())].into();
    let report = run(&drive, Command::Role { people: vec![person], values }).await.expect("a report");
    not_applied(&report, "workato_role");
    let mut kept = six_days_ago;
    for _ in 0..500 {
        kept = store.meta_get(here, "lied_at").await.expect("read").expect("kept").parse().expect("a time");
        if kept > six_days_ago {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(now() - kept < 60_000, "{kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_the_first_create_of_a_process_is_believed_only_when_read_back() {
    let flow = Flow::with(Setup { people: 1, faults: vec!["lie:1@POST"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 0, "{report:?}");
    assert!(!flow.flags(1).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_of_access_that_worked_is_done_also_where_a_role_with_it_is_ignored() {
    let flow = with("ignore=workato_role@PUT").await;
    not_applied(&flow.role(1, "Admin").await.expect("a report"), "workato_role");
    let report = flow.status(1, Status::Suspended).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    let told = report.results[0].error.as_ref().expect("what else was not applied").text.clone();
    assert!(told.contains("access of p01@example.com is over") && told.contains("workato_role"), "{told}");
    assert!(!flow.account(1).expect("an account").access);
    assert!(!flow.flags(1).contains(&Flag::AccessRemains), "{:?}", flow.flags(1));
    assert!(!flow.flags(1).contains(&Flag::Failed), "{:?}", flow.flags(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_what_was_believed_before_the_first_lie_of_a_run_is_read_back_before_it_ends() {
    let flow = Flow::with(Setup { people: 8, faults: vec!["lie@POST"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!((report.count(Outcome::Done), report.count(Outcome::Failed)), (0, 8), "{report:?}");
    for (n, result) in (1..=8).zip(&report.results) {
        assert!(!flow.flags(n).is_empty(), "{} is not green", name(n));
        let error = result.error.as_ref().expect("why");
        assert_eq!(error.kind, FailureKind::NotApplied, "{error:?}");
    }
    let flow =
        Flow::provisioned(Setup { people: 8, faults: vec!["lie=workato_role@PUT"], ..Setup::default() })
            .await;
    let values = BTreeMap::from([("workato_role".to_owned(), "Analyst".to_owned())]);
    let report = flow.done(Command::Role { people: (1..=8).map(|n| flow.id(n)).collect(), values }).await;
    assert_eq!((report.count(Outcome::Done), report.count(Outcome::Failed)), (0, 8), "{report:?}");
    assert!((1..=8).all(|n| !flow.flags(n).is_empty()), "nobody is green");
}
