//! The token is found nowhere: not in what is printed, drawn, logged, stored or exported, at the most talkative level,
//! whatever it is read from. Only the place that it is kept in may hold it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod forms;
mod place;
#[allow(dead_code, reason = "it has keys and looks for more than is asked of it here")]
#[path = "../pty/terminal.rs"]
mod terminal;

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use place::{PASSPHRASE, Place, TOKEN, WRONG};

/// What an operator does with a connection, after it is made.
fn work(place: &mut Place) {
    place.ok(&["import", "people", "people.csv"]);
    place.ok(&["preview", "ana@example.com"]);
    place.ran(&["plan", "-o", "plan.json"]);
    place.ok(&["provision", "--yes"]);
    place.ok(&["role", "ana@example.com", "workato_role=Admin", "--yes"]);
    place.ok(&["suspend", "bo@example.com", "--yes"]);
    place.ok(&["undo", "--yes"]);
    place.ok(&["check"]);
    place.ok(&["--json", "tasks"]);
    let audit = place.ok(&["--json", "audit"]);
    let operation = audit.split("\"operation\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let operation = operation.expect("an operation").to_owned();
    assert!(place.ok(&["--json", "trace", &operation]).contains("/Users"), "its requests are kept");
    place.ok(&["trace", &operation]);
    place.ok(&["test", "--deep"]);
    place.ran(&["import", "endpoint", "--plan"]);
    place.ok(&["--json", "connection", "show"]);
    place.ok(&["audit", "verify"]);
    place.ok(&["audit", "export", "audit.jsonl"]);
    place.ok(&["audit", "export", "audit.csv"]);
    place.ok(&["--json", "show", "ana@example.com"]);
    place.ok(&["config"]);
}

#[test]
fn the_token_of_a_file_is_found_nowhere_else() {
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    work(&mut place);
    // One that the app refuses is no less a secret.
    let refused = place.ran(&["token", "--token-file", "../secret/wrong"]);
    assert!(refused.contains("exit 3"), "{refused}");
    place.fault("401");
    let refused = place.ran(&["role", "bo@example.com", "workato_role=Operator", "--yes"]);
    assert!(refused.contains("token"), "{refused}");
    place.console(|terminal| {
        terminal.wait("leave it").press("l").press("5").wait("Provisioning").press("t");
        terminal.until("the test ended", |screen| screen.contents().contains("refused").then_some(()));
    });
    place.search(&[TOKEN, WRONG]);
}

#[test]
fn the_token_of_a_command_is_found_nowhere_else() {
    let mut place = Place::new();
    place.connect(&["--token-command", "../secret/print-token"]);
    work(&mut place);
    place.search(&[TOKEN]);
}

#[test]
fn the_token_of_a_systemd_credential_is_found_nowhere_else() {
    let mut place = Place::new();
    let credentials = place.root().join("secret/credentials");
    place.var("CREDENTIALS_DIRECTORY", credentials.to_str().expect("text"));
    place.connect(&["--token-credential", "scim"]);
    work(&mut place);
    place.search(&[TOKEN]);
}

#[test]
fn the_token_of_the_environment_is_found_nowhere_else() {
    let mut place = Place::new();
    place.var("CANARY_TOKEN", TOKEN);
    place.connect(&["--token-env", "CANARY_TOKEN"]);
    work(&mut place);
    place.search(&[TOKEN]);
}

#[test]
fn neither_an_encrypted_token_nor_its_passphrase_is_found_anywhere() {
    let mut place = Place::new();
    place.var("SCIMDECK_PASSPHRASE", PASSPHRASE);
    place.typed(&["token", "encrypt", "token.sealed"], TOKEN);
    place.connect(&["--token-encrypted-file", "token.sealed"]);
    place.ok(&["import", "people", "people.csv"]);
    place.ok(&["provision", "--yes"]);
    place.console(|terminal| {
        terminal.press("5").wait("Provisioning").press("t").wait("Connector configured successfully");
    });
    place.search(&[TOKEN, PASSPHRASE]);
}

#[test]
fn a_process_that_is_aborted_leaves_no_core_behind() {
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    place.ok(&["import", "people", "people.csv"]);
    place.fault("slow=60000@POST");
    let mut command = place.command(&["provision", "--yes"]);
    // As an operator would have it who wants core files.
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    place.until_running();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).expect("its limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a line");
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).expect("a signal");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.signal(), output.status.core_dumped()), (Some(6), false));
    place.said(&output);
    place.search(&[TOKEN]);
}

/// Without this the others could not fail.
#[test]
fn the_search_finds_every_form_of_a_secret_and_the_log_is_as_talkative_as_it_can_be() {
    for form in forms::forms(TOKEN) {
        let text = [b"something before \0 ".as_slice(), &form.bytes, b" and behind"].concat();
        assert!(forms::found(&text, TOKEN).is_some(), "{} is not found", form.name);
    }
    assert_eq!(forms::found(b"Bearer ****", TOKEN), None);
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    assert!(place.log().contains("TRACE"), "the log is not on");
    let kept = std::fs::read(place.root().join("secret/token")).expect("the token's own file");
    assert!(forms::found(&kept, TOKEN).is_some());
}
