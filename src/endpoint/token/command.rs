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
            said: last_line(&said),
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

fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or_else(String::new, |line| format!(": {}", excerpt(line, 200)))
}
