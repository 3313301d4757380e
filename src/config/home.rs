//! Where everything of one operator is kept.

use std::path::{Path, PathBuf};

/// The folders. With `--home` or `SCIMDECK_HOME` all of them are one; else the platform's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The store: directory, links, journal, audit.
    pub data: PathBuf,
    /// Settings.
    pub config: PathBuf,
    /// Logs and crash reports.
    pub state: PathBuf,
}

/// The platform names no folder for this user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("No home folder is known for this user, so nothing was opened. Name one with --home DIR.")]
pub struct NoHome;

impl Home {
    /// All in one folder.
    pub fn at(folder: &Path) -> Self {
        Self { data: folder.to_owned(), config: folder.to_owned(), state: folder.to_owned() }
    }

    /// `--home` first, then `SCIMDECK_HOME`, then the platform's folders.
    ///
    /// # Errors
    /// [`NoHome`] when neither is given and the platform knows none.
    pub fn find(argument: Option<&Path>, variable: Option<&Path>) -> Result<Self, NoHome> {
        let named = argument.or(variable).filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = named {
            return Ok(Self::at(folder));
        }
        let folders = directories::ProjectDirs::from("", "", "scimdeck").ok_or(NoHome)?;
        let state = folders.state_dir().unwrap_or_else(|| folders.data_local_dir());
        Ok(Self {
            data: folders.data_local_dir().to_owned(),
            config: folders.config_dir().to_owned(),
            state: state.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_beats_the_variable_and_an_empty_one_counts_for_nothing() {
        let (a, b, none) = (Path::new("/a"), Path::new("/b"), Path::new(""));
        assert_eq!(Home::find(Some(a), Some(b)), Ok(Home::at(a)));
        assert_eq!(Home::find(None, Some(b)), Ok(Home::at(b)));
        assert_ne!(Home::find(None, Some(none)), Ok(Home::at(none)));
    }
}
