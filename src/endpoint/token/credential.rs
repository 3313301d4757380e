//! Credentials that systemd hands to a service: files below `$CREDENTIALS_DIRECTORY`.

use std::path::{Component, Path, PathBuf};

use super::TokenError;
use super::file::{self, Rule};
use crate::domain::Zeroizing;

/// What the credential of this name holds.
pub(super) fn read(name: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    below(folder.as_deref(), name)
}

/// A missing folder and a missing file are the same for the operator: systemd was not told of this credential.
pub(super) fn below(folder: Option<&Path>, name: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let missing = || TokenError::CredentialMissing { name: name.to_owned() };
    let folder = folder.filter(|folder| folder.is_absolute()).ok_or_else(missing)?;
    // systemd's own rule for names: one step, no way out of the folder.
    let mut steps = Path::new(name).components();
    let (Some(Component::Normal(step)), None) = (steps.next(), steps.next()) else { return Err(missing()) };
    if step != name {
        return Err(missing());
    }
    let path = folder.join(name);
    if !path.try_exists().unwrap_or(true) {
        return Err(missing());
    }
    file::read(&path, Rule::SYSTEMD)
}
