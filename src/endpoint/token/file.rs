//! A token file: its owner's alone, or not read at all.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::{MAX_TOKEN, TokenError};

/// The file's bytes. What is checked is the opened file, so nobody can swap it in between.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, TokenError> {
    let path_buf = || path.to_owned();
    let unreadable =
        |error: std::io::Error| TokenError::FileUnreadable { path: path_buf(), reason: words(&error) };
    // Without NONBLOCK, opening a pipe would wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::MLINK) => {
            return Err(TokenError::FileIsLink { path: path_buf() });
        }
        Err(error) => return Err(unreadable(error.into())),
    };
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return Err(TokenError::FileNotRegular { path: path_buf() });
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(TokenError::FileForeign { path: path_buf(), owner: meta.uid() });
    }
    if meta.mode() & 0o077 != 0 {
        return Err(TokenError::FileOpen { path: path_buf(), mode: meta.mode() & 0o7777 });
    }
    let mut bytes = Vec::new();
    file.take(MAX_TOKEN as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The operating system's words without its number.
pub(super) fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_ascii_lowercase()
}
