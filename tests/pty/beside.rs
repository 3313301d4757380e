//! The console and the command line on one home, at the same time.

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
