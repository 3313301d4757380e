//! Directory groups pushed with their members, over real HTTP.

use scimdeck::directory::PushState;
use scimdeck::domain::{GroupId, Status, Unlinked};
use scimdeck::engine::{GroupKind, Outcome};
use scimdeck::verbs::{Command, GroupRecord, ImportOptions};

use crate::bench::*;

pub(crate) const TEAM: &str = "Platform team";

impl Flow {
    pub(crate) async fn team(&self, members: impl IntoIterator<Item = usize>) -> GroupId {
        let records = members.into_iter().zip(2..).map(|(n, line)| GroupRecord {
            line,
            group: TEAM.to_owned(),
            user_name: name(n),
        });
        self.done(Command::ImportGroups(records.collect(), ImportOptions::default())).await;
        self.drive.directory().group_named(TEAM).expect("the group").group.id
    }

    pub(crate) fn group_there(&self) -> Option<Vec<String>> {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let group = workspace.groups().find(|g| g.display_name() == TEAM)?;
        let mut members: Vec<String> = group.members.iter().map(|m| m.value.clone()).collect();
        members.sort();
        Some(members)
    }

    pub(crate) fn accounts_of(&self, people: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut ids: Vec<String> =
            people.into_iter().map(|n| self.account(n).expect("an account").id).collect();
        ids.sort();
        ids
    }

    pub(crate) fn push_state(&self, id: GroupId) -> Option<PushState> {
        let directory = self.drive.directory();
        directory.group(id).expect("the group").push_state(&directory)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g08_a_pushed_group_has_those_who_have_accounts_and_the_others_follow_once_provisioned() {
    let flow = Flow::with(Setup { people: 3, ..Setup::default() }).await;
    let one = Command::Provision(scimdeck::verbs::Who::Named(vec![flow.id(1)]));
    flow.done(one).await;
    let team = flow.team([1, 2]).await;
    let preview = flow.preview(Command::PushGroup(team)).await;
    assert_eq!((preview.plan.groups[0].kind, preview.plan.groups[0].added), (GroupKind::Create, 1));
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
    assert_eq!(flow.group_there(), Some(flow.accounts_of([1])));
    flow.done(PROVISION).await;
    assert_eq!(flow.group_there(), Some(flow.accounts_of([1, 2])));
    assert_eq!(flow.push_state(team), Some(PushState::Pushed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_loses_access_or_leaves_the_group_is_taken_out_there() {
    let flow = Flow::provisioned(Setup { people: 4, ..Setup::default() }).await;
    let team = flow.team([1, 2, 3]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.status(1, Status::Suspended).await.expect("suspended");
    assert_eq!(flow.group_there(), Some(flow.accounts_of([2, 3])));
    flow.done(Command::MemberRemove(team, vec![flow.id(2)])).await;
    flow.done(Command::MemberAdd(team, vec![flow.id(4)])).await;
    assert_eq!(flow.group_there(), Some(flow.accounts_of([3, 4])));
    let writes = flow.proxy.writes();
    flow.done(Command::PushGroup(team)).await;
    assert_eq!(flow.proxy.writes(), writes, "what is so already is not written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_of_that_name_is_linked_and_never_made_twice() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.team([1]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    assert_eq!(flow.push_state(team), None);
    assert!(flow.group_there().is_some(), "it was left there");
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups.first().and_then(|g| g.kind), Some(GroupKind::Link), "{report:?}");
    let groups = flow.sandbox.workspace().lock().unwrap().groups().count();
    assert_eq!(groups, 1);
    flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!((flow.group_there(), flow.push_state(team)), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_the_new_group_makes_no_second_one() {
    let mut setup = Setup { people: 2, ..Setup::default() };
    setup.faults = vec!["lose:1@POST/Groups"];
    let flow = Flow::provisioned(setup).await;
    let team = flow.team([1, 2]).await;
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Failed, "{report:?}");
    assert_eq!(flow.push_state(team), Some(PushState::Failed));
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
    assert_eq!(flow.sandbox.workspace().lock().unwrap().groups().count(), 1);
    assert_eq!(flow.group_there(), Some(flow.accounts_of([1, 2])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_list_that_leaves_out_a_group_of_ours_makes_no_group_twice() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.team([1]).await;
    flow.done(Command::PushGroup(team)).await;
    let others = [GroupRecord { line: 2, group: "Other team".to_owned(), user_name: name(2) }];
    flow.done(Command::ImportGroups(others.to_vec(), ImportOptions::default())).await;
    let other = flow.drive.directory().group_named("Other team").expect("the group").group.id;
    flow.done(Command::PushGroup(other)).await;
    flow.done(Command::UnpushGroup(other, Unlinked::Left)).await;
    let faults = flow.sandbox.faults();
    faults.lock().unwrap().add(vec!["blind@GET".parse().expect("a fault")]);
    let report = flow.done(Command::PushGroup(other)).await;
    let told = report.groups.first().and_then(|group| group.error.as_ref()).expect("a reason");
    assert!(told.text.contains("the list of groups leaves out Platform team"), "{told:?}");
    assert_eq!(flow.proxy.count("POST /scim/v2/Groups"), 2);
    faults.lock().unwrap().clear();
    let report = flow.done(Command::PushGroup(other)).await;
    assert_eq!(report.groups.first().and_then(|g| g.kind), Some(GroupKind::Link), "{report:?}");
    assert_eq!(flow.proxy.count("POST /scim/v2/Groups"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_group_of_ours_that_is_gone_does_not_prove_a_list_that_leaves_out_others() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    for group in ["A team", TEAM, "Other team"] {
        let rows = [GroupRecord { line: 2, group: group.to_owned(), user_name: name(2) }];
        flow.done(Command::ImportGroups(rows.to_vec(), ImportOptions::default())).await;
        let id = flow.drive.directory().group_named(group).expect("the group").group.id;
        flow.done(Command::PushGroup(id)).await;
    }
    let other = flow.drive.directory().group_named("Other team").expect("the group").group.id;
    flow.done(Command::UnpushGroup(other, Unlinked::Left)).await;
    flow.somebody_deletes("A team").await;
    flow.fault(&["blind@GET"]);
    let report = flow.done(Command::PushGroup(other)).await;
    let told = report.groups.first().and_then(|group| group.error.as_ref()).expect("a reason");
    assert!(told.text.contains("the list of groups leaves out Platform team"), "{told:?}");
    assert_eq!(flow.proxy.count("POST /scim/v2/Groups"), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_group_that_is_listed_and_does_not_answer_by_its_id_is_not_made_again() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.team([1]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    let preview = flow.preview(Command::PushGroup(team)).await;
    flow.fault(&["same-names", "404:1@GET/Groups/"]);
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    let told = report.groups.first().and_then(|group| group.error.as_ref()).expect("a reason");
    assert!(told.text.contains("does not answer by its id"), "{told:?}");
    assert_eq!(flow.groups_there(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_and_fifty_members_go_in_pieces_of_a_hundred_and_come_out_again() {
    let flow = Flow::with(Setup { people: 250, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    approve(&flow.drive, preview, Some(250)).await.expect("a report");
    let team = flow.team(1..=250).await;
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
    assert_eq!(flow.group_there(), Some(flow.accounts_of(1..=250)));
    assert_eq!(
        (flow.proxy.count("POST /scim/v2/Groups"), flow.proxy.count("PATCH /scim/v2/Groups/")),
        (1, 2)
    );
    let out = (1..=130).map(|n| flow.id(n)).collect();
    let preview = flow.preview(Command::MemberRemove(team, out)).await;
    assert_eq!(preview.plan.brake.held, Some(130));
    let report = approve(&flow.drive, preview, Some(130)).await.expect("a report");
    assert!(report.groups.iter().all(|g| g.outcome == Outcome::Done), "{report:?}");
    assert_eq!(flow.group_there(), Some(flow.accounts_of(131..=250)));
}
