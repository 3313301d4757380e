//! A console that nobody touches.

use std::time::Duration;

use crate::terminal::Start;

#[test]
fn nothing_is_written_while_nothing_happens() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision");
    let before = console.settle(Duration::from_millis(500));
    assert_eq!(console.settle(Duration::from_secs(2)), before);
}

#[test]
fn a_key_that_changes_one_row_writes_little() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision");
    console.settle(Duration::from_millis(500));
    let (_, bytes) = console.answer("j", Duration::from_millis(200));
    assert!(bytes < 2_500, "{bytes} bytes");
    console.wait("2 of 24");
}

#[test]
fn a_key_that_means_nothing_writes_nothing() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision");
    let before = console.settle(Duration::from_millis(500));
    console.press("G").wait("24 of 24");
    let at_the_end = console.settle(Duration::from_millis(300));
    assert!(at_the_end > before);
    console.press("G G Z");
    assert_eq!(console.settle(Duration::from_millis(800)), at_the_end);
    console.press("k").wait("23 of 24");
}
