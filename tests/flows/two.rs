//! Two processes on one home: one sends, the other commits, follows, and takes over.

use scimdeck::domain::{Flag, Status};
use scimdeck::drive::open_store;
use scimdeck::engine::{Notice, Outcome, Sending};
use scimdeck::verbs::Command;

use crate::bench::*;

async fn elsewhere(drive: &scimdeck::drive::Drive) {
    let mut notices = drive.notices();
    hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Elsewhere(_))).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_leads_and_the_other_commits_follows_and_reports() {
    let flow = Flow::provisioned(Setup::default()).await;
    let other = open(&flow.home, false).await;
    assert!(flow.drive.lead().await);
    assert!(!other.lead().await);
    elsewhere(&other).await;
    let report = run(&other, Command::Unassign(vec![flow.id(1)])).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert!(!flow.account(1).unwrap().access);
    assert_eq!(other.directory().find(&name(1)).unwrap().flag(), None);
    until("the leader knows too", || !flow.drive.directory().find(&name(1)).unwrap().assigned()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_goes_the_other_takes_over_and_everything_is_sent_once() {
    let setup = Setup { people: 10, faults: vec!["slow=150@POST"], ..Setup::default() };
    let flow = Flow::with(setup).await;
    let other = open(&flow.home, false).await;
    assert!(flow.drive.lead().await);
    let first = flow.drive.preview(PROVISION, Vec::new()).await.expect("a preview");
    let Flow { sandbox, proxy, home, drive } = flow;
    let running = tokio::spawn(async move { approve(&drive, first, None).await });
    until("some are under way", || proxy.count("POST") > 0).await;
    assert!(!other.lead().await);
    until("the other knows", || other.directory().queue().total() > 0).await;
    // As if its process had died: nothing of it goes on but what has left already.
    running.abort();
    assert!(running.await.is_err());
    let mut notices = other.notices();
    hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Here)).then_some(())).await;
    until("nothing is left", || other.directory().queue().total() == 0).await;
    let flow = Flow { sandbox, proxy, home, drive: other };
    flow.all_true(10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_a_sender_with_an_old_fence_cannot_save_and_steps_down() {
    let flow = Flow::provisioned(Setup { faults: vec!["slow=200@PUT"], ..Setup::default() }).await;
    let store = open_store(flow.home.path()).expect("a store");
    let id = flow.drive.directory().connection().id;
    let overtake = async {
        until("the write is under way", || flow.proxy.count("PUT") == 1).await;
        store.raise_fence(id).await.expect("a fence");
    };
    let (report, ()) = tokio::join!(flow.role(1, "Admin"), overtake);
    // It becomes the sender again by itself, since nobody else holds the lock, and finds its write applied.
    let report = report.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("PUT"), 1);
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_two_that_provision_at_the_same_time_make_every_account_once() {
    let flow = Flow::with(Setup { people: 8, existing: 3, ..Setup::default() }).await;
    let other = open(&flow.home, false).await;
    let (one, two) = tokio::join!(run(&flow.drive, PROVISION), run(&other, PROVISION));
    for report in [one, two] {
        match report {
            Ok(report) => assert_eq!(report.count(Outcome::Failed), 0, "{report:?}"),
            Err(problem) => assert_eq!(problem.code, "stale"),
        }
    }
    until("nothing is left", || flow.drive.directory().queue().total() == 0).await;
    flow.all_true(8).await;
    assert_eq!(flow.proxy.count("POST"), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g21_a_leader_whose_connection_is_disabled_by_the_other_sends_nothing_more() {
    // So many that the word of the other comes in between on a busy machine too.
    let setup = Setup { people: 100, faults: vec!["slow=150@POST"], ..Setup::default() };
    let flow = Flow::with(setup).await;
    let other = open(&flow.home, false).await;
    let preview = flow.preview(PROVISION).await;
    let running = approve(&flow.drive, preview, None);
    let disable = async {
        until("some are under way", || flow.proxy.count("POST") > 0).await;
        run(&other, Command::Disable).await.expect("disabled");
    };
    let (report, ()) = tokio::join!(running, disable);
    let report = report.expect("a report");
    assert!(report.count(Outcome::Held) > 0, "{report:?}");
    assert!(flow.proxy.count("POST") < 100);
    // What was under way when the word came is finished, and counted.
    assert_eq!(flow.accounts(), flow.proxy.count("POST"));
    assert_eq!(report.count(Outcome::Done) as usize, flow.accounts(), "{report:?}");
    let writes = flow.proxy.writes();
    run(&other, Command::Flag { people: vec![flow.id(1)], note: String::new() }).await.expect("noted");
    until("the leader heard", || flow.flags(1).contains(&Flag::Noted)).await;
    assert_eq!(flow.proxy.writes(), writes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_other_decided_replaces_what_the_leader_had_queued() {
    let flow = Flow::provisioned(Setup::default()).await;
    let other = open(&flow.home, false).await;
    flow.proxy.down().await;
    flow.status(1, Status::Suspended).await.expect("kept");
    let report = run(&other, Command::SetStatus { people: vec![flow.id(1)], status: Status::Active }).await;
    assert_eq!(report.expect("kept").count(Outcome::Failed), 0);
    flow.proxy.up().await;
    until("nothing is left", || flow.drive.directory().queue().total() == 0).await;
    flow.role(2, "Admin").await.expect("done");
    assert!(flow.account(1).unwrap().access);
    assert_eq!(flow.proxy.count("PUT"), 1);
}

/// Stopped while some of its twenty creates are on their way.
async fn stopped_midway(flow: &Flow, drive: &scimdeck::drive::Drive) -> usize {
    let preview = drive.preview(PROVISION, Vec::new()).await.expect("a preview");
    let stop = async {
        until("some are made", || flow.accounts() > 2).await;
        drive.halt().await.expect("it is held");
        // From here on the operator was told that nothing more is sent.
        flow.proxy.count("POST")
    };
    let (report, posts) = tokio::join!(approve(drive, preview, None), stop);
    let report = report.expect("a report");
    assert!(
        report.stopped.as_ref().is_some_and(|f| f.text.contains("stopped by the operator")),
        "{report:?}"
    );
    assert!(report.count(Outcome::Held) > 0, "{report:?}");
    posts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_holds_what_another_process_sends_until_somebody_says_to_go_on() {
    let flow = Flow::with(Setup { people: 20, faults: vec!["slow=100@POST"], ..Setup::default() }).await;
    let mut notices = flow.drive.notices();
    assert!(flow.drive.lead().await);
    let other = open(&flow.home, false).await;
    let posts = stopped_midway(&flow, &other).await;
    hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Offered(_))).then_some(())).await;
    assert_eq!(flow.proxy.count("POST"), posts, "nothing after the report");
    // Something new goes all the same, and what is held stays held.
    let made = (1..=20).find(|n| flow.account(*n).is_some()).expect("somebody");
    until("the sender knows", || flow.flags(made).is_empty()).await;
    let report = flow.role(made, "Admin").await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert_eq!(flow.proxy.count("POST"), posts);
    // The other says to go on, and the sender does.
    let report = run(&other, Command::Apply).await.expect("a report");
    assert_eq!(report.stopped, None);
    flow.all_true(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_sender_leaves_nothing_that_the_next_one_goes_on_with() {
    let flow = Flow::with(Setup { people: 20, faults: vec!["slow=100@POST"], ..Setup::default() }).await;
    assert!(flow.drive.lead().await);
    let other = open(&flow.home, true).await;
    assert!(!other.lead().await);
    elsewhere(&other).await;
    let posts = stopped_midway(&flow, &flow.drive).await;
    let mut notices = other.notices();
    let Flow { sandbox, proxy, home, drive } = flow;
    drop(drive);
    hear(&mut notices, |n| matches!(n, Notice::Sending(Sending::Offered(_))).then_some(())).await;
    assert_eq!(proxy.count("POST"), posts, "the next sender offers it");
    let flow = Flow { sandbox, proxy, home, drive: other };
    flow.done(Command::Apply).await;
    flow.all_true(20).await;
}
