//! Typing that is not shown: tokens and passphrases at the terminal.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::domain::{Secret, Zeroizing};

/// Longest line that a terminal gives in one piece; a longer one arrives cut.
const LONGEST: usize = 4_095;
/// Most that is read from a pipe.
const MOST: u64 = (16 << 10) + 1;

/// The terminal's settings from before, while nothing is shown. A static, because a signal ends the program without
/// ending the question.
static BEFORE: Mutex<Option<(File, Termios)>> = Mutex::new(None);

/// Shows again what is typed. Does nothing where it is shown already.
pub(super) fn show_again() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((terminal, settings)) = before {
        let _ = tcsetattr(&terminal, OptionalActions::Flush, &settings);
        let _ = (&terminal).write_all(b"\n");
    }
}

/// Gives the terminal back when the question is dropped.
struct Quiet;

impl Drop for Quiet {
    fn drop(&mut self) {
        show_again();
    }
}

/// Whether somebody can be asked who sees the question. Standard input may be something else.
pub(super) fn attended() -> bool {
    io::stderr().is_terminal()
}

/// Asks at the terminal itself; none where there is none, or nothing was typed.
pub(super) async fn ask(question: &str) -> Option<Secret> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let before = tcgetattr(&terminal).ok()?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
    let kept = terminal.try_clone().ok()?;
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some((kept, before));
    let quiet = Quiet;
    tcsetattr(&terminal, OptionalActions::Flush, &silent).ok()?;
    (&terminal).write_all(super::text::visible(question).as_bytes()).ok()?;
    let line = tokio::task::spawn_blocking(move || line(terminal)).await.ok().flatten();
    drop(quiet);
    line
}

/// One line, without its end; none when it is empty or was cut by the terminal.
fn line(mut from: impl io::Read) -> Option<Secret> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let mut byte = Zeroizing::new([0_u8; 1]);
    while bytes.len() <= LONGEST && matches!(from.read(&mut *byte), Ok(1)) && byte[0] != b'\n' {
        bytes.push(byte[0]);
    }
    let text = std::str::from_utf8(&bytes).ok()?.trim_end_matches('\r');
    (!text.is_empty() && bytes.len() < LONGEST).then(|| Secret::verbatim(text))
}

/// Everything that standard input holds, which is no terminal.
pub(super) async fn piped() -> io::Result<Zeroizing<Vec<u8>>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
        io::stdin().lock().take(MOST).read_to_end(&mut bytes).map(|_| bytes)
    });
    read.await.unwrap_or_else(|e| Err(io::Error::other(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_as_typed_and_a_cut_one_is_not() {
        assert_eq!(line(&b" pass word \r\nnext"[..]).expect("a line").expose(), " pass word ");
        assert_eq!(line(&b"last"[..]).expect("a line").expose(), "last");
        assert!(line(&b"\n"[..]).is_none() && line(&b"\xff\n"[..]).is_none());
        assert!(line(&vec![b'x'; LONGEST][..]).is_none());
    }
}
