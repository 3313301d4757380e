//! 409 has many stories: each ends in a state that an operator can see, after a bounded number of requests.

use scimdeck::domain::{FailureKind, Flag, OpState};
use scimdeck::engine::{Outcome, TasksQuery};
use scimdeck::verbs::Command;

use crate::bench::*;

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
