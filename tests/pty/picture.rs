//! The picture of the README. `UPDATE_PICTURE=1 cargo test --test pty picture` makes it anew.

use std::path::Path;

use crate::svg::picture;
use crate::terminal::Start;

/// What the picture must tell: who is flagged and why, and what would be sent.
const WORDS: [&str; 6] =
    ["not provisioned", "Provision User", "15 to create", "9 existing, to link", "Cancel (esc)", "SANDBOX"];

#[test]
fn the_picture_of_the_readme_is_a_real_screen() {
    let console = Start::scimdeck(&["demo"]).size(100, 30).run();
    console.wait("p provision").press("p").wait("15 to create").wait("Cancel (esc)");
    let screen = console
        .until("the keys of the dialog", |screen| screen.contents().contains("y OK").then(|| screen.clone()));
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
