//! The database file read with SQLite itself, not by the program.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;

/// An operation's row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) user_name: String,
    pub(crate) state: String,
    pub(crate) intent: Value,
    pub(crate) attempts: u32,
}

impl Row {
    /// Whether a request of it may have changed something that the journal does not know yet.
    pub(crate) fn open(&self) -> bool {
        match self.state.as_str() {
            "inflight" | "in_doubt" => true,
            "done" | "cancelled" => false,
            _ => self.attempts > 0,
        }
    }
}

/// The store as a process left it.
pub(crate) struct Journal {
    database: Connection,
    _copy: Option<TempDir>,
}

impl Journal {
    /// A copy of the files of a process that is dead, so that the next one finds them as they are.
    pub(crate) fn left(store: &Path) -> Self {
        let copy = TempDir::new().expect("a folder");
        let path = copy.path().join("copy.db");
        std::fs::copy(store, &path).expect("the store");
        let log = |path: &Path| path.with_extension("db-wal");
        if log(store).exists() {
            std::fs::copy(log(store), log(&path)).expect("its log");
        }
        Self { database: Connection::open(path).expect("SQLite opens it"), _copy: Some(copy) }
    }

    /// The live file beside the process that writes it.
    pub(crate) fn beside(store: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(store, flags).expect("SQLite opens it");
        Self { database, _copy: None }
    }

    /// Whether somebody is in the middle of writing.
    pub(crate) fn locked(&self) -> bool {
        self.database.busy_timeout(Duration::from_millis(200)).expect("a time");
        let begun = self.database.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
        if let Err(rusqlite::Error::SqliteFailure(error, _)) = &begun {
            return error.code == rusqlite::ErrorCode::DatabaseBusy;
        }
        begun.expect("a transaction");
        false
    }

    /// Nobody else can write until this is dropped.
    pub(crate) fn lock(&self) {
        self.database.execute_batch("BEGIN IMMEDIATE").expect("a transaction");
    }

    /// What is still in the log goes into the database file.
    pub(crate) fn in_one_file(&self) {
        self.database.pragma_update(None, "wal_checkpoint", "TRUNCATE").expect("a checkpoint");
    }

    #[track_caller]
    pub(crate) fn whole(&self) {
        let said: String =
            self.database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(said, "ok");
        let sql = "SELECT count(*) FROM pragma_foreign_key_check";
        let broken: i64 = self.database.query_row(sql, [], |row| row.get(0)).expect("a count");
        assert_eq!(broken, 0, "rows that refer to nothing");
    }

    /// All operations, the one that moved last comes last.
    pub(crate) fn operations(&self) -> Vec<Row> {
        let sql = "SELECT user_name, state, intent, attempts FROM operation ORDER BY updated_at, created_at";
        let mut rows = self.database.prepare(sql).expect("a table");
        let rows = rows.query_map([], |row| {
            Ok(Row {
                user_name: row.get(0)?,
                state: row.get(1)?,
                intent: serde_json::from_str(&row.get::<_, String>(2)?).expect("JSON"),
                attempts: row.get(3)?,
            })
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    /// What it knows of a person, for the message of a failed test: their operations, what was sent, what was told.
    pub(crate) fn story(&self, user_name: &str) -> String {
        let of_them = "SELECT id FROM person WHERE user_name = ?1";
        let [operations, traces, entries] = [
            format!(
                "SELECT id || ' ' || kind || ' ' || state || ' ' || created_at || ' ' || updated_at || ' ' || intent \
                 FROM operation WHERE person = ({of_them}) ORDER BY id"
            ),
            format!(
                "SELECT t.operation || ' ' || t.step || ' ' || t.exchange FROM trace t \
                 JOIN operation o ON o.id = t.operation WHERE o.person = ({of_them}) ORDER BY t.seq"
            ),
            format!("SELECT time || ' ' || entry FROM audit WHERE person = ({of_them}) ORDER BY seq"),
        ]
        .map(|sql| {
            let mut rows = self.database.prepare(&sql).expect("tables");
            let rows = rows.query_map([user_name], |row| row.get::<_, String>(0)).expect("rows");
            rows.map(|row| row.expect("a row") + "\n").collect::<String>()
        });
        format!("{user_name}\noperations:\n{operations}sent:\n{traces}told:\n{entries}")
    }

    /// Every operation with its state and the time of its last move.
    pub(crate) fn fingerprint(&self) -> Vec<String> {
        let sql =
            "SELECT id || ' ' || state || ' ' || attempts || ' ' || updated_at FROM operation ORDER BY id";
        let mut rows = self.database.prepare(sql).expect("a table");
        let rows = rows.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }

    /// Status, and the roles of an assignment, by user name.
    pub(crate) fn people(&self) -> BTreeMap<String, (String, Option<Value>)> {
        let sql =
            "SELECT p.user_name, p.status, a.roles FROM person p LEFT JOIN assignment a ON a.person = p.id";
        let mut rows = self.database.prepare(sql).expect("tables");
        let rows = rows.query_map([], |row| {
            let roles: Option<String> = row.get(2)?;
            let roles = roles.map(|text| serde_json::from_str(&text).expect("JSON"));
            Ok((row.get(0)?, (row.get(1)?, roles)))
        });
        rows.expect("rows").map(|row| row.expect("a row")).collect()
    }

    /// Members of a group, sorted.
    pub(crate) fn members(&self, group: &str) -> Vec<String> {
        let sql = "SELECT p.user_name FROM member m JOIN person p ON p.id = m.person \
                   JOIN \"group\" g ON g.id = m.group_id WHERE g.name = ?1 ORDER BY 1";
        let mut rows = self.database.prepare(sql).expect("tables");
        let rows = rows.query_map([group], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }
}
