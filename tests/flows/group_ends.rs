//! A push that is ended, or meant to end otherwise, while its group is on its way.

use scimdeck::audit::AuditQuery;
use scimdeck::directory::Directory;
use scimdeck::domain::{GroupId, Push, Unlinked};
use scimdeck::drive::Drive;
use scimdeck::engine::Outcome;
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::group_rules::TEAM;

fn push(directory: &Directory, team: GroupId) -> Option<Push> {
    directory.group(team).expect("the group").push.clone()
}

/// The other process knows that it is pushed.
async fn heard(beside: &Drive, team: GroupId) {
    until("it is heard of", || push(&beside.directory(), team).is_some()).await;
}

impl Flow {
    /// A group of this name is deleted there, by another client.
    pub(crate) async fn somebody_deletes(&self, name: &str) {
        let id = {
            let workspace = self.sandbox.workspace();
            let workspace = workspace.lock().expect("no panic");
            workspace.groups().find(|group| group.display_name() == name).expect("the group").id.clone()
        };
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let delete = client.delete(format!("{}/Groups/{id}", self.sandbox.base_url())).bearer_auth(SCIM);
        assert_eq!(delete.send().await.expect("an answer").status(), 204);
    }

    async fn told(&self, detail: &str) -> bool {
        let audit = self.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await;
        audit.expect("the audit").iter().any(|entry| entry.detail == detail)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_a_push_that_another_process_ends_while_its_group_is_looked_up_makes_no_group() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    let beside = open(&flow.home, false).await;
    let pushing = flow.push_that_looks(team).await;
    heard(&beside, team).await;
    run(&beside, Command::UnpushGroup(team, Unlinked::Left)).await.expect("a report");
    let report = pushing.await.expect("it ends").expect("a report");
    assert_eq!((flow.group_writes(), flow.groups_there()), (0, 0), "{report:?}");
    assert_eq!(report.groups[0].outcome, Outcome::Held, "{report:?}");
    assert_eq!(push(&flow.drive.directory(), team), None, "and it is not pushed any more");
}

/// A group whose push another process ended so, while it was being made.
async fn ended_while_made(what: Unlinked) -> (Flow, GroupId) {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    let beside = open(&flow.home, false).await;
    let preview = flow.preview(Command::PushGroup(team)).await;
    flow.fault(&["slow=600@POST/Groups"]);
    let drive = flow.drive.clone();
    let pushing = tokio::spawn(async move { approve(&drive, preview, None).await });
    until("it is on its way", || flow.group_writes() > 0).await;
    heard(&beside, team).await;
    run(&beside, Command::UnpushGroup(team, what)).await.expect("a report");
    pushing.await.expect("it ends").expect("a report");
    (flow, team)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_another_process_decides_while_the_group_is_made_is_not_forgotten() {
    let (flow, team) = ended_while_made(Unlinked::Deleted).await;
    let kept = push(&flow.drive.directory(), team).expect("its end is still to come");
    assert_eq!(kept.ending, Some(Unlinked::Deleted));
    let preview = flow.preview(Command::Apply).await;
    approve(&flow.drive, preview, Some(10)).await.expect("a report");
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_whose_making_was_never_answered_is_looked_for_before_its_push_ends_with_its_deletion() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["lose:1@POST/Groups"]);
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!((report.groups[0].outcome, flow.groups_there()), (Outcome::Failed, 1), "{report:?}");
    let preview = flow.preview(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!(preview.plan.groups[0].removed, 2, "whoever is in it is shown: {preview:?}");
    approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_made_anew_whose_making_was_never_answered_is_looked_for_before_its_push_ends() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.somebody_deletes(TEAM).await;
    flow.fault(&["lose:1@POST/Groups"]);
    flow.group(TEAM, [1, 2]).await;
    flow.done(Command::Apply).await;
    assert_eq!(flow.groups_there(), 1, "it was made again");
    assert!(push(&flow.drive.directory(), team).expect("a push").in_doubt(), "its old id says nothing of it");
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (0, None), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_looked_for_to_be_left_is_not_forgotten_when_its_deletion_is_decided_meanwhile() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["lose:1@POST/Groups"]);
    flow.done(Command::PushGroup(team)).await;
    let beside = open(&flow.home, false).await;
    let preview = flow.preview(Command::UnpushGroup(team, Unlinked::Left)).await;
    flow.fault(&["slow=600@GET/Groups"]);
    let (drive, looks) = (flow.drive.clone(), flow.proxy.count("GET /scim/v2/Groups"));
    let leaving = tokio::spawn(async move { approve(&drive, preview, None).await });
    until("it is looked for", || flow.proxy.count("GET /scim/v2/Groups") > looks).await;
    let left = |push: Push| push.ending == Some(Unlinked::Left);
    until("it is heard of", || push(&beside.directory(), team).is_some_and(left)).await;
    flow.mended();
    run(&beside, Command::UnpushGroup(team, Unlinked::Deleted)).await.expect("a report");
    let report = leaving.await.expect("it ends").expect("a report");
    assert_eq!(report.groups[0].outcome, Outcome::Held, "{report:?}");
    let kept = push(&flow.drive.directory(), team).expect("its end is still to come");
    assert!(kept.ending == Some(Unlinked::Deleted) && kept.in_doubt(), "{kept:?}");
    let preview = flow.preview(Command::Apply).await;
    approve(&flow.drive, preview, Some(10)).await.expect("a report");
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_404_does_not_say_that_a_group_is_deleted() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.done(Command::PushGroup(team)).await;
    let preview = flow.preview(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    flow.fault(&["404:1@GET/Groups/"]);
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (0, None), "{report:?}");
    assert_eq!(flow.proxy.count("DELETE /scim/v2/Groups/"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_not_there_any_more_is_not_told_as_deleted_by_us() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.somebody_deletes(TEAM).await;
    flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!(push(&flow.drive.directory(), team), None);
    assert!(flow.told("no longer pushed: it is not there").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_ends_although_nobody_can_tell_which_of_two_groups_it_made() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["502:1@POST/Groups", "same-names"]);
    flow.done(Command::PushGroup(team)).await;
    for theirs in ["one", "two"] {
        flow.somebody_makes(&serde_json::json!({"displayName": TEAM, "externalId": theirs})).await;
    }
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (2, None));
    assert!(flow.told("no longer pushed: whether it is there could not be told").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_that_asks_nothing_is_not_told_as_confirmed() {
    let (flow, team) = ended_while_made(Unlinked::Left).await;
    flow.done(Command::Apply).await;
    assert_eq!((flow.groups_there(), push(&flow.drive.directory(), team)), (1, None));
    assert!(flow.told("no longer pushed; nothing was asked").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_whose_push_another_process_ended_before_its_turn_is_not_reported_done() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let mut groups = Vec::new();
    for name in ["One", "Two"] {
        let group = flow.group(name, [1]).await;
        flow.done(Command::PushGroup(group)).await;
        groups.push(group);
    }
    let beside = open(&flow.home, false).await;
    for group in &groups {
        heard(&beside, *group).await;
    }
    flow.fault(&["502@GET/Groups"]);
    for name in ["One", "Two"] {
        flow.group(name, [1, 2]).await;
    }
    flow.mended();
    let preview = flow.preview(Command::Apply).await;
    flow.fault(&["slow=600@PUT/Groups"]);
    let (drive, writes) = (flow.drive.clone(), flow.group_writes());
    let applying = tokio::spawn(async move { approve(&drive, preview, None).await });
    until("the first is on its way", || flow.group_writes() > writes).await;
    run(&beside, Command::UnpushGroup(groups[1], Unlinked::Left)).await.expect("a report");
    let report = applying.await.expect("it ends").expect("a report");
    let outcomes: Vec<Outcome> = report.groups.iter().map(|group| group.outcome).collect();
    assert_eq!(outcomes, [Outcome::Done, Outcome::Held], "{report:?}");
}
