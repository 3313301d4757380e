//! Bodies that can be read in more than one way, or not wholly: no base of a write, and no evidence about anybody.

use scimdeck::domain::{Status, WireProfile};
use scimdeck::engine::Outcome;
use scimdeck::verbs::Command;
use serde_json::json;

use crate::bench::name;
use crate::mixed_up::there;
use crate::wire::Case;

const UNFIT: [(&str, &str); 2] =
    [("duplicate-keys@GET/Users/", "has active twice"), ("bad-utf8@GET/Users/", "no UTF-8")];

fn switch(case: &Case, fault: Option<&str>) {
    let faults = case.sandbox.faults();
    let mut faults = faults.lock().expect("no panic");
    faults.clear();
    faults.add(fault.iter().map(|fault| fault.parse().expect("a fault")).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_what_can_be_read_in_two_ways_or_not_wholly_is_no_base_of_a_write() {
    for profile in WireProfile::ALL {
        for (fault, says) in UNFIT {
            let case = Case::of(profile).await;
            case.done(case.provision(1)).await;
            let before = case.remote(1);
            case.recorder.take();
            switch(&case, Some(fault));
            for command in [case.role(1, "Analyst"), case.status(1, Status::Suspended)] {
                let (outcome, why) = case.outcome(command).await;
                assert_eq!(outcome, Outcome::Failed, "{profile:?} {fault}: {why}");
                assert!(why.contains(says), "{fault}: {why}");
            }
            assert!(case.recorder.take().iter().all(|seen| seen.method == "GET"), "{profile:?} {fault}");
            assert_eq!(case.remote(1), before, "{profile:?} {fault}");
            switch(&case, None);
            case.done(Command::Retry(vec![case.id(1)])).await;
            assert_eq!(case.remote(1)["active"], false, "{profile:?} {fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_row_that_can_be_read_in_two_ways_or_not_wholly_makes_nobody_absent_or_other() {
    for fault in ["duplicate-keys@GET/Users", "bad-utf8@GET/Users"] {
        let case = Case::of(WireProfile::OktaClassic).await;
        case.done(case.provision(1)).await;
        switch(&case, Some(fault));
        let _ = case.drive.check(None).await;
        let _ = case.drive.check(Some(vec![case.id(1)])).await;
        let directory = case.drive.directory();
        let person = directory.find(&name(1)).expect("here");
        assert!(person.flags().is_empty(), "{fault}: {:?}", person.flags());
        let (_, settled, theirs) = person.known().expect("linked");
        assert_eq!(settled, theirs, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_whose_name_is_no_text_is_no_account_of_nobody_here() {
    let case = Case::of(WireProfile::OktaClassic).await;
    case.done(case.provision(1)).await;
    let rows = json!({"totalResults": 2, "Resources": [there(&case, 1), {"id": 5, "userName": ["a"]}]});
    case.recorder.instead(move |seen| seen.target.starts_with("/Users?").then(|| (200, rows.to_string())));
    let report = case.drive.check(None).await.expect("a report");
    assert_eq!((report.complete, report.orphans), (false, Vec::new()), "{:?}", report.why);
    assert_eq!(case.drive.orphans().await.expect("those that are kept"), Vec::new());
}
