//! 409 has many stories: each ends in a state that an operator can see, after a bounded number of requests.

use scimdeck::domain::{FailureKind, Flag, OpState};
use scimdeck::engine::{Outcome, TasksQuery};
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::program::Program;

async fn state(flow: &Flow) -> Vec<OpState> {
    let tasks = flow.drive.tasks(TasksQuery::default()).await.expect("tasks");
    tasks.rows.iter().map(|op| op.state).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_409_without_a_type_for_an_account_that_the_search_missed_adopts_it() {
    let faults = vec!["blind:1-2@GET", "untyped"];
    let flow = Flow::with(Setup { people: 1, existing: 1, faults, ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("POST"), 1, "refused, and not sent again");
    flow.all_true(1).await;
    assert!(flow.proxy.requests().len() < 15, "{:?}", flow.proxy.requests());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_409_for_an_account_of_somebody_else_is_a_conflict_and_nothing_is_taken_over() {
    let flow = Flow::with(Setup { people: 1, faults: vec!["taken@POST"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    let error = report.results[0].error.as_ref().expect("why");
    assert_eq!(error.kind, FailureKind::Conflict);
    assert!(error.text.contains("of-another-client"), "{}", error.text);
    assert!(error.text.contains("nothing more was sent"), "it was asked once: {}", error.text);
    assert_eq!(state(&flow).await, [OpState::Conflict]);
    assert!(flow.flags(1).contains(&Flag::Failed));
    assert_eq!(flow.account(1).unwrap().external_id(), Some("of-another-client"));
    assert_eq!((flow.proxy.count("POST"), flow.proxy.count("PUT")), (1, 0));
    let before = flow.proxy.requests().len();
    for _ in 0..3 {
        flow.run(Command::Apply).await.expect("a report");
    }
    assert_eq!((flow.proxy.count("POST"), flow.proxy.count("PUT")), (1, 0), "{:?}", flow.proxy.requests());
    assert!(flow.proxy.requests().len() - before <= 20, "{:?}", flow.proxy.requests());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_a_409_with_nobody_to_be_found_is_parked_after_two_tries() {
    for fault in ["409@POST", "409=uniqueness@POST"] {
        let flow = Flow::with(Setup { people: 1, faults: vec![fault], ..Setup::default() }).await;
        let report = flow.done(PROVISION).await;
        assert_eq!(report.count(Outcome::Failed), 1, "{report:?}");
        assert_eq!(state(&flow).await, [OpState::Parked]);
        assert!(flow.flags(1).contains(&Flag::Failed));
        assert_eq!(flow.proxy.count("POST"), 2);
        assert!(flow.proxy.requests().len() < 15, "{:?}", flow.proxy.requests());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_names_the_way_out_and_that_way_ends_it() {
    let program = Program::start(1, 0, &["taken:1@POST"]).await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!(code, 5, "{report:#}");
    let id = program.account(1).expect("an account").id;
    let user = format!("{}={id}", name(1));
    let next = report["results"][0]["error"]["next"].as_str().expect("words");
    assert!(next.ends_with(&format!("scimdeck import endpoint --user {user}")), "{next}");
    let (_, tasks) = program.json(&["tasks"]).await;
    let advice = tasks["tasks"][0]["advice"].as_str().expect("words");
    assert!(advice.contains(&format!("scimdeck import endpoint --user {}=ACCOUNT_ID", name(1))), "{advice}");
    program.ok(&["import", "endpoint", "--user", &user]).await;
    program.ok(&["apply", "--yes"]).await;
    let shown = program.json(&["show", &name(1)]).await.1;
    assert_eq!(
        (&shown["account_id"], &shown["flag"]),
        (&id.as_str().into(), &serde_json::Value::Null),
        "{shown:#}"
    );
    assert_eq!(program.accounts(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_that_apply_cannot_end_is_told_and_counted_once() {
    let program = Program::start(4, 0, &["taken@POST"]).await;
    assert_eq!(program.json(&["provision", "--yes"]).await.1["failed"], 4);
    program.sandbox.faults().lock().expect("no panic").clear();
    // Another process, which knows the operations from the journal.
    let (code, report) = program.json(&["apply", "--yes"]).await;
    let results = report["results"].as_array().expect("results");
    assert_eq!((code, report["failed"].as_u64(), results.len()), (5, Some(4), 4), "{report}");
}
