//! The console's shell: the terminal, its events, the clock, signals and the clipboard; and the loop that feeds the
//! pure state and draws it. The loop, the state and drawing stay on the calling thread; work is spawned.

mod drive;
mod event_loop;
mod keys;
mod own_folder;
mod placed;
mod screen;
mod seam;
mod signals;
mod work;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::app::App;
pub use crate::app::Session;
use crate::config::Look;
use crate::domain::{ConnectionId, Time};
use event_loop::Loop;
use placed::Placed;
use screen::Screen;
pub use seam::Seam;

/// How the console is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who sits here, and whether nothing may be changed.
    pub session: Session,
    /// Which colours and characters may be drawn.
    pub look: Look,
    /// More than one connection is there and none was chosen: the list of them is shown first.
    pub ask_which: bool,
}

/// How the console ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The operator left.
    Quit,
    /// A signal with this number ended it; what was committed stays queued.
    Signal(u8),
    /// The terminal went away; as a hangup.
    Lost,
    /// The operator goes over to another connection; the console itself goes on with it.
    Switch(ConnectionId),
}

impl Ended {
    /// The exit code of the command line's contract: 128 and the signal.
    pub fn exit(self) -> u8 {
        match self {
            Self::Quit | Self::Switch(_) => 0,
            Self::Signal(number) => 128 + number,
            Self::Lost => 129,
        }
    }
}

/// The console could not start, or the terminal failed.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Standard input or output is no terminal.
    #[error(
        "The console needs a terminal, and standard input or output is none. Nothing was changed. \
         In scripts use the commands, for example: scimdeck status --json"
    )]
    NoTerminal,
    /// The terminal cannot place text.
    #[error(
        "The terminal cannot place text (TERM is {0:?}). Nothing was changed. \
         Set TERM, or use the commands, for example: scimdeck status"
    )]
    Dumb(String),
    /// Reading or writing the terminal failed.
    #[error("The terminal failed: {0}. What was committed stays queued; start scimdeck again to go on.")]
    Io(#[from] io::Error),
}

impl ConsoleError {
    /// The exit code of the command line's contract.
    pub fn exit(&self) -> u8 {
        match self {
            Self::NoTerminal | Self::Dumb(_) => 64,
            Self::Io(_) => 1,
        }
    }
}

/// The wall clock.
fn now() -> Time {
    Time::from_ms(jiff::Timestamp::now().as_millisecond())
}

fn check_terminal() -> Result<(), ConsoleError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(ConsoleError::NoTerminal);
    }
    match std::env::var("TERM") {
        Ok(term) if term != "dumb" && !term.is_empty() => Ok(()),
        other => Err(ConsoleError::Dumb(other.unwrap_or_default())),
    }
}

/// Runs the console until the operator leaves or the terminal goes away. Call it on the main thread, inside a
/// runtime with worker threads: the loop stays here, the work goes there.
///
/// # Errors
/// When there is no terminal to run on, or it fails.
pub async fn console<S: Seam>(seam: S, options: Options) -> Result<Ended, ConsoleError> {
    check_terminal()?;
    let mut signals = signals::listen()?;
    let mut screen = Screen::enter()?;
    // Never dropped: on a terminal that is gone its drop would write to standard error, which panics when that is
    // gone too. The screen shows the cursor again by itself.
    let mut terminal =
        ManuallyDrop::new(Terminal::new(Placed::new(CrosstermBackend::new(io::stdout()), screen::mark))?);
    let mut events = keys::events()?;
    let mut seam = Arc::new(seam);
    let mut app = App::new(options.session.clone(), seam.directory());
    if options.ask_which {
        app.ask_which();
    } else if seam.locked().await {
        app.ask_passphrase(false);
    }
    let mut left = Vec::new();
    let ended = loop {
        let ended = Loop::new(Arc::clone(&seam), app, options.look, now)
            .run(&mut terminal, &mut events, &mut signals, &mut screen)
            .await;
        let Ok(Ended::Switch(id)) = ended else { break ended };
        let opened = seam.switch(id).await;
        let problem = match opened {
            Ok(other) => {
                let before = std::mem::replace(&mut seam, Arc::new(other));
                // What was sent there is heard out beside the work here.
                let same = before.directory().connection().id == id;
                left.extend((!same).then(|| tokio::spawn(async move { before.stop_run().await })));
                None
            }
            Err(problem) => Some(problem),
        };
        app = App::new(options.session.clone(), seam.directory());
        problem.iter().for_each(|problem| app.tell_problem("The other connection", problem));
        if seam.locked().await {
            app.ask_passphrase(false);
        }
    };
    drop(screen);
    // What was sent is heard out, so that nothing is left in doubt.
    seam.stop_run().await;
    for task in left {
        let _ = task.await;
    }
    match ended {
        // Whatever it was that failed: writing to a terminal that is gone may be noticed before its signal.
        Err(_) if signals::hung_up() => Ok(Ended::Lost),
        ended => Ok(ended?),
    }
}
