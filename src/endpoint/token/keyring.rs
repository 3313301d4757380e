//! Passphrases of encrypted token files: asked once in a process, kept in memory that is wiped.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::file::{self, Rule};
use super::{PASSPHRASE_VARIABLE, TokenError, credential, sealed, variable};
use crate::domain::{Secret, Zeroizing};

/// The systemd credential that holds the passphrase of a service.
pub const PASSPHRASE_CREDENTIAL: &str = "scimdeck-passphrase";
/// How often an operator is asked.
const TRIES: u32 = 3;

/// The operator's answer; none where it was refused.
pub type Asked = Pin<Box<dyn Future<Output = Option<Secret>> + Send>>;
/// Asks for the passphrase of a file; the number counts from 0.
type Ask = Arc<dyn Fn(&Path, u32) -> Asked + Send + Sync>;

/// What opens encrypted token files.
#[derive(Clone, Default)]
pub struct Keyring {
    known: Arc<Mutex<BTreeMap<PathBuf, Secret>>>,
    ask: Arc<Mutex<Option<Ask>>>,
    /// Two connections with the same file ask once.
    asking: Arc<tokio::sync::Mutex<()>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("known", &hold(&self.known).len()).finish_non_exhaustive()
    }
}

/// The keyring of this process: connections of one home share it, as they would an agent.
pub fn keyring() -> &'static Keyring {
    static KEYRING: LazyLock<Keyring> = LazyLock::new(Keyring::default);
    &KEYRING
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keyring {
    /// Asks this way from now on where nothing else gives a passphrase.
    pub fn ask_with(&self, ask: impl Fn(&Path, u32) -> Asked + Send + Sync + 'static) {
        *hold(&self.ask) = Some(Arc::new(ask));
    }

    /// Asks nobody any more: the terminal is used otherwise.
    pub fn ask_nobody(&self) {
        *hold(&self.ask) = None;
    }

    /// Whether the file can be opened without asking.
    pub fn knows(&self, path: &Path) -> bool {
        hold(&self.known).contains_key(path)
    }

    /// Forgets every passphrase.
    pub fn forget(&self) {
        hold(&self.known).clear();
    }

    /// Tries a passphrase on a file and keeps it where it opens.
    ///
    /// # Errors
    /// [`TokenError::WrongPassphrase`], or what is wrong with the file.
    pub async fn unlock(&self, path: &Path, passphrase: Secret) -> Result<(), TokenError> {
        let text = file::read(path, Rule::OWN)?;
        opened(text, passphrase.clone(), path).await?;
        hold(&self.known).insert(path.to_owned(), passphrase);
        Ok(())
    }

    /// The token of an encrypted file.
    pub(super) async fn open(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        let text = file::read(path, Rule::OWN)?;
        let _one = self.asking.lock().await;
        let known = hold(&self.known).get(path).cloned();
        if let Some(passphrase) = known {
            return opened(text, passphrase, path).await;
        }
        if let Some(passphrase) = handed_over()? {
            let token = opened(text, passphrase.clone(), path).await?;
            hold(&self.known).insert(path.to_owned(), passphrase);
            return Ok(token);
        }
        let ask = hold(&self.ask).clone();
        let ask = ask.ok_or_else(|| TokenError::Locked { path: path.to_owned() })?;
        for n in 0..TRIES {
            let Some(passphrase) = ask(path, n).await else { break };
            match opened(text.clone(), passphrase.clone(), path).await {
                Err(error @ TokenError::WrongPassphrase { .. }) if n + 1 == TRIES => return Err(error),
                Err(TokenError::WrongPassphrase { .. }) => {}
                Err(error) => return Err(error),
                Ok(token) => {
                    hold(&self.known).insert(path.to_owned(), passphrase);
                    return Ok(token);
                }
            }
        }
        Err(TokenError::Locked { path: path.to_owned() })
    }
}

/// Opening takes a second of processor time: not on a thread that others wait for.
async fn opened(
    text: Zeroizing<Vec<u8>>,
    passphrase: Secret,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let named = path.to_owned();
    let work = tokio::task::spawn_blocking(move || sealed::open(&text, &passphrase, &named));
    work.await.unwrap_or_else(|_| Err(TokenError::Locked { path: path.to_owned() }))
}

/// The passphrase of a service or of CI, where one is there.
///
/// # Errors
/// A credential that is there and cannot be used.
pub fn handed_over() -> Result<Option<Secret>, TokenError> {
    let bytes = match credential::read(PASSPHRASE_CREDENTIAL) {
        Ok(bytes) => bytes,
        Err(TokenError::CredentialMissing { .. }) => match variable::read(PASSPHRASE_VARIABLE) {
            Ok(bytes) => bytes,
            Err(_) => return Ok(None),
        },
        Err(error) => return Err(error),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| TokenError::BadCharacters {
        place: format!("the passphrase ({PASSPHRASE_CREDENTIAL} or {PASSPHRASE_VARIABLE})"),
    })?;
    // A file ends with a newline that nobody typed.
    Ok(Some(Secret::verbatim(text.trim_end_matches(['\r', '\n']))))
}
