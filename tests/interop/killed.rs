//! A process that is killed in the middle of the five hundred, and what the next one makes of it.

use crate::people::THERE_BEFORE;
use crate::story::Story;

/// Creates that the endpoint has seen when the process dies.
const SEEN: usize = 100;

fn killed_midway(words: &[&str]) {
    let story = Story::begin(words);
    let number = story.people.len().to_string();
    let mut first = story.console.start(&["provision", "--yes", "--brake", &number]);
    story.peer.proxy.wait_for("POST", SEEN);
    first.kill().expect("it runs still");
    first.wait().expect("it ends");
    let status = story.console.status();
    assert_ne!(status["queue"]["queued"], 0, "it was not midway: {status}");

    for _ in 0..3 {
        story.console.allowed(&["apply"]);
        story.console.allowed(&["provision"]);
    }
    story.the_app_is_true(|_| true);
    story.nobody_is_flagged();
    let asked = story.peer.proxy.take();
    // A create that was on its way when the process died is found there, and not sent a second time.
    assert_eq!(
        asked.count("POST"),
        story.people.len() - THERE_BEFORE,
        "one create for everybody who was not there"
    );
    assert_eq!(asked.count("DELETE"), 0);
    story.console.run(&["audit", "verify"]).well();
}

#[test]
fn scim2_server_has_everybody_once_after_the_process_was_killed_midway() {
    killed_midway(&["scim2-full"]);
}

#[test]
fn a_server_without_filters_has_everybody_once_after_the_process_was_killed_midway() {
    killed_midway(&["scim2-none"]);
}

#[test]
fn scimmy_has_everybody_once_after_the_process_was_killed_midway() {
    killed_midway(&["scimmy"]);
}
