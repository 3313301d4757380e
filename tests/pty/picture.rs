//! The picture of the README. `UPDATE_PICTURE=1 cargo test --test pty picture` makes it anew.

use std::path::Path;
use std::time::Duration;

use crate::svg::picture;
use crate::terminal::Start;

/// What the picture must tell: where, who is flagged and why, and what to do next.
const WORDS: [&str; 7] = [
    "SANDBOX",
    "24 not provisioned",
    "Assignments (24)",
    "meera.kulkarni",
    "assigned before SCIM was enabled",
    "provisions them all",
    "edit roles",
];

#[test]
fn the_picture_of_the_readme_is_a_real_screen() {
    let console = Start::scimdeck(&["demo"]).size(100, 30).var("SUDO_USER", "sam").run();
    console.wait("p provision").press("j j j").wait("4 of 24").settle(Duration::from_millis(200));
    let screen = console.screen();
    let made = picture(&screen, "scimdeck demo");
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screen.svg");
    if std::env::var_os("UPDATE_PICTURE").is_some() {
        std::fs::write(&place, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&place)
        .unwrap_or_else(|e| panic!("{}: {e}; UPDATE_PICTURE=1 makes it", place.display()));
    for words in WORDS {
        assert!(made.contains(words), "{words:?} is not in the picture of\n{}", screen.contents());
        assert!(
            kept.contains(words),
            "assets/screen.svg is old: UPDATE_PICTURE=1 cargo test --test pty picture"
        );
    }
    assert!(made.starts_with("<svg ") && made.ends_with("</svg>\n"));
}
