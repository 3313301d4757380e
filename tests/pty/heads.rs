//! However the console ends, it says the head of the audit chain, for whoever keeps it elsewhere.

use rustix::process::Signal;

use crate::home::Home;
use crate::terminal::{Start, Terminal};

/// The console with standard error in a file, which a terminal that is gone does not take along.
fn console(home: &Home) -> Terminal {
    let file = home.path().join("said");
    let line = format!("exec '{}' 2> '{}'", env!("CARGO_BIN_EXE_scimdeck"), file.display());
    let console = Start::program("/bin/sh", &["-c", &line]).home(&home.path().join("home")).run();
    console.wait("p provision");
    console
}

/// The head that was said, which the log on disk still holds.
fn said(home: &Home, way: &str) {
    let said = std::fs::read_to_string(home.path().join("said")).unwrap();
    let head = said.lines().find_map(|line| line.strip_prefix("audit head of workato "));
    let head = head.unwrap_or_else(|| panic!("{way}: {said:?}"));
    let verified = home.done(&["audit", "verify", "--head", head]);
    assert!(
        verified["holds"] == true && head.ends_with(&format!("@{}", verified["entries"])),
        "{way}: {verified}"
    );
}

#[test]
fn the_head_is_said_after_a_key_a_signal_and_a_terminal_that_went_away() {
    let home = Home::with("ana@example.com,Ana,Ruiz,yes,Admin\nbo@example.com,Bo,Ek,yes,Admin\n");
    for key in ["q", "ctrl-c"] {
        let console = console(&home);
        console.press(key);
        assert_eq!(console.exit(), 0, "{key}");
        said(&home, key);
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let console = console(&home);
        console.signal(signal);
        assert_eq!(console.exit(), code, "{signal:?}");
        said(&home, &format!("{signal:?}"));
    }
    let mut console = console(&home);
    console.hang_up("j");
    assert_eq!(console.exit(), 129);
    said(&home, "the terminal went away");
}
