//! One sender per connection and home.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::domain::{ConnectionId, Failure, FailureKind};

/// Takes the sender's lock; none when another process holds it. The kernel frees it when its holder dies.
pub(super) fn try_lock(home: &Path, connection: ConnectionId) -> Result<Option<File>, Failure> {
    let path = home.join(format!("sender-{}.lock", connection.0));
    let failed = |why: &dyn std::fmt::Display| Failure {
        kind: FailureKind::Store,
        text: format!("the sender's lock {} cannot be taken: {why}; nothing is sent.", path.display()),
        next: "Put the home on a local file system that this user can write.".to_owned(),
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}
