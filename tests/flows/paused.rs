//! While nothing is sent, a command in another process says so, with until when and why.

use scimdeck::domain::{FailureKind, Status, Time};
use scimdeck::engine::{Approval, Outcome, Pause, Progress, TasksQuery};
use scimdeck::verbs::Command;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::bench::*;
use crate::program::Program;

/// Looks at the home of somebody else until it says so.
async fn told(drive: &scimdeck::drive::Drive, so: impl Fn(Option<&Pause>) -> bool) -> Option<Pause> {
    let look = async {
        let mut every = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            every.tick().await;
            let pause = drive.pause().await;
            if so(pause.as_ref()) {
                return pause;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), look).await.expect("it is told in time")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_beside_a_run_that_was_asked_to_wait_says_until_when_and_so_does_the_run() {
    let program = Program::start(2, 0, &["429=1000000000@POST"]).await;
    let mut run = program.spawn(&["provision", "--yes"]);
    let mut said = BufReader::new(run.stderr.take().expect("its errors")).lines();
    let line = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            let line = said.next_line().await.expect("text").expect("it says why it waits");
            if line.contains("longer than is believed") {
                return line;
            }
        }
    });
    assert!(line.await.expect("in time").contains("creates are tried again after 15 minutes"));
    let status = program.status().await;
    let pause = &status["pause"];
    let until: Time = pause["until"].as_str().expect("a time").parse().expect("a time");
    let sender: Time = status["sender"]["since"].as_str().expect("a time").parse().expect("a time");
    assert!((600_000..=1_000_000).contains(&until.since(sender)), "{status}");
    assert_eq!(pause["error"]["code"], "slow_down", "{status}");
    let text = program.ok(&["status"]).await;
    assert!(text.contains("nothing is sent before") && text.contains("longer than is believed"), "{text}");
    run.kill().await.expect("it ends");
    let status = program.status().await;
    assert!(
        status["sender"].is_null() && !status["pause"].is_null(),
        "what the app asked for stays: {status}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_beside_a_sender_that_was_asked_to_wait_says_until_when() {
    let flow = Flow::with(Setup { people: 2, faults: vec!["429=600@POST"], ..Setup::default() }).await;
    assert!(flow.drive.lead().await);
    let beside = open(&flow.home, false).await;
    assert!(!beside.lead().await);
    let preview = beside.preview(PROVISION, Vec::new()).await.expect("a preview");
    let (tell, mut hear) = tokio::sync::watch::channel(Progress::default());
    let approval = Approval { confirmed: true, ..Approval::default() };
    let waits = async {
        hear.wait_for(|at| at.until.is_some() && at.left_ms.is_none_or(|ms| ms > 500_000))
            .await
            .expect("it goes");
    };
    tokio::select! {
        report = beside.run(preview, approval, tell) => panic!("it waits: {report:?}"),
        told = tokio::time::timeout(std::time::Duration::from_secs(20), waits) => told.expect("in time"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_beside_a_sender_whose_token_was_refused_ends_with_that_and_not_by_waiting() {
    let flow = Flow::with(Setup { people: 2, ..Setup::default() }).await;
    let beside = open(&flow.home, false).await;
    assert!(flow.drive.lead().await && !beside.lead().await);
    let preview = beside.preview(PROVISION, Vec::new()).await.expect("a preview");
    flow.fault(&["401"]);
    let begun = std::time::Instant::now();
    let report = approve(&beside, preview, None).await.expect("a report");
    assert_eq!(report.stopped.map(|why| why.kind), Some(FailureKind::TokenRefused));
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_endpoint_is_told_beside_its_sender_while_that_one_lives_and_it_is_dead() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let beside = open(&flow.home, false).await;
    assert_eq!(beside.pause().await, None);
    flow.proxy.down().await;
    flow.status(1, Status::Suspended).await.expect("a report");
    let pause = told(&beside, |pause| pause.is_some()).await.expect("a pause");
    assert_eq!(pause.failure.kind, FailureKind::Unreachable);
    assert!(pause.until.is_some(), "{pause:?}");
    flow.proxy.up().await;
    told(&beside, |pause| pause.is_none()).await;
    until("it goes on", || flow.account(1).is_some_and(|account| !account.access)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_is_told_beside_its_sender_and_not_after_it() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let beside = open(&flow.home, false).await;
    flow.fault(&["401"]);
    flow.status(1, Status::Suspended).await.expect("a report");
    let pause = told(&beside, |pause| pause.is_some()).await.expect("a pause");
    assert_eq!((pause.failure.kind, pause.until), (FailureKind::TokenRefused, None));
    drop(flow.drive);
    told(&beside, |pause| pause.is_none()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_goes_on_with_what_is_in_doubt_is_not_ended_by_one_read_that_fails() {
    let flow = Flow::with(Setup { people: 1, ..Setup::default() }).await;
    let fault = |text: &str| flow.fault(&[text]);
    let preview = flow.preview(PROVISION).await;
    fault("lose@POST");
    fault("502@GET");
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert!(report.stopped.is_some(), "nothing can be looked at: {report:?}");
    flow.drive.stop().await;
    flow.mended();
    let preview = flow.preview(Command::Apply).await;
    fault("502:1@GET");
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    assert_eq!((report.stopped, report.results.len()), (None, 1));
    flow.all_true(1).await;
}

fn now() -> Time {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a time");
    Time::from_ms(i64::try_from(since.as_millis()).expect("a time"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_what_a_process_was_asked_to_wait_holds_for_the_creates_of_the_next_one() {
    let mut flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let arrives = |n| Command::ImportPeople(vec![record(n)], scimdeck::verbs::ImportOptions::default());
    flow.done(arrives(3)).await;
    flow.fault(&["429=600:1@POST"]);
    tokio::select! {
        report = flow.run(PROVISION) => panic!("it waits: {report:?}"),
        _ = told(&flow.drive, |pause| pause.is_some()) => {}
    }
    flow.drive = {
        let next = open(&flow.home, false).await;
        drop(flow.drive);
        next
    };
    let posts = flow.proxy.count("POST");
    flow.done(arrives(4)).await;
    let others = async {
        told(&flow.drive, |pause| pause.is_some_and(|pause| pause.failure.kind == FailureKind::SlowDown))
            .await;
        // Changes go on, and somebody who never waited is not created either.
        let report = flow.role(1, "Analyst").await.expect("a report");
        assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        let both = async {
            let rows = || flow.drive.tasks(TasksQuery::default());
            while rows().await.expect("tasks").rows.len() < 2 {}
        };
        in_time("both wait", both).await;
    };
    tokio::select! {
        report = flow.run(PROVISION) => panic!("it waits: {report:?}"),
        () = others => {}
    }
    assert_eq!(flow.proxy.count("POST"), posts);
    let pause = flow.drive.pause().await.expect("it is told");
    assert!(pause.until.is_some_and(|until| until.since(now()) > 500_000), "{pause:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_what_a_process_was_asked_to_wait_holds_for_the_first_read_of_the_next_one() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    flow.fault(&["429=600:1@GET"]);
    flow.drive.check(None).await.expect_err("it is asked to wait");
    let asked = flow.proxy.count("GET");
    let next = open(&flow.home, false).await;
    told(&next, |pause| pause.is_some()).await;
    let problem = next.check(None).await.expect_err("it waits");
    assert!(problem.text.contains("The app asked to wait"), "{}", problem.text);
    next.test().await.expect_err("so does a test");
    let pause = next.pause().await.expect("it is told");
    assert!(pause.until.is_some_and(|until| until.since(now()) > 500_000), "{pause:?}");
    assert_eq!(flow.proxy.count("GET"), asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_a_short_wait_that_a_process_was_asked_for_is_waited_for_by_the_next_one() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    flow.fault(&["429=1:1@GET"]);
    let before = flow.proxy.sent("GET").len();
    flow.drive.check(None).await.expect_err("it is asked to wait");
    let next = open(&flow.home, false).await;
    told(&next, |pause| pause.is_some()).await;
    next.check(None).await.expect("it waits first");
    crate::pace::waited(&flow.proxy.sent("GET")[before..], 1_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_knows_better_ends_a_wait_and_the_run_that_waits_goes_on_here_and_beside() {
    for beside in [false, true] {
        let flow = Flow::with(Setup { people: 4, faults: vec!["429=600:1@POST"], ..Setup::default() }).await;
        let other = open(&flow.home, false).await;
        let ends = async {
            told(&flow.drive, |pause| pause.is_some()).await;
            let (gets, drive) = (flow.proxy.count("GET"), if beside { &other } else { &flow.drive });
            let report = drive.test_now().await.expect("a report");
            assert!(report.ok && flow.proxy.count("GET") > gets, "{report:?}");
        };
        let (report, ()) = in_time("it goes on", async { tokio::join!(flow.run(PROVISION), ends) }).await;
        assert_eq!(report.expect("a report").count(Outcome::Done), 4, "beside: {beside}");
        assert_eq!(flow.proxy.count("POST"), 5, "one was asked to wait");
        told(&flow.drive, |pause| pause.is_none()).await;
        flow.all_true(4).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_asks_to_wait_again_is_asked_once_and_the_wait_stays() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    flow.fault(&["429=600@GET"]);
    flow.drive.check(None).await.expect_err("it is asked to wait");
    let next = open(&flow.home, false).await;
    told(&next, |pause| pause.is_some()).await;
    let gets = flow.proxy.count("GET");
    let report = next.test_now().await.expect("a report");
    assert_eq!(report.trouble.map(|trouble| trouble.kind), Some(FailureKind::SlowDown));
    next.check(None).await.expect_err("it waits");
    assert_eq!(flow.proxy.count("GET"), gets + 1);
    assert!(next.pause().await.is_some());
    let looks = open_as(&flow.home, false, true).await;
    assert_eq!(looks.test_now().await.expect_err("it changes what others do").code, "read_only");
    assert_eq!(flow.proxy.count("GET"), gets + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_was_ended_is_over_for_what_another_process_left_and_for_every_look() {
    let mut flow = Flow::with(Setup { people: 2, faults: vec!["429=600:1@POST"], ..Setup::default() }).await;
    tokio::select! {
        report = flow.run(PROVISION) => panic!("it waits: {report:?}"),
        _ = told(&flow.drive, |pause| pause.is_some()) => {}
    }
    let beside = open(&flow.home, false).await;
    flow.drive = {
        let next = open(&flow.home, false).await;
        drop(flow.drive);
        next
    };
    flow.fault(&["429=600:1@GET"]);
    beside.check(None).await.expect_err("reads are asked to wait too");
    assert!(flow.drive.test_now().await.expect("a report").ok);
    told(&beside, |pause| pause.is_none()).await;
    let looks = async { while beside.check(None).await.is_err() {} };
    in_time("others look again", looks).await;
    let report = in_time("it goes on", flow.run(Command::Apply)).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 2, "{report:?}");
    flow.all_true(2).await;
    let said = flow.drive.audit(scimdeck::audit::AuditQuery { limit: 50, ..Default::default() }).await;
    assert_eq!(said.expect("the audit").iter().filter(|entry| entry.event == "wait ended").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_that_was_ended_is_over_for_pushed_groups_too() {
    let flow = Flow::provisioned(Setup { people: 2, ..Setup::default() }).await;
    let team = flow.group("Team", [1, 2]).await;
    flow.fault(&["429=600:1@POST/Groups"]);
    let how = |report: scimdeck::engine::Report| report.groups[0].outcome;
    assert_eq!(how(flow.done(Command::PushGroup(team)).await), Outcome::Failed);
    assert_eq!(how(flow.done(Command::Apply).await), Outcome::Held, "not even a command goes");
    assert!(flow.drive.test_now().await.expect("a report").ok);
    assert_eq!(how(flow.done(Command::Apply).await), Outcome::Done);
}
