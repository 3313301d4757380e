//! The program is killed or stopped at any moment: every account is made once, and nothing is lost.

use rustix::process::Signal;
use serde_json::json;

use crate::bench::until;
use crate::program::{Program, all, signal};

/// Killed when the sandbox has carried out the `n`th request of the run and its answer is not yet known here.
async fn killed_after(n: usize) {
    let program = Program::start(4, 1, &[]).await;
    let before = program.proxy.requests().len();
    program.proxy.hold(before + n);
    let mut child = program.spawn(&["provision", "--yes"]);
    let mut ended = false;
    until("the answer is kept back", || {
        ended = child.try_wait().expect("a child").is_some();
        ended || program.proxy.held()
    })
    .await;
    assert!(!ended, "the run has {n} requests");
    signal(&child, Signal::KILL);
    child.wait().await.expect("it ends");
    program.proxy.hold(0);
    // What was committed goes on; what was not is done anew.
    program.ok(&["apply", "--yes"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.all_true(4).await;
    assert_eq!(program.proxy.count("POST"), 3, "{n}: {:?}", program.proxy.requests());
}

macro_rules! killed {
    ($($name:ident: $n:expr,)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            killed_after($n).await;
        }
    )*};
}

killed! {
    killed_after_the_first_request: 1,
    killed_after_the_second_request: 2,
    killed_after_the_third_request: 3,
    killed_after_the_fourth_request: 4,
    killed_after_the_fifth_request: 5,
    killed_after_the_sixth_request: 6,
    killed_after_the_seventh_request: 7,
    killed_after_the_eighth_request: 8,
    killed_after_the_ninth_request: 9,
    killed_after_the_tenth_request: 10,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_access_is_taken_it_is_taken_and_known_after_apply() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let before = program.proxy.requests().len();
    // Look, read, then the write.
    program.proxy.hold(before + 3);
    let mut child = program.spawn(&["suspend", "p01@example.com"]);
    until("the answer is kept back", || program.proxy.held()).await;
    signal(&child, Signal::KILL);
    child.wait().await.expect("it ends");
    program.proxy.hold(0);
    assert!(!program.account(1).expect("an account").access);
    program.ok(&["apply", "--yes"]).await;
    assert_eq!(program.proxy.count("PUT"), 1, "not written twice: {:?}", program.proxy.requests());
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_keeps_the_queue_and_apply_finishes() {
    let program = Program::start(8, 0, &["slow=150@POST"]).await;
    let child = program.spawn(&["provision", "--yes"]);
    until("some are under way", || program.proxy.count("POST") > 0).await;
    signal(&child, Signal::INT);
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", all(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("scimdeck apply"), "{}", all(&output));
    let status = program.status().await;
    let (queue, made) = (&status["queue"], program.accounts());
    assert!(made < 8, "{made}");
    assert_eq!(queue["queued"], 8 - made, "{status}");
    assert_eq!((&queue["running"], &queue["in_doubt"]), (&0.into(), &0.into()), "{status}");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_run_left_in_the_queue_is_planned_and_confirmed_before_it_goes_on() {
    let program = Program::start(8, 0, &["slow=150@POST"]).await;
    let mut child = program.spawn(&["provision", "--yes"]);
    until("some are under way", || program.proxy.count("POST") > 0).await;
    signal(&child, Signal::KILL);
    child.wait().await.expect("it ends");
    let (code, plan) = program.json(&["plan"]).await;
    assert_eq!(code, 2, "{plan}");
    let resumes = plan["resumes"].as_array().expect("what goes on");
    assert_eq!((&plan["operations"], &plan["summary"]["resumed"]), (&json!([]), &json!(resumes.len())));
    let status = program.status().await;
    let queue = &status["queue"];
    let live: u64 = queue.as_object().expect("counts").values().filter_map(serde_json::Value::as_u64).sum();
    assert!(resumes.len() as u64 == live && live > 0, "{plan} {status}");
    for one in resumes {
        assert_eq!((&one["kind"], &one["request"]["method"]), (&json!("create"), &json!("POST")), "{one}");
        assert_eq!(one["request"]["body"]["userName"], one["user_name"]);
    }
    let said = program.run(&["plan"]).await;
    assert!(String::from_utf8_lossy(&said.stdout).contains("of the queue go"), "{}", all(&said));
    let writes = program.proxy.count("POST");
    let output = program.run(&["apply"]).await;
    assert_eq!(output.status.code(), Some(7), "{}", all(&output));
    assert_eq!(program.proxy.count("POST"), writes, "nothing went on unasked");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(8).await;
    assert_eq!(program.run(&["plan"]).await.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_termination_exits_143() {
    let program = Program::start(8, 0, &["slow=150@POST"]).await;
    let child = program.spawn(&["provision", "--yes"]);
    until("some are under way", || program.proxy.count("POST") > 0).await;
    signal(&child, Signal::TERM);
    let output = child.wait_with_output().await.expect("it ends");
    assert_eq!(output.status.code(), Some(143), "{}", all(&output));
}
