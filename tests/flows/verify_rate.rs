//! How many writes are read back is a setting; ends of access and first writes are read back whatever it says.

use std::collections::BTreeMap;

use scimdeck::audit::AuditQuery;
use scimdeck::domain::{FailureKind, Flag};
use scimdeck::engine::{Outcome, Report};
use scimdeck::verbs::Command;

use crate::bench::*;

const PEOPLE: usize = 8;

async fn set_to(percent: u32) -> Flow {
    let flow = Flow::provisioned(Setup { people: PEOPLE, ..Setup::default() }).await;
    let mut connection = flow.drive.directory().connection().clone();
    connection.verify_percent = Some(percent);
    flow.done(Command::ConnectionSet(Box::new(connection))).await;
    flow
}

async fn all_analysts(flow: &Flow) -> Report {
    let values = BTreeMap::from([("workato_role".to_owned(), "Analyst".to_owned())]);
    let people = (1..=PEOPLE).map(|n| flow.id(n)).collect();
    flow.done(Command::Role { people, values }).await
}

fn found_out(report: &Report) -> usize {
    let lied = |error: &scimdeck::domain::Failure| error.kind == FailureKind::NotApplied;
    report.results.iter().filter(|result| result.error.as_ref().is_some_and(lied)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_a_lie_now_and_then_is_found_out_where_every_write_is_read_back() {
    let flow = set_to(100).await;
    flow.fault(&["lie=workato_role:5@PUT"]);
    let report = all_analysts(&flow).await;
    assert_eq!((found_out(&report), report.count(Outcome::Done)), (1, 7), "{report:?}");
    assert_eq!(flow.any(Flag::Failed), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_lie_is_believed_where_nothing_more_than_the_first_is_read_back() {
    let flow = set_to(0).await;
    flow.fault(&["lie=workato_role:5@PUT"]);
    let report = all_analysts(&flow).await;
    assert_eq!((found_out(&report), report.count(Outcome::Done)), (0, 8), "{report:?}");
    flow.drive.check(None).await.expect("a check");
    assert_eq!(flow.any(Flag::Drift) + flow.any(Flag::Unsent), 1, "a look at everybody finds it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_ends_of_access_and_the_first_change_are_read_back_where_nothing_else_is() {
    let flow = set_to(0).await;
    flow.fault(&["lie=workato_role:1@PUT"]);
    let report = flow.role(1, "Analyst").await.expect("a report");
    assert_eq!(found_out(&report), 1, "{report:?}");
    let flow = set_to(0).await;
    flow.role(1, "Analyst").await.expect("a report");
    flow.fault(&["lie=active@PUT"]);
    let report = flow.done(Command::Unassign(vec![flow.id(2)])).await;
    assert_eq!(found_out(&report), 1, "{report:?}");
    assert!(flow.flags(2).contains(&Flag::AccessRemains));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_setting_is_kept_in_the_home_and_its_change_in_the_audit_log() {
    let Flow { sandbox: _sandbox, proxy: _proxy, home, drive } = set_to(30).await;
    let entries = drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("the log");
    let said = entries.iter().any(|entry| {
        entry.detail.contains("Writes read back: as usual (1 in 10 changes, 1 in 50 new accounts) -> 30 %")
    });
    assert!(said, "{entries:?}");
    drop(drive);
    assert_eq!(open(&home, false).await.directory().connection().verify_percent, Some(30));
}
