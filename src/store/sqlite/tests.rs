//! The file: crashes in the middle, what is refused, who may read it.

use std::os::unix::fs::PermissionsExt;

use super::open::{MIGRATIONS, writer};
use super::*;
use crate::audit::chain::Verifier;
use crate::directory::Change;
use crate::domain::OpState;
use crate::store::StoreError;
use crate::store::tests::made::*;

pub(super) fn home() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("home/store.db");
    (folder, path)
}

fn one(store: &mut Sqlite, batch: Batch) -> Result<Applied> {
    store.apply(&[batch]).pop().unwrap()
}

fn dump(path: &Path) -> Vec<String> {
    let sql = Sql::open(path).unwrap();
    let ok: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(ok, "ok");
    let tables = ["person", "link", "operation", "change", "audit", "trace", "console_value"];
    let count = |t: &&str| {
        let n: i64 = sql.query_row(&format!("SELECT count(*) FROM {t}"), [], |row| row.get(0)).unwrap();
        format!("{t} {n}")
    };
    let states = sql.query_row("SELECT group_concat(id || state) FROM operation", [], |row| row.get(0));
    tables.iter().map(count).chain(states.unwrap_or(None)).collect()
}

/// A batch with a bit of everything.
fn full() -> Batch {
    let queued = operation(1, 1, "title");
    Batch {
        changes: vec![Change::Person(person(3).into()), Change::Link(PersonId(1), link(1, "a").into())],
        operations: vec![operation(2, 2, "title")],
        audit: vec![entry("update")],
        console_set: vec![(PersonId(1), "title".into())],
        ..step(&queued, OpState::Inflight)
    }
}

use crate::domain::PersonId;

#[test]
fn whatever_statement_fails_nothing_of_the_batch_is_written() {
    let (_folder, path) = home();
    let faults = Faults::armed();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    one(&mut store, people([1, 2])).unwrap();
    one(&mut store, commit([operation(1, 1, "title")])).unwrap();
    drop(store);
    let before = dump(&path);
    let mut nth = 0;
    loop {
        nth += 1;
        // Opened anew each time: what is there is what a crash at this point leaves behind.
        let mut store = Sqlite::open_with(&path, faults.clone()).unwrap();
        faults.fail(nth);
        let result = one(&mut store, full());
        if faults.pending() {
            assert!(result.is_ok());
            break;
        }
        assert!(matches!(result, Err(StoreError::Unwritable { .. })), "{result:?}");
        drop(store);
        assert_eq!(dump(&path), before, "failure {nth}");
    }
    assert!(nth > 20, "{nth}");
    assert_ne!(dump(&path), before);
}

#[test]
fn the_file_is_for_its_owner_only() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let Err(StoreError::Unwritable { path, .. }) = Sqlite::open(Path::new("/proc/scimdeck/store.db")) else {
        panic!()
    };
    assert_eq!(path, "/proc/scimdeck/store.db");
}

#[test]
fn a_read_only_store_refuses_a_batch_whole() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    store.sql.pragma_update(None, "query_only", true).unwrap();
    let result = one(&mut store, people([1]));
    assert!(matches!(result, Err(StoreError::Unwritable { .. })), "{result:?}");
}

#[test]
fn a_full_disk_in_the_middle_leaves_nothing_and_the_next_batch_goes_through() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    let pages: i64 = store.sql.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |store: &Sqlite, n: i64| {
        let _: i64 = store.sql.query_row(&format!("PRAGMA max_page_count = {n}"), [], |r| r.get(0)).unwrap();
    };
    limit(&store, pages + 4);
    let results = store.apply(&[people([1]), people(10..2000)]);
    let full = StoreError::Unwritable { path: path.display().to_string(), why: "the disk is full".into() };
    assert_eq!(results, [Err(full.clone()), Err(full)]);
    assert!(dump(&path).contains(&"person 0".to_owned()));
    limit(&store, 1 << 30);
    one(&mut store, people([1])).unwrap();
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let (_folder, path) = home();
    drop(Sqlite::open(&path).unwrap());
    Sql::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let Err(StoreError::Unusable { why, .. }) = Sqlite::open(&path) else { panic!() };
    assert!(why.contains("newer scimdeck"), "{why}");
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database at all, just words ".repeat(50)).unwrap();
    assert!(matches!(Sqlite::open(&text), Err(StoreError::Unusable { .. })));
    assert!(std::fs::read_to_string(&text).unwrap().starts_with("not a database"));
    let other = folder.path().join("other.db");
    Sql::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let Err(StoreError::Unusable { why, .. }) = Sqlite::open(&other) else { panic!() };
    assert!(why.contains("another program"), "{why}");
}

#[test]
fn a_migration_makes_a_copy_first_and_a_failed_one_changes_nothing() {
    let (_folder, path) = home();
    drop(Sqlite::open(&path).unwrap());
    let with = |next| [MIGRATIONS, &[next]].concat();
    let broken = with("CREATE TABLE next (x TEXT) STRICT; CREATE TABLE next (x TEXT) STRICT");
    assert!(writer(&path, &broken).is_err());
    drop(Sqlite::open(&path).unwrap());
    let good = with("CREATE TABLE next (x TEXT) STRICT");
    drop(writer(&path, &good).unwrap());
    assert!(Sqlite::open(&path).is_err());
    let copy = path.with_file_name(format!("store.db.v{}-2.bak", MIGRATIONS.len()));
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    drop(Sqlite::open(&copy).unwrap());
}

#[test]
fn the_audit_log_cannot_be_changed_by_mistake_and_an_edit_past_that_is_found() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    for event in ["create", "update", "deactivate"] {
        one(&mut store, Batch { audit: vec![entry(event)], ..batch(vec![]) }).unwrap();
    }
    let check = |store: &Sqlite| {
        let mut verifier = Verifier::default();
        let all = store.reader().unwrap().chained(HERE, 0, 10).unwrap();
        all.iter().try_for_each(|entry| verifier.take(entry)).map(|()| verifier.head().count)
    };
    assert_eq!(check(&store), Ok(3));
    assert!(store.sql.execute("UPDATE audit SET time = 0", []).is_err());
    assert!(store.sql.execute("DELETE FROM audit", []).is_err());
    store
        .sql
        .execute_batch("DROP TRIGGER audit_no_update; UPDATE audit SET time = time + 1 WHERE seq = 2")
        .unwrap();
    assert_eq!(check(&store), Err(crate::audit::chain::Broken::Beside { seq: 2, column: "time" }));
    store.sql.execute_batch("UPDATE audit SET time = time - 1 WHERE seq = 2").unwrap();
    let edit = "UPDATE audit SET entry = replace(entry, 'root', 'eve') WHERE seq = 2";
    store.sql.execute_batch(edit).unwrap();
    assert_eq!(check(&store), Err(crate::audit::chain::Broken::Link { seq: 2 }));
    store.sql.execute_batch("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE seq = 2").unwrap();
    assert_eq!(check(&store), Err(crate::audit::chain::Broken::Link { seq: 3 }));
}

#[test]
fn a_log_that_was_trimmed_says_that_a_load_is_needed() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    let whole = one(&mut store, people(1..=KEEP + 10)).unwrap();
    assert_eq!(whole.last_change, KEEP + 10);
    let mut reader = store.reader().unwrap();
    assert_eq!(reader.changes_since(HERE, 9).unwrap(), None);
    let (changes, last) = reader.changes_since(HERE, 10).unwrap().unwrap();
    assert_eq!((changes.len() as u64, last), (KEEP, KEEP + 10));
    assert_eq!(reader.changes_since(HERE, last + 1).unwrap(), None);
}

#[test]
fn many_processes_that_make_the_store_at_the_same_time_all_get_it() {
    let (_folder, path) = home();
    let line = std::sync::Barrier::new(6);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    line.wait();
                    Sqlite::open(&path).map(drop)
                })
            })
            .collect();
        for one in all {
            assert_eq!(one.join().unwrap(), Ok(()));
        }
    });
}

#[test]
fn who_waits_too_long_for_another_process_is_told() {
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    store.sql.busy_timeout(std::time::Duration::ZERO).unwrap();
    let other = Sql::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(one(&mut store, people([1])), Err(StoreError::Busy { .. })));
    other.execute_batch("ROLLBACK").unwrap();
    one(&mut store, people([1])).unwrap();
}

#[test]
fn what_is_live_is_read_without_the_history() {
    use super::load::{LIVE, MARK};
    let (_folder, path) = home();
    let mut store = Sqlite::open(&path).unwrap();
    store.add_connection(connection("one")).unwrap();
    let sql = Sql::open(&path).unwrap();
    for question in [
        format!("SELECT {MARK} FROM {LIVE} ORDER BY id"),
        format!("SELECT state, count(*) FROM {LIVE} GROUP BY state"),
        format!("SELECT {MARK} FROM {LIVE} AND state IN ('inflight', 'in_doubt', 'waiting') ORDER BY id"),
    ] {
        let ask = format!("EXPLAIN QUERY PLAN {question}");
        let plan: String = sql.query_row(&ask, [1], |row| row.get("detail")).unwrap();
        assert!(plan.contains("operation_live"), "{plan}: {question}");
    }
}
