//! Names in any script. Terminals count the columns of marks and conjuncts differently, so what follows them is always
//! placed by a cursor move.

use unicode_segmentation::UnicodeSegmentation;

use crate::terminal::{Start, find};

#[test]
fn nothing_is_written_right_after_text_that_terminals_count_differently() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("Assignments (24)").wait("p provision").press("G").wait("24 of 24");
    let text = String::from_utf8(console.bytes()).unwrap();
    let mut unusual = 0;
    for run in text.split('\x1b') {
        // What is left of the control sequence ends with its letter; text starts after it.
        let run = run.strip_prefix('[').and_then(|rest| {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            rest.get(end + 1..)
        });
        let graphemes: Vec<&str> = run.unwrap_or_default().graphemes(true).collect();
        for (n, grapheme) in graphemes.iter().enumerate().filter(|(_, g)| g.chars().count() > 1) {
            unusual += 1;
            assert_eq!(n + 1, graphemes.len(), "{grapheme:?} is followed by text in {run:?}");
        }
    }
    assert!(unusual > 10, "the example has such names: {unusual}");
}

#[test]
fn the_columns_of_all_rows_stand_below_each_other() {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("Assignments (24)").wait("p provision");
    let screen = console.screen();
    for name in ["aniruddh.vyas", "haoran.yuchi", "itai.almog", "siriporn.chanpen", "temitope.fagbemi"] {
        let (_, column, _) = find(&screen, name).unwrap_or_else(|| panic!("{}", screen.contents()));
        assert_eq!(find(&screen, "User name").map(|found| found.1), Some(column), "{name}");
    }
}
