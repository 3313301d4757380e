//! A run that begins while an earlier one is being stopped.

use scimdeck::engine::{Outcome, Report};
use scimdeck::verbs::Command;

use crate::bench::*;

fn was_stopped(report: &Report) -> bool {
    let asked = report.stopped.as_ref().is_some_and(|why| why.text.contains("stopped by the operator"));
    asked && report.count(Outcome::Held) == 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_comes_while_a_stop_waits_for_what_is_under_way_is_stopped_with_it() {
    let flow = Flow::provisioned(Setup::default()).await;
    let mut connection = flow.drive.directory().connection().clone();
    connection.timeout_s = 20;
    flow.done(Command::ConnectionSet(Box::new(connection))).await;
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let first = flow.preview(Command::Role { people: vec![flow.id(1)], values }).await;
    flow.proxy.hold(flow.proxy.requests().len() + 1);
    let stop = async {
        until("its look is under way", || flow.proxy.held()).await;
        flow.drive.halt().await.expect("it is held");
    };
    let runs = async {
        let first = approve(&flow.drive, first, None).await.expect("a report");
        assert!(was_stopped(&first), "{first:?}");
        let ends = async {
            while flow.drive.queue_counts().await.expect("counts").total() < 2 {
                tokio::task::yield_now().await;
            }
            flow.proxy.hold(0);
            flow.proxy.down().await;
            flow.proxy.up().await;
        };
        tokio::join!(flow.role(2, "Analyst"), ends).0.expect("a report")
    };
    let (second, ()) = in_time("both end", async { tokio::join!(runs, stop) }).await;
    assert!(was_stopped(&second), "{second:?}");
    let report = flow.done(Command::Apply).await;
    assert_eq!((report.count(Outcome::Done), report.stopped), (2, None));
}
