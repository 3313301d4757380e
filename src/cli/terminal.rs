//! The operator at a terminal.

use std::io::{self, BufRead, IsTerminal};

use super::face::{Ask, Line};

/// Reads lines from standard input on a thread of its own, so that a signal still ends a question.
pub(super) struct Terminal;

impl Ask for Terminal {
    fn line(&mut self) -> Line {
        Box::pin(async {
            let read = tokio::task::spawn_blocking(|| {
                let mut line = String::new();
                match io::stdin().lock().read_line(&mut line) {
                    Ok(n) if n > 0 => Some(line),
                    _ => None,
                }
            });
            read.await.ok().flatten()
        })
    }
}

/// Whether somebody can be asked: questions go to standard error and answers come from standard input.
pub(super) fn attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Columns of standard output, where it is a terminal.
pub(super) fn width() -> Option<usize> {
    io::stdout().is_terminal().then(crossterm::terminal::size)?.ok().map(|(columns, _)| columns.into())
}
