//! The console and the command line on one home, at the same time.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::home::Home;
use crate::terminal::Start;

const TWO: &str = "ana@example.com,Ana,Duarte,yes,Admin\nbo@example.com,波,小,yes,Analyst\n";

#[test]
fn what_the_command_line_sends_the_console_shows_without_a_key() {
    let home = Home::with(TWO);
    let console = home.console(&[]);
    console.wait("2 not provisioned").wait("ana@example.com");
    let said = home.done(&["provision", "--yes"]);
    assert_eq!(said["done"], 2, "{said}");
    console.wait_gone("not provisioned").wait("pending");
    home.done(&["role", "bo@example.com", "workato_role=Admin"]);
    console.until("Bo as Admin", |screen| {
        let text = screen.contents();
        text.lines().find(|row| row.contains("bo@example.com") && row.contains("Admin")).map(drop)
    });
    console.press("q");
    assert_eq!(console.exit(), 0);
}

#[test]
fn what_the_console_sends_the_command_line_sees_while_the_console_is_open() {
    let home = Home::with(TWO);
    let console = home.console(&[]);
    console.wait("2 not provisioned").press("p").wait("2 to create").press("y").wait("2 done, 0 failed");
    let status = home.done(&["status"]);
    assert_eq!(status["flags"]["not_provisioned"], 0, "{status}");
    let ana = home.done(&["show", "ana@example.com"]);
    assert!(ana["account_id"].is_string(), "{ana}");
}

#[test]
fn a_second_console_follows_the_first() {
    let home = Home::with(TWO);
    let (first, second) = (home.console(&[]), home.console(&[]));
    first.wait("2 not provisioned");
    second.wait("2 not provisioned").press("p").wait("2 to create").press("y").wait("2 done, 0 failed");
    first.wait_gone("not provisioned").wait("pending");
    // The one that sends leaves; the other one goes on by itself.
    first.press("q");
    assert_eq!(first.exit(), 0);
    second
        .press("esc")
        .wait_gone("Results")
        .press("j e")
        .wait("Edit roles")
        .press("right enter")
        .wait("Edit roles: 1 done");
}

#[test]
fn a_command_that_is_interrupted_beside_the_console_holds_its_queue_until_somebody_says_to_go_on() {
    let people = |n: usize| format!("p{n:02}@example.com,Ana,Ruiz {n},yes,Analyst\n");
    let home = Home::with(&(1..=12).map(people).collect::<String>());
    let console = home.console(&[]);
    console.wait("12 not provisioned");
    // The console sends for it: it is the one that has to stop.
    home.workspace().fault("slow=300@POST/Users");
    let command = home.start(&["provision", "--yes", "--brake", "12"]);
    while home.workspace().accounts().is_empty() {
        std::thread::yield_now();
    }
    let id = Pid::from_raw(i32::try_from(command.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let output = home.ended(command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("what was not sent yet stays in the queue") && said.contains("scimdeck apply"),
        "{said}"
    );
    // As it was told: nothing more is made, and nothing is lost. The console offers it.
    let made = home.workspace().accounts().len();
    console.wait("A stopped run").press("l").wait_gone("A stopped run");
    let queue = home.done(&["status"])["queue"].clone();
    let open: u64 = queue.as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!((home.workspace().accounts().len(), open), (made, 12 - made as u64), "{queue}");
    assert!(open > 0, "there is something to hold");
    let report = home.done(&["apply", "--yes"]);
    assert_eq!(report["done"], open, "{report}");
    let check = home.done(&["check"]);
    assert_eq!(home.workspace().accounts().len(), 12, "{check}");
    console.wait_gone("not provisioned");
}

#[test]
fn read_only_shows_everything_and_sends_nothing() {
    let home = Home::with(TWO);
    let console = home.console(&["--read-only"]);
    console.wait("2 not provisioned").wait("read-only").press("p");
    console.wait("2 to create").press("y").wait("read-only");
    assert_eq!(home.done(&["status"])["flags"]["not_provisioned"], 2);
}

#[test]
fn a_home_without_a_connection_says_how_to_begin() {
    let console = Start::scimdeck(&[]).size(80, 24).run();
    console.wait("There is no connection yet").wait("s  try the sandbox").wait("c  connect to an app");
    console.send(b"q\r");
    assert_eq!(console.exit(), 0);
    console.assert_given_back();
}

#[test]
fn the_sandbox_is_one_key_away_on_a_home_without_a_connection() {
    let console = Start::scimdeck(&[]).size(80, 24).run();
    console.wait("s, c or q:").send(b"s\r").wait("24 not provisioned").press("q");
    assert_eq!(console.exit(), 0);
    console.assert_given_back();
}
