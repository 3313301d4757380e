//! Directory groups pushed with their members, over real HTTP.

use scimdeck::directory::PushState;
use scimdeck::domain::{GroupId, Status, Unlinked};
use scimdeck::engine::{GroupKind, Outcome};
use scimdeck::verbs::{Command, GroupRecord, ImportOptions};

use crate::bench::*;

const TEAM: &str = "Platform team";

impl Flow {
    async fn team(&self, members: impl IntoIterator<Item = usize>) -> GroupId {
        let records = members.into_iter().zip(2..).map(|(n, line)| GroupRecord {
            line,
            group: TEAM.to_owned(),
            user_name: name(n),
        });
        self.done(Command::ImportGroups(records.collect(), ImportOptions::default())).await;
        self.drive.directory().group_named(TEAM).expect("the group").group.id
    }

    fn group_there(&self) -> Option<Vec<String>> {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        let group = workspace.groups().find(|g| g.display_name() == TEAM)?;
        let mut members: Vec<String> = group.members.iter().map(|m| m.value.clone()).collect();
        members.sort();
        Some(members)
    }

    fn accounts_of(&self, people: impl IntoIterator<Item = usize>) -> Vec<String> {
        let mut ids: Vec<String> =
            people.into_iter().map(|n| self.account(n).expect("an account").id).collect();
        ids.sort();
        ids
    }

    fn push_state(&self, id: GroupId) -> Option<PushState> {
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
