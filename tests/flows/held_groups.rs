//! A stop holds pushed groups as it holds people, whoever sends by then; and a group whose fate is not known is looked
//! for before anybody forgets it.

use scimdeck::audit::AuditQuery;
use scimdeck::directory::PushState;
use scimdeck::domain::{FailureKind, GroupId, Unlinked};
use scimdeck::drive::Drive;
use scimdeck::engine::{Notice, Outcome, Report, Sending};
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::group_rules::TEAM;

const PUT: &str = "PUT /scim/v2/Groups";

impl Flow {
    /// A console takes the place of this command, as the sender.
    async fn in_a_console(self) -> Self {
        let console = open(&self.home, true).await;
        let Self { sandbox, proxy, home, drive } = self;
        drop(drive);
        let mut notices = console.notices();
        console.lead().await;
        hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Here)).then_some(())).await;
        Self { sandbox, proxy, home, drive: console }
    }

    /// A group, by another client.
    pub(crate) async fn somebody_makes(&self, group: &serde_json::Value) {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let post = client.post(format!("{}/Groups", self.sandbox.base_url())).bearer_auth(SCIM);
        let answer = post.header("content-type", "application/scim+json").body(group.to_string()).send();
        assert_eq!(answer.await.expect("an answer").status(), 201);
    }

    fn state(&self, team: GroupId) -> Option<PushState> {
        let directory = self.drive.directory();
        directory.group(team).expect("the group").push_state(&directory)
    }
}

fn outcomes(report: &Report) -> Vec<Outcome> {
    report.groups.iter().map(|group| group.outcome).collect()
}

/// Two changes one after the other, which together take longer than a console needs to look at its groups.
async fn two_changes(flow: &Flow, n: usize) {
    for value in ["Analyst", "Operator"] {
        let report = flow.role(n, value).await.expect("something new goes");
        assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        assert_eq!(outcomes(&report), [Outcome::Held], "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_group_goes_while_a_stop_of_people_is_held() {
    let setup = Setup { faults: vec!["slow=600@PUT/Users"], ..Setup::default() };
    let flow = Flow::provisioned(setup).await;
    let team = flow.group(TEAM, [1]).await;
    flow.done(Command::PushGroup(team)).await;
    flow.group(TEAM, [1, 2]).await;
    let stop = async {
        until("the change is under way", || flow.proxy.count("PUT /scim/v2/Users") == 1).await;
        flow.drive.halt().await.expect("it is held");
    };
    let (report, ()) = tokio::join!(flow.role(3, "Analyst"), stop);
    assert_eq!(outcomes(&report.expect("a report")), [], "stopped before it came to the groups");
    let writes = flow.group_writes();
    let flow = flow.in_a_console().await;
    two_changes(&flow, 2).await;
    assert_eq!(flow.group_writes(), writes, "the stop is held");
    assert_eq!(flow.state(team), Some(PushState::Due));
    flow.done(Command::Apply).await;
    assert_eq!(flow.in_team(), [1, 2]);
    flow.group(TEAM, [1, 2, 3]).await;
    until("it goes by itself again", || flow.in_team() == [1, 2, 3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_while_groups_go_holds_those_that_did_not() {
    let setup = Setup { faults: vec!["slow=600@PUT/Users", "slow=400@PUT/Groups"], ..Setup::default() };
    let flow = Flow::provisioned(setup).await;
    for name in ["One", "Two"] {
        let group = flow.group(name, [1]).await;
        flow.done(Command::PushGroup(group)).await;
    }
    for name in ["One", "Two"] {
        flow.group(name, [1, 2]).await;
    }
    let stop = async {
        until("a group is under way", || flow.proxy.count(PUT) == 1).await;
        flow.drive.halt().await.expect("it is held");
        flow.group_writes()
    };
    let (report, writes) = tokio::join!(flow.done(Command::Apply), stop);
    assert_eq!(outcomes(&report), [Outcome::Done, Outcome::Held], "{report:?}");
    let flow = flow.in_a_console().await;
    two_changes(&flow, 2).await;
    assert_eq!(flow.group_writes(), writes, "the stop is held");
    flow.done(Command::Apply).await;
    assert_eq!(flow.in_group("Two"), [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_elsewhere_is_held_once_the_sender_s_group_has_ended_and_no_other_begins() {
    let faults = vec!["slow=300@PUT/Users", "slow=700@PUT/Groups"];
    let flow = Flow::provisioned(Setup { faults, ..Setup::default() }).await;
    let names = ["One", "Two", "Three", "Four"];
    for name in names {
        let group = flow.group(name, [1]).await;
        flow.done(Command::PushGroup(group)).await;
    }
    let flow = flow.in_a_console().await;
    let command = open(&flow.home, false).await;
    for name in names {
        flow.group(name, [1, 2]).await;
    }
    until("the console's first group is under way", || flow.proxy.count(PUT) == 1).await;
    let role = Command::Role {
        people: vec![flow.id(3)],
        values: [("workato_role".to_owned(), "Analyst".to_owned())].into(),
    };
    let stop = async {
        until("the change is under way", || flow.proxy.count("PUT /scim/v2/Users") == 1).await;
        command.halt().await.expect("it is held there");
        let under_way = flow.proxy.sent(PUT).iter().any(|(.., answered)| answered.is_none());
        assert!(!under_way, "the group that was on its way has ended");
        flow.group_writes()
    };
    let (_, writes) = tokio::join!(run(&command, role), stop);
    two_changes_held(&flow).await;
    assert_eq!(flow.group_writes(), writes, "nothing begins after the word that it is held");
    let report = run(&command, Command::Apply).await.expect("a report");
    assert_eq!(report.stopped, None);
    for name in names {
        until("it goes on", || flow.in_group(name) == [1, 2]).await;
    }
}

/// As [`two_changes`], with more than one group that is held.
async fn two_changes_held(flow: &Flow) {
    for value in ["Analyst", "Operator"] {
        let report = flow.role(2, value).await.expect("something new goes");
        assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        assert!(!report.groups.is_empty(), "there is something to hold");
        assert!(outcomes(&report).iter().all(|outcome| *outcome == Outcome::Held), "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_leaves_nothing_behind_holds_no_group_that_comes_later() {
    let setup = Setup { faults: vec!["slow=300@PUT/Users"], ..Setup::default() };
    let flow = Flow::provisioned(setup).await;
    let stop = async {
        until("the change is under way", || flow.proxy.count("PUT /scim/v2/Users") == 1).await;
        flow.drive.halt().await.expect("it is held");
    };
    let (report, ()) = tokio::join!(flow.role(3, "Analyst"), stop);
    report.expect("a report");
    assert_eq!(flow.drive.queue_counts().await.expect("counts").total(), 0, "its only request was heard out");
    let team = flow.group(TEAM, [1]).await;
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(outcomes(&report), [Outcome::Done], "{report:?}");
}

/// A stop with something left in the queue, which is dropped.
async fn dropped_after_a_stop(sender: Option<&Drive>, flow: &Flow) {
    let people: Vec<_> = (1..=STOPPED).map(|n| flow.id(n)).collect();
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let role = Command::Role { people: people.clone(), values };
    let stop = async {
        until("changes are under way", || flow.proxy.count("PUT /scim/v2/Users") > 0).await;
        flow.drive.halt().await.expect("it is held");
    };
    let (report, ()) = tokio::join!(flow.run(role), stop);
    assert!(report.expect("a report").count(Outcome::Held) > 0, "something is left");
    run(sender.unwrap_or(&flow.drive), Command::Drop(people)).await.expect("they are dropped");
    assert_eq!(flow.drive.queue_counts().await.expect("counts").total(), 0);
}

const STOPPED: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_over_when_what_it_held_is_dropped() {
    let faults = vec!["slow=300@PUT/Users"];
    let flow = Flow::provisioned(Setup { people: STOPPED, faults, ..Setup::default() }).await;
    dropped_after_a_stop(None, &flow).await;
    let team = flow.group(TEAM, [1]).await;
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(outcomes(&report), [Outcome::Done], "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_is_over_at_whoever_sends_when_another_process_drops_what_it_held() {
    let faults = vec!["slow=300@PUT/Users"];
    let flow = Flow::provisioned(Setup { people: STOPPED, faults, ..Setup::default() }).await;
    let flow = flow.in_a_console().await;
    let beside = open(&flow.home, false).await;
    dropped_after_a_stop(Some(&beside), &flow).await;
    let team = flow.group(TEAM, [1]).await;
    until("it is heard of", || beside.directory().group(team).is_some()).await;
    run(&beside, Command::PushGroup(team)).await.expect("a report");
    until("it goes by itself", || flow.in_team() == [1]).await;
}

/// A group whose making was not answered, and that the sandbox made all the same.
async fn in_doubt(fault: &'static str) -> (Flow, GroupId) {
    let flow = Flow::provisioned(Setup { people: 2, faults: vec![fault], ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(outcomes(&report), [Outcome::Failed], "{report:?}");
    (flow, team)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_may_have_been_made_is_deleted_there_when_its_push_is_ended_so() {
    let (flow, team) = in_doubt("lose:1@POST/Groups").await;
    assert_eq!(flow.groups_there(), 1);
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!(outcomes(&report), [Outcome::Done], "{report:?}");
    assert_eq!((flow.groups_there(), flow.state(team)), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_may_have_been_made_is_looked_for_before_its_push_is_forgotten() {
    let (flow, team) = in_doubt("lose:1@POST/Groups").await;
    let (looks, writes) = (flow.proxy.count("GET /scim/v2/Groups"), flow.group_writes());
    // Nobody can say now: it stays in doubt.
    flow.proxy.down().await;
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    assert_eq!(outcomes(&report), [Outcome::Failed], "{report:?}");
    assert_eq!(flow.state(team), Some(PushState::Failed));
    flow.proxy.up().await;
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    assert_eq!(outcomes(&report), [Outcome::Done], "{report:?}");
    assert_eq!((flow.state(team), flow.groups_there(), flow.group_writes()), (None, 1, writes));
    assert!(flow.proxy.count("GET /scim/v2/Groups") > looks, "it was looked for");
    let audit =
        flow.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("the audit");
    let told = audit.iter().any(|entry| entry.detail.contains("it is there and was left there"));
    assert!(told, "{audit:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_comes_late_is_waited_for_before_its_push_is_forgotten() {
    let (flow, team) = in_doubt("late=1200@POST/Groups").await;
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert_eq!(flow.groups_there(), 1, "it came");
    // Its members were in no plan: an operator sees them first.
    let why = report.groups.first().and_then(|group| group.error.clone()).expect("why it is still there");
    assert_eq!(why.kind, FailureKind::Stale, "{why:?}");
    let report = flow.done(Command::Apply).await;
    assert_eq!(outcomes(&report), [Outcome::Done], "{report:?}");
    assert_eq!((flow.groups_there(), flow.state(team)), (0, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_of_somebody_else_is_not_deleted_in_place_of_one_that_may_have_been_made() {
    let (flow, team) = in_doubt("502:1@POST/Groups").await;
    flow.somebody_makes(&serde_json::json!({"displayName": TEAM, "externalId": "theirs"})).await;
    let preview = flow.preview(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    assert!(!preview.plan.complete, "nobody can say that nothing of ours is there: {preview:?}");
    let report = flow.done(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    let why = report.groups.first().and_then(|group| group.error.clone()).expect("why");
    assert_eq!(why.kind, FailureKind::Conflict, "{why:?}");
    assert_eq!((flow.groups_there(), flow.state(team)), (1, Some(PushState::Failed)));
    flow.done(Command::UnpushGroup(team, Unlinked::Left)).await;
    assert_eq!((flow.groups_there(), flow.state(team)), (1, None));
}
