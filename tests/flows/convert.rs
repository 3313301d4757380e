//! Assignments are converted, drift is pushed over or adopted, accounts that are gone are made again.

use std::collections::BTreeMap;

use scimdeck::directory::AssignmentKind;
use scimdeck::domain::{Flag, GroupId, RoleValues};
use scimdeck::engine::{Outcome, ProblemKind};
use scimdeck::verbs::{Command, Convertees};

use crate::bench::*;
use crate::program::Program;

/// A group that gives this role, with these people in it.
async fn group(flow: &Flow, name_: &str, members: &[usize], role: &str) -> GroupId {
    flow.done(Command::GroupAdd(name_.to_owned())).await;
    let id = flow.drive.directory().group_named(name_).expect("it is there").group.id;
    flow.done(Command::MemberAdd(id, members.iter().map(|n| flow.id(*n)).collect())).await;
    let roles: RoleValues = [("workato_role", role)].into_iter().collect();
    flow.done(Command::AssignGroup { group: id, priority: None, roles }).await;
    id
}

fn by_hand(flow: &Flow, n: usize, role: &str) {
    let workspace = flow.sandbox.workspace();
    let mut workspace = workspace.lock().expect("no panic");
    workspace.set_role_by_hand(&name(n), "workato_role", role, jiff::Timestamp::now()).expect("a role");
}

fn role_there(flow: &Flow, n: usize) -> String {
    flow.account(n).expect("an account").collaborator().roles.dev.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_roles_of_a_converted_person_follow_the_group() {
    let flow = Flow::provisioned(Setup::default()).await;
    let team = group(&flow, "Engineering", &[1, 2], "Analyst").await;
    assert_eq!(role_there(&flow, 1), "Operator", "an Individual assignment beats the group");
    let command = Command::Convert(Convertees::Named(vec![flow.id(1), flow.id(3)]));
    let preview = flow.preview(command).await;
    assert!(preview.must_ask());
    assert_eq!(preview.plan.operations.len(), 1);
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!((report.count(Outcome::Done), report.count(Outcome::Failed)), (1, 1), "{report:?}");
    assert_eq!(role_there(&flow, 1), "Analyst");
    let values = BTreeMap::from([("workato_role".to_owned(), "No access".to_owned())]);
    flow.done(Command::GroupRole { group: team, values }).await;
    assert_eq!((role_there(&flow, 1), role_there(&flow, 2)), ("No access".into(), "Operator".into()));
    flow.all_true(3).await;
    // Back again: the values stay, nothing is sent, and the group no longer decides.
    let writes = flow.proxy.writes();
    flow.done(Command::ConvertBack(vec![flow.id(1)])).await;
    assert_eq!(flow.proxy.writes(), writes);
    assert_eq!(flow.drive.directory().get(flow.id(1)).unwrap().kind(), AssignmentKind::Individual);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_are_converted_and_nothing_is_sent_where_the_group_gives_the_same() {
    let flow = Flow::provisioned(Setup::default()).await;
    group(&flow, "Engineering", &[1, 2], "Operator").await;
    let writes = flow.proxy.writes();
    let preview = flow.preview(Command::Convert(Convertees::All)).await;
    assert_eq!(
        preview.decision.done.as_deref(),
        Some("2 assignments converted: roles follow the group now.")
    );
    approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(flow.proxy.writes(), writes);
    let directory = flow.drive.directory();
    assert_eq!(directory.get(flow.id(3)).unwrap().kind(), AssignmentKind::Individual);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_is_pushed_over_and_only_for_those_named() {
    let flow = Flow::provisioned(Setup::default()).await;
    by_hand(&flow, 1, "Analyst");
    by_hand(&flow, 2, "Analyst");
    flow.drive.check(None).await.expect("a check");
    let writes = flow.proxy.writes();
    let report = flow.done(Command::DriftPush(vec![flow.id(1)])).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.writes(), writes + 1);
    assert_eq!((role_there(&flow, 1), role_there(&flow, 2)), ("Operator".into(), "Analyst".into()));
    assert_eq!((flow.flags(1), flow.flags(2)), (vec![], vec![Flag::Drift]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_admin_made_in_the_app_is_not_lowered_by_pushing_over_until_the_name_is_typed() {
    let flow = Flow::provisioned(Setup::default()).await;
    by_hand(&flow, 1, "Admin");
    flow.drive.check(None).await.expect("a check");
    let problem = flow.run(Command::DriftPush(vec![flow.id(1)])).await.expect_err("protected");
    assert_eq!((problem.kind, role_there(&flow, 1).as_str()), (ProblemKind::Held, "Admin"));
    let typed = vec![name(1)];
    let preview = flow.drive.preview(Command::DriftPush(vec![flow.id(1)]), typed).await.expect("a preview");
    approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!(role_there(&flow, 1), "Operator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_adopted_is_ours_and_stays_so_without_a_request() {
    let flow = Flow::provisioned(Setup::default()).await;
    by_hand(&flow, 2, "Analyst");
    flow.compared_later(2).await;
    let writes = flow.proxy.writes();
    flow.done(Command::DriftAdopt(vec![flow.id(2)])).await;
    assert_eq!((flow.proxy.writes(), flow.flags(2)), (writes, vec![]));
    let ours = flow.drive.directory().get(flow.id(2)).unwrap().roles().clone();
    assert_eq!(ours.get("workato_role"), Some("Analyst"));
    flow.all_true(3).await;
    // It is kept, too.
    let Flow { home, drive, sandbox, proxy } = flow;
    drop(drive);
    let again = open(&home, false).await;
    let directory = again.directory();
    let person = directory.find(&name(2)).expect("still here");
    assert_eq!((person.flags().is_empty(), person.roles().get("workato_role")), (true, Some("Analyst")));
    drop((sandbox, proxy));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_gone_is_made_again_for_one_person() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now()).unwrap();
    flow.drive.check(None).await.expect("a check");
    assert_eq!(flow.flags(2), [Flag::AccountGone]);
    let problem = flow.run(Command::Recreate(flow.id(1))).await.expect_err("a healthy account");
    assert_eq!(problem.code, "not_gone");
    let report = flow.done(Command::Recreate(flow.id(2))).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("POST"), 4);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_edit_of_a_gone_account_goes_with_the_account_when_it_is_unlinked() {
    let flow = Flow::provisioned(Setup::default()).await;
    // Both ways lead here: somebody made the account anew there, under another id.
    flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(2), jiff::Timestamp::now()).unwrap();
    flow.drive.check(None).await.expect("a check");
    let report = flow.role(2, "Analyst").await.expect("kept here");
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    let writes = flow.proxy.writes();
    flow.done(Command::Unlink(vec![flow.id(2)])).await;
    assert_eq!((flow.proxy.writes(), flow.flags(2)), (writes, vec![Flag::NotProvisioned]));
    flow.done(PROVISION).await;
    assert_eq!(role_there(&flow, 2), "Analyst");
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_converts_and_pushes_over_and_says_so() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["enable", "--yes"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["group", "add", "Engineering"]).await;
    program.ok(&["member", "add", "Engineering", &name(1), &name(2)]).await;
    program.ok(&["assign", "--group", "Engineering", "--role", "workato_role=Analyst", "--yes"]).await;
    let (code, _) = program.refused(&["convert", "--all"]).await;
    assert_eq!(code, 7, "it reaches people who were not named");
    let (code, report) = program.json(&["convert", "--all", "--yes"]).await;
    assert_eq!((code, &report["done"]), (0, &2.into()), "{report}");
    assert_eq!(report["message"], "2 assignments converted: roles follow the group now.");
    let (_, story) = program.json(&["show", &name(1)]).await;
    let why = &story["why_roles"][0];
    assert_eq!(
        (&why["source"], &why["group"], &why["priority"]),
        (&"group".into(), &"Engineering".into(), &1.into())
    );

    let workspace = program.sandbox.workspace();
    let by_hand = |n: usize| {
        let now = jiff::Timestamp::now();
        workspace.lock().expect("no panic").set_role_by_hand(&name(n), "workato_role", "Operator", now)
    };
    by_hand(1).expect("a role");
    by_hand(2).expect("a role");
    program.ok(&["check"]).await;
    let (_, story) = program.json(&["show", &name(1)]).await;
    let drifted = serde_json::json!({
        "attribute": "workato_role", "pushed": "Analyst", "there": "Operator", "ours": "Analyst",
    });
    assert_eq!(story["drifted"][0], drifted);
    program.ok(&["drift", "push", &name(1)]).await;
    // What was seen in the moment after our own push is compared again first, as it says.
    let adopted = async {
        loop {
            let (code, report) = program.json(&["drift", "adopt", "--all", "--yes"]).await;
            if code == 0 {
                return report;
            }
            assert!((code, report.to_string().contains("compare again")) == (5, true), "{report}");
            program.ok(&["check"]).await;
        }
    };
    let report = in_time("it is adopted", adopted).await;
    assert_eq!(report["message"], "Adopted what the app has of 1 person; nothing was sent.");
    let (_, story) = program.json(&["show", &name(2)]).await;
    assert_eq!((&story["type"], &story["roles"]["workato_role"]), (&"individual".into(), &"Operator".into()));
    assert_eq!(program.refused(&["drift", "push", "--all", "--yes"]).await, (4, "no_drift".to_owned()));
    assert_eq!(program.json(&["unlink", &name(1)]).await.0, 5, "a healthy account is not unlinked");
    program.all_true(3).await;
}
