//! One sender per connection and home.
//!
//! The sender holds a lock on a file that the kernel frees when its holder dies. The file says who holds it, and its
//! time of change is the holder's sign of life. Who takes over from one that lives and stands still puts another file
//! in its place; the one before finds that out, and the fence in the store refuses whatever it still wants to save.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use crate::domain::{ConnectionId, Failure, FailureKind};
use crate::engine::{Holder, HolderSeen};

/// How often a holder gives a sign of life.
pub(super) const BEAT: Duration = Duration::from_secs(1);
/// Without one for so long it stands still.
pub(super) const SILENT: Duration = Duration::from_secs(3);
/// The most that is read of what a holder says about itself.
const MOST: u64 = 16 * 1024;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// Which file it is: another one of that name is somebody else's.
    node: (u64, u64),
}

/// Why nothing was taken over.
#[derive(Debug)]
pub(super) enum NotSeized {
    /// Nobody holds it.
    Free,
    /// Somebody else does.
    Another(Box<HolderSeen>),
    /// The file system does not let us.
    Failed(Failure),
}

impl Lock {
    /// A sign of life. False when another process took over meanwhile.
    pub(super) fn beat(&self) -> bool {
        // A sign that cannot be given is not worth stopping for: the lock itself still holds.
        let _ = self.file.set_modified(SystemTime::now());
        self.holds()
    }

    /// False when another process took over meanwhile.
    fn holds(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|there| node(&there) == self.node)
    }

    fn say(&mut self, holder: &Holder) -> io::Result<()> {
        let text = serde_json::to_vec(holder)?;
        self.file.rewind()?;
        self.file.write_all(&text)?;
        self.file.set_len(text.len() as u64)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Who leaves in good order leaves no name behind.
        let _ = self.file.set_len(0);
    }
}

/// What a write must have in the moment it leaves: a process may have been frozen since it was allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct Leave(Option<Weak<Lock>>);

impl Leave {
    /// Of the sender that holds this lock; a store in memory needs none.
    pub(super) fn of(lock: Option<&Arc<Lock>>) -> Self {
        Self(lock.map(Arc::downgrade))
    }

    /// Whether its sender is still the sender.
    pub(super) fn holds(&self) -> bool {
        self.0.as_ref().is_none_or(|lock| lock.upgrade().is_some_and(|lock| lock.holds()))
    }
}

fn path(home: &Path, connection: ConnectionId) -> PathBuf {
    home.join(format!("sender-{}.lock", connection.0))
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure {
        kind: FailureKind::Store,
        text: format!("the sender's lock {} cannot be taken: {why}; nothing is sent.", path.display()),
        next: "Put the home on a local file system that this user can write.".to_owned(),
    }
}

fn node(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// Takes the sender's lock; none when another process holds it.
pub(super) fn take(home: &Path, connection: ConnectionId, holder: &Holder) -> Result<Option<Lock>, Failure> {
    let path = path(home, connection);
    loop {
        let mut open = OpenOptions::new();
        let file = open.create(true).truncate(false).read(true).write(true).mode(0o600).open(&path);
        let file = file.map_err(|error| failed(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(failed(&path, &error)),
        }
        let node = node(&file.metadata().map_err(|error| failed(&path, &error))?);
        let mut lock = Lock { file, path: path.clone(), node };
        // Between opening and locking somebody may have put another file there.
        if !lock.holds() {
            continue;
        }
        lock.say(holder).map_err(|error| failed(&path, &error))?;
        return Ok(Some(lock));
    }
}

/// Who holds the sending; none where nobody does, or where it does not say who it is.
pub(super) fn seen(home: &Path, connection: ConnectionId) -> Option<HolderSeen> {
    let file = File::open(path(home, connection)).ok()?;
    let mut text = Vec::new();
    (&file).take(MOST).read_to_end(&mut text).ok()?;
    // Left by one that ended in good order, or never used.
    let holder: Holder = serde_json::from_slice(&text).ok()?;
    // A holder that was killed leaves its name, and no lock.
    if file.try_lock_shared().is_ok() {
        return None;
    }
    let beat = file.metadata().and_then(|m| m.modified()).ok()?;
    // A sign from the future is one from before the clock was set back: none was given since.
    let silent = SystemTime::now().duration_since(beat).unwrap_or_else(|ahead| ahead.duration());
    Some(HolderSeen { holder, silent_s: (silent >= SILENT).then_some(silent.as_secs()) })
}

/// A holder in this home that gives no sign of life: frozen in the middle of a transaction it holds the store.
pub(super) fn silent(home: &Path) -> Option<HolderSeen> {
    let numbers = fs::read_dir(home).ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_prefix("sender-")?.strip_suffix(".lock")?.parse().ok().map(ConnectionId)
    });
    numbers.filter_map(|connection| seen(home, connection)).find(|seen| seen.silent_s.is_some())
}

/// Takes the sending away from exactly this holder, who may be alive: its file is replaced by one that is ours.
pub(super) fn seize(
    home: &Path,
    connection: ConnectionId,
    from: &str,
    holder: &Holder,
) -> Result<(Lock, HolderSeen), NotSeized> {
    let path = path(home, connection);
    let was = seen(home, connection).ok_or(NotSeized::Free)?;
    if was.holder.id != from {
        return Err(NotSeized::Another(Box::new(was)));
    }
    let fresh = path.with_extension(format!("lock.{}", std::process::id()));
    let replaced = || -> io::Result<Lock> {
        let mut open = OpenOptions::new();
        let file = open.create(true).truncate(true).read(true).write(true).mode(0o600).open(&fresh)?;
        file.try_lock()?;
        let node = node(&file.metadata()?);
        let mut lock = Lock { file, path: path.clone(), node };
        lock.say(holder)?;
        fs::rename(&fresh, &path)?;
        Ok(lock)
    };
    let lock = replaced().map_err(|error| {
        let _ = fs::remove_file(&fresh);
        NotSeized::Failed(failed(&path, &error))
    })?;
    Ok((lock, was))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ConnectionId = ConnectionId(1);

    fn holder(id: &str) -> Holder {
        Holder { id: id.into(), user: "kim".into(), pid: 7, doing: "console".into(), ..Holder::default() }
    }

    fn id(home: &Path) -> Option<String> {
        seen(home, ONE).map(|seen| seen.holder.id)
    }

    #[test]
    fn the_holder_is_known_while_it_holds_and_not_after() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(id(home.path()), None);
        let lock = take(home.path(), ONE, &holder("h1")).unwrap().unwrap();
        assert_eq!(id(home.path()).as_deref(), Some("h1"));
        assert!(take(home.path(), ONE, &holder("h2")).unwrap().is_none());
        assert!(lock.beat());
        drop(lock);
        assert_eq!(id(home.path()), None);
        // One that was killed leaves its name without a lock.
        let text = serde_json::to_vec(&holder("h3")).unwrap();
        fs::write(path(home.path(), ONE), text).unwrap();
        assert_eq!(id(home.path()), None);
        assert!(take(home.path(), ONE, &holder("h4")).unwrap().is_some());
    }

    #[test]
    fn g17_the_lock_of_a_living_holder_is_taken_over_only_by_its_exact_id() {
        let home = tempfile::tempdir().unwrap();
        assert!(matches!(seize(home.path(), ONE, "h1", &holder("h2")), Err(NotSeized::Free)));
        let old = take(home.path(), ONE, &holder("h1")).unwrap().unwrap();
        let wrong = seize(home.path(), ONE, "h", &holder("h2"));
        assert!(matches!(wrong, Err(NotSeized::Another(was)) if was.holder.id == "h1"));
        assert!(old.beat());
        let old = Arc::new(old);
        let leave = Leave::of(Some(&old));
        assert!(leave.holds() && Leave::of(None).holds());
        let (new, was) = seize(home.path(), ONE, "h1", &holder("h2")).unwrap();
        assert_eq!((was.holder.id.as_str(), id(home.path()).as_deref()), ("h1", Some("h2")));
        assert!(!old.beat(), "the one before finds out");
        assert!(!leave.holds(), "and nothing of it leaves any more");
        assert!(new.beat());
        drop(old);
        assert!(!leave.holds());
        assert_eq!(id(home.path()).as_deref(), Some("h2"), "and its end frees nothing");
        assert!(take(home.path(), ONE, &holder("h3")).unwrap().is_none());
    }

    #[test]
    fn g19_a_holder_that_gave_no_sign_since_the_clock_was_set_back_is_said_to_be_silent() {
        let home = tempfile::tempdir().unwrap();
        let lock = take(home.path(), ONE, &holder("h1")).unwrap().unwrap();
        lock.file.set_modified(SystemTime::now() + Duration::from_hours(24)).unwrap();
        assert!(seen(home.path(), ONE).unwrap().silent_s.is_some());
        assert!(lock.beat());
        assert_eq!(seen(home.path(), ONE).unwrap().silent_s, None, "it lives on by the new clock");
    }

    #[test]
    fn a_holder_without_a_sign_of_life_is_said_to_be_silent() {
        let home = tempfile::tempdir().unwrap();
        let lock = take(home.path(), ONE, &holder("h1")).unwrap().unwrap();
        assert_eq!(seen(home.path(), ONE).unwrap().silent_s, None);
        lock.file.set_modified(SystemTime::now() - Duration::from_secs(9)).unwrap();
        let seen = seen(home.path(), ONE).unwrap();
        assert!(seen.silent_s.is_some_and(|s| s >= 9), "{seen:?}");
        assert!(
            seen.words().contains("kim (process 7, console since") && seen.words().ends_with("holder h1")
        );
    }
}
