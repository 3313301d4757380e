//! Leaving, in every way: the terminal is given back, and the exit code says why.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Signal, WaitOptions, waitpid};

use crate::nowhere::Folder;
use crate::terminal::{Start, Terminal, words};

fn demo() -> Terminal {
    let console = Start::scimdeck(&["demo"]).run();
    console.wait("p provision");
    let screen = console.screen();
    assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
    console
}

#[test]
fn q_and_control_c_leave_with_0() {
    for key in ["q", "ctrl-c"] {
        let console = demo();
        console.press(key);
        assert_eq!(console.exit(), 0, "{key}");
        console.assert_given_back();
    }
}

#[test]
fn a_signal_ends_it_with_its_number_and_the_terminal_given_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let console = demo();
        console.signal(signal);
        assert_eq!(console.exit(), code, "{signal:?}");
        console.assert_given_back();
    }
}

#[test]
fn a_signal_in_the_middle_of_a_dialog_changes_nothing_and_gives_the_terminal_back() {
    let console = demo();
    console.press("p").wait("15 to create").signal(Signal::TERM);
    assert_eq!(console.exit(), 143);
    console.assert_given_back();
}

#[test]
fn control_z_gives_the_terminal_back_and_continuing_draws_everything_again() {
    let console = demo();
    console.press("j").wait("2 of 24").settle(Duration::from_millis(200));
    let before = words(&console.screen());
    let (pid, (tell, stopped)) = (console.pid(), mpsc::channel());
    thread::spawn(move || tell.send(waitpid(Some(pid), WaitOptions::UNTRACED).unwrap()));
    console.press("ctrl-z");
    let (_, status) = stopped.recv_timeout(Duration::from_secs(30)).unwrap().unwrap();
    assert!(status.stopped(), "{status:?}");
    console.assert_given_back();

    console.signal(Signal::CONT).until("the screen as it was", |screen| {
        (screen.alternate_screen() && screen.hide_cursor() && words(screen) == before).then_some(())
    });
    console.press("j").wait("3 of 24").press("q");
    assert_eq!(console.exit(), 0);
    console.assert_given_back();
}

#[test]
fn a_stray_continue_signal_does_nothing() {
    let console = demo();
    console.signal(Signal::CONT).press("j").wait("2 of 24").press("q");
    assert_eq!(console.exit(), 0);
}

/// Several at once, while each has a key to read: what is found gone, and by whom, differs from time to time.
#[test]
fn a_lost_terminal_ends_it() {
    let mut consoles: Vec<Terminal> = (0..8).map(|_| demo()).collect();
    for console in &mut consoles {
        console.hang_up("j");
    }
    for console in consoles {
        assert_eq!(console.exit(), 129);
    }
}

/// As after `nohup`: the hangup is ignored by whoever started it. Reading a terminal that is gone returns at once,
/// again and again; a program that does not notice burns a processor for ever.
#[test]
fn a_lost_terminal_ends_it_without_burning_the_processor_even_where_hangups_are_ignored() {
    let folder = Folder::new();
    let told = folder.path().join("told");
    let line = format!(
        "trap '' HUP; '{}' demo; echo \"code $?\" > '{told}.part'; times >> '{told}.part'; mv '{told}.part' '{told}'",
        env!("CARGO_BIN_EXE_scimdeck"),
        told = told.display(),
    );
    let mut console = Start::program("/bin/sh", &["-c", &line]).run();
    console.wait("p provision");
    console.hang_up("j");
    assert_eq!(console.exit(), 0);
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.starts_with("code 129\n"), "{told}");
    // The last line: minutes and seconds of the children, for themselves and in the kernel.
    let used: f64 = told
        .lines()
        .last()
        .unwrap()
        .split_whitespace()
        .map(|time| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
            minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
        })
        .sum();
    assert!(used < 2.0, "{told}");
}
