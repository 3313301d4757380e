//! Places where no console can be shown, and terminals that can do less.

use std::process::{Command, Stdio};

use vt100::Color;

use crate::nowhere::Folder;
use crate::terminal::{Start, cells};

#[test]
fn without_a_terminal_it_says_so_and_ends_with_64() {
    let home = Folder::new();
    let output = Command::new(env!("CARGO_BIN_EXE_scimdeck"))
        .arg("demo")
        .env("SCIMDECK_HOME", home.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("needs a terminal") && said.contains("scimdeck status --json"), "{said}");
}

#[test]
fn output_into_a_file_or_input_from_one_is_no_terminal() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    std::fs::write(&file, "q\n").unwrap();
    for direction in ["<", ">"] {
        let line = format!("'{}' demo {direction} '{}'", env!("CARGO_BIN_EXE_scimdeck"), file.display());
        let shell = Start::program("/bin/sh", &["-c", &line]).run();
        assert_eq!(shell.exit(), 64, "{direction}");
        shell.wait("needs a terminal");
        assert!(!shell.bytes().windows(6).any(|six| six == b"\x1b[?104"));
    }
}

#[test]
fn a_terminal_that_cannot_place_text_is_refused_with_64() {
    for term in ["dumb", ""] {
        let console = Start::scimdeck(&["demo"]).var("TERM", term).run();
        assert_eq!(console.exit(), 64);
        console.wait("cannot place text").wait("Set TERM");
        assert!(!console.bytes().contains(&0x1b));
    }
}

#[test]
fn no_color_shows_no_colour_and_still_marks_the_row_under_the_cursor() {
    let console = Start::scimdeck(&["demo"]).var("NO_COLOR", "1").run();
    console.wait("p provision").press("j").wait("2 of 24");
    let screen = console.screen();
    let (rows, columns) = screen.size();
    for (row, column) in (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column))) {
        let cell = screen.cell(row, column).unwrap();
        assert_eq!((cell.fgcolor(), cell.bgcolor()), (Color::Default, Color::Default), "{row} {column}");
    }
    assert!(cells(&screen, "aniruddh").iter().all(|cell| cell.inverse()));
    assert!(cells(&screen, "balint").iter().all(|cell| !cell.inverse()));
    assert!(cells(&screen, "! 24 not provisioned").iter().all(|cell| cell.bold()));
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let console = Start::scimdeck(&["demo"]).var("LANG", "C").run();
    console.wait("Assignments (24)").wait("p provision");
    assert!(console.bytes().is_ascii());
}
