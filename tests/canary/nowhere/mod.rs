//! Every suite is a canary: its tokens are known here, its homes lie in a [`Folder`], and the program logs all that it
//! can. When a folder goes, everything that was written in it, said on it or logged by the test's own process is searched,
//! and a token that is anywhere but in its place fails the test.

#![allow(dead_code, reason = "every suite asks for a part of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "a helper that cannot go on fails its test")]

mod files;
pub(crate) mod forms;
mod log;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{LazyLock, Mutex, PoisonError};

use memchr::memmem;
use tempfile::TempDir;

use forms::Search;

/// What all these tokens have in common, with letters that other notations write in another way.
const MARK: &str = "canary+7f/9aTc0~FFEE.";
/// What the app is reached with.
pub(crate) const SCIM: &str = "canary+7f/9aTc0~FFEE.sings/in-the=mine_0451==";
/// What the app's log is read with.
pub(crate) const LOG: &str = "canary+7f/9aTc0~FFEE.reads/the-diary=twice_2208==";
/// What replaces the first.
pub(crate) const NEXT: &str = "canary+7f/9aTc0~FFEE.comes/after-that=one_0452==";
/// One that no app knows.
pub(crate) const WRONG: &str = "canary+7f/9aTc0~FFEE.steals/the-silver=spoon_1984==";

/// The variable that makes the program log all that it can.
pub(crate) const TALKATIVE: (&str, &str) = ("SCIMDECK_LOG", "trace");

/// Shorter than any token that somebody makes up at random.
const RANDOM: usize = 24;

/// A test's own folder.
pub(crate) struct Folder {
    folder: TempDir,
    /// Places of tokens; a token that is made during the test is known by lying there.
    kept: Mutex<BTreeSet<PathBuf>>,
    said: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        log::listen();
        Self { folder: TempDir::new().expect("a folder"), kept: Mutex::default(), said: Mutex::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file of this name is a token's place.
    pub(crate) fn keeps(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        path
    }

    /// The same, with a token in it.
    pub(crate) fn secret(&self, name: &str, token: &str) -> PathBuf {
        let path = self.keeps(name);
        fs::write(&path, token).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        path
    }

    /// What the program printed.
    pub(crate) fn said(&self, output: &Output) {
        self.heard("standard output", &output.stdout);
        self.heard("standard error", &output.stderr);
    }

    pub(crate) fn heard(&self, what: &str, bytes: &[u8]) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push((what.to_owned(), bytes.to_owned()));
    }

    /// No token is anywhere but in its place.
    pub(crate) fn search(&self) {
        let found = self.found();
        assert!(found.is_empty(), "a token is where none may be: {found:#?}");
    }

    /// Where a token is that may not be there, and in which form.
    fn found(&self) -> Vec<(String, &'static str)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = kept.iter().filter_map(|path| fs::read_to_string(path).ok());
        let made = tokens.filter(|token| token.len() >= RANDOM && !token.contains(MARK));
        let made: Vec<Search> = made.map(|token| Search::of(token.trim())).collect();
        let look = |text: &[u8]| any(text).or_else(|| made.iter().find_map(|token| token.found(text)));
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let logged = ("the log of this process, of this test or one beside it".to_owned(), log::take());
        let heard = said.iter().chain([&logged]);
        let mut found: Vec<_> = heard.filter_map(|(what, text)| Some((what.clone(), look(text)?))).collect();
        let files = files::below(self.path()).into_iter().filter(|path| !kept.contains(path));
        found.extend(files.filter_map(|path| Some((path.display().to_string(), files::find(&path, look)?))));
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.search();
        }
    }
}

/// The form of a token of these tests, or of one that nobody here knows, by what stands before it in a request.
fn any(text: &[u8]) -> Option<&'static str> {
    static MARKED: LazyLock<Search> = LazyLock::new(|| Search::of(MARK));
    MARKED.found(text).or_else(|| {
        let before = b"earer ";
        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
        let long = |at| text[at + before.len()..].iter().take(RANDOM).filter(|byte| letter(byte)).count();
        memmem::find_iter(text, before).any(|at| long(at) == RANDOM).then_some("behind the word Bearer")
    })
}

/// Nothing of what a terminal was sent is a token.
#[track_caller]
pub(crate) fn assert_nowhere(what: &str, text: &[u8]) {
    assert_eq!(any(text), None, "a token is in {what}");
}
