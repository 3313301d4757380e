//! Lists that lie never make anybody look gone: absence is believed only from a complete pass and a direct 404.

use scimdeck::domain::{AccountState, Flag};
use scimdeck::verbs::Command;

use crate::bench::*;

const PEOPLE: usize = 130;

const LIES: [&str; 7] = [
    "page-fail@GET/Users$",
    "502@GET/Users$",
    "page-repeat",
    "page-shrink",
    "page-empty",
    "blind@GET",
    "page-churn",
];

fn switch(flow: &Flow, fault: &str) {
    let faults = flow.sandbox.faults();
    let mut faults = faults.lock().unwrap();
    faults.clear();
    faults.add(vec![fault.parse().expect("a fault")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_lists_that_lie_make_nobody_look_gone_and_the_check_says_what_it_could_not_see() {
    let flow = Flow::with(Setup { people: PEOPLE, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    approve(&flow.drive, preview, Some(PEOPLE as u32)).await.expect("a report");
    flow.all_true(PEOPLE).await;
    for lie in LIES {
        switch(&flow, lie);
        match flow.drive.check(None).await {
            // Complete only where each who was not listed answered by id.
            Ok(report) => {
                let seen_through = ["blind@GET", "page-churn"].contains(&lie);
                assert_eq!(report.complete, seen_through, "{lie}: {report:?}");
                assert_eq!(report.why.is_some(), !report.complete, "{lie}");
            }
            Err(problem) => assert!(["page-fail@GET/Users$", "502@GET/Users$"].contains(&lie), "{problem:?}"),
        }
        assert_eq!(flow.any(Flag::AccountGone), 0, "{lie}");
        for n in 1..=PEOPLE {
            let directory = flow.drive.directory();
            let person = directory.find(&name(n)).expect("they are here");
            assert!(
                person.remote_id().is_some() && person.account() != AccountState::Gone,
                "{lie} {}",
                name(n)
            );
        }
    }
    flow.sandbox.faults().lock().unwrap().clear();
    flow.all_true(PEOPLE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_an_import_from_lists_that_lie_removes_nobody() {
    let flow = Flow::with(Setup { people: PEOPLE, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    approve(&flow.drive, preview, Some(PEOPLE as u32)).await.expect("a report");
    for lie in LIES {
        switch(&flow, lie);
        if let Ok(scan) = flow.drive.scan().await {
            assert!(scan.found.missing.is_empty(), "{lie}: {:?}", scan.found.missing);
        }
    }
    // Who is really gone answers 404 by id, and only then is believed to be.
    flow.sandbox.faults().lock().unwrap().clear();
    flow.sandbox
        .workspace()
        .lock()
        .unwrap()
        .remove_by_hand(&name(5), jiff::Timestamp::now())
        .expect("removed");
    let scan = flow.drive.scan().await.expect("a scan");
    assert_eq!(scan.found.missing, [flow.id(5)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_lists_that_lie_end_nobody_s_access_and_make_nobody_twice() {
    for lie in ["page-fail@GET/Users$", "page-empty", "blind@GET"] {
        let flow = Flow::provisioned(Setup { people: 30, existing: 10, ..Setup::default() }).await;
        switch(&flow, lie);
        let _ = flow.run(Command::Apply).await;
        let _ = flow.run(PROVISION).await;
        assert!((1..=30).all(|n| flow.account(n).is_some_and(|account| account.access)), "{lie}");
        flow.sandbox.faults().lock().unwrap().clear();
        flow.all_true(30).await;
    }
}
