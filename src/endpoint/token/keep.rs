//! A token that was pasted, kept in a file of its own.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::TokenError;
use crate::domain::Secret;

/// Writes a token into a file that only its owner can read, in a folder of the same kind; a file that is there is
/// replaced whole. It is durable when this returns.
///
/// # Errors
/// [`TokenError::FileUnwritable`]; the file is then as it was before.
pub fn keep(path: &Path, token: &Secret) -> Result<(), TokenError> {
    keep_bytes(path, token.expose().as_bytes(), true)
}

/// The same for a file that is encrypted already; one that is there stays unless `replace`.
///
/// # Errors
/// As [`keep`].
pub fn keep_bytes(path: &Path, bytes: &[u8], replace: bool) -> Result<(), TokenError> {
    write(path, bytes, replace).map_err(|error| TokenError::FileUnwritable {
        path: path.to_owned(),
        reason: super::file::words(&error),
    })
}

fn write(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".scimdeck-new");
    let fresh = path.with_file_name(name);
    // Left by a process that died in between; a link there would be followed otherwise.
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    // A link, unlike a rename, never replaces what came there meanwhile.
    let place = || if replace { fs::rename(&fresh, path) } else { fs::hard_link(&fresh, path) };
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| place());
    if written.is_err() || !replace {
        let _ = fs::remove_file(&fresh);
    }
    written?;
    fs::File::open(folder)?.sync_all()
}
