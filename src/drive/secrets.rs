//! Encrypted tokens: who is asked for a passphrase, and a new file.

use std::path::{Path, PathBuf};

use super::{Drive, problem};
use crate::domain::{Secret, TokenSource};
use crate::endpoint::token::{self, Asked, TokenError};
use crate::engine::{Problem, ProblemKind, TestReport, WRONG_PASSPHRASE};

/// Asks this way where an encrypted token's passphrase is needed and nothing hands it over. The number counts the
/// answers that were wrong.
pub fn ask_passphrase_with(ask: impl Fn(&Path, u32) -> Asked + Send + Sync + 'static) {
    token::keyring().ask_with(ask);
}

/// Asks nobody any more, because the terminal is used otherwise: what is locked stays so until [`Drive::unlock`].
pub fn ask_passphrase_of_nobody() {
    token::keyring().ask_nobody();
}

/// The passphrase that a service or CI hands over, where one does.
pub fn passphrase_handed_over() -> Result<Option<Secret>, Problem> {
    token::handed_over().map_err(|error| bad(&error))
}

/// The token in bytes that were piped or typed at `place`.
pub fn read_token(bytes: &[u8], place: &str) -> Result<Secret, Problem> {
    token::check(bytes, place).map_err(|error| bad(&error))
}

/// Writes an encrypted token file; one that is there is replaced only with `force`, and whole. Takes about a second.
pub async fn encrypt_token(
    path: &Path,
    token: &Secret,
    passphrase: &Secret,
    force: bool,
) -> Result<(), Problem> {
    let mut random = [0_u8; token::SEAL_RANDOM];
    getrandom::fill(&mut random).map_err(|_| unsealed())?;
    let (secret, key) = (token.clone(), passphrase.clone());
    let sealed = tokio::task::spawn_blocking(move || token::seal(&secret, &key, &random)).await;
    let text = sealed.ok().flatten().ok_or_else(unsealed)?;
    token::keep_bytes(path, text.as_bytes(), force).map_err(|error| {
        Problem::new(ProblemKind::Internal, "token_file", format!("{error}."), "Correct it, then try again.")
    })
}

/// Refuses a token command that has the token itself among its words, before it is kept.
pub async fn refuse_token_in_words(source: &TokenSource) -> Result<(), Problem> {
    match source {
        TokenSource::Command { .. } => match token::fetch(source).await {
            Ok(read) => not_in_words(source, &read.secret),
            // What is wrong with it is told where it is used.
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// The same of a token that was read.
pub(super) fn not_in_words(source: &TokenSource, token: &Secret) -> Result<(), Problem> {
    if !token::stands_in(source, token) {
        return Ok(());
    }
    let text = "The token itself stands in the token command: its words are kept in clear in the store, and everybody \
                on this machine sees them in the list of processes while it runs. Nothing was changed.";
    let next = "Name a program that finds it, or keep it encrypted: scimdeck token encrypt FILE";
    Err(Problem::new(ProblemKind::BadInput, "token_in_command", text, next))
}

fn unsealed() -> Problem {
    let text = "The token could not be encrypted: the system gave no random numbers or no memory. Nothing was written.";
    Problem::new(ProblemKind::Internal, "token_file", text, "Try again.")
}

fn bad(error: &TokenError) -> Problem {
    let text = format!("{error}. Nothing was changed.");
    Problem::new(ProblemKind::BadInput, "token", text, "Give the token, and nothing else.")
}

/// Opens an encrypted token file, once for this process.
pub(super) async fn open(path: &Path, passphrase: Secret) -> Result<(), Problem> {
    token::keyring().unlock(path, passphrase).await.map_err(|error| {
        let code = match error {
            TokenError::WrongPassphrase { .. } => WRONG_PASSPHRASE,
            _ => problem::LOCKED,
        };
        let text = format!("{error}. Nothing was changed and nothing was sent.");
        Problem::new(ProblemKind::Endpoint, code, text, "Try again: U in Provisioning.")
    })
}

impl Drive {
    /// The encrypted token file that nobody has opened in this process yet.
    pub fn locked(&self) -> Option<PathBuf> {
        match &self.shared.directory().connection().token {
            TokenSource::Encrypted { path } if !token::keyring().knows(path) => Some(path.clone()),
            _ => None,
        }
    }

    /// Has the token fetched now, so that a passphrase is asked while the terminal can still ask. What goes wrong shows
    /// when the token is needed.
    pub async fn fetch_early(&self) {
        if self.locked().is_some() {
            let _ = token::fetch(&self.shared.directory().connection().token).await;
        }
    }

    /// Opens the encrypted token with its passphrase, and tests the connection. What stood still for it goes on.
    pub async fn unlock(&self, passphrase: Secret) -> Result<TestReport, Problem> {
        let TokenSource::Encrypted { path } = self.shared.directory().connection().token.clone() else {
            return self.test().await;
        };
        open(&path, passphrase).await?;
        self.test().await
    }
}
