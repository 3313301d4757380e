//! A token file: its owner's alone, or not read at all.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::{MAX_TOKEN, TokenError};
use crate::domain::Zeroizing;

/// Who may own the file, and which permission bits it must not have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// The system's own user may own it too.
    root: bool,
    /// Bits of others.
    closed: u32,
}

impl Rule {
    /// The operator's own file, closed to everybody else.
    pub(super) const OWN: Self = Self { root: false, closed: 0o077 };
    /// What systemd writes: its own or the user's; an access list for the user shows as a readable group.
    pub(super) const SYSTEMD: Self = Self { root: true, closed: 0o037 };
}

/// The file's bytes. What is checked is the opened file, so nobody can swap it in between.
pub(super) fn read(path: &Path, rule: Rule) -> Result<Zeroizing<Vec<u8>>, TokenError> {
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
    let ours = meta.uid() == rustix::process::geteuid().as_raw() || (rule.root && meta.uid() == 0);
    if !ours {
        return Err(TokenError::FileForeign { path: path_buf(), owner: meta.uid() });
    }
    if meta.mode() & rule.closed != 0 {
        return Err(TokenError::FileOpen { path: path_buf(), mode: meta.mode() & 0o7777 });
    }
    // With its final size from the start: growing would leave copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TOKEN + 2));
    file.take(MAX_TOKEN as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The operating system's words without its number.
pub(super) fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_ascii_lowercase()
}
