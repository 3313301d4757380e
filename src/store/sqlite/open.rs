//! Opening the file: who may read it, what it is, and bringing it up to date.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection as Sql, ErrorCode, OpenFlags};

use super::errors::{explain, explain_io};
use crate::store::StoreError;
use crate::store::backend::Result;

/// "SCIM" in ASCII: tells our files from other SQLite files.
const APPLICATION_ID: i64 = 0x5343_494d;

/// Each brings the store from its place in the list to the next; `user_version` counts those done.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../schema.sql"),
    include_str!("../pushed_group.sql"),
    include_str!("../orphan.sql"),
    include_str!("../by_person.sql"),
    include_str!("../taken_out.sql"),
];

/// The size of a page of a new file.
const PAGE_BYTES: i64 = 8 * 1024;
/// What the writing connection keeps of the file in memory; SQLite takes a negative number as KiB.
const CACHE_KIB: i64 = -32 * 1024;
/// The log is written back to the file each time it is this long. A page that many transactions wrote is written back
/// once; a start after a crash reads as much.
const CHECKPOINT_PAGES: i64 = 4_000;

/// How long to wait for another process's transaction.
const BUSY: Duration = Duration::from_secs(5);

/// Opens for writing; makes the file where there is none.
pub(super) fn writer(path: &Path, migrations: &[&str]) -> Result<Sql> {
    let words = path.display().to_string();
    make_private(path).map_err(|e| explain_io(&words, &e))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = Sql::open_with_flags(path, flags).map_err(|e| explain(&words, &e))?;
    prepare(&sql, &words)?;
    migrate(&sql, path, &words, migrations)?;
    Ok(sql)
}

/// What an error of opening is where the file is there and its file system can only be read.
pub(super) fn told_of_its_place(path: &Path, error: StoreError) -> StoreError {
    match path.parent() {
        Some(home) if only_readable(path) => {
            StoreError::Unusable { path: path.display().to_string(), why: only_read(home) }
        }
        _ => error,
    }
}

/// Whether the file is there and nothing can be written beside it.
pub(super) fn only_readable(path: &Path) -> bool {
    path.exists() && path.parent().is_some_and(mounted_read_only)
}

/// Giving a folder the rights that it has changes nothing, and is refused where nothing can be changed.
fn mounted_read_only(folder: &Path) -> bool {
    let same = fs::metadata(folder).and_then(|is| fs::set_permissions(folder, is.permissions()));
    same.is_err_and(|error| error.kind() == std::io::ErrorKind::ReadOnlyFilesystem)
}

/// Whoever may write needs a place for side files, and so does a look where the log beside the file has no index: it may
/// not be left out. Any other look goes without ([`super::unchanging`]).
fn only_read(home: &Path) -> String {
    let home = home.display();
    format!(
        "its file system is read-only; status, people, tasks and audit look at it all the same where it was left whole, \
         for all else copy the whole folder to one that can be written: cp -a {home} COPY, then scimdeck --home COPY"
    )
}

/// Opens a second connection that can only read.
pub(super) fn reader(path: &Path) -> Result<Sql> {
    let words = path.display().to_string();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let sql = Sql::open_with_flags(path, flags)?;
        sql.busy_timeout(BUSY)?;
        sql.set_prepared_statement_cache_capacity(64);
        sql.pragma_update(None, "query_only", true)?;
        Ok(sql)
    };
    open().map_err(|e| explain(&words, &e))
}

/// The log names people and roles: nobody else on the machine may read it.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // SQLite gives its side files the mode of this one. A file that is there is never opened here: closing it
    // again would drop the locks that this process holds on it through SQLite.
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let mut mode = fs::metadata(path)?.permissions();
    if mode.mode() & 0o077 != 0 {
        mode.set_mode(0o600);
        fs::set_permissions(path, mode)?;
    }
    Ok(())
}

fn prepare(sql: &Sql, words: &str) -> Result<()> {
    let set = || {
        sql.busy_timeout(BUSY)?;
        // A statement is not planned anew for each value that a partial index might be good for.
        sql.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        sql.set_prepared_statement_cache_capacity(128);
        // Only a new file hears of it. A commit writes every page that one of its rows is on, each with calls of its own.
        sql.pragma_update(None, "page_size", PAGE_BYTES)?;
        sql.pragma_update(None, "cache_size", CACHE_KIB)?;
        sql.pragma_update(None, "temp_store", "memory")?;
        sql.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        sql.pragma_update(None, "foreign_keys", true)
    };
    set().map_err(|e| explain(words, &e))
}

fn number(sql: &Sql, words: &str, pragma: &str) -> Result<i64> {
    sql.pragma_query_value(None, pragma, |row| row.get(0)).map_err(|e| explain(words, &e))
}

/// Refuses what is not ours or newer than we are, then does the missing migrations in one transaction.
pub(super) fn migrate(sql: &Sql, path: &Path, words: &str, migrations: &[&str]) -> Result<()> {
    let unusable = |why: String| StoreError::Unusable { path: words.to_owned(), why };
    // Reads the header first: a file that is no database is refused before anything is set in it.
    let version = check(sql, words, migrations.len())?;
    let mode = switch_to_wal(sql).map_err(|e| explain(words, &e))?;
    let set = || {
        sql.pragma_update(None, "synchronous", "full")?;
        sql.pragma_update(None, "journal_size_limit", 64 << 20)
    };
    set().map_err(|e| explain(words, &e))?;
    if mode != "wal" {
        return Err(unusable("its file system has no shared memory, which the log needs".to_owned()));
    }
    if version == migrations.len() {
        return Ok(());
    }
    if version > 0 {
        copy(sql, path, version)?;
    }
    sql.execute_batch("BEGIN IMMEDIATE").map_err(|e| explain(words, &e))?;
    // Another process may have done it while this one waited.
    let done = check(sql, words, migrations.len()).and_then(|version| {
        for migration in migrations.iter().skip(version) {
            sql.execute_batch(migration).map_err(|e| explain(words, &e))?;
        }
        let set = || {
            sql.pragma_update(None, "application_id", APPLICATION_ID)?;
            sql.pragma_update(None, "user_version", migrations.len() as i64)?;
            sql.execute_batch("COMMIT")
        };
        set().map_err(|e| explain(words, &e))
    });
    if done.is_err() && !sql.is_autocommit() {
        // The first error is the one to tell; what was begun is gone with the connection anyway.
        let _ = sql.execute_batch("ROLLBACK");
    }
    done
}

/// The mode stays in the file, so this is done once in its life. SQLite does not wait for other processes here,
/// so it is tried again for as long as it would wait elsewhere.
fn switch_to_wal(sql: &Sql) -> rusqlite::Result<String> {
    let begin = Instant::now();
    loop {
        let mode = sql.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0));
        match &mode {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begin.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            _ => return mode,
        }
    }
}

/// What the file says it is: application id, version, and whether there is nothing in it.
fn header(sql: &Sql, words: &str) -> Result<(i64, i64, bool)> {
    let empty = sql.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0));
    let empty = empty.map_err(|e| explain(words, &e))?;
    Ok((number(sql, words, "application_id")?, number(sql, words, "user_version")?, empty))
}

/// How many migrations the file has seen.
pub(super) fn check(sql: &Sql, words: &str, known: usize) -> Result<usize> {
    let unusable = |why: String| StoreError::Unusable { path: words.to_owned(), why };
    // In one transaction: another process may be making the tables right now.
    let outside = sql.is_autocommit();
    if outside {
        sql.execute_batch("BEGIN").map_err(|e| explain(words, &e))?;
    }
    let header = header(sql, words);
    if outside && !sql.is_autocommit() {
        sql.execute_batch("COMMIT").map_err(|e| explain(words, &e))?;
    }
    let (application, version, empty) = header?;
    if application != APPLICATION_ID && !(empty && application == 0 && version == 0) {
        return Err(unusable(
            "it belongs to another program; name another home, or move the file away".to_owned(),
        ));
    }
    match usize::try_from(version) {
        Ok(version) if version <= known => Ok(version),
        _ => Err(unusable(format!(
            "it was written by a newer scimdeck (store version {version}, this program knows {known}); use the newer program"
        ))),
    }
}

/// A copy beside the file, named by the version it has, for the way back.
fn copy(sql: &Sql, path: &Path, version: usize) -> Result<()> {
    let taken = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".v{version}-{n}.bak"));
        PathBuf::from(name)
    };
    let to = (1..=u32::MAX).map(taken).find(|p| !p.exists()).unwrap_or_else(|| taken(0));
    let words = to.display().to_string();
    make_private(&to).map_err(|e| explain_io(&words, &e))?;
    sql.execute("VACUUM INTO ?1", [&words]).map_err(|e| explain(&words, &e))?;
    Ok(())
}
