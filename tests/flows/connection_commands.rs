//! `connection ...` and `test --deep` with the real program.

use crate::bench::SCIM;
use crate::program::Program;

async fn second(program: &Program) {
    program.token(SCIM);
    let (url, token) = (program.proxy.base_url(), program.path("token"));
    let token = token.to_str().expect("text");
    let args = [
        "connect",
        "--name",
        "second",
        "--badge",
        "TEST",
        "--base-url",
        &url,
        "--token-file",
        token,
        "--verify-percent",
        "50",
    ];
    program.ok(&args).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_connection_leaves_the_first_one_current_until_another_is_chosen() {
    let program = Program::start(2, 0, &[]).await;
    second(&program).await;
    let (code, list) = program.json(&["connection", "list"]).await;
    assert_eq!(code, 0);
    let rows: Vec<_> = list["connections"].as_array().expect("rows").iter().collect();
    assert_eq!((&rows[0]["name"], &rows[0]["current"]), (&"workato".into(), &true.into()));
    assert_eq!((&rows[1]["badge"], &rows[1]["current"]), (&"TEST".into(), &false.into()));
    assert_eq!(program.status().await["connection"]["name"], "workato");
    program.ok(&["connection", "use", "second"]).await;
    assert_eq!(program.status().await["connection"]["name"], "second");
    assert_eq!(program.json(&["connection", "show"]).await.1["verify_percent"], 50);
    let (_, status) = program.json(&["--connection", "workato", "status"]).await;
    assert_eq!(status["connection"]["name"], "workato");
    assert_eq!(program.refused(&["connection", "use", "third"]).await, (4, "which_connection".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_set_shown_and_refused_when_they_make_no_sense() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let args = ["connection", "set", "--profile", "rfc", "--brake-removals", "25", "--badge", "PROD"];
    program.ok(&args).await;
    let (_, shown) = program.json(&["connection", "show"]).await;
    assert_eq!((&shown["profile"], &shown["brake"]["removals"]), (&"rfc".into(), &25.into()));
    assert!(shown["verify_percent"].is_null(), "{shown}");
    program.ok(&["connection", "set", "--verify-percent", "100"]).await;
    assert_eq!(program.json(&["connection", "show"]).await.1["verify_percent"], 100);
    program.ok(&["connection", "set", "--verify-percent", "usual"]).await;
    assert!(program.json(&["connection", "show"]).await.1["verify_percent"].is_null());
    let off = ["connection", "set", "--to-app-deactivate", "off"];
    assert_eq!(program.refused(&off).await, (7, "unconfirmed".to_owned()));
    let said = program.run(&[&off[..], &["--plan"]].concat()).await;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("2 people keep access in the app when deactivated here"), "{said}");
    program.ok(&[&off[..], &["--yes"]].concat()).await;
    assert_eq!(program.json(&["connection", "show"]).await.1["to_app"]["deactivate"], false);
    let bad = ["connection", "set", "--brake-removals", "0"];
    assert_eq!(program.refused(&bad).await, (4, "bad_setting".to_owned()));
    assert_eq!(program.refused(&["connection", "set"]).await, (4, "no_setting".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_renamed_and_taken_out_with_its_counts() {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    second(&program).await;
    program.ok(&["--connection", "second", "connection", "rename", "test"]).await;
    let taken = ["connection", "rename", "TEST"];
    assert_eq!(program.refused(&taken).await, (4, "name_taken".to_owned()));
    let remove = ["connection", "remove", "workato"];
    let (code, said) = program.json(&remove).await;
    assert_eq!((code, &said["error"]["code"]), (7, &"unconfirmed".into()));
    assert!(said["error"]["message"].as_str().is_some_and(|m| m.contains("2 people linked here")), "{said}");
    let (code, said) = program.json(&[&remove[..], &["--yes"]].concat()).await;
    assert_eq!((code, &said["removed"], &said["linked"]), (0, &"workato".into(), &2.into()));
    // The accounts are there as before, and the name is free again.
    assert_eq!(program.accounts(), 2);
    assert_eq!(program.status().await["connection"]["name"], "test");
    program.ok(&["connection", "rename", "workato"]).await;
    let (_, list) = program.json(&["connection", "list"]).await;
    assert_eq!(list["connections"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deep_test_tells_each_check_and_writes_nothing() {
    let program = Program::start(2, 2, &[]).await;
    let writes = program.proxy.writes();
    let (code, found) = program.json(&["test", "--deep"]).await;
    assert_eq!((code, &found["ok"]), (0, &true.into()), "{found}");
    let lines = found["lines"].as_array().expect("lines");
    assert!(lines.len() >= 14, "{found}");
    let wrong = lines.iter().find(|line| line["check"] == "Wrong token is refused").expect("a line");
    assert_eq!(wrong["verdict"], "pass");
    assert_eq!(program.proxy.writes(), writes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only_lists_and_shows_and_changes_no_connection() {
    let program = Program::start(1, 0, &[]).await;
    program.ok(&["--read-only", "connection", "list"]).await;
    program.ok(&["--read-only", "connection", "show", "workato"]).await;
    for args in [
        &["--read-only", "connection", "use", "workato"][..],
        &["--read-only", "connection", "rename", "x"],
        &["--read-only", "connection", "remove", "workato", "--yes"],
        &["--read-only", "connection", "set", "--badge", "X"],
    ] {
        assert_eq!(program.refused(args).await, (8, "read_only".to_owned()), "{args:?}");
    }
}
