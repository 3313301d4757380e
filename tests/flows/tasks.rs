//! Ends of access that are not given up, what is not settled, and undo.

use scimdeck::domain::{FailureKind, Flag, OpKind, OpState, Status};
use scimdeck::engine::{Notice, Outcome, TasksQuery, UndoOf};
use scimdeck::sandbox::Roles;
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::program::{Program, all};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_of_access_that_a_proxy_fails_is_confirmed_without_an_operator() {
    let flow = Flow::provisioned(Setup { faults: vec!["502:1-3@PUT"], ..Setup::default() }).await;
    flow.status(1, Status::Suspended).await.expect("a report");
    assert_eq!(flow.flags(1).first(), Some(&Flag::AccessRemains));
    until("confirmed", || flow.flags(1).is_empty()).await;
    assert!(!flow.account(1).unwrap().access);
    assert_eq!(flow.proxy.count("PUT"), 4);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_of_access_that_is_not_applied_stays_flagged_and_is_tried_again_until_it_is() {
    let flow = Flow::provisioned(Setup { faults: vec!["ignore-active:1@PUT"], ..Setup::default() }).await;
    let report = flow.status(1, Status::Deactivated).await.expect("a report");
    let why = report.results[0].error.as_ref().expect("a reason");
    assert_eq!((report.count(Outcome::Failed), why.kind), (1, FailureKind::NotApplied));
    assert!(why.text.contains("accepted") && why.next.contains("tried again by itself"), "{why:?}");
    assert_eq!(flow.flags(1), [Flag::AccessRemains, Flag::Failed]);
    flow.role(2, "Nobody knows this").await.expect_err("refused");
    let tasks = flow.drive.tasks(TasksQuery::default()).await.expect("tasks");
    assert_eq!((tasks.rows[0].kind, tasks.rows[0].state), (OpKind::Deactivate, OpState::Waiting));
    assert!(tasks.rows[0].not_before.is_some());
    until("confirmed", || flow.flags(1).is_empty()).await;
    assert!(!flow.account(1).unwrap().access);
    assert_eq!(flow.proxy.count("PUT"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn since_when_nothing_works_is_told_and_taken_back_when_something_does() {
    let flow = Flow::provisioned(Setup::default()).await;
    let mut notices = flow.drive.notices();
    flow.proxy.down().await;
    flow.status(1, Status::Suspended).await.expect("kept");
    let since = hear(&mut notices, |n| if let Notice::Stuck(Some(at)) = n { Some(at) } else { None }).await;
    assert_eq!(flow.drive.stuck_since().await, Some(since));
    // A command beside the sender, or a process after it, can tell it too, as soon as the home has it: the notice does
    // not wait for that.
    let beside = open_as(&flow.home, false, true).await;
    let told = async {
        loop {
            if let Some(at) = beside.stuck_since().await {
                return at;
            }
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(in_time("it is kept", told).await, since);
    flow.proxy.up().await;
    // The next look may be half a minute away by now; whoever does something has it made at once.
    flow.status(2, Status::Suspended).await.expect("sent");
    hear(&mut notices, |n| matches!(n, Notice::Stuck(None)).then_some(())).await;
    until("sent", || flow.flags(1).is_empty()).await;
    assert_eq!(flow.drive.stuck_since().await, None);
}

fn role_there(flow: &Flow, n: usize) -> Roles {
    Roles::of(&flow.account(n).expect("an account").attributes)
}

async fn undo(flow: &Flow, of: UndoOf) -> scimdeck::engine::Report {
    let operations = flow.drive.undoable(of).await.expect("operations");
    flow.done(Command::Undo(operations)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_run_is_undone_at_both_sides_and_an_undo_can_be_undone() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.role(1, "Analyst").await.expect("done");
    let report = undo(&flow, UndoOf::LastRun).await;
    assert_eq!((report.results.len(), report.count(Outcome::Done)), (1, 1), "{report:?}");
    assert_eq!(role_there(&flow, 1), role_there(&flow, 2));
    let wanted = flow.drive.directory().find(&name(1)).unwrap().roles().clone();
    assert_eq!(wanted.get("workato_role"), Some("Operator"));
    undo(&flow, UndoOf::LastRun).await;
    assert_ne!(role_there(&flow, 1), role_there(&flow, 2));
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_were_made_and_access_that_ended_are_undone() {
    let flow = Flow::provisioned(Setup::default()).await;
    undo(&flow, UndoOf::People(vec![flow.id(1)])).await;
    assert!(!flow.account(1).unwrap().access, "a made account loses access");
    undo(&flow, UndoOf::People(vec![flow.id(1)])).await;
    assert!(flow.account(1).unwrap().access, "and gets it back");
    flow.status(2, Status::Deactivated).await.expect("done");
    undo(&flow, UndoOf::LastRun).await;
    assert!(flow.account(2).unwrap().access);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_changed_since_is_not_undone() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.role(1, "Analyst").await.expect("done");
    let first = flow.drive.undoable(UndoOf::LastRun).await.expect("operations");
    flow.role(1, "Admin").await.expect("done");
    let puts = flow.proxy.count("PUT");
    let report = flow.done(Command::Undo(first)).await;
    assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
    assert_eq!(flow.proxy.count("PUT"), puts);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_lists_tasks_and_undoes_after_it_was_confirmed() {
    let program = Program::start(2, 0, &["ignore-active:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    assert_eq!(program.json(&["suspend", "p01@example.com"]).await.0, 5);
    let (code, tasks) = program.json(&["tasks", "--state", "waiting"]).await;
    assert_eq!((code, &tasks["tasks"][0]["user_name"]), (0, &"p01@example.com".into()), "{tasks}");
    assert_eq!((&tasks["tasks"][0]["kind"], &tasks["queue"]["waiting"]), (&"deactivate".into(), &1.into()));
    assert!(tasks["tasks"][0]["advice"].as_str().expect("advice").contains("Access remains"));
    let text = program.ok(&["tasks"]).await;
    assert!(text.contains("did not apply it: active"), "{text}");
    program.ok(&["apply", "--yes"]).await;
    assert!(!program.account(1).unwrap().access);
    program.ok(&["role", "p02@example.com", "workato_role=Analyst"]).await;
    assert_eq!(program.refused(&["undo"]).await, (7, "unconfirmed".into()));
    let shown = program.run(&["undo", "--plan"]).await;
    assert!(all(&shown).contains("goes back to: workato_role Operator"), "{}", all(&shown));
    program.ok(&["undo", "--yes"]).await;
    let wanted = program.json(&["show", "p02@example.com"]).await.1;
    assert_eq!(wanted["roles"]["workato_role"], "Operator");
    assert_eq!(program.refused(&["undo", "op0000000000001"]).await, (4, "no_such_operation".into()));
    assert_eq!(program.refused(&["resend", "p02@example.com"]).await, (4, "no_resend".into()));
    program.all_true(2).await;
}
