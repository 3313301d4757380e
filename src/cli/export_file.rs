//! A new file that only its owner can read, there whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::engine::{Problem, ProblemKind};

/// The file on its way: written under another name, which is taken away when it is not finished.
pub(super) struct Target {
    to: PathBuf,
    fresh: PathBuf,
    file: Option<BufWriter<File>>,
    force: bool,
}

impl Target {
    /// Refuses a file that is there, unless it may be replaced.
    pub(super) fn begin(to: &Path, force: bool) -> Result<Self, Problem> {
        if !force && fs::symlink_metadata(to).is_ok() {
            return Err(there(to));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let fresh = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
        let file = file.map_err(|error| failed(to, &error))?;
        Ok(Self { to: to.to_owned(), fresh, file: Some(BufWriter::new(file)), force })
    }

    /// Adds text.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Problem> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(text.as_bytes()).map_err(|error| failed(&self.to, &error))
    }

    /// Makes it durable under its name.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let written =
            file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        let placed = written.and_then(|()| {
            if self.force {
                fs::rename(&self.fresh, &self.to)
            } else {
                // Unlike a rename this fails where somebody was quicker.
                fs::hard_link(&self.fresh, &self.to)
            }
        });
        match placed {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(there(&self.to)),
            other => other.map_err(|error| failed(&self.to, &error)),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Renamed away, or the second name of a finished file, or a part that nobody wants.
        let _ = fs::remove_file(&self.fresh);
    }
}

/// Where the summary of a file stands whose format has no place for one.
pub(super) fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".summary.json");
    PathBuf::from(name)
}

fn there(path: &Path) -> Problem {
    let text = format!("{} is there already. Nothing was written.", path.display());
    Problem::new(ProblemKind::BadInput, "file_exists", text, "Name another file, or replace it with --force.")
}

fn failed(path: &Path, error: &io::Error) -> Problem {
    let text = format!("{} cannot be written: {error}. Nothing was left there.", path.display());
    Problem::new(ProblemKind::BadInput, "unwritable", text, "Choose another file.")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn write(path: &Path, force: bool, text: &str) -> Result<(), Problem> {
        let mut target = Target::begin(path, force)?;
        target.write(text)?;
        target.finish()
    }

    #[test]
    fn a_new_file_is_its_owners_alone_and_no_part_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write(&path, false, "one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_when_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        write(&path, false, "one").unwrap();
        assert_eq!(write(&path, false, "two").unwrap_err().code, "file_exists");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write(&path, true, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
    }

    #[test]
    fn an_export_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut target = Target::begin(&folder.path().join("a.csv"), false).unwrap();
        target.write("half").unwrap();
        drop(target);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
