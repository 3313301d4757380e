//! A look at the store where its file system can only be read.
//!
//! With its side files SQLite reads it as ever, the log included, also beside somebody who writes it from elsewhere.
//! Without them it is taken for a file that never changes: nobody has it open then, and there is no log to be left out.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection as Sql, OpenFlags};

use super::errors::explain;
use super::open::{MIGRATIONS, check};
use super::{Faults, Result, Sqlite};
use crate::store::StoreError;

impl Sqlite {
    /// Opens the store for who only looks. Where its file system is read-only it is looked at as it was kept: nothing
    /// can be written through it then.
    pub fn look(path: &Path) -> Result<Self> {
        match Self::open(path) {
            Err(error) if super::open::only_readable(path) => Self::unchanging(path)?.ok_or(error),
            opened => opened,
        }
    }

    /// The file as it was kept; none where it has a log without the index that reading it needs.
    fn unchanging(path: &Path) -> Result<Option<Self>> {
        let words = path.display().to_string();
        let log = fs::metadata(beside(path, "-wal")).is_ok_and(|file| file.len() > 0);
        if log && !beside(path, "-shm").exists() {
            return Ok(None);
        }
        let sql = open(path)?;
        if check(&sql, &words, MIGRATIONS.len())? < MIGRATIONS.len() {
            let why = "it was written by an older scimdeck, and on a read-only file system it cannot be brought up to \
                       date; copy the whole folder to one that can be written and look there"
                .to_owned();
            return Err(StoreError::Unusable { path: words, why });
        }
        let (path, faults) = (path.to_owned(), Faults::default());
        Ok(Some(Self { sql, path, words, faults, transactions: 0, unchanging: true }))
    }

    /// Whether it is looked at as it was kept.
    pub fn is_unchanging(&self) -> bool {
        self.unchanging
    }
}

/// One connection that needs no place for side files.
pub(super) fn open(path: &Path) -> Result<Sql> {
    if beside(path, "-shm").exists() {
        return super::open::reader(path);
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Sql::open_with_flags(uri(path), flags).map_err(|e| explain(&path.display().to_string(), &e))
}

/// The address of the file as SQLite reads one: a letter that means something in it is written as its number.
fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                uri.push(char::from(*byte))
            }
            other => uri.push_str(&format!("%{other:02x}")),
        }
    }
    uri + "?immutable=1"
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::home;
    use super::*;
    use crate::domain::{Connection, ConnectionId, TokenSource};
    use crate::store::backend::Backend;

    fn connection() -> Connection {
        Connection::new(ConnectionId(0), "one", "http://127.0.0.1", TokenSource::Memory)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut all: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        all.sort();
        all
    }

    #[test]
    fn a_store_that_was_left_whole_is_looked_at_without_a_trace_and_refuses_to_be_written() {
        let (folder, _) = home();
        let path = folder.path().join("a ?#%41\u{e9}").join("scimdeck.db");
        let mut store = Sqlite::open(&path).unwrap();
        store.add_connection(connection()).unwrap();
        drop(store);
        let before = fs::read(&path).unwrap();
        let mut store = Sqlite::unchanging(&path).unwrap().expect("it was left whole");
        assert!(store.is_unchanging());
        let reader = store.reader().unwrap();
        assert_eq!(reader.another().unwrap().connections().unwrap().len(), 1);
        assert!(store.data_version().is_ok());
        let refused = store.put_meta(None, "key", "value").unwrap_err();
        assert!(refused.to_string().contains("its file system is read-only"), "{refused}");
        assert_eq!(names(path.parent().unwrap()), ["scimdeck.db"]);
        assert!(fs::read(&path).unwrap() == before);
    }

    #[test]
    fn a_log_that_was_not_written_back_is_looked_at_with_its_index_and_never_left_out() {
        let (_folder, path) = home();
        let mut store = Sqlite::open(&path).unwrap();
        store.add_connection(connection()).unwrap();
        let connections = || {
            let looked = Sqlite::unchanging(&path).unwrap();
            looked.map(|looked| looked.reader().unwrap().connections().unwrap().len())
        };
        assert_eq!(connections(), Some(1), "somebody has it open, and all of it is in the log");
        let log = fs::read(beside(&path, "-wal")).unwrap();
        drop(store);
        assert_eq!(connections(), Some(1));
        fs::write(beside(&path, "-wal"), log).unwrap();
        assert_eq!(connections(), None, "a log without its index");
        fs::write(beside(&path, "-wal"), "").unwrap();
        assert_eq!(connections(), Some(1), "an empty one holds nothing");
    }

    #[test]
    fn where_it_can_be_written_a_look_opens_it_as_ever() {
        let (_folder, path) = home();
        assert!(!Sqlite::look(&path).unwrap().is_unchanging());
        let missing = Sqlite::look(Path::new("/proc/scimdeck/store.db")).err();
        assert!(matches!(missing, Some(StoreError::Unwritable { .. })), "{missing:?}");
    }

    #[test]
    fn an_older_store_says_that_it_cannot_be_brought_up_to_date_there() {
        let (_folder, path) = home();
        drop(Sqlite::open(&path).unwrap());
        Sql::open(&path).unwrap().pragma_update(None, "user_version", 1).unwrap();
        let Err(StoreError::Unusable { why, .. }) = Sqlite::unchanging(&path) else { panic!() };
        assert!(why.contains("older scimdeck"), "{why}");
    }
}
