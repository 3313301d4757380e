//! Exit codes, as the contract has them, and what an error says.

use serde_json::Value;

use crate::bench::{NEXT, SCIM, WRONG, name};
use crate::program::{Program, all, people_csv};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_0_and_the_counts_when_all_is_done() {
    let program = Program::start(5, 2, &[]).await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!(code, 0);
    let counts = ["done", "failed", "in_doubt", "held"].map(|key| report[key].as_u64());
    assert_eq!(counts, [Some(5), Some(0), Some(0), Some(0)], "{report}");
    let results = report["results"].as_array().expect("results");
    assert_eq!(results.len(), 5);
    for result in results {
        assert_eq!(result["outcome"], "done");
        let trace = program.ok(&["trace", result["trace"].as_str().expect("a trace")]).await;
        assert!(trace.contains("/Users"), "{trace}");
        assert!(!trace.contains(SCIM), "{trace}");
    }
    program.all_true(5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_1_when_the_store_cannot_be_used() {
    let program = Program::new(0, 0, &[]).await;
    std::fs::create_dir(program.home()).unwrap();
    std::fs::write(program.home().join("scimdeck.db"), "this is no store at all, and long enough").unwrap();
    assert_eq!(program.refused(&["status"]).await, (1, "store".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_2_only_for_a_plan_with_changes() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    assert_eq!(program.json(&["plan"]).await.0, 0);
    program.proxy.down().await;
    assert_eq!(program.run(&["role", "p01@example.com", "workato_role=Admin"]).await.status.code(), Some(3));
    program.proxy.up().await;
    let (code, plan) = program.json(&["plan"]).await;
    assert_eq!(code, 2);
    assert_eq!(plan["operations"][0]["user_name"], "p01@example.com");
    assert_eq!(plan["operations"][0]["kind"], "update");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_3_when_the_token_is_refused_and_the_new_one_goes_on() {
    let program = Program::new(3, 0, &[]).await;
    program.token(WRONG);
    program.connect(3).await;
    assert_eq!(program.status().await["connection"]["enabled"], false, "saved, not enabled");
    program.token(SCIM);
    program.ok(&["test"]).await;
    program.ok(&["enable"]).await;
    let file = program.file("people.csv", people_csv(3));
    program.ok(&["import", "people", &file]).await;
    program.token(WRONG);
    let before = program.proxy.requests().len();
    assert_eq!(program.refused(&["provision", "--yes"]).await, (3, "token_refused".into()));
    assert_eq!(program.proxy.requests().len() - before, 1, "one answer is enough");
    assert_eq!(program.status().await["flags"]["not_provisioned"], 3);
    program.token(SCIM);
    program.ok(&["provision", "--yes"]).await;
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_3_when_nobody_listens_and_nothing_is_lost() {
    let program = Program::start(3, 0, &[]).await;
    program.proxy.down().await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert_eq!((code, report["held"].as_u64()), (3, Some(3)), "{report}");
    assert_eq!(report["stopped"]["code"], "unreachable");
    let status = program.status().await;
    assert_eq!((&status["queue"]["queued"], &status["flags"]["not_provisioned"]), (&3.into(), &3.into()));
    assert_eq!(program.refused(&["check"]).await, (3, "unreachable".into()));
    program.proxy.up().await;
    program.ok(&["apply", "--yes"]).await;
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_3_when_a_login_page_answers() {
    let program = Program::start(3, 0, &["html:2-"]).await;
    let output = program.run(&["check"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("intermediary") && said.contains("base URL"), "{said}");
    assert_eq!(program.run(&["provision", "--yes"]).await.status.code(), Some(3));
    assert_eq!(program.accounts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_ends_is_given_up_and_found_again() {
    let program = Program::start(2, 0, &["hang:1@POST"]).await.impatient().await;
    let (code, report) = program.json(&["provision", "--yes"]).await;
    assert!([0, 5].contains(&code), "{report}");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(2).await;
    assert_eq!(program.proxy.count("POST"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_that_is_ignored_makes_no_duplicate() {
    let program = Program::start(6, 3, &["ignore-filter"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.all_true(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_4_for_bad_input_that_changes_nothing() {
    let program = Program::start(2, 0, &[]).await;
    let cases: [(&[&str], &str); 5] = [
        (&["suspend", "nobody@example.com"], "no_such_person"),
        (&["role", "p01@example.com", "workato_role=admin"], "near_miss"),
        (&["--connection", "other", "status"], "which_connection"),
        (&["import", "people", "/no/such/file.csv"], "unreadable"),
        (&["unassign", "--group", "nobody"], "no_such_group"),
    ];
    for (args, _word) in cases {
        let (code, word) = program.refused(args).await;
        assert_eq!(code, 4, "{args:?} {word}");
    }
    assert_eq!(program.status().await["assignments"], 2);
    assert_eq!(program.proxy.writes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_5_when_an_operation_fails_and_our_side_is_kept() {
    let program = Program::start(2, 0, &["ignore-active@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    let (code, report) = program.json(&["suspend", "p01@example.com"]).await;
    assert_eq!((code, report["failed"].as_u64()), (5, Some(1)), "{report}");
    assert_eq!(report["results"][0]["error"]["code"], "not_applied");
    let status = program.status().await;
    assert_eq!((&status["flags"]["access_remains"], &status["queue"]["waiting"]), (&1.into(), &1.into()));
    let show = program.ok(&["show", "p01@example.com"]).await;
    assert!(show.contains("did not apply"), "{show}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_5_and_a_failed_person_when_the_account_moved_since_the_plan() {
    // The write is refused as overtaken; it is read, merged and tried again, and ends.
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.sandbox.workspace().lock().unwrap().remove_by_hand(&name(1), jiff::Timestamp::now()).unwrap();
    let (code, report) = program.json(&["role", "p01@example.com", "workato_role=Admin"]).await;
    assert_eq!((code, report["failed"].as_u64()), (5, Some(1)), "{report}");
    assert_eq!(program.status().await["flags"]["account_gone"], 1);
    assert_eq!(program.accounts(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_7_when_held_by_the_brake_until_the_number_is_given() {
    let program = Program::start(12, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let names: Vec<String> = (1..=11).map(name).collect();
    let mut args = vec!["unassign"];
    args.extend(names.iter().map(String::as_str));
    assert_eq!(program.refused(&args).await, (7, "brake".into()));
    args.push("--yes");
    assert_eq!(program.refused(&args).await, (7, "brake".into()), "--yes does not answer the brake");
    assert_eq!(program.status().await["assignments"], 12);
    args.extend(["--brake", "11"]);
    program.ok(&args).await;
    assert_eq!((1..=12).filter(|n| program.account(*n).unwrap().access).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_7_when_nobody_confirms() {
    let program = Program::start(2, 0, &[]).await;
    assert_eq!(program.refused(&["provision"]).await, (7, "unconfirmed".into()));
    assert_eq!(program.accounts(), 0);
    program.ok(&["provision", "p01@example.com"]).await;
    assert_eq!(program.accounts(), 1, "who is named one by one needs no yes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_7_for_a_protected_person_and_the_option_that_types_the_name_is_named() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["protect", "p01@example.com"]).await;
    let output = program.run(&["suspend", "p01@example.com"]).await;
    assert_eq!(output.status.code(), Some(7), "{}", all(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--confirm-name USER") && said.contains("p01@example.com"), "{said}");
    assert!(program.account(1).unwrap().access);
    program.ok(&["suspend", "p01@example.com", "--confirm-name", "p01@example.com"]).await;
    assert!(!program.account(1).unwrap().access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_8_when_disabled_or_read_only() {
    let program = Program::start(2, 0, &[]).await;
    assert_eq!(program.refused(&["--read-only", "provision", "--yes"]).await, (8, "read_only".into()));
    program.ok(&["disable", "--yes"]).await;
    assert_eq!(program.refused(&["provision", "--yes"]).await, (8, "disabled".into()));
    assert_eq!(program.proxy.writes(), 0);
    program.ok(&["enable"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_8_for_a_decision_that_a_disabled_connection_keeps_and_enabling_sends_it() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["disable", "--yes"]).await;
    let output = program.run(&["suspend", "p01@example.com"]).await;
    assert_eq!(output.status.code(), Some(8), "{}", all(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("disabled") && said.contains("stays in the queue"), "{said}");
    let status = program.status().await;
    assert_eq!((&status["flags"]["access_remains"], &status["queue"]["queued"]), (&1.into(), &1.into()));
    assert!(program.account(1).unwrap().access);
    assert_eq!(program.run(&["enable"]).await.status.code(), Some(7), "what accumulated is asked about");
    program.ok(&["enable", "--yes"]).await;
    assert!(!program.account(1).unwrap().access, "sending goes on");
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_token_keeps_links_and_queue() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program.sandbox.workspace().lock().unwrap().refresh_scim_token(NEXT.to_owned().into());
    let output = program.run(&["suspend", "p01@example.com"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    assert_eq!(program.status().await["queue"]["queued"], 1);
    program.token(NEXT);
    let file = program.path("token");
    program.ok(&["token", "--token-file", file.to_str().unwrap()]).await;
    assert!(program.account(1).unwrap().access, "a token is tested with reads only");
    program.ok(&["apply", "--yes"]).await;
    assert!(!program.account(1).unwrap().access);
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_64_for_bad_usage() {
    let program = Program::new(0, 0, &[]).await;
    for args in [&["provision", "--nope"][..], &["suspend"], &["connect", "--base-url", "x"]] {
        assert_eq!(program.run(args).await.status.code(), Some(64), "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_has_the_keys_of_the_contract() {
    let program = Program::start(2, 0, &[]).await;
    let status = program.status().await;
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&status),
        [
            "connection",
            "people",
            "assignments",
            "flags",
            "queue",
            "groups",
            "time_left_s",
            "checked_at",
            "complete",
            "stuck_since",
            "pause",
            "audit_head",
            "sender",
            "orphans",
            "second_accounts"
        ]
    );
    assert_eq!(keys(&status["audit_head"]), ["count", "hash", "short"]);
    let flags = "access_remains account_gone not_provisioned failed in_doubt drift unsent pending noted";
    assert_eq!(keys(&status["flags"]).join(" "), flags);
    assert_eq!(keys(&status["queue"]).join(" "), "queued running waiting in_doubt conflict parked");
    assert_eq!((&status["people"], &status["flags"]["not_provisioned"]), (&2.into(), &2.into()));
    assert_eq!((&status["checked_at"], &status["complete"]), (&Value::Null, &false.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_that_provision_at_once_make_every_account_once() {
    let program = Program::start(8, 3, &["slow=20"]).await;
    let (one, two) = tokio::join!(program.run(&["provision", "--yes"]), program.run(&["provision", "--yes"]));
    for output in [one, two] {
        // The later one finds its plan overtaken, or follows the earlier one.
        assert!([Some(0), Some(6)].contains(&output.status.code()), "{}", all(&output));
    }
    program.ok(&["apply", "--yes"]).await;
    program.all_true(8).await;
    assert_eq!(program.proxy.count("POST"), 5, "{:?}", program.proxy.requests());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_feed_follows_what_another_program_does() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let program = Program::start(3, 0, &[]).await;
    let mut follower = program.spawn(&["--json", "audit", "--follow"]);
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    program.ok(&["provision", "--yes"]).await;
    let mut created = 0;
    let listen = async {
        while created < 3 {
            let line = lines.next_line().await.unwrap().expect("it goes on");
            program.folder.heard("the feed", line.as_bytes());
            let entry: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(entry["actor"], "tester", "{entry}");
            created += usize::from(entry["event"] == "create");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), listen).await.expect("in time");
    crate::program::signal(&follower, rustix::process::Signal::INT);
    assert_eq!(program.ended(follower).await.status.code(), Some(130));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_decided_here_while_the_app_is_away_or_without_an_account_there_is_told_as_done_here() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "p02@example.com"]).await;
    for (n, json) in [(1, true), (3, false)] {
        let who = name(n);
        program.proxy.down().await;
        assert_eq!(program.json(&["provision", &who]).await.0, 3);
        program.proxy.up().await;
        assert_eq!(program.status().await["queue"]["queued"], 1);
        if json {
            let (code, report) = program.json(&["suspend", &who]).await;
            let outcome = &report["results"][0]["outcome"];
            assert_eq!((code, &report["done"], outcome), (0, &1.into(), &"done".into()), "{report}");
        } else {
            let said = program.ok(&["suspend", &who]).await;
            assert!(said.contains("1 of the queue withdrawn") && said.contains("1 done"), "{said}");
        }
        assert_eq!(program.status().await["queue"]["queued"], 0, "the create is taken back");
    }
    program.proxy.down().await;
    // Our side is suspended, the app's is not.
    let output = program.run(&["suspend", "p02@example.com"]).await;
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    let said = all(&output);
    assert!(said.contains("Nothing was changed there") && !said.contains("hanged. "), "{said}");
    assert_eq!(program.status().await["flags"]["access_remains"], 1);

    let (code, report) = program.json(&["drop", "p02@example.com"]).await;
    assert_eq!(
        (code, &report["done"], report["results"].as_array().map(Vec::len)),
        (0, &1.into(), Some(1)),
        "{report}"
    );
    assert_eq!(
        (&report["results"][0]["user_name"], &report["results"][0]["operation"]),
        (&"p02@example.com".into(), &Value::Null)
    );
    program.proxy.up().await;
    assert_eq!(program.status().await["queue"]["queued"], 0);
    let output = program.run(&["drop", "p01@example.com"]).await;
    assert!(all(&output).contains("has no operation in the queue"), "{}", all(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_where_it_is_said_to_be_replaces_no_other() {
    let program = Program::start(1, 0, &[]).await;
    let (code, value) = program.json(&["token", "--token-env", "NOT_SET_BY_ANYBODY"]).await;
    let message = value["error"]["message"].as_str().expect("a message");
    assert!(code == 4 && message.contains("it is still taken from"), "{value}");
    let output = program.run(&["token", "--token-env", "NOT_SET_BY_ANYBODY"]).await;
    assert!(!all(&output).contains('\u{2424}'), "no line end is shown as a sign: {}", all(&output));
    program.ok(&["test"]).await;
    program.ok(&["provision", "--yes"]).await;
}
