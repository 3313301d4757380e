//! `scimdeck` without a command: the console on the home's connection.

use std::io::Write;

use super::heads;
use super::open::{self, Opening};
use crate::config::{Look, Surroundings};
use crate::drive::Drive;
use crate::engine::{Problem, ProblemKind};
use crate::runtime::{self, ConsoleError, Options, Session};

/// The console on a home; returns the exit code.
pub(super) async fn console(opening: &Opening) -> Result<u8, Problem> {
    let (drive, ask_which) = open::open_watching(opening).await?;
    if !opening.read_only {
        drive.lead().await;
    }
    super::token::ask_at_terminal();
    drive.fetch_early().await;
    // From here on the terminal is the console's.
    crate::drive::ask_passphrase_of_nobody();
    let here = drive.clone();
    let ended = show(drive, opening.read_only, ask_which).await;
    // However it ended, if only it began. A terminal that is gone is no reason to fail: the log is kept.
    if ended.as_ref().map_or_else(|problem| problem.kind != ProblemKind::Usage, |_| true) {
        let _ = std::io::stderr().write_all(heads::of_all(&here).await.as_bytes());
    }
    ended
}

/// The console on an open drive; returns the exit code.
pub(super) async fn show(drive: Drive, read_only: bool, ask_which: bool) -> Result<u8, Problem> {
    let session = Session { who: who(), read_only };
    let ended = runtime::console(drive, Options { session, look: look(), ask_which }).await;
    match ended {
        Ok(ended) => Ok(ended.exit()),
        Err(error) => {
            let exit = error.exit();
            let text = error.to_string();
            let (text, next) = text.rsplit_once(". ").unwrap_or((&text, ""));
            let kind =
                if exit == ProblemKind::Internal.exit() { ProblemKind::Internal } else { ProblemKind::Usage };
            let code = if matches!(error, ConsoleError::Io(_)) { "terminal" } else { "no_terminal" };
            Err(Problem::new(kind, code, format!("{text}."), next))
        }
    }
}

/// The operator and the machine, as the header shows them.
fn who() -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let host = host.split('.').next().unwrap_or_default();
    format!("{}@{host}", open::user())
}

fn look() -> Look {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let no_color = std::env::var("NO_COLOR").ok();
    Look::choose(None, Surroundings { no_color: no_color.as_deref(), locale: locale.as_deref() })
}
