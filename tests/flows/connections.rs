//! Settings, tokens and several connections over real HTTP.

use std::os::unix::fs::PermissionsExt;

use scimdeck::audit::AuditQuery;
use scimdeck::domain::{Connection, ConnectionId, FailureKind, Flag, Outcome as Sent, Secret, Status};
use scimdeck::drive::{current_connection, open_store};
use scimdeck::engine::{NewConnection, Notice, Outcome, Sending};
use scimdeck::sandbox::Sandbox;
use scimdeck::verbs::Command;

use crate::bench::*;

async fn set(flow: &Flow, change: impl FnOnce(&mut Connection)) {
    let mut connection = flow.drive.directory().connection().clone();
    change(&mut connection);
    flow.done(Command::ConnectionSet(Box::new(connection))).await;
}

fn refresh(sandbox: &Sandbox, token: &str) {
    sandbox.workspace().lock().expect("no panic").refresh_scim_token(token.to_owned().into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_refreshed_in_the_middle_of_a_run_stops_it_after_three_answers_and_the_new_one_goes_on() {
    let flow = Flow::with(Setup { people: 12, faults: vec!["slow=60@POST"], ..Setup::default() }).await;
    set(&flow, |c| c.concurrency = 3).await;
    let break_it = async {
        until("some are made", || flow.accounts() >= 2).await;
        refresh(&flow.sandbox, NEXT);
    };
    let (report, ()) = tokio::join!(flow.done(PROVISION), break_it);
    let stopped = report.stopped.as_ref().expect("it stopped");
    assert_eq!(stopped.kind, FailureKind::TokenRefused);
    assert!(
        stopped.next.contains("Refresh SCIM token") && stopped.next.contains("queue is kept"),
        "{stopped:?}"
    );
    let mut refused = 0;
    for result in &report.results {
        let (operation, _) = result.operation.expect("an operation");
        for trace in flow.drive.traces(operation).await.expect("traces") {
            refused += u32::from(matches!(trace.exchange.outcome, Sent::Answered(a) if a.status == 401));
        }
    }
    assert!((1..=3).contains(&refused), "{refused} answers refused the token");
    let done = report.count(Outcome::Done);
    // The first create waits to be read back; refused that, it is in doubt.
    let counts = flow.drive.queue_counts().await.unwrap();
    assert_eq!(counts.queued + counts.in_doubt + done, 12, "nothing is lost");
    assert!(counts.in_doubt <= 1, "{counts:?}");
    let report = flow.drive.replace_token(Secret::new(&format!(" Bearer {NEXT}\n"))).await.expect("a test");
    assert!(report.ok, "{report:?}");
    until("all are made", || flow.drive.directory().queue().total() == 0).await;
    flow.all_true(12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_nothing_at_all_reaches_the_app_while_disabled_and_enabling_plans_anew_and_asks() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.done(Command::Disable).await;
    let before = flow.proxy.requests().len();
    flow.status(1, Status::Suspended).await.expect("kept");
    flow.role(2, "Admin").await.expect("kept");
    flow.done(Command::Unassign(vec![flow.id(3)])).await;
    assert_eq!(flow.proxy.requests().len(), before, "{:?}", flow.proxy.requests());
    assert_eq!(flow.drive.queue_counts().await.unwrap().queued, 3);
    // Taken back meanwhile: what was queued for them is no longer wanted.
    flow.status(1, Status::Active).await.expect("kept");
    let preview = flow.preview(Command::Enable).await;
    assert!(preview.must_ask());
    let names: Vec<_> = preview.plan.operations.iter().map(|op| op.user_name.clone()).collect();
    assert_eq!(names, [name(2), name(3)]);
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 2, "{report:?}");
    assert!(flow.account(1).unwrap().access && !flow.account(3).unwrap().access);
    assert_eq!(flow.drive.queue_counts().await.unwrap().total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_token_that_the_app_refuses_is_not_taken() {
    let flow = Flow::provisioned(Setup::default()).await;
    let home = open_with_file(&flow).await;
    let report = home.replace_token(Secret::new(WRONG)).await.expect("a report");
    assert!(!report.ok);
    let trouble = report.trouble.expect("a trouble");
    assert!(trouble.text.starts_with("This new token was not taken, the one before is kept."), "{trouble:?}");
    assert!(home.test().await.expect("a test").ok, "the old token still works");
    refresh(&flow.sandbox, NEXT);
    assert!(home.replace_token(Secret::new(NEXT)).await.expect("a test").ok);
    let kept = flow.home.path().join("tokens/connection-2");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), NEXT);
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
}

/// A second connection to the same sandbox, whose token is in a file of the home.
async fn open_with_file(flow: &Flow) -> scimdeck::drive::Drive {
    flow.home.keeps("tokens/connection-2");
    let new = new_connection(flow, "second", SCIM);
    let connected = flow.drive.connect(new).await.expect("connected");
    assert!(connected.report.ok);
    flow.drive.switch(connected.id).await.expect("another drive")
}

fn new_connection(flow: &Flow, name: &str, token: &str) -> NewConnection {
    NewConnection {
        name: name.to_owned(),
        base_url: flow.proxy.base_url(),
        badge: "SANDBOX".to_owned(),
        token: Secret::new(token).into(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_connection_is_saved_tested_enabled_and_gone_over_to() {
    let flow = Flow::provisioned(Setup::default()).await;
    let second = open_with_file(&flow).await;
    let directory = second.directory();
    let connection = directory.connection();
    assert_eq!((connection.name.as_str(), connection.badge.0.as_str()), ("second", "SANDBOX"));
    assert!(connection.enabled);
    // People are the home's, links are the connection's.
    assert_eq!((directory.counters().people, directory.counters().linked), (3, 0));
    let rows = second.connections().await.expect("rows");
    let rows: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.current)).collect();
    assert_eq!(rows, [("workato", false), ("second", true)]);
    let store = open_store(flow.home.path()).expect("a store");
    assert_eq!(current_connection(&store).await, Ok(Some(connection.id)));
    drop(second);
    let first = flow.drive.switch(ConnectionId(1)).await.expect("back");
    assert_eq!(first.directory().counters().linked, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_connection_whose_test_fails_is_saved_and_not_enabled() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.home.keeps("tokens/connection-2");
    let connected = flow.drive.connect(new_connection(&flow, "second", WRONG)).await.expect("saved");
    assert!(!connected.report.ok);
    let rows = flow.drive.connections().await.expect("rows");
    assert_eq!((rows[1].name.as_str(), rows[1].enabled), ("second", false));
    let problem = flow.drive.connect(new_connection(&flow, "Second", SCIM)).await.expect_err("taken");
    assert_eq!(problem.code, "name_taken");
    let mut bad = new_connection(&flow, "third", SCIM);
    bad.base_url = "http://elsewhere.example/scim".to_owned();
    assert_eq!(flow.drive.connect(bad).await.expect_err("refused").code, "base_url");
    assert_eq!(flow.drive.connections().await.expect("rows").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_kept_go_into_the_audit_log_and_hold_at_once() {
    let flow = Flow::provisioned(Setup::default()).await;
    set(&flow, |c| {
        c.to_app.deactivate = false;
        c.brake.removals = 25;
    })
    .await;
    let writes = flow.proxy.writes();
    flow.status(1, Status::Suspended).await.expect("kept here");
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.flags(1), [Flag::AccessRemains]);
    let entries =
        flow.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("entries");
    let entry = entries.iter().find(|e| e.event == "connection settings").expect("an entry");
    assert_eq!(entry.detail, "Deactivate Users: on -> off; Brake on removals: 10 -> 25.");
    let again = open(&flow.home, false).await;
    assert!(!again.directory().connection().to_app.deactivate);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deep_test_with_its_wrong_token_stops_nobody() {
    let flow = Flow::provisioned(Setup::default()).await;
    let writes = flow.proxy.writes();
    let report = flow.drive.deep_test().await.expect("a report");
    assert!(report.ok, "{:?}", report.lines);
    assert_eq!(flow.proxy.writes(), writes);
    let mut notices = flow.drive.notices();
    hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Here)).then_some(())).await;
    let report = flow.role(1, "Admin").await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
}
