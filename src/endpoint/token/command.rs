//! A token command: a program and its arguments, run without a shell.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use super::{MAX_TOKEN, TokenError, file, variable};
use crate::domain::Zeroizing;
use crate::endpoint::excerpt::excerpt;

/// How much of the end of its standard error is kept.
const MAX_SAID: usize = 4 << 10;
/// What stands for a word that may be a secret.
const INSTEAD: &str = "[REDACTED]";
/// A shorter word of its output is not looked for in what it said: it would be found by chance.
const SHORTEST: usize = 8;
/// From this length on letters mixed with digits look like a token.
const LONG: usize = 16;
/// And letters alone.
const VERY_LONG: usize = 32;

/// Its standard output. It gets no input, so that it fails rather than waits for an answer.
pub(super) async fn run(argv: &[String], timeout: Duration) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let (program, arguments) = argv.split_first().ok_or_else(|| TokenError::CommandNotStarted {
        program: String::new(),
        reason: "no program is named".to_owned(),
    })?;
    let shown = excerpt(program, 120);
    let mut command = Command::new(program);
    // Secrets in our own environment are not for it.
    variable::clean(&mut command);
    let mut child = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| TokenError::CommandNotStarted { program: shown.clone(), reason: file::words(&e) })?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (out, said) = tokio::join!(first(stdout, MAX_TOKEN as u64 + 1), last(stderr));
        (child.wait().await, out, said)
    };
    let waited = tokio::time::timeout(timeout, work).await;
    let Ok((status, out, said)) = waited else {
        // Its own children too: they would go on holding whatever it was that made it wait.
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.kill().await;
        return Err(TokenError::CommandTimeout { program: shown, seconds: timeout.as_secs() });
    };
    match status {
        // More than a token came: the pipe was closed on it, and its status says nothing.
        _ if out.len() > MAX_TOKEN => Ok(out),
        Ok(status) if status.success() => Ok(out),
        Ok(status) => Err(TokenError::CommandFailed {
            program: shown,
            status: status_words(status),
            said: last_line(&said, &out),
        }),
        Err(error) => Err(TokenError::CommandFailed {
            program: shown,
            status: file::words(&error),
            said: String::new(),
        }),
    }
}

/// The first `cap` bytes; then the pipe is closed.
async fn first(pipe: Option<impl AsyncRead + Unpin>, cap: u64) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TOKEN + 2));
    if let Some(pipe) = pipe {
        let _ = pipe.take(cap).read_to_end(&mut bytes).await;
    }
    bytes
}

/// The last few kilobytes; all of it is read, so that a talkative program is not stopped by a full pipe.
async fn last(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 1024];
    if let Some(mut pipe) = pipe {
        while let Ok(n @ 1..) = pipe.read(&mut piece).await {
            bytes.extend_from_slice(piece.get(..n).unwrap_or_default());
            let over = bytes.len().saturating_sub(MAX_SAID);
            bytes.drain(..over);
        }
    }
    bytes
}

fn status_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown status".to_owned(),
    }
}

/// The last line that it said, without the words that may be a secret: a program that fails may show its token.
fn last_line(said: &[u8], out: &[u8]) -> String {
    let (said, out) =
        (String::from_utf8_lossy(said), Zeroizing::new(String::from_utf8_lossy(out).into_owned()));
    let Some(line) = said.lines().rev().find(|line| !line.trim().is_empty()) else { return String::new() };
    let printed = |word: &str| {
        word.len() >= SHORTEST
            && out.split_whitespace().any(|one| word.contains(one) && one.len() >= SHORTEST)
    };
    let safe = |word: &str| if printed(word) || secret(word) { INSTEAD.to_owned() } else { word.to_owned() };
    let words: Vec<String> = line.split_whitespace().map(safe).collect();
    format!(": {}", excerpt(&words.join(" "), 200))
}

/// Whether a word looks like a token: between the dots, slashes and colons of a path, a host or a time stands hardly ever
/// such a long mixture of letters and digits.
fn secret(word: &str) -> bool {
    let runs = word.split(|c: char| !c.is_ascii_alphanumeric() && !"-_+=~".contains(c));
    runs.into_iter().any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
        run.len() >= LONG && letters > 0 && (digits > 0 || run.len() >= VERY_LONG)
    })
}
