//! The token is found nowhere: not in what is printed, drawn, logged, stored or exported, at the most talkative level,
//! whatever it is read from. Only the place that it is kept in may hold it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod echo;
mod nowhere;
mod place;
mod planted;
#[allow(dead_code, reason = "it has keys and looks for more than is asked of it here")]
#[path = "../pty/terminal.rs"]
mod terminal;

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use nowhere::forms::{Search, forms};
use place::{PASSPHRASE, Place, TOKEN, WRONG};
use terminal::Terminal;

fn paste<'a>(terminal: &'a Terminal, text: &str) -> &'a Terminal {
    terminal.send(format!("\x1b[200~{text}\x1b[201~").as_bytes())
}

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
    assert!(audit.contains("scim_auto_sync"), "the app's log is read: {audit}");
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
fn an_app_that_shows_the_tokens_in_all_its_answers_leads_them_nowhere() {
    let mut place = Place::new();
    let base_url = format!("http://{}/scim/v2", echo::start());
    place.connect_to(&base_url, &["--token-file", "../secret/token"]);
    let attribute =
        ["attribute", "add", "workato_role", "--external-namespace", place::ROLE, "--member", "Operator"];
    place.ok(&[&attribute[..], &["--member", "Analyst"]].concat());
    place.ok(&["import", "people", "people.csv"]);
    place.ran(&["enable", "--yes"]);
    for args in [
        &["test"][..],
        &["test", "--deep"],
        &["--json", "plan"],
        &["provision", "--yes"],
        &["role", "ana@example.com", "workato_role=Analyst", "--yes"],
        &["check"],
        &["--json", "check"],
        &["import", "endpoint", "--accept", "exact", "--yes"],
        &["import", "endpoint", "--accept", "new", "--yes"],
        &["attribute", "values", "workato_role", "--from-endpoint"],
        &["--json", "people"],
        &["--json", "tasks"],
        &["--json", "show", "ana@example.com"],
        &["--json", "preview", "ana@example.com"],
        &["audit", "export", "audit.jsonl"],
    ] {
        place.ran(args);
    }
    let audit = place.ran(&["--json", "audit"]);
    let mut requests = 0;
    let operations = audit.split("\"operation\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    for operation in operations.collect::<std::collections::BTreeSet<_>>() {
        let trace = place.ran(&["--json", "trace", operation]);
        requests += usize::from(trace.contains("[REDACTED]"));
        place.ran(&["trace", operation]);
    }
    assert!(requests > 0, "it was shown where the token was: {audit}");
    place.console(|terminal| {
        let keys = "enter w esc esc 2 3 4 G enter esc 5 v esc 6 down enter esc 1 i esc esc";
        for key in keys.split(' ') {
            terminal.press_and_settle(key, std::time::Duration::from_millis(60));
        }
    });
    place.search(&[TOKEN]);
}

/// Typed and pasted in the console: by the form of a new token, the form of a new connection and the dialog of a
/// passphrase, each refused once.
#[test]
fn what_is_typed_into_the_consoles_dialogs_is_found_nowhere() {
    let mut place = Place::new();
    let mut encrypt = place.command(&["token", "encrypt", "token.sealed"]);
    encrypt.env("SCIMDECK_PASSPHRASE", PASSPHRASE);
    place.feed(encrypt, TOKEN);
    place.connect(&["--token-file", "../secret/token"]);
    place.ok(&["import", "people", "people.csv"]);
    let sealed = place.root().join("open/token.sealed");
    let (sealed, base_url) = (sealed.to_str().expect("text").to_owned(), place.base_url().to_owned());
    place.console(|terminal| {
        terminal.press("5").wait("SCIM connection");
        terminal.press("T").wait("Replace the token");
        paste(terminal, &format!("  Bearer {WRONG}\n")).wait("characters").press("enter");
        terminal.wait("was not taken").press("T").wait("Replace the token").press("shift-tab e tab");
        paste(terminal, &sealed).press("tab");
        paste(terminal, &format!("not {PASSPHRASE}")).press("enter").wait("Next:");
        terminal
            .press("esc")
            .wait_gone("Next:")
            .press("T")
            .wait("Replace the token")
            .press("shift-tab e tab");
        paste(terminal, &sealed).press("tab");
        paste(terminal, PASSPHRASE).press("enter").wait("the new token is taken");
        terminal.press("c").wait("go over").press("n").wait("New connection");
        for text in ["second", &base_url, "TEST", "", TOKEN] {
            paste(terminal, text).press("tab");
        }
        terminal.press("enter").wait("[TEST]").press("esc").wait_gone("go over");
    });
    // Another process does not know the passphrase; without an answer at the terminal the console asks.
    place.terminal(&[], |terminal| {
        terminal.wait("Passphrase of").press("enter").wait("is encrypted in");
        paste(terminal, &format!("not {PASSPHRASE}")).press("enter").wait("does not open it.");
        paste(terminal, PASSPHRASE).press("enter").wait("the token is open");
    });
    let refused = place.ran(&["test"]);
    assert!(refused.contains("its passphrase is not known here") && refused.contains("exit 3"), "{refused}");
    // A pasted token has one place.
    let kept = place.root().join("open/home/tokens/connection-2");
    assert_eq!(std::fs::read_to_string(&kept).expect("its file"), TOKEN);
    let mode = std::fs::metadata(&kept).expect("its file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::remove_file(&kept).expect("removed");
    place.search(&[TOKEN, WRONG, PASSPHRASE]);
}

#[test]
fn the_tokens_of_a_demo_are_on_no_screen_and_in_no_file() {
    let mut place = Place::new();
    place.terminal(&["demo"], |terminal| {
        terminal.wait("Assignments").press("5").wait("Provisioning");
        terminal.press("t").wait("Connector configured successfully");
        terminal.press("1").wait("not provisioned").press("p").wait("brought up to date").press("y");
        terminal.wait("Provision User:");
    });
    // It makes its tokens up and tells nobody: they are found by what stands before them in a request.
    let before = b"earer ";
    for (name, text) in place.everything() {
        for at in memchr::memmem::find_iter(&text, before) {
            let behind = &text[at + before.len()..];
            assert!(behind.starts_with(b"token"), "{name}: {:?}", String::from_utf8_lossy(&behind[..20]));
        }
    }
    assert!(place.log().contains("TRACE") && place.log().contains("request"), "its log is on");
}

#[test]
fn an_output_that_cannot_be_written_tells_no_token() {
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    place.ok(&["import", "people", "people.csv"]);
    let gone = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let mut command = place.command(&["--json", "provision", "--yes"]);
    command.stdout(gone).stderr(Stdio::piped());
    let output = command.spawn().expect("it starts").wait_with_output().expect("it ends");
    assert_ne!(output.status.code(), Some(0));
    place.said(&output);
    place.search(&[TOKEN]);
}

#[test]
fn a_process_that_is_aborted_leaves_no_core_behind() {
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    place.ok(&["import", "people", "people.csv"]);
    place.fault("slow=60000@POST");
    let mut command = place.command_with_cores(&["provision", "--yes"]);
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
    let token = Search::of(TOKEN);
    for form in forms(TOKEN) {
        let text = [b"something before \0 ".as_slice(), &form.bytes, b" and behind"].concat();
        assert!(token.found(&text).is_some(), "{} is not found", form.name);
    }
    assert_eq!(token.found(b"Bearer ****"), None);
    let mut place = Place::new();
    place.connect(&["--token-file", "../secret/token"]);
    assert!(place.log().contains("TRACE"), "the log is not on");
    let kept = std::fs::read(place.root().join("secret/token")).expect("the token's own file");
    assert!(token.found(&kept).is_some());
    place.search(&[TOKEN]);
    // Hidden as deep as anything of the program's own.
    std::fs::write(place.root().join("open/home/planted"), format!("x {TOKEN} y")).expect("a file");
    let search = std::panic::AssertUnwindSafe(|| place.search(&[TOKEN]));
    assert!(std::panic::catch_unwind(search).is_err(), "what was planted is not found");
}
