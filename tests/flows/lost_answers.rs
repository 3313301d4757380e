//! Answers that are lost or not to be believed: looked up, never blindly sent again. The endpoint does not mind two
//! accounts with one user name, so that a second POST would make a second account.

use scimdeck::domain::{Call, Method, Secret};
use scimdeck::endpoint::{Endpoint, EndpointConfig};
use scimdeck::engine::{Approval, Outcome, Progress};
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::faults::apply_until_true;

/// Three people under a fault of their creates; the POSTs it took.
async fn posts(fault: &'static str) -> usize {
    let flow = Flow::faulty(&[fault, "same-names"]).await;
    flow.done(PROVISION).await;
    apply_until_true(&flow, 3).await;
    flow.proxy.count("POST")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_whose_connection_ends_after_it_was_done_is_found_and_not_sent_again() {
    assert_eq!(posts("lose@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_answered_with_500_after_it_was_done_is_found_and_not_sent_again() {
    assert_eq!(posts("500@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_that_is_done_after_the_proxy_gave_up_is_waited_for_and_not_sent_again() {
    assert_eq!(posts("late=1200@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_whose_answer_is_cut_off_is_found_and_not_sent_again() {
    assert_eq!(posts("truncate@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_answered_without_id_is_found_and_not_sent_again() {
    assert_eq!(posts("no-id@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_answered_as_somebody_else_is_looked_up_and_nobody_else_is_linked() {
    assert_eq!(posts("wrong-name@POST").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_creates_answered_by_hostile_bodies_are_looked_up_and_not_sent_again() {
    for fault in ["gzip-bomb@POST", "deep-json@POST", "bad-utf8@POST", "duplicate-keys@POST"] {
        assert_eq!(posts(fault).await, 3, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_reset_connection_is_looked_up_before_each_create_that_follows() {
    assert_eq!(posts("reset:1-3@POST").await, 6, "one more for each that was looked up and not found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_that_was_accepted_and_made_nobody_is_told_and_not_sent_again() {
    let flow = Flow::faulty(&["lie@POST", "no-id@POST", "same-names"]).await;
    let report = flow.done(PROVISION).await;
    for result in &report.results {
        let text = result.error.as_ref().map(|e| e.text.as_str()).unwrap_or_default();
        assert!(text.contains("accepted"), "{result:?}");
    }
    assert_eq!((flow.accounts(), flow.proxy.count("POST")), (0, 3));
    flow.mended();
    flow.done(Command::Apply).await;
    apply_until_true(&flow, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_updates_whose_fate_is_not_known_are_read_before_anything_is_sent_again() {
    for fault in [
        "500@PUT",
        "late=1200@PUT",
        "truncate@PUT",
        "gzip-bomb@PUT",
        "deep-json@PUT",
        "no-id@PUT",
        "wrong-name@PUT",
    ] {
        let flow = Flow::provisioned(Setup { people: 2, faults: vec![fault], ..Setup::default() }).await;
        flow.role(1, "Admin").await.expect("a report");
        apply_until_true(&flow, 2).await;
        assert_eq!(flow.proxy.count("PUT"), 1, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g22_the_counter_of_a_run_counts_only_what_is_there_and_tells_the_rest_apart() {
    let setup =
        Setup { people: 12, faults: vec!["lose:2@POST", "500:4-5@POST", "slow=30@POST"], ..Setup::default() };
    let flow = Flow::with(setup).await;
    let preview = flow.preview(PROVISION).await;
    let (progress, mut counter) = tokio::sync::watch::channel(Progress::default());
    let run = flow.drive.run(preview, Approval { confirmed: true, ..Approval::default() }, progress);
    let (mut last, mut midway) = (Progress::default(), 0);
    let watch = async {
        while counter.changed().await.is_ok() {
            last = *counter.borrow_and_update();
            let done = flow.drive.directory().people().filter(|p| p.remote_id().is_some()).count();
            assert!(last.done as usize <= flow.accounts().min(done), "{last:?}");
            assert!(last.done + last.failed + last.in_doubt + last.held <= last.total, "{last:?}");
            midway += u32::from(last.done > 0 && last.done < last.total);
        }
    };
    let (report, ()) = tokio::join!(run, watch);
    let report = report.expect("a report");
    assert!(midway > 2, "{midway} looks midway");
    let count = |outcome| report.count(outcome);
    assert_eq!(last.done, count(Outcome::Done) + count(Outcome::Unchanged), "{last:?} {report:?}");
    assert_eq!((last.failed, last.in_doubt), (count(Outcome::Failed), count(Outcome::InDoubt)), "{last:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_a_create_that_is_done_very_late_under_another_name_is_found_by_our_external_id_and_not_made_again()
 {
    let flow =
        Flow::with(Setup { people: 1, faults: vec!["same-names", "lie:1@POST"], ..Setup::default() }).await;
    let report = flow.done(PROVISION).await;
    assert_eq!(report.count(Outcome::Failed), 1, "accepted, and nobody is there: {report:?}");
    // Long after it was looked up it is done all the same, and the app calls it otherwise.
    let ours = flow.drive.directory().get(flow.id(1)).expect("they are here").wanted().external_id;
    let late = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "another.name@example.com", "externalId": ours, "active": true,
    });
    let line = EndpointConfig::new(&flow.sandbox.base_url(), Secret::new(SCIM));
    let call = Call::new(Method::Post, &["Users"]).body(late);
    Endpoint::new(line).expect("an endpoint").send(&call).await;
    assert_eq!(flow.accounts(), 1);
    for _ in 0..3 {
        flow.run(Command::Apply).await.expect("a report");
        flow.run(PROVISION).await.expect("a report");
    }
    assert_eq!(flow.accounts(), 1, "one account of ours");
    let linked =
        flow.drive.directory().get(flow.id(1)).expect("they are here").remote_id().map(str::to_owned);
    let there = flow.sandbox.workspace().lock().expect("no panic").accounts().next().map(|a| a.id.clone());
    assert_eq!(linked, there);
}
