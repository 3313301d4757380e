//! Terminals of any size, and ones that change it.

use std::time::Duration;

use crate::terminal::{Start, row, words};

#[test]
fn a_terminal_made_small_and_large_again_shows_everything_again() {
    let console = Start::scimdeck(&["demo"]).size(120, 40).run();
    console.wait("Assignments (24)").wait("? help");
    console.settle(Duration::from_millis(200));
    let before = words(&console.screen());
    console.resize(40, 12).wait("needs 60x16, this is 40x12").wait_gone("Assignments");
    // What cannot be seen cannot be pressed. Nothing tells that a key was read: it gets time for that.
    console.press_and_settle("p 4", Duration::from_millis(300));
    for columns in [41, 42] {
        console.resize(columns, 12).wait(&format!("needs 60x16, this is {columns}x12"));
    }
    console.resize(120, 40).wait("[1 Assignments]").wait("? help");
    console.until("the screen as it was", |screen| (words(screen) == before).then_some(()));
    // Asking where the cursor is takes the answer away from the keys.
    assert!(!console.bytes().windows(4).any(|four| four == b"\x1b[6n"));
}

#[test]
fn the_smallest_size_that_works_still_shows_flag_person_and_keys() {
    let console = Start::scimdeck(&["demo"]).size(60, 16).run();
    console.wait("! 24 not").wait("Assignments (24)").wait("p provision");
    console.press("p").wait("15 to create").wait("Cancel (esc)");
    console.press("esc").wait_gone("15 to create").resize(60, 15).wait("needs 60x16, this is 60x15");
    console.press("q");
    assert_eq!(console.exit(), 0);
}

#[test]
fn a_resize_moves_the_frame_to_the_new_edges() {
    let console = Start::scimdeck(&["demo"]).size(80, 24).run();
    console.wait("? help").resize(132, 43).until("keys on the last row", |screen| {
        (row(screen, 42).contains("? help") && row(screen, 23).contains("│")).then_some(())
    });
    let screen = console.screen();
    assert_eq!(screen.cell(3, 131).map(vt100::Cell::contents), Some("╮"), "{}", screen.contents());
}

#[test]
fn a_resize_is_seen_even_when_a_key_comes_in_the_same_moment() {
    let console = Start::scimdeck(&["demo"]).size(120, 40).run();
    console.wait("? help");
    for columns in (80..110).rev() {
        console.press("j").resize(columns, 24).until("the frame at the new edge", |screen| {
            let corner = screen.cell(3, columns - 1).map(vt100::Cell::contents);
            (corner == Some("╮") && row(screen, 23).contains("? help")).then_some(())
        });
    }
}
