//! The house as a table: who may enter which room. And a few rules for every file.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test, and a story tells how far it is"
)]

mod guarantees;
mod paths;
mod rooms;
mod source;

use std::collections::BTreeSet;

use paths::{Named, lines_with, paths};
use rooms::{HOUSE, LONG, LONGEST, Room, WAITING, WAITING_STD};
use source::{Source, code_of, files, root, short, sources};

#[track_caller]
fn nothing(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

fn line_of(source: &Source) -> &'static Room {
    let room = HOUSE.iter().find(|room| room.name == source.room);
    room.unwrap_or_else(|| panic!("{}: the room {} is not in the table", short(&source.path), source.room))
}

fn every_path(mut look: impl FnMut(&Source, &'static Room, &Named)) {
    for source in sources() {
        let room = line_of(&source);
        for named in paths(&source.code) {
            look(&source, room, &named);
        }
    }
}

/// The rooms that a path enters, wherever it starts.
fn entered(source: &Source, named: &Named) -> Vec<String> {
    let from_root = match named.first.as_str() {
        "crate" | "scimdeck" => true,
        "super" => named.supers >= source.depth,
        _ => false,
    };
    let is_room = |name: &&String| HOUSE.iter().any(|room| room.name == name.as_str());
    if from_root { named.next.iter().filter(is_room).cloned().collect() } else { Vec::new() }
}

#[test]
fn a_room_enters_only_the_rooms_that_the_table_allows() {
    let mut wrong = Vec::new();
    every_path(|source, room, named| {
        for other in entered(source, named) {
            if other != room.name && !room.rooms.contains(&other.as_str()) {
                wrong.push(format!("{}:{}: {} enters {other}", short(&source.path), named.line, room.name));
            }
        }
    });
    nothing("these arrows are not in the table", &wrong);
}

#[test]
fn the_table_has_no_circle() {
    let mut left: Vec<&Room> = HOUSE.iter().collect();
    while !left.is_empty() {
        let names: BTreeSet<_> = left.iter().map(|room| room.name).collect();
        let before = left.len();
        left.retain(|room| room.rooms.iter().any(|other| names.contains(other)));
        assert!(left.len() < before, "these rooms enter each other: {names:?}");
    }
}

#[test]
fn every_room_is_in_the_table_and_every_line_is_a_room() {
    let there: BTreeSet<String> = std::fs::read_dir(root().join("src"))
        .expect("src")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let table: BTreeSet<String> = HOUSE.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(there, table);
}

#[test]
fn a_room_uses_only_the_crates_that_the_table_allows() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let known: BTreeSet<String> = manifest
        .split("\n[")
        .filter(|section| section.starts_with("dependencies]") || section.starts_with("dev-dependencies]"))
        .flat_map(str::lines)
        .filter_map(|line| Some(line.split_once(" = ")?.0.trim().replace('-', "_")))
        .collect();
    assert!(known.contains("tokio") && known.contains("tui_textarea"), "{known:?}");
    let mut wrong = Vec::new();
    every_path(|source, room, named| {
        if known.contains(&named.first) && !room.crates.contains(&named.first.as_str()) {
            wrong.push(format!("{}:{}: {} uses {}", short(&source.path), named.line, room.name, named.first));
        }
    });
    nothing("these crates are not in the room's line of the table", &wrong);
}

#[test]
fn the_table_allows_nothing_that_nobody_uses() {
    let mut used = BTreeSet::new();
    every_path(|source, room, named| {
        used.insert((room.name, named.first.clone()));
        used.extend(entered(source, named).into_iter().map(|other| (room.name, other)));
    });
    let allowed = HOUSE.iter().flat_map(|room| {
        room.rooms.iter().chain(room.crates).map(move |other| (room.name, (*other).to_owned()))
    });
    let wrong: Vec<String> = allowed
        .filter(|pair| !used.contains(pair))
        .map(|(room, other)| format!("{room} -> {other}"))
        .collect();
    nothing("take these out of the table", &wrong);
}

#[test]
fn a_pure_room_knows_no_machine_and_no_clock() {
    let mut wrong = Vec::new();
    let mut say = |source: &Source, line: usize, what: &str| {
        wrong.push(format!("{}:{line}: {} is pure and names {what}", short(&source.path), source.room));
    };
    for source in sources().iter().filter(|source| line_of(source).pure) {
        for word in WAITING {
            lines_with(&source.code, word).into_iter().for_each(|line| say(source, line, word));
        }
        for named in paths(&source.code) {
            if named.first == "std" {
                let waiting = named.next.iter().filter(|next| WAITING_STD.contains(&next.as_str()));
                waiting.for_each(|next| say(source, named.line, next));
            }
            if named.next == ["now"] {
                say(source, named.line, "the time of now");
            }
        }
    }
    nothing("time and the machine come into pure rooms as values", &wrong);
}

/// All Rust files of ours.
fn rust() -> Vec<std::path::PathBuf> {
    ["src", "tests", "benches", "fuzz"].iter().flat_map(|folder| files(&root().join(folder), ".rs")).collect()
}

#[test]
fn a_file_longer_than_400_lines_has_a_reason() {
    let mut wrong = Vec::new();
    let mut long = BTreeSet::new();
    for path in rust() {
        let lines = std::fs::read_to_string(&path).expect("a file of UTF-8").lines().count();
        if lines > LONGEST {
            let listed = LONG.iter().any(|(name, reason)| *name == short(&path) && !reason.is_empty());
            if !listed {
                wrong.push(format!("{}: {lines} lines", short(&path)));
            }
            long.insert(short(&path));
        }
    }
    wrong.extend(
        LONG.iter().filter(|(name, _)| !long.contains(*name)).map(|(name, _)| format!("{name} is short now")),
    );
    nothing("split them, or give a reason in the list", &wrong);
}

#[test]
fn no_test_is_ignored() {
    let mut wrong = Vec::new();
    for path in rust() {
        let code = code_of(&std::fs::read_to_string(&path).expect("a file of UTF-8"));
        for (at, _) in code.match_indices("#[ignore") {
            wrong.push(format!("{}:{}", short(&path), paths::line(&code, at)));
        }
    }
    nothing("a test that cannot run fails and says what is missing", &wrong);
}

#[test]
fn no_test_sleeps() {
    let mut wrong = Vec::new();
    for path in files(&root().join("tests"), ".rs") {
        let code = code_of(&std::fs::read_to_string(&path).expect("a file of UTF-8"));
        for line in lines_with(&code, "sleep") {
            wrong.push(format!("{}:{line}", short(&path)));
        }
    }
    nothing("tests wait for what happens, not for time", &wrong);
}

#[test]
fn no_file_names_a_path_of_this_machine() {
    let folder = root().display().to_string();
    let mut here = vec![folder];
    here.extend(root().parent().map(|parent| format!("{}/", parent.display())));
    here.extend(std::env::var("HOME").ok().map(|home| format!("{}/", home.trim_end_matches('/'))));
    // A folder right below / may well be a word of a URL path.
    here.retain(|path| path.trim_end_matches('/').matches('/').count() > 1);
    let mut wrong = Vec::new();
    for path in files(root(), "") {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            if here.iter().any(|folder| line.contains(folder)) {
                wrong.push(format!("{}:{}", short(&path), number + 1));
            }
        }
    }
    nothing("these lines name a folder of this machine", &wrong);
}

#[test]
fn the_reader_sees_code_and_not_comments_strings_or_tests() {
    let code = code_of("a // crate::x\n/* std::fs */ b('\"', \"crate::y\", r#\"tokio::\"#, 'c');\n'a: c");
    assert_eq!(code.lines().count(), 3);
    assert!(paths(&code).is_empty(), "{code}");
    assert!(code.contains("b(") && code.contains("'a: c"), "{code}");
    let found = paths("use crate::{domain::{A, B}, scim};\nsuper::super::engine::x(a.b::<C>());");
    assert_eq!(found[0].next, ["domain", "scim"]);
    assert_eq!((found[0].line, found[0].first.as_str()), (1, "crate"));
    let up = found.iter().find(|named| named.first == "super").expect("the second line");
    assert_eq!((up.line, up.supers, up.next[0].as_str()), (2, 2, "engine"));
    assert_eq!(lines_with("let sleep = 1;\nsleepy();\nx.sleep()", "sleep"), [1, 3]);
    let tests = sources();
    let kept = |name: &str| tests.iter().any(|source| short(&source.path) == name);
    assert!(kept("src/engine/machine/mod.rs") && !kept("src/engine/machine/tests.rs"));
    assert!(kept("src/verbs/edit_profile.rs") && !kept("src/verbs/edit_profile_tests.rs"));
}
