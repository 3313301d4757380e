//! Pushed groups obey the rules that people obey: plan, brake, lock and fence, pace, crash.

use scimdeck::audit::AuditQuery;
use scimdeck::domain::{FailureKind, GroupId, Status, Unlinked};
use scimdeck::engine::{GroupKind, Outcome, Problem, ProblemKind, Report};
use scimdeck::verbs::{Command, GroupRecord, ImportOptions};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::bench::*;
use crate::program::Program;

pub(crate) const TEAM: &str = "Platform team";

fn rows(group: &str, people: impl IntoIterator<Item = usize>) -> Vec<GroupRecord> {
    let row = |(n, line)| GroupRecord { line, group: group.to_owned(), user_name: name(n) };
    people.into_iter().zip(2..).map(row).collect()
}

fn whole() -> ImportOptions {
    ImportOptions { whole: true, ..ImportOptions::default() }
}

impl Flow {
    async fn pushed(&self, members: impl IntoIterator<Item = usize>) -> GroupId {
        let team = self.group(TEAM, members).await;
        let report = self.done(Command::PushGroup(team)).await;
        assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
        team
    }

    pub(crate) async fn group(&self, group: &str, members: impl IntoIterator<Item = usize>) -> GroupId {
        self.done(Command::ImportGroups(rows(group, members), ImportOptions::default())).await;
        self.drive.directory().group_named(group).expect("the group").group.id
    }

    pub(crate) fn in_team(&self) -> Vec<usize> {
        self.in_group(TEAM)
    }

    /// Numbers of the people who are in the group there.
    pub(crate) fn in_group(&self, group: &str) -> Vec<usize> {
        let ids = members_there(&self.sandbox, group);
        let all = self.drive.directory().len();
        (1..=all).filter(|n| self.account(*n).is_some_and(|account| ids.contains(&account.id))).collect()
    }

    pub(crate) fn groups_there(&self) -> usize {
        self.sandbox.workspace().lock().expect("no panic").groups().count()
    }

    pub(crate) fn fault(&self, faults: &[&str]) {
        let faults = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        self.sandbox.faults().lock().expect("no panic").add(faults);
    }

    /// No fault any more.
    pub(crate) fn mended(&self) {
        self.sandbox.faults().lock().expect("no panic").clear();
    }

    pub(crate) fn group_writes(&self) -> usize {
        let all = self.proxy.requests();
        all.iter().filter(|line| !line.starts_with("GET") && line.contains("/Groups")).count()
    }

    pub(crate) fn due(&self, team: GroupId) -> bool {
        let directory = self.drive.directory();
        directory.group(team).expect("the group").push_due(&directory)
    }

    /// A push that is on its way and has only looked so far: the endpoint is slow to tell.
    pub(crate) async fn push_that_looks(&self, team: GroupId) -> JoinHandle<Result<Report, Problem>> {
        let preview = self.preview(Command::PushGroup(team)).await;
        self.fault(&["slow=400@GET/Groups"]);
        let looks = self.proxy.count("GET /scim/v2/Groups");
        let drive = self.drive.clone();
        let push = tokio::spawn(async move { approve(&drive, preview, None).await });
        until("it looks", || self.proxy.count("GET /scim/v2/Groups") > looks).await;
        push
    }
}

fn members_there(sandbox: &scimdeck::sandbox::Sandbox, name: &str) -> Vec<String> {
    let workspace = sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    let group = workspace.groups().find(|group| group.display_name() == name);
    group.map(|group| group.members.iter().map(|m| m.value.clone()).collect()).unwrap_or_default()
}

fn writes_of(program: &Program) -> usize {
    let all = program.proxy.requests();
    all.iter().filter(|line| !line.starts_with("GET") && line.contains("/Groups")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_a_groups_file_empties_no_pushed_group() {
    let program = Program::start(12, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let row = |n: usize| format!("{TEAM},{}\n", name(n));
    let all = format!("group,user_name\n{}", (1..=12).map(row).collect::<String>());
    program.ok(&["import", "groups", &program.file("all.csv", all)]).await;
    program.ok(&["group", "push", TEAM, "--yes"]).await;
    assert_eq!(members_there(&program.sandbox, TEAM).len(), 12);

    let before = writes_of(&program);
    let one = program.file("one.csv", format!("group,user_name\n{}", row(1)));
    program.ok(&["import", "groups", "--whole", &one]).await;
    assert_eq!((writes_of(&program), members_there(&program.sandbox, TEAM).len()), (before, 12));
    let (code, plan) = program.json(&["plan"]).await;
    assert_eq!((code, &plan["operations"][0]["changes"]["removed"]), (2, &json!(11)), "{plan}");
    assert_eq!(plan["summary"]["brake"], 11, "{plan}");
    // A command about somebody else takes nobody out on the side.
    program.ok(&["role", &name(2), "workato_role=Analyst", "--yes"]).await;
    let (code, held) = program.json(&["apply", "--yes"]).await;
    assert_eq!((code, &held["error"]["code"]), (7, &json!("brake")), "{held}");
    assert_eq!((writes_of(&program), members_there(&program.sandbox, TEAM).len()), (before, 12));

    program.ok(&["apply", "--yes", "--brake", "11"]).await;
    assert_eq!(members_there(&program.sandbox, TEAM).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_a_console_that_watches_puts_members_in_and_takes_none_out_by_itself() {
    let flow = Flow::provisioned(Setup { people: 13, feed: true, ..Setup::default() }).await;
    let team = flow.pushed(1..=12).await;
    flow.done(Command::ImportGroups(rows(TEAM, [1]), whole())).await;
    // Somebody who comes in goes by itself, at the same look that could take the others out.
    flow.done(Command::ImportGroups(rows(TEAM, [13]), ImportOptions::default())).await;
    until("the new one is in", || flow.in_team().contains(&13)).await;
    assert_eq!(flow.in_team(), (1..=13).collect::<Vec<_>>());
    assert!(flow.due(team), "what is held stays due");
    let problem = flow.run(Command::Apply).await.expect_err("held");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Held, "brake"));
    let preview = flow.preview(Command::Apply).await;
    approve(&flow.drive, preview, Some(11)).await.expect("a report");
    assert_eq!(flow.in_team(), [1, 13]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_members_taken_out_in_batches_are_counted_together_and_once() {
    let flow = Flow::provisioned(Setup { people: 14, ..Setup::default() }).await;
    let team = flow.pushed(1..=13).await;
    let out = |people: std::ops::RangeInclusive<usize>| {
        Command::MemberRemove(team, people.map(|n| flow.id(n)).collect())
    };
    flow.done(out(1..=8)).await;
    // The same person counts once, whatever they lose.
    flow.status(8, Status::Suspended).await.expect("suspended");
    let problem = flow.run(out(9..=11)).await.expect_err("held");
    assert!(problem.text.contains("11 people"), "{problem:?}");
    assert_eq!(flow.in_team(), (9..=13).collect::<Vec<_>>());
    let preview = flow.preview(Command::UnpushGroup(team, Unlinked::Deleted)).await;
    let planned = &preview.plan.groups[0];
    assert_eq!((planned.kind, planned.removed), (GroupKind::Delete, 5), "everybody is taken out");
    assert_eq!(preview.plan.brake.held, Some(13));
    approve(&flow.drive, preview, Some(13)).await.expect("a report");
    assert_eq!(flow.groups_there(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_plan_names_every_group_that_goes_with_it() {
    let flow = Flow::provisioned(Setup { people: 3, ..Setup::default() }).await;
    let team = flow.pushed([1, 2]).await;
    let suspend = Command::SetStatus { people: vec![flow.id(1)], status: Status::Suspended };
    let preview = flow.preview(suspend.clone()).await;
    let planned = preview.plan.groups.first().expect("the group is in the plan");
    assert_eq!((planned.group, planned.kind, planned.removed), (team, GroupKind::Update, 1));
    assert_eq!(planned.calls.len(), 1);
    let before = flow.group_writes();
    flow.done(suspend).await;
    assert_eq!((flow.group_writes(), flow.in_team()), (before + 1, vec![2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_group_that_cannot_be_looked_at_is_in_the_plan_all_the_same() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["500@/Groups"]);
    flow.done(Command::PushGroup(team)).await;
    let plan = flow.preview(Command::Apply).await.plan;
    assert!(!plan.complete);
    let planned = plan.groups.first().expect("it is due, and told");
    assert_eq!((planned.kind, planned.added, planned.calls.len()), (GroupKind::Create, 2, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_saved_plan_with_a_create_puts_into_the_group_only_whom_it_showed() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", &name(1), &name(2), "--yes"]).await;
    let faults = program.sandbox.faults();
    faults.lock().expect("no panic").add(vec!["400@POST/Users".parse().expect("a fault")]);
    assert_eq!(program.run(&["provision", &name(3), "--yes"]).await.status.code(), Some(5));
    faults.lock().expect("no panic").clear();
    let row = |n: usize| format!("{TEAM},{}\n", name(n));
    let file = program.file("groups.csv", format!("group,user_name\n{}{}", row(1), row(3)));
    program.ok(&["import", "groups", &file]).await;
    program.ok(&["group", "push", TEAM, "--yes"]).await;
    let file = program.file("more.csv", format!("group,user_name\n{}", row(2)));
    program.ok(&["import", "groups", &file]).await;
    assert!(program.account(3).is_none());
    assert_eq!(members_there(&program.sandbox, TEAM).len(), 1, "{:?}", program.proxy.requests());
    let plan = program.path("plan.json");
    let plan = plan.to_str().expect("text");
    let (_, shown) = program.json(&["plan", "-o", plan]).await;
    let kinds: Vec<&str> =
        shown["operations"].as_array().unwrap().iter().filter_map(|o| o["kind"].as_str()).collect();
    assert_eq!(kinds, ["create", "group"], "{shown}");
    assert_eq!(shown["operations"][1]["changes"]["added"], 1, "{shown}");
    program.ok(&["apply", plan, "--yes"]).await;
    assert!(program.account(3).is_some());
    assert_eq!(members_there(&program.sandbox, TEAM).len(), 2, "the third one was not shown");
    program.ok(&["apply", "--yes"]).await;
    assert_eq!(members_there(&program.sandbox, TEAM).len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_a_group_whose_look_up_is_slow_is_not_made_after_scim_was_disabled() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    let push = flow.push_that_looks(team).await;
    flow.done(Command::Disable).await;
    let report = push.await.expect("it ends").expect("a report");
    assert_eq!(report.groups[0].outcome, Outcome::Held, "{report:?}");
    assert_eq!((flow.group_writes(), flow.groups_there()), (0, 0));
    flow.done(Command::Enable).await;
    assert_eq!(flow.in_team(), [1, 2], "it goes on where sending is allowed again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_who_is_taken_out_while_scim_is_disabled_leaves_once_it_is_enabled() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.pushed([1, 2]).await;
    flow.done(Command::Disable).await;
    let asked = flow.proxy.requests().len();
    flow.done(Command::MemberRemove(team, vec![flow.id(2)])).await;
    assert_eq!(flow.proxy.requests().len(), asked, "the endpoint is left alone altogether");
    flow.done(Command::Enable).await;
    assert_eq!(flow.in_team(), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_a_member_who_comes_back_before_leaving_needs_another_plan_to_leave() {
    let flow = Flow::provisioned(Setup { people: 2, feed: true, ..Setup::default() }).await;
    let team = flow.pushed([1, 2]).await;
    flow.proxy.down().await;
    flow.done(Command::MemberRemove(team, vec![flow.id(2)])).await;
    flow.done(Command::MemberAdd(team, vec![flow.id(2)])).await;
    flow.proxy.up().await;
    flow.done(Command::ImportGroups(rows(TEAM, [1]), whole())).await;
    let directory = flow.drive.directory();
    let row = directory.group(team).expect("the group");
    assert!(row.push_due(&directory) && !row.push_goes(&directory), "{row:?}");
    flow.done(Command::Apply).await;
    assert_eq!(flow.in_team(), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_a_stop_is_heard_by_a_group_that_is_being_pushed() {
    let flow = Flow::provisioned(Setup { people: 2, feed: true, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    let push = flow.push_that_looks(team).await;
    flow.drive.stop().await;
    let report = push.await.expect("it ends").expect("a report");
    assert_eq!(report.groups[0].outcome, Outcome::Held, "{report:?}");
    assert!(report.groups[0].error.as_ref().unwrap().text.contains("stopped by the operator"), "{report:?}");
    assert_eq!(flow.group_writes(), 0);
    flow.done(Command::Apply).await;
    assert_eq!(flow.in_team(), [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g20_groups_stop_at_a_refused_token_and_nothing_is_asked_eight_times() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    for n in 0..8 {
        let group = flow.group(&format!("Team {n}"), [1]).await;
        flow.done(Command::PushGroup(group)).await;
    }
    let more = (0..8).flat_map(|n| rows(&format!("Team {n}"), [2])).collect();
    flow.done(Command::ImportGroups(more, ImportOptions::default())).await;
    flow.fault(&["401@/Groups"]);
    let before = flow.proxy.requests().len();
    let report = flow.done(Command::Apply).await;
    let asked = flow.proxy.requests().len() - before;
    assert!(asked <= 3, "{asked} requests");
    assert_eq!((report.count(Outcome::Failed), report.count(Outcome::Held)), (1, 7), "{report:?}");
    let kinds = report.groups.iter().filter_map(|group| group.error.as_ref()).map(|error| error.kind);
    assert!(kinds.into_iter().all(|kind| kind == FailureKind::TokenRefused), "{report:?}");
    flow.mended();
    let report = flow.done(Command::Apply).await;
    assert_eq!(report.count(Outcome::Done), 8, "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g20_groups_that_are_asked_to_wait_send_nothing_before_that_is_over() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.pushed([1]).await;
    flow.fault(&["429=60@PUT/Groups"]);
    flow.done(Command::MemberAdd(team, vec![flow.id(2)])).await;
    let writes = flow.group_writes();
    let report = flow.done(Command::Apply).await;
    assert_eq!(report.groups[0].outcome, Outcome::Held, "{report:?}");
    assert_eq!((flow.group_writes(), flow.due(team)), (writes, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g20_where_reads_are_asked_to_wait_no_group_is_looked_at_for_a_plan() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.pushed([1, 2]).await;
    flow.fault(&["429=60:1@GET/Users"]);
    let _ = flow.drive.check(None).await;
    let asked = flow.proxy.requests().len();
    let plan = flow.preview(Command::MemberRemove(team, vec![flow.id(2)])).await.plan;
    assert_eq!(flow.proxy.requests()[asked..], [""; 0], "it is asked nothing before that is over");
    assert_eq!((plan.complete, plan.groups.len(), plan.groups[0].removed), (false, 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g01_a_new_group_that_comes_late_is_not_made_twice_where_names_need_not_be_unique() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["late=1500:1@POST/Groups", "same-names@/Groups"]);
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Failed, "{report:?}");
    assert_eq!(flow.groups_there(), 0);
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(
        (report.groups[0].outcome, report.groups[0].kind),
        (Outcome::Done, Some(GroupKind::Link)),
        "{report:?}"
    );
    assert_eq!((flow.groups_there(), flow.in_team()), (1, vec![1, 2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g01_a_process_that_ends_after_the_request_leaves_its_audit_and_makes_no_second_group() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group(TEAM, [1, 2]).await;
    flow.fault(&["same-names@/Groups"]);
    let preview = flow.preview(Command::PushGroup(team)).await;
    // Two looks, then the request whose answer never comes.
    flow.proxy.hold(flow.proxy.requests().len() + 3);
    let Flow { sandbox, proxy, home, drive } = flow;
    let other = drive.clone();
    let push = tokio::spawn(async move { approve(&other, preview, None).await });
    until("the group is made", || proxy.held()).await;
    push.abort();
    let _ = push.await;
    drop(drive);
    proxy.hold(0);
    let flow = Flow { drive: open(&home, false).await, sandbox, proxy, home };
    let entries = flow.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    let entry = entries.iter().find(|entry| entry.event == "group create").expect("it is in the audit");
    assert_eq!((entry.subject.as_str(), entry.detail.as_str()), (TEAM, "on its way to the app"));
    let traces = flow.drive.traces(entry.operation.expect("its operation")).await.unwrap();
    assert_eq!(traces.len(), 1, "what it looked up before: {traces:?}");
    let report = flow.done(Command::PushGroup(team)).await;
    assert_eq!(report.groups[0].outcome, Outcome::Done, "{report:?}");
    assert_eq!((flow.groups_there(), flow.in_team()), (1, vec![1, 2]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g06_a_member_who_is_not_taken_out_though_the_answer_says_so_is_found_out_and_told() {
    for fault in ["ignore=members@/Groups", "lie=members@/Groups"] {
        let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
        let team = flow.pushed([1, 2]).await;
        flow.fault(&[fault]);
        let report = flow.done(Command::MemberRemove(team, vec![flow.id(2)])).await;
        assert_eq!(flow.in_team(), [1, 2]);
        let error = report.groups[0].error.clone().expect("it is told");
        assert_eq!(error.kind, FailureKind::NotApplied, "{error:?}");
        assert!(error.text.contains("1 are too many"), "{error:?}");
        assert!(flow.due(team));
        flow.mended();
        flow.done(Command::Apply).await;
        assert_eq!(flow.in_team(), [1]);
    }
}
