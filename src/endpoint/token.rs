//! From where a connection's token is kept to the token itself.
//!
//! Errors say what is wrong with the place, never what stood in it.

mod answer;
mod command;
mod credential;
mod error;
mod file;
mod keep;
mod keyring;
mod sealed;
mod variable;

pub use error::TokenError;
pub use keep::{keep, keep_bytes};
pub use keyring::{Asked, Keyring, PASSPHRASE_CREDENTIAL, handed_over, keyring};
pub use sealed::{SEAL_RANDOM, seal};
pub use variable::{PASSPHRASE_VARIABLE, hide};

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::{Secret, Time, TokenSource};

/// Longest token that is taken, in bytes: more than any header may hold.
pub(super) const MAX_TOKEN: usize = 16 << 10;
/// A shorter token may stand in another word by chance.
const LONG: usize = 8;
/// How long a token command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// A token and how long it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub secret: Secret,
    /// When it expires, where its source says so.
    pub until: Option<Time>,
}

/// Fetches the token from its place.
///
/// # Errors
/// Where there is no usable token; the text says why and what to do, and holds nothing of what was read.
pub async fn fetch(source: &TokenSource) -> Result<Token, TokenError> {
    fetch_within(source, COMMAND_TIMEOUT).await
}

async fn fetch_within(source: &TokenSource, timeout: Duration) -> Result<Token, TokenError> {
    let bytes = match source {
        TokenSource::File { path } => file::read(path, file::Rule::OWN)?,
        TokenSource::Encrypted { path } => keyring().open(path).await?,
        TokenSource::Credential { name } => credential::read(name)?,
        TokenSource::Command { argv } => {
            let output = command::run(argv, timeout).await?;
            return answer::token(&output, argv, &source.words());
        }
        TokenSource::Env { name } => variable::read(name)?,
        TokenSource::Memory => return Err(TokenError::InMemory),
    };
    Ok(Token { secret: check(&bytes, &source.words())?, until: None })
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

/// Whether the words of a token command hold the token itself: they are kept in clear, and shown by the process list.
pub fn stands_in(source: &TokenSource, token: &Secret) -> bool {
    let token = token.expose();
    let holds = |word: &String| word == token || (token.len() >= LONG && word.contains(token));
    matches!(source, TokenSource::Command { argv } if argv.iter().any(holds))
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
