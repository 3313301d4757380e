//! From where a connection's token is kept to the token itself.
//!
//! Errors say what is wrong with the place, never what stood in it.

mod command;
mod file;
mod keep;

pub use keep::keep;

use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::{Secret, TokenSource};

/// Longest token that is taken, in bytes: more than any header may hold.
pub(super) const MAX_TOKEN: usize = 16 << 10;
/// How long a token command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file cannot be opened or read.
    #[error(
        "the token file {path} cannot be read: {reason}; put the token there with mode 0600, or name another"
    )]
    FileUnreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// The file cannot be written.
    #[error(
        "the token file {path} cannot be written: {reason}; the token was not kept, make room or correct its folder"
    )]
    FileUnwritable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// A symbolic link could be pointed elsewhere by somebody else.
    #[error("the token file {path} is a symbolic link; name the file itself")]
    FileIsLink {
        /// The file.
        path: PathBuf,
    },
    /// A directory, pipe or device.
    #[error("the token file {path} is not a regular file; name a file that holds nothing but the token")]
    FileNotRegular {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else owns it.
    #[error("the token file {path} belongs to another user (uid {owner}); copy it to a file of your own")]
    FileForeign {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
    },
    /// Others may read or change it.
    #[error("the token file {path} is open to others (mode {mode:04o}); run: chmod 600 {path}")]
    FileOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The program cannot be started.
    #[error(
        "the token command {program} cannot be started: {reason}; give its full path, without a shell line"
    )]
    CommandNotStarted {
        /// The program.
        program: String,
        /// The operating system's reason.
        reason: String,
    },
    /// The program reported a failure.
    #[error("the token command {program} failed ({status}){said}; run it by hand to see why")]
    CommandFailed {
        /// The program.
        program: String,
        /// Its exit status.
        status: String,
        /// The last line of its standard error, made safe, or nothing.
        said: String,
    },
    /// The program did not end in time and was ended.
    #[error(
        "the token command {program} did not end within {seconds} s and was stopped; it must not ask anything"
    )]
    CommandTimeout {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// No such variable, or no text in it.
    #[error("the environment variable {name} is not set; export it, or give the token by file or command")]
    EnvMissing {
        /// The variable.
        name: String,
    },
    /// Only the process that made the connection knows the token.
    #[error(
        "the token of this connection lives in the demo that made it and cannot be read from here; use the demo's \
         own window, or give a token with `scimdeck token`"
    )]
    InMemory,
    /// Nothing there.
    #[error("{place} holds no token; copy the token from the app's SCIM settings")]
    Empty {
        /// Where.
        place: String,
    },
    /// Larger than any token.
    #[error("{place} holds more than {MAX_TOKEN} bytes, which is no token")]
    TooLarge {
        /// Where.
        place: String,
    },
    /// Blanks or control characters inside: mostly two lines or a whole sentence.
    #[error(
        "{place} holds blanks or control characters inside the token; it must hold the token and nothing else"
    )]
    BadCharacters {
        /// Where.
        place: String,
    },
}

/// Fetches the token from its place.
pub async fn resolve(source: &TokenSource) -> Result<Secret, TokenError> {
    resolve_within(source, COMMAND_TIMEOUT).await
}

async fn resolve_within(source: &TokenSource, timeout: Duration) -> Result<Secret, TokenError> {
    let bytes = match source {
        TokenSource::File { path } => file::read(path)?,
        TokenSource::Command { argv } => command::run(argv, timeout).await?,
        TokenSource::Env { name } => variable(name)?,
        TokenSource::Memory => return Err(TokenError::InMemory),
    };
    check(&bytes, &source.words())
}

fn variable(name: &str) -> Result<Vec<u8>, TokenError> {
    let missing = || TokenError::EnvMissing { name: name.to_owned() };
    // The standard library panics on such names.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(missing());
    }
    std::env::var(name).map(String::into_bytes).map_err(|_| missing())
}

/// The token in what was read at `place`, which is named in errors.
pub fn check(bytes: &[u8], place: &str) -> Result<Secret, TokenError> {
    let place = || place.to_owned();
    if bytes.len() > MAX_TOKEN {
        return Err(TokenError::TooLarge { place: place() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| TokenError::BadCharacters { place: place() })?;
    let secret = Secret::new(text);
    if secret.is_empty() || secret.expose().eq_ignore_ascii_case("bearer") {
        return Err(TokenError::Empty { place: place() });
    }
    if !secret.expose().bytes().all(|b| b.is_ascii_graphic()) {
        return Err(TokenError::BadCharacters { place: place() });
    }
    Ok(secret)
}

/// First 8 hex digits of SHA-256 over salt and token: tells a changed token without telling the token.
pub fn token_mark(salt: &[u8], token: &Secret) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::new().chain_update(salt).chain_update(token.expose().as_bytes()).finalize();
    digest.iter().take(4).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests;
