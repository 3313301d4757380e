//! The state file, and the task that keeps it.
//!
//! Guarantees: the file is always a whole snapshot, old or new (written beside, synced, renamed, the folder
//! synced). It is written within about [`PAUSE`] of a change and once more at shutdown, so a crash loses at most
//! the changes of that time; what an answered request changed may be among them. Only its owner can read it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::shell::{SandboxError, lock, until};
use super::workspace::Workspace;

/// Changes within this time are written together.
pub(super) const PAUSE: Duration = Duration::from_millis(250);

/// Replaces `path` as a whole.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Writes after changes until `stop`, then once more.
pub(super) async fn keep(
    path: PathBuf,
    workspace: Arc<Mutex<Workspace>>,
    changed: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> Result<(), SandboxError> {
    let mut written = None;
    loop {
        let change = async {
            changed.notified().await;
            tokio::time::sleep(PAUSE).await;
        };
        let stopping = tokio::select! {
            () = change => false,
            () = until(stop.clone()) => true,
        };
        let result = save(&path, &workspace, &mut written).await;
        match result {
            result if stopping => return result,
            Err(error) => tracing::error!("{error}"),
            Ok(()) => {}
        }
    }
}

async fn save(
    path: &Path,
    workspace: &Arc<Mutex<Workspace>>,
    written: &mut Option<u64>,
) -> Result<(), SandboxError> {
    let (workspace, path) = (Arc::clone(workspace), path.to_owned());
    let last = *written;
    let state = |path: &Path, source: io::Error| SandboxError::State { path: path.to_owned(), source };
    let task = tokio::task::spawn_blocking(move || {
        let (revision, snapshot) = {
            let workspace = lock(&workspace);
            if last == Some(workspace.revision()) {
                return Ok(None);
            }
            (workspace.revision(), workspace.snapshot())
        };
        let snapshot = snapshot.map_err(|error| state(&path, io::Error::other(error)))?;
        write(&path, &snapshot).map_err(|error| state(&path, error))?;
        Ok(Some(revision))
    });
    match task.await {
        Ok(Ok(revision)) => {
            *written = revision.or(*written);
            Ok(())
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(()),
    }
}
