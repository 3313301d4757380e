//! The terminal while it is ours: taken whole, and given back whole whatever happens.

use std::io::{self, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

use super::event_loop::Host;
use crate::app::App;

/// Terminals and multiplexers drop longer sequences; k9s keeps to the same number of encoded bytes.
const COPY_LIMIT: usize = 74_994;

/// Whether the terminal is ours. A static, because the panic hook can reach nothing else.
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal, ours until this is dropped.
#[derive(Debug)]
pub(super) struct Screen;

impl Screen {
    /// Takes the terminal.
    pub(super) fn enter() -> io::Result<Self> {
        install_hook();
        // Whether colour is used is the theme's decision. Left to itself the terminal crate answers NO_COLOR by
        // dropping modifiers too, and the row under the cursor could not be seen.
        crossterm::style::force_color_output(true);
        let screen = Self;
        take()?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide, Clear(ClearType::All))
}

/// Gives the terminal back; a second call does nothing. Errors are of no use here: it may be gone already.
fn give_back() {
    if OURS.swap(false, Ordering::SeqCst) {
        let _ =
            execute!(io::stdout(), EndSynchronizedUpdate, DisableBracketedPaste, Show, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

/// Marks the beginning or the end of an update, so that the terminal never shows half a frame.
pub(super) fn mark(begins: bool) -> io::Result<()> {
    if begins {
        queue!(io::stdout(), BeginSynchronizedUpdate)
    } else {
        execute!(io::stdout(), EndSynchronizedUpdate)
    }
}

/// A panic on this thread gives the terminal back before it is told. One on a worker becomes an error message in
/// the console, so it must not write over the screen.
fn install_hook() {
    static ONCE: Once = Once::new();
    let drawing = thread::current().id();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == drawing {
                give_back();
            }
            if !OURS.load(Ordering::SeqCst) {
                before(info);
            } else {
                tracing::error!("a worker panicked: {info}");
            }
        }));
    });
}

impl<B> Host<B> for Screen {
    fn copy(&mut self, text: &str) -> io::Result<bool> {
        if text.len().div_ceil(3) * 4 > COPY_LIMIT {
            return Ok(false);
        }
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))?;
        Ok(true)
    }

    fn suspend(&mut self) -> io::Result<()> {
        give_back();
        // Not SIGTSTP: a process group without a shell would have it thrown away.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        take()?;
        io::stdout().flush()
    }

    fn settled(&mut self, _app: &App, _backend: &B) {}
}
