//! Environment variables that hold secrets: read, and kept from every program that is started here.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::process::Command;

use super::TokenError;
use crate::domain::Zeroizing;

/// Where a passphrase is found in CI.
pub const PASSPHRASE_VARIABLE: &str = "SCIMDECK_PASSPHRASE";

/// Names of variables with secrets. The variables themselves cannot be taken out of a process with threads, so they
/// are taken out of what its children get.
static HIDDEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps a variable from every program that is started from now on.
pub fn hide(name: &str) {
    HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
}

/// Takes the secrets out of the environment that a program gets.
pub(super) fn clean(command: &mut Command) {
    command.env_remove(PASSPHRASE_VARIABLE);
    for name in HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        command.env_remove(name);
    }
}

/// What the variable holds.
pub(super) fn read(name: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let missing = || TokenError::EnvMissing { name: name.to_owned() };
    // The standard library panics on such names.
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(missing());
    }
    hide(name);
    std::env::var(name).map(|text| Zeroizing::new(text.into_bytes())).map_err(|_| missing())
}
