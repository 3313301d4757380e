//! A process of its own that does a small day's work through the drive and dies where it is told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Resource, Rlimit, setrlimit};
use scimdeck::audit::Stamp;
use scimdeck::domain::{Connection, ConnectionId, Status, TokenSource};
use scimdeck::drive::{Drive, DriveConfig, add_connection_by, connections};
use scimdeck::engine::compare::OrphansSeen;
use scimdeck::engine::{Approval, Progress};
use scimdeck::store::backend::{Backend, Reader, Result, Told};
use scimdeck::store::{Applied, Batch, Sqlite, Store};
use scimdeck::verbs::{Command, Who};
use tokio::process::Child;
use tokio::sync::watch;

use crate::calls::Scene;
use crate::home::ATTRIBUTE;
use crate::work::{GROUP, name};

/// The home of the process that dies, and where: the nth boundary of a storage call.
const HOME: &str = "CRASH_CHILD_HOME";
const AT: &str = "CRASH_CHILD_AT";

/// Dies at the nth boundary: before a call, and after it was carried out. With 0 it never does.
struct Dying {
    inner: Sqlite,
    left: usize,
}

impl Dying {
    fn boundary(&mut self) {
        if self.left == 1 {
            std::process::abort();
        }
        self.left = self.left.saturating_sub(1);
    }

    fn around<T>(&mut self, call: impl FnOnce(&mut Sqlite) -> T) -> T {
        self.boundary();
        let done = call(&mut self.inner);
        self.boundary();
        done
    }
}

impl Backend for Dying {
    fn apply(&mut self, batches: &[Batch]) -> Vec<Result<Applied>> {
        self.around(|store| store.apply(batches))
    }

    fn add_connection_told(&mut self, connection: Connection, told: Told<'_>) -> Result<Connection> {
        self.around(|store| store.add_connection_told(connection, told))
    }

    fn raise_fence(&mut self, connection: ConnectionId) -> Result<u64> {
        self.around(|store| store.raise_fence(connection))
    }

    fn put_meta(&mut self, connection: Option<ConnectionId>, key: &str, value: &str) -> Result<()> {
        self.around(|store| store.put_meta(connection, key, value))
    }

    fn put_orphans(&mut self, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
        self.around(|store| store.put_orphans(connection, seen))
    }

    /// Only looks, as often as time passes.
    fn data_version(&mut self) -> Result<u64> {
        self.inner.data_version()
    }

    fn transactions(&self) -> u64 {
        self.inner.transactions()
    }

    fn reader(&self) -> Result<Box<dyn Reader>> {
        self.inner.reader()
    }
}

/// Starts this very program again as the one that dies.
pub(crate) fn start(home: &Path, at: usize) -> Child {
    let this = std::env::current_exe().expect("this program");
    let mut command = tokio::process::Command::new(this);
    command
        .args(["--exact", "dying::the_work_is_done_where_nobody_ends_it"])
        .env(HOME, home)
        .env(AT, at.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().expect("it starts")
}

/// Without a place to die it is a test of the work itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_is_done_where_nobody_ends_it() {
    if let Ok(home) = std::env::var(HOME) {
        let at = std::env::var(AT).expect("where").parse().expect("a number");
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        setrlimit(Resource::Core, none).expect("no core file");
        work(&PathBuf::from(home), at).await;
    } else {
        let scene = Scene::start().await;
        work(&scene.home.path("home"), 0).await;
        scene.is_true().await;
    }
}

async fn work(home: &Path, at: usize) {
    let path = home.join("scimdeck.db");
    let first_time = !path.exists();
    let inner = Sqlite::open(&path).expect("a store");
    let store = Store::over(Dying { inner, left: at }, &path.display().to_string()).expect("a store");
    if first_time {
        let source = TokenSource::Env { name: "TOKEN".to_owned() };
        let new = Connection::new(ConnectionId(0), "app", "http://127.0.0.1:1/scim", source);
        add_connection_by(&store, new, "tester", None).await.expect("a connection");
        return;
    }
    let connection = connections(&store).await.expect("connections").remove(0);
    let config = DriveConfig {
        store: store.written_by(Stamp::default()),
        home: Some(home.to_owned()),
        connection,
        actor: "tester".to_owned(),
        reason: None,
        read_only: false,
        tokens: None,
        watch: false,
    };
    let drive = Drive::open(config).await.expect("a drive");
    let id = |n: usize| drive.directory().find(&name(n)).expect("they are here").id();
    let group = drive.directory().group_named(GROUP).expect("the group").group.id;
    let role = BTreeMap::from([(ATTRIBUTE.to_owned(), "Admin".to_owned())]);
    let commands = [
        Command::Provision(Who::NotProvisioned),
        Command::PushGroup(group),
        Command::Role { people: vec![id(1)], values: role },
        Command::SetStatus { people: vec![id(2)], status: Status::Suspended },
        Command::MemberRemove(group, vec![id(3)]),
    ];
    for command in commands {
        let preview = drive.preview(command, Vec::new()).await.expect("a preview");
        let approval = Approval { confirmed: true, brake: None, reason: None };
        drive.run(preview, approval, watch::channel(Progress::default()).0).await.expect("a report");
    }
    drive.stop().await;
}
