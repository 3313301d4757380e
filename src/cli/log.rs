//! The log of this program, for its own troubles: a file of the operator's alone, never larger than its cap.
//!
//! What people did is in the audit log, what was sent in the traces. Here no address, id or body is written, and a
//! token at no level.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Mutex;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::args::{Cli, Command};
use crate::config::Home;

/// The file in the home, or in the platform's folder for state; the one before it ends in `.1`.
const FILE: &str = "scimdeck.log";
/// A file that has grown to so many bytes makes room for a new one.
const CAP: u64 = 4 << 20;
/// What is written: a level, or levels by target as in `info,reqwest=trace`.
const VARIABLE: &str = "SCIMDECK_LOG";

/// Starts it. A folder that cannot be written is no reason not to start: there is no log then.
pub(super) fn start(cli: &Cli) {
    let asked = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    // These have no home of their own: nothing is left behind unless it was asked for.
    let homeless = matches!(
        cli.command,
        Some(
            Command::Demo { .. }
                | Command::Sandbox(_)
                | Command::Completions { .. }
                | Command::Man { .. }
                | Command::Config
        )
    );
    if asked.is_none() && homeless {
        return;
    }
    let Ok(home) = Home::find(cli.global.home.as_deref(), None) else { return };
    let path = home.state.join(FILE);
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        // Its own troubles would be written over the console.
        .log_internal_errors(false)
        .with_writer(Mutex::new(Capped { path, open: None, cap: CAP }));
    let _ = tracing_subscriber::registry().with(filter(asked.as_deref())).with(layer).try_init();
}

/// Warnings and worse, unless the variable says otherwise; what it says wrongly counts for nothing.
fn filter(asked: Option<&str>) -> Targets {
    let usual = Targets::new().with_default(LevelFilter::WARN);
    asked.map_or(usual.clone(), |text| Targets::from_str(text).unwrap_or(usual))
}

/// A file that is made with its first line, and begun anew when it has grown to `cap` bytes.
struct Capped {
    path: PathBuf,
    open: Option<(File, u64)>,
    cap: u64,
}

impl Capped {
    fn file(&mut self, more: u64) -> io::Result<&mut (File, u64)> {
        if self.open.as_ref().is_some_and(|(_, size)| size + more > self.cap) {
            self.open = None;
            // Another process on this home may have done it already: then its file is the old one now.
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
        }
        if self.open.is_none() {
            if let Some(folder) = self.path.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            let flags = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .mode(0o600)
                .custom_flags(flags)
                .open(&self.path)?;
            let size = file.metadata()?.len();
            self.open = Some((file, size));
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Write for Capped {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let more = line.len() as u64;
        let (file, size) = self.file(more)?;
        file.write_all(line)?;
        *size += more;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_log_is_its_owners_alone_and_never_larger_than_two_caps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state").join(FILE);
        let mut log = Capped { path: path.clone(), open: None, cap: 1_000 };
        assert!(!path.exists(), "made with its first line");
        for n in 0..100 {
            log.write_all(format!("{n:098}\n").as_bytes()).unwrap();
        }
        let files: Vec<_> = fs::read_dir(folder.path().join("state")).unwrap().map(|f| f.unwrap()).collect();
        assert_eq!(files.len(), 2);
        for file in files {
            let meta = file.metadata().unwrap();
            assert!(meta.len() <= 1_000 && meta.permissions().mode() & 0o777 == 0o600, "{file:?}: {meta:?}");
        }
        assert!(fs::read_to_string(&path).unwrap().ends_with("99\n"));
    }

    #[test]
    fn a_file_that_is_there_is_gone_on_with_and_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for line in ["one\n", "two\n"] {
            Capped { path: path.clone(), open: None, cap: 1_000 }.write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(Capped { path: link, open: None, cap: 1_000 }.write_all(b"three\n").is_err());
    }

    #[test]
    fn a_word_that_is_no_level_leaves_the_usual() {
        let usual = filter(None).to_string();
        assert_eq!(filter(Some("scimdeck=loud")).to_string(), usual);
        assert_ne!(filter(Some("trace")).to_string(), usual);
    }
}
