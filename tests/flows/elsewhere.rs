//! A 404 that says nothing of an account: a proxy that knows no such address, and another workspace at the same one.

use scimdeck::directory::PushState;
use scimdeck::domain::{Flag, GroupId, Status, Unlinked};
use scimdeck::engine::{GroupKind, Outcome, Report};
use scimdeck::verbs::{Command, ImportOptions};

use crate::bench::*;
use crate::group_rules::TEAM;

fn stopped(report: &Report, word: &str) {
    let why = report.stopped.as_ref().unwrap_or_else(|| panic!("it stopped: {report:?}"));
    assert!(why.text.contains(word), "{}", why.text);
    assert_eq!(report.count(Outcome::Done) + report.count(Outcome::Failed), 0, "{report:?}");
}

/// The same address and token, and nobody is there whom we know.
fn emptied(flow: &Flow, people: usize) {
    let workspace = flow.sandbox.workspace();
    let mut workspace = workspace.lock().expect("no panic");
    for n in 1..=people {
        workspace.remove_by_hand(&name(n), jiff::Timestamp::now()).expect("they were there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxys_page_with_404_ends_nobodys_access_and_makes_nobody_look_gone() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.proxy.turn_away(true).await;
    let suspend = Command::SetStatus { people: vec![flow.id(1), flow.id(2)], status: Status::Suspended };
    let report = flow.done(suspend).await;
    stopped(&report, "intermediary");
    flow.drive.check(Some(vec![flow.id(3)])).await.expect_err("nothing is believed");
    assert_eq!(flow.flags(3), []);
    assert_eq!(flow.any(Flag::AccessRemains), 2);
    flow.proxy.turn_away(false).await;
    let report = flow.done(Command::Apply).await;
    assert_eq!(report.count(Outcome::Done), 2, "{report:?}");
    assert!(!flow.account(1).expect("there").access && !flow.account(2).expect("there").access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_workspace_at_the_same_address_stops_the_run_with_everything_queued() {
    let flow = Flow::provisioned(Setup { people: 5, ..Setup::default() }).await;
    emptied(&flow, 5);
    let people = (1..=5).map(|n| flow.id(n)).collect();
    let report = flow.done(Command::SetStatus { people, status: Status::Suspended }).await;
    stopped(&report, "this may be another workspace");
    assert_eq!(report.count(Outcome::Held), 5, "{report:?}");
    assert_eq!((flow.any(Flag::AccessRemains), flow.any(Flag::AccountGone)), (5, 0));
    assert_eq!(flow.drive.queue_counts().await.expect("counts").total(), 5);
    flow.drive.check(Some(vec![flow.id(3)])).await.expect_err("nothing is believed");
    assert_eq!(flow.any(Flag::AccountGone), 0);
    // Going on in the same place stops again.
    let report = flow.status(1, Status::Deactivated).await.expect("a report");
    stopped(&report, "this may be another workspace");
    let problem = flow.run(Command::Apply).await.expect_err("it would only send");
    assert!(problem.text.contains("another workspace"), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_for_another_workspace_make_nobody_look_gone() {
    let flow = Flow::provisioned(Setup { people: 5, ..Setup::default() }).await;
    emptied(&flow, 5);
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let report = flow.done(Command::Role { people: (1..=5).map(|n| flow.id(n)).collect(), values }).await;
    stopped(&report, "this may be another workspace");
    assert_eq!(flow.any(Flag::AccountGone), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_who_was_removed_costs_one_more_request_where_others_are_there() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now()).unwrap();
    let reads = flow.proxy.count("GET /scim/v2/Users/");
    flow.drive.check(Some(vec![flow.id(2)])).await.expect("a check");
    assert_eq!(flow.proxy.count("GET /scim/v2/Users/") - reads, 2, "the one, and one who shows the place");
    assert_eq!(flow.flags(2), [Flag::AccountGone]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_one_who_is_linked_is_gone_where_the_search_is_answered_without_them() {
    let flow = Flow::provisioned(Setup { people: 1, ..Setup::default() }).await;
    emptied(&flow, 1);
    flow.drive.check(Some(vec![flow.id(1)])).await.expect("a check");
    assert_eq!(flow.flags(1), [Flag::AccountGone]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_all_were_removed_on_purpose_one_account_that_is_made_there_shows_the_place() {
    let flow = Flow::provisioned(Setup::default()).await;
    emptied(&flow, 3);
    stopped(&flow.status(1, Status::Suspended).await.expect("a report"), "another workspace");
    flow.done(Command::ImportPeople(vec![record(4)], ImportOptions::default())).await;
    flow.done(Command::Drop(vec![flow.id(1)])).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 1, "somebody new is looked for by name: {report:?}");
    let report = flow.done(Command::Apply).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert!(flow.account(4).is_some() && flow.any(Flag::AccessRemains) == 0);
}

/// A pushed group of two that somebody is to come into, and an empty workspace at the same address.
async fn swapped() -> (Flow, GroupId) {
    let flow = Flow::provisioned(Setup::default()).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.group(TEAM, [1, 2, 3]).await;
    flow.somebody_deletes(TEAM).await;
    emptied(&flow, 3);
    (flow, team)
}

fn held(flow: &Flow, team: GroupId, report: &Report) {
    stopped(report, "this may be another workspace");
    assert_eq!(report.groups.iter().map(|group| group.outcome).collect::<Vec<_>>(), [Outcome::Held]);
    let directory = flow.drive.directory();
    let row = directory.group(team).expect("the group");
    let push = row.push.as_ref().expect("it is pushed");
    assert!(push.remote_id.is_some() && push.failure.is_none(), "nothing is believed: {push:?}");
    assert_eq!(row.push_state(&directory), Some(PushState::Due));
    assert_eq!(flow.groups_there(), 0, "and nothing is made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_another_workspace_no_group_is_made_again_before_one_account_shows_the_place() {
    let (flow, team) = swapped().await;
    for command in [Command::PushGroup(team), Command::Apply] {
        held(&flow, team, &flow.done(command).await);
    }
    flow.done(Command::ImportPeople(vec![record(4)], ImportOptions::default())).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 1, "somebody new is made: {report:?}");
    assert_eq!((report.stopped, report.groups[0].kind), (None, Some(GroupKind::Create)), "and the group is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_another_workspace_no_check_says_that_a_group_is_gone() {
    let (flow, team) = swapped().await;
    let report = flow.drive.check(None).await.expect("a look");
    assert_eq!((report.groups, report.complete), (0, false));
    assert!(report.why.is_some_and(|why| why.text.contains("another workspace")));
    let directory = flow.drive.directory();
    let push = directory.group(team).and_then(|row| row.push.clone()).expect("it is pushed");
    assert!(!push.waits && push.members.is_some(), "{push:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_another_workspace_no_push_ends_because_its_group_is_not_there() {
    let (flow, team) = swapped().await;
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    stopped(&report, "this may be another workspace");
    let directory = flow.drive.directory();
    let push = directory.group(team).and_then(|row| row.push.clone()).expect("it is still to end");
    assert_eq!((push.ending, push.remote_id.is_some()), (Some(Unlinked::Deleted), true), "{push:?}");
}
