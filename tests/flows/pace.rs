//! The pace that an endpoint asks for, and what it is asked while it is down, over HTTP and by the clock of the line.

use std::time::{Duration, Instant};

use scimdeck::domain::Flag;
use scimdeck::engine::{Outcome, TasksQuery, UndoOf};
use scimdeck::verbs::{Command, ImportOptions};

use crate::bench::*;

type Sent = (String, Instant, Option<Instant>);

/// Nothing came again before so many milliseconds after the first was answered.
#[track_caller]
pub(crate) fn waited(sent: &[Sent], ms: u64) {
    let (first, rest) = sent.split_first().expect("one");
    let answered = first.2.expect("an answer");
    for (line, at, _) in rest {
        let after = at.saturating_duration_since(answered);
        assert!(
            after >= Duration::from_millis(ms),
            "{line} came {after:?} after the answer that asked for {ms} ms"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_nothing_is_created_before_the_seconds_or_the_date_that_were_asked_for() {
    // A date has whole seconds: it may be a second less.
    for (fault, ms) in [
        ("429=1:1@POST", 1_000),
        ("429=date+2:1@POST", 1_000),
        ("503=1:1@POST", 1_000),
        ("503=date+2:1@POST", 1_000),
    ] {
        let flow = Flow::faulty(&[fault]).await;
        let report = flow.done(PROVISION).await;
        assert_eq!(report.count(Outcome::Done), 3, "{fault}: {report:?}");
        let posts = flow.proxy.sent("POST");
        assert_eq!(posts.len(), 4, "{fault}: {posts:?}");
        waited(&posts, ms);
        flow.all_true(3).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_a_wish_that_is_over_or_nonsense_or_missing_is_waited_for_a_little_and_not_for_ever() {
    for fault in
        ["429=past:1@POST", "429=garbage:1@POST", "429=none:1@POST", "429=0:1@POST", "503=past:1@POST"]
    {
        let flow = Flow::faulty(&[fault]).await;
        let report = flow.done(PROVISION).await;
        assert_eq!(report.count(Outcome::Done), 3, "{fault}: {report:?}");
        let posts = flow.proxy.sent("POST");
        assert_eq!(posts.len(), 4, "{fault}: {posts:?}");
        waited(&posts, 100);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g09_a_wish_for_thirty_years_holds_creates_back_and_nothing_else() {
    let flow = Flow::provisioned(Setup { faults: vec!["429=1000000000:4-@POST"], ..Setup::default() }).await;
    flow.done(Command::ImportPeople(vec![record(4), record(5)], ImportOptions::default())).await;
    let meanwhile = async {
        until("refused", || flow.proxy.sent("POST").get(3).is_some_and(|post| post.2.is_some())).await;
        // Changes of others go on, one after the other, and no create comes again.
        for role in ["Analyst", "Operator", "Analyst"] {
            let report = flow.role(1, role).await.expect("a report");
            assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        }
        let waiting = flow.drive.tasks(TasksQuery::default()).await.expect("tasks").rows;
        assert_eq!(waiting.len(), 2, "{waiting:?}");
    };
    tokio::select! {
        // A run that stands for so long may end with what waits; it must not have sent it.
        report = flow.run(PROVISION) => assert_eq!(report.expect("a report").count(Outcome::Done), 0),
        () = meanwhile => {}
    }
    // Both may have been under way together when the first was refused; neither was asked for twice.
    let posts = flow.proxy.count("POST");
    assert!((4..=5).contains(&posts), "{posts}");
    assert_eq!(flow.accounts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g10_while_it_is_down_one_probe_goes_at_a_time_and_no_attempt_is_burnt() {
    let flow = Flow::with(Setup { people: 2, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    let before = flow.proxy.sent("").len();
    // Everything is away from now on, until a look was refused too.
    flow.fault(&["503"]);
    let refused = |line: &str| {
        flow.proxy.sent("")[before..].iter().filter(|r| r.0.starts_with(line) && r.2.is_some()).count()
    };
    let watched = async {
        until("a write and a look are refused", || refused("POST") > 0 && refused("GET") > 0).await;
        let rows = flow.drive.tasks(TasksQuery::default()).await.expect("tasks").rows;
        flow.mended();
        let asked = flow.proxy.sent("").len() - before;
        (rows.iter().map(|row| row.attempts).max(), asked)
    };
    let (report, (most, asked)) = tokio::join!(approve(&flow.drive, preview, None), watched);
    let report = report.expect("a report");
    assert!(most <= Some(1), "{most:?} attempts are written down while it is down");
    // The run may have said so already that it stands; what it left goes on by itself.
    until("both are there", || flow.accounts() == 2 && flow.any(Flag::NotProvisioned) == 0).await;
    let ids = report.results.iter().filter_map(|result| result.operation.map(|(id, _)| id)).collect();
    let done = flow.drive.undoable(UndoOf::Operations(ids)).await.expect("operations");
    let attempts: Vec<u32> = done.operations.iter().map(|op| op.attempts).collect();
    assert_eq!(attempts, [1; 2], "as if it had never been down");
    // From the first that was refused to the first that was served: each was answered before the next one came.
    for two in flow.proxy.sent("")[before..before + asked + 1].windows(2) {
        let answered = two[0].2.unwrap_or_else(|| panic!("{} was answered", two[0].0));
        assert!(two[1].1 >= answered, "{} came beside {}", two[1].0, two[0].0);
    }
    flow.all_true(2).await;
}
