//! The program is killed or stopped at any moment: every account is made once, and nothing is lost.

use rustix::process::Signal;
use serde_json::json;

use crate::bench::{name, until};
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
    let output = program.ended(child).await;
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
async fn what_a_killed_run_had_under_way_is_in_doubt_for_everybody_who_looks() {
    let program = Program::start(6, 0, &["slow=150@POST"]).await;
    let mut child = program.spawn(&["provision", "--yes"]);
    until("some are under way", || program.proxy.count("POST") > 0).await;
    let status = program.status().await;
    assert!(status["queue"]["running"].as_u64() > Some(0), "its sender lives: {status}");
    signal(&child, Signal::KILL);
    child.wait().await.expect("it ends");
    for mode in [&[][..], &["--read-only"]] {
        let look = async |args: &[&str]| program.json(&[mode, args].concat()).await.1;
        let status = look(&["status"]).await;
        let doubt = &status["queue"]["in_doubt"];
        assert!(status["queue"]["running"] == 0 && doubt.as_u64() > Some(0), "{status}");
        assert!(status["sender"].is_null(), "{status}");
        let people = look(&["people", "--flag", "in_doubt"]).await;
        assert_eq!(&json!(people.as_array().expect("a list").len()), doubt, "{people}");
        let tasks = look(&["tasks", "--state", "in_doubt", "--limit", "100"]).await;
        assert_eq!(
            (&json!(tasks["tasks"].as_array().expect("rows").len()), &tasks["queue"]["in_doubt"]),
            (doubt, doubt)
        );
        assert_eq!(look(&["tasks", "--state", "inflight"]).await["tasks"], json!([]));
        assert_eq!(
            look(&["tasks"]).await["tasks"][0]["state"],
            "in_doubt",
            "they stand before what is queued"
        );
    }
    program.ok(&["apply", "--yes"]).await;
    program.all_true(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_a_signal_ends_reports_how_far_it_came() {
    for (number, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let program = Program::start(8, 0, &["slow=150@POST"]).await;
        let child = program.spawn(&["--json", "provision", "--yes"]);
        until("some are under way", || program.proxy.count("POST") > 0).await;
        signal(&child, number);
        let output = program.ended(child).await;
        assert_eq!(output.status.code(), Some(code), "{}", all(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
        assert_eq!(report["results"].as_array().map(Vec::len), Some(8), "{report}");
        assert_eq!(
            (&report["done"], &report["stopped"]["code"]),
            (&json!(program.accounts()), &json!("not_allowed"))
        );
        assert!(program.accounts() < 8 && report["held"] == 8 - program.accounts(), "{report}");

        let child = program.spawn(&["apply", "--yes"]);
        let before = program.proxy.count("POST");
        until("some are under way", || program.proxy.count("POST") > before).await;
        signal(&child, number);
        let output = program.ended(child).await;
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.code() == Some(code) && shown.contains(" done, "), "{}", all(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains("stays in the queue"), "{}", all(&output));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_before_anything_is_decided_says_that_nothing_is_queued() {
    for mode in [&[][..], &["--json"]] {
        let program = Program::start(2, 0, &[]).await;
        program.proxy.hold(program.proxy.requests().len() + 1);
        let child = program.spawn(&[mode, &["provision", "--yes"]].concat());
        until("it looks at who is there", || program.proxy.held()).await;
        signal(&child, Signal::INT);
        let output = program.ended(child).await;
        let said = all(&output);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("nothing was changed and nothing was sent"), "{said}");
        assert!(!said.contains("scimdeck apply"), "{said}");
        if !mode.is_empty() {
            let error: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
            assert_eq!(error["error"]["code"], "stopped");
        }
        assert_eq!(program.status().await["queue"]["queued"], 0);
    }
}

/// The head that was said, which the log on disk still ends with.
async fn head_said(program: &Program, output: &std::process::Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    let head = said.lines().find_map(|line| line.strip_prefix("audit head of workato "));
    let head = head.unwrap_or_else(|| panic!("{}", all(output)));
    let (code, verified) = program.json(&["audit", "verify", "--head", head]).await;
    assert!(code == 0 && head.ends_with(&format!("@{}", verified["entries"])), "{head} {verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_exits_with_its_number_and_the_head_of_the_audit_log_is_said() {
    for (number, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let program = Program::start(8, 0, &["slow=150@POST"]).await;
        // Whoever started the tests may ignore a signal, and who is started by them then ignores it too.
        let start = |args: &[&str]| program.started_by(&["env", "--default-signal"], args);
        let child = start(&["provision", "--yes"]);
        until("some are under way", || program.proxy.count("POST") > 0).await;
        signal(&child, number);
        let output = program.ended(child).await;
        assert_eq!(output.status.code(), Some(code), "{}", all(&output));
        head_said(&program, &output).await;
        let log = program.ok(&["--json", "audit"]).await;
        let stopped = log.lines().filter(|line| line.contains("\"run stopped\""));
        assert_eq!(stopped.filter(|line| line.contains("\"tester\"")).count(), 1, "{log}");

        let mut follows = start(&["audit", "--follow"]);
        let shown = follows.stdout.as_mut().expect("its output");
        tokio::io::AsyncReadExt::read_u8(shown).await.expect("a first entry");
        signal(&follows, number);
        let output = program.ended(follows).await;
        assert_eq!(output.status.code(), Some(code), "{}", all(&output));
        head_said(&program, &output).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_decides_says_the_head_and_a_look_or_a_plan_does_not() {
    let program = Program::start(2, 0, &["400:1@POST"]).await;
    let output = program.run(&["provision", "--yes"]).await;
    head_said(&program, &output).await;
    let output = program.run(&["--json", "apply", "--yes"]).await;
    assert!(serde_json::from_slice::<serde_json::Value>(&output.stdout).is_ok(), "{}", all(&output));
    head_said(&program, &output).await;
    for decides in [vec!["suspend", &name(1)], vec!["unassign", &name(1)], vec!["reactivate", &name(1)]] {
        head_said(&program, &program.run(&decides).await).await;
    }
    for looks in [vec!["plan"], vec!["suspend", "--plan", &name(2)], vec!["status"]] {
        let looked = program.run(&looks).await;
        assert!(!String::from_utf8_lossy(&looked.stderr).contains("audit head"), "{}", all(&looked));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_that_the_starter_ignores_ends_no_run() {
    let program = Program::start(4, 0, &["slow=150@POST"]).await;
    let child = program.started_by(&["nohup"], &["provision", "--yes"]);
    until("some are under way", || program.proxy.count("POST") > 0).await;
    signal(&child, Signal::HUP);
    let output = program.ended(child).await;
    assert_eq!(output.status.code(), Some(0), "{}", all(&output));
    program.all_true(4).await;
}
