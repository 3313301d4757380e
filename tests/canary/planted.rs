//! What the folder of every suite finds. Without this no suite could fail for a token.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::nowhere::forms::forms;
use crate::nowhere::{Folder, LOG, NEXT, SCIM, WRONG};

/// Whether a folder fails its test, in which tokens are kept and this is done.
fn found(plant: impl FnOnce(&Folder)) -> bool {
    let folder = Folder::new();
    folder.secret("token", SCIM);
    folder.secret("token.activity", LOG);
    fs::write(folder.path().join("scimdeck.log"), "TRACE a request, with Bearer [REDACTED]\n")
        .expect("a file");
    fs::create_dir(folder.path().join("home")).expect("a folder");
    plant(&folder);
    catch_unwind(AssertUnwindSafe(|| drop(folder))).is_err()
}

fn line(folder: &Folder, file: &str, text: impl AsRef<[u8]>) {
    let lines = [b"TRACE a request\nTRACE ".as_slice(), text.as_ref(), b"\n"].concat();
    fs::write(folder.path().join(file), lines).expect("a file");
}

/// One test, since the log of the process belongs to all its tests.
#[test]
fn the_folder_of_every_suite_finds_a_token_that_is_anywhere_but_in_its_place() {
    assert!(!found(|_| ()), "it may be where it is kept");
    for token in [SCIM, LOG, NEXT, WRONG] {
        assert!(found(|folder| line(folder, "scimdeck.log", token)), "in the log: {token}");
        assert!(found(|folder| line(folder, "home/scimdeck.db-wal", token)), "below the folder: {token}");
        assert!(found(|folder| folder.heard("standard output", token.as_bytes())), "printed: {token}");
        for form in forms(token).into_iter().filter(|form| !form.name.contains("half")) {
            let planted = |folder: &Folder| line(folder, "scimdeck.log", &form.bytes);
            assert!(found(planted), "{}: {token}", form.name);
        }
    }
    // Where two pieces meet that are read one after the other.
    for before in (127 << 10..130 << 10).step_by(20) {
        let text = [&b"x".repeat(before), SCIM.as_bytes(), b" behind"].concat();
        assert!(found(|folder| line(folder, "home/scimdeck.db", &text)), "behind {before}");
    }
    // The place is exempt, and what only looks like it is not.
    assert!(found(|folder| line(folder, "home/token", SCIM)));

    // A token that somebody made is known by its place.
    let made = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
    let kept = |folder: &Folder| drop(folder.secret("home/token", made));
    assert!(!found(kept));
    assert!(found(|folder| {
        kept(folder);
        line(folder, "scimdeck.log", made);
    }));
    // One that nobody here ever knew is told by what stands before it.
    assert!(found(|folder| line(folder, "scimdeck.log", format!("authorization: Bearer {made}"))));

    // A part of the program that a test calls directly logs in the test's own process.
    assert!(found(|_| tracing::trace!("{SCIM}")));
    assert!(!found(|_| tracing::trace!("a request")));
}
