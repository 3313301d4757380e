//! Provision User and the verbs, where nothing goes wrong.

use std::time::Instant;

use scimdeck::audit::{AuditEntry, Source};
use scimdeck::domain::{AccountState, Flag, OpKind, Status};
use scimdeck::engine::{Notice, Outcome};
use scimdeck::sandbox::Standing;
use scimdeck::verbs::Command;

use crate::bench::*;

fn everybody() -> Setup {
    Setup { people: 24, existing: 9, ..Setup::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn provision_links_who_is_there_in_any_case_and_creates_the_others_once() {
    let flow = Flow::with(everybody()).await;
    assert_eq!(flow.any(Flag::NotProvisioned), 24);
    let preview = flow.preview(PROVISION).await;
    assert!(preview.must_ask());
    let summary = preview.plan.summary;
    assert_eq!((summary.create, summary.link, summary.invitations), (15, 9, 15));
    assert_eq!(flow.proxy.writes(), 0, "a preview sends reads only");
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 24, "{report:?}");
    assert!(report.stopped.is_none());
    flow.all_true(24).await;
    assert_eq!(flow.sandbox.workspace().lock().unwrap().invitations().len(), 15);
    let kinds = |kind| report.results.iter().filter(|r| r.operation.is_some_and(|o| o.1 == kind)).count();
    assert_eq!((kinds(OpKind::Create), kinds(OpKind::Link)), (15, 9));
    assert!(flow.account(24).unwrap().access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_provision_sends_no_write() {
    let flow = Flow::provisioned(everybody()).await;
    let (writes, activity) = (flow.proxy.writes(), flow.sandbox.workspace().lock().unwrap().activity().len());
    let report = flow.done(PROVISION).await;
    assert_eq!(report.results, []);
    let named = Command::Provision(scimdeck::verbs::Who::Named((1..=24).map(|n| flow.id(n)).collect()));
    let report = flow.done(named).await;
    assert_eq!(report.count(Outcome::Unchanged), 24, "{report:?}");
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.sandbox.workspace().lock().unwrap().activity().len(), activity);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_edit_arrives_and_its_echo_is_heard_within_a_second_under_the_same_operation() {
    let flow = Flow::provisioned(Setup { people: 2, feed: true, ..Setup::default() }).await;
    let mut notices = flow.drive.notices();
    let report = flow.role(1, "Admin").await.expect("a report");
    let wrote = Instant::now();
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    let operation = report.results[0].operation.unwrap().0;
    assert_eq!(flow.account(1).unwrap().collaborator().roles.dev, "Admin");
    let echo: AuditEntry = hear(&mut notices, |notice| match notice {
        Notice::Audit(entries) => {
            entries.into_iter().find(|e| e.source == Source::ScimAutoSync && e.operation == Some(operation))
        }
        _ => None,
    })
    .await;
    assert!(wrote.elapsed().as_millis() < 1_000, "{:?}", wrote.elapsed());
    assert_eq!(echo.person, Some(flow.id(1)));
    let change = echo.changes.iter().find(|c| c.attribute == "workato_role").expect("the role");
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("Operator"), Some("Admin")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_audit_entry_is_told_once_and_in_order() {
    let flow = Flow::with(Setup { people: 4, feed: true, ..Setup::default() }).await;
    let other = open(&flow.home, false).await;
    let mut notices = flow.drive.notices();
    flow.done(PROVISION).await;
    run(&other, Command::Flag { people: vec![flow.id(2)], note: "look".into() }).await.expect("done");
    flow.role(1, "Admin").await.expect("a report");
    let mut seqs = Vec::new();
    hear(&mut notices, |notice| {
        let Notice::Audit(entries) = notice else { return None };
        seqs.extend(entries.iter().map(|e| e.seq));
        entries.iter().any(|e| e.event == "member_updated" || e.event == "invitation_updated").then_some(())
    })
    .await;
    let first = seqs[0];
    assert_eq!(seqs, (first..first + seqs.len() as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unassign_deactivates_and_believes_it_only_after_reading_it_back() {
    let flow = Flow::provisioned(Setup::default()).await;
    let before = flow.proxy.requests().len();
    let report = flow.done(Command::Unassign(vec![flow.id(2)])).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert!(!flow.account(2).unwrap().access);
    assert!(flow.account(1).unwrap().access);
    let requests = flow.proxy.requests();
    let sent: Vec<&str> = requests[before..].iter().map(|r| r.split(' ').next().unwrap()).collect();
    assert_eq!(sent, ["GET", "GET", "PUT", "GET"], "look, read, write, read back");
    let directory = flow.drive.directory();
    let person = directory.find(&name(2)).unwrap();
    assert_eq!((person.account(), person.flag()), (AccountState::Inactive, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspend_and_reactivate_keep_the_account_and_its_role() {
    let flow = Flow::provisioned(Setup::default()).await;
    let id = flow.account(1).unwrap().id;
    flow.status(1, Status::Suspended).await.expect("done");
    assert!(!flow.account(1).unwrap().access);
    flow.status(1, Status::Active).await.expect("done");
    let account = flow.account(1).unwrap();
    assert!(account.access);
    assert_eq!((account.id.clone(), account.collaborator().roles.dev), (id, "Operator".to_owned()));
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_accepted_invitation_is_learned_from_the_feed() {
    let flow = Flow::provisioned(Setup { people: 1, feed: true, ..Setup::default() }).await;
    until("invited", || flow.flags(1) == [Flag::Pending]).await;
    flow.sandbox.workspace().lock().unwrap().accept(&name(1), jiff::Timestamp::now()).unwrap();
    assert_eq!(flow.account(1).unwrap().standing, Standing::Collaborator);
    // Our next write makes the feed look soon.
    flow.role(1, "Analyst").await.expect("done");
    until("accepted", || flow.flags(1).is_empty()).await;
}
