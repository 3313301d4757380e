//! Reading what a program wrote, which may still be running.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Result};
use std::path::{Path, PathBuf};

/// What is read at once: it stays in the processor's cache while it is looked through again and again.
const PIECE: usize = 128 << 10;
/// So much of a piece is seen with the next one, too: no form of a token is longer.
const SEAM: usize = 1 << 10;

/// What was there a moment ago may be gone.
fn there<T>(looked: Result<T>) -> Option<T> {
    match looked {
        Ok(found) => Some(found),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("not searched: {error}"),
    }
}

/// All files below a folder; neither links nor anything that is no file.
pub(crate) fn below(folder: &Path) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in there(fs::read_dir(&folder)).into_iter().flatten() {
            let entry = entry.expect("an entry");
            match there(entry.file_type()) {
                Some(kind) if kind.is_dir() => folders.push(entry.path()),
                Some(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}

/// The first thing that is found in any piece of a file.
pub(crate) fn find<T>(file: &Path, look: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut file = there(File::open(file))?;
    let (mut buffer, mut kept) = (vec![0; SEAM + PIECE], 0);
    loop {
        let end = kept + there(file.read(&mut buffer[kept..]))?;
        if end == kept {
            return None;
        }
        if let Some(found) = look(&buffer[..end]) {
            return Some(found);
        }
        kept = end.min(SEAM);
        buffer.copy_within(end - kept..end, 0);
    }
}
