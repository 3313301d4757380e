//! The handle: clones, two processes on one file, grouping.

use std::sync::mpsc as std_mpsc;

use super::*;
use crate::audit::Source;
use crate::domain::OpState;
use crate::store::Batch;
use crate::store::backend::Told;
use crate::store::faults::FailNth;
use crate::store::tests::made::*;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Two handles with their own threads on one file, as two processes have them.
fn two() -> (tempfile::TempDir, Store, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let (a, b) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    (folder, a, b)
}

/// Holds up the first transaction until it is told to go on.
struct Gate(Memory, Option<std_mpsc::Receiver<()>>);

impl Backend for Gate {
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        if let Some(open) = self.1.take() {
            open.recv().unwrap();
        }
        self.0.apply(batches)
    }
    fn add_connection_told(&mut self, connection: Connection, told: Told<'_>) -> Result<Connection> {
        self.0.add_connection_told(connection, told)
    }
    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64> {
        self.0.raise_fence(connection)
    }
    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        self.0.put_meta(connection, key, value)
    }
    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
        self.0.put_orphans(connection, seen)
    }
    fn data_version(&mut self) -> Result<u64> {
        self.0.data_version()
    }
    fn transactions(&self) -> u64 {
        self.0.transactions()
    }
    fn reader(&self) -> Result<Box<dyn Reader>> {
        self.0.reader()
    }
}

#[test]
fn batches_that_gather_while_one_is_written_share_transactions() {
    let (open, gate) = std_mpsc::channel();
    let mut memory = Memory::new();
    memory.add_connection(connection("one")).unwrap();
    let before = memory.transactions();
    let store = Store::over(Gate(memory, Some(gate)), "gate").unwrap();
    block_on(async {
        let all = (1..=100).map(|n| {
            let store = store.clone();
            async move { store.apply(people([n])).await }
        });
        // The last one to be polled opens the gate: by then all hundred are in the channel.
        let release = async { open.send(()).unwrap() };
        let (results, ()) = futures_util::future::join(futures_util::future::join_all(all), release).await;
        let mut numbers: Vec<_> = results.into_iter().map(|r| r.unwrap().last_change).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
        // The first alone or with others, then at most 64 at a time.
        let transactions = store.transactions().await.unwrap() - before;
        assert!((2..=3).contains(&transactions), "{transactions}");
    });
}

#[test]
fn reading_and_loading_do_not_wait_for_a_write() {
    let (open, gate) = std_mpsc::channel();
    let mut memory = Memory::new();
    memory.add_connection(connection("one")).unwrap();
    let store = Store::over(Gate(memory, Some(gate)), "gate").unwrap();
    block_on(async {
        let read = async {
            let query = AuditQuery { limit: 10, ..AuditQuery::default() };
            assert!(store.audit(HERE, query).await.unwrap().is_empty());
            assert_eq!(store.load(HERE).await.unwrap().last_change, 0);
            // Only now the write may go on: had the reads waited for it, this would never be reached.
            open.send(()).unwrap();
        };
        let (written, ()) = futures_util::future::join(store.apply(people([1])), read).await;
        assert_eq!(written.unwrap().last_change, 1);
    });
}

#[test]
fn two_processes_see_each_others_changes() {
    let (_folder, a, b) = two();
    block_on(async {
        let here = a.add_connection(connection("one")).await.unwrap().id;
        let start = b.load(here).await.unwrap().last_change;
        let seen = b.data_version().await.unwrap();
        let own = b.apply(people([1])).await.unwrap().last_change;
        assert_eq!(b.data_version().await.unwrap(), seen, "our own commit is no news");
        let other = a.apply(people([2])).await.unwrap().last_change;
        assert_ne!(b.data_version().await.unwrap(), seen);
        let (changes, last) = b.changes_since(here, own).await.unwrap().unwrap();
        assert_eq!((changes, last), (vec![Change::Person(person(2).into())], other));
        assert_eq!(a.changes_since(here, start).await.unwrap().unwrap().0.len(), 2);
    });
}

#[test]
fn changes_of_a_connection_are_not_shown_to_another_one_but_people_are() {
    let (_folder, store, _b) = two();
    block_on(async {
        let one = store.add_connection(connection("one")).await.unwrap().id;
        let two = store.add_connection(connection("two")).await.unwrap().id;
        let mut batch = people([1]);
        batch.changes.push(Change::Link(PersonId(1), link(1, "a").into()));
        store.apply(batch).await.unwrap();
        assert_eq!(store.changes_since(one, 0).await.unwrap().unwrap().0.len(), 2);
        assert_eq!(store.changes_since(two, 0).await.unwrap().unwrap().0, [Change::Person(person(1).into())]);
        let again = store.add_connection(connection("one")).await;
        assert!(matches!(again, Err(StoreError::Refused { .. })));
    });
}

#[test]
fn a_second_process_that_takes_over_locks_the_first_sender_out() {
    let (_folder, a, b) = two();
    block_on(async {
        let here = a.add_connection(connection("one")).await.unwrap().id;
        let old = a.raise_fence(here).await.unwrap();
        a.apply(people([1])).await.unwrap();
        let queued = operation(1, 1, "title");
        a.apply(commit([queued.clone()])).await.unwrap();
        b.raise_fence(here).await.unwrap();
        let save = Batch { fence: Some(old), ..step(&queued, OpState::Inflight) };
        assert_eq!(a.apply(save).await, Err(StoreError::FenceLost));
        assert_eq!(b.operations(here, Which::Live).await.unwrap()[0].state, OpState::Queued);
    });
}

#[test]
fn an_entry_of_the_app_is_taken_in_once_and_the_batch_goes_on() {
    block_on(async {
        let store = Store::memory().unwrap();
        store.add_connection(connection("one")).await.unwrap();
        let taken =
            |id: &str| AuditEntry { remote_id: Some(id.into()), source: Source::SignIn, ..entry("sign_in") };
        let first = Batch { audit: vec![taken("a")], ..batch(vec![]) };
        assert_eq!(store.apply(first).await.unwrap().audit.len(), 1);
        let again = Batch { audit: vec![taken("a"), taken("b")], ..people([1]) };
        let applied = store.apply(again).await.unwrap();
        assert_eq!(applied.audit.iter().map(|e| e.seq).collect::<Vec<_>>(), [2]);
        assert_eq!(applied.changes.len(), 1);
        assert_eq!(store.verify_audit(HERE).await.unwrap().unwrap().count, 2);
    });
}

#[test]
fn a_directory_built_while_it_is_read_is_the_loaded_one() {
    let (_folder, store, _b) = two();
    block_on(async {
        let settings = store.add_connection(connection("one")).await.unwrap();
        store.apply(people(1..500)).await.unwrap();
        store.apply(commit([operation(1, 7, "title")])).await.unwrap();
        let loaded = store.load(settings.id).await.unwrap();
        let (directory, rest) = store.directory(settings).await.unwrap();
        assert_eq!(directory.len(), 499);
        assert_eq!(directory.get(PersonId(7)).unwrap().operation().unwrap().0, OpId(1));
        assert_eq!((rest.last_change, rest.live), (loaded.last_change, loaded.live));
    });
}

#[test]
fn what_an_operator_set_is_known_until_the_next_import() {
    block_on(async {
        let store = Store::memory().unwrap();
        store.add_connection(connection("one")).await.unwrap();
        let set = |field: &str| Batch { console_set: vec![(PersonId(1), field.into())], ..people([1]) };
        store.apply(set("title")).await.unwrap();
        store.apply(set("email")).await.unwrap();
        let all = store.console_values(HERE).await.unwrap();
        assert_eq!(all, [(PersonId(1), "email".into()), (PersonId(1), "title".into())]);
        store.apply(Batch { import_done: true, ..set("title") }).await.unwrap();
        assert_eq!(store.console_values(HERE).await.unwrap(), [(PersonId(1), "title".into())]);
    });
}

#[test]
fn a_failed_save_is_told_to_everybody_in_the_group_and_the_next_one_goes_through() {
    block_on(async {
        let full = StoreError::Unwritable { path: "p".into(), why: "the disk is full".into() };
        let store = Store::over(FailNth::new(Memory::new(), 2, full.clone()), "p").unwrap();
        store.add_connection(connection("one")).await.unwrap();
        assert_eq!(store.apply(people([1])).await, Err(full));
        assert!(store.apply(people([1])).await.is_ok());
    });
}

#[test]
fn a_value_by_key_is_kept_for_the_home_and_for_a_connection_apart() {
    let (_folder, a, b) = two();
    block_on(async {
        a.meta_set(None, "salt", "home").await.unwrap();
        a.meta_set(Some(HERE), "salt", "one").await.unwrap();
        assert_eq!(b.meta_get(None, "salt").await.unwrap().as_deref(), Some("home"));
        assert_eq!(b.meta_get(Some(HERE), "salt").await.unwrap().as_deref(), Some("one"));
        assert_eq!(b.meta_get(Some(HERE), "pepper").await.unwrap(), None);
    });
}
