//! The one path of every write: observe, plan, commit, run, verify, recover; the feed; the clock.
//!
//! [`Drive`] is one connection of one home, open in this process. Both faces go through it and nothing else.

mod accepted;
mod access;
mod answers;
mod asked;
mod chain;
mod check;
mod clock;
mod connect;
mod entries;
mod example;
mod feed;
mod finder;
mod follow;
mod fresh;
mod gone;
mod hold;
mod homes;
mod imported;
mod intake;
mod lead;
mod ledger;
mod lied;
mod line;
mod lock;
mod observe;
mod order;
mod orphans;
mod pause;
mod perform;
mod plan_files;
mod preview;
mod problem;
mod publish;
pub mod push_group;
mod read_back;
mod reason;
mod rehearsal;
mod reported;
mod resend;
mod results;
mod resumed;
mod run;
mod runner;
mod saved;
mod saves;
mod scan;
mod secrets;
mod shared;
mod sibling;
mod still;
mod sweep;
mod take_over;
mod tasks;
mod test;
mod thread;
mod token;
mod touched;
mod tried;
mod unheld;
mod words;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub use connect::{
    add_connection, add_connection_by, check_base_url, connections, look_at_store, open_store,
};
pub use example::fill_example;
pub use homes::{
    check_name, connection_rows, current_connection, remove_connection, rename_connection, use_connection,
};
pub use plan_files::{plan_exists, read_plan, write_plan};
pub use secrets::{
    ask_passphrase_of_nobody, ask_passphrase_with, encrypt_token, passphrase_handed_over, read_token,
    refuse_token_in_words,
};

use ledger::Ledger;
use line::open_line;
use shared::Shared;
use thread::SenderThread;
use {order::Order, runner::Runner};

use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::{Directory, QueueCounts};
use crate::domain::{Connection, ConnectionId, Ids, OpId, PersonId, Secret};
use crate::endpoint::Waits;
use crate::engine::{FeedState, Notice, Problem, Sending, Trace};
use crate::store::Store;

/// What a drive is opened with.
#[derive(Debug)]
pub struct DriveConfig {
    /// The store of the home.
    pub store: Store,
    /// The home's folder, for the sender's lock; none for a store in memory.
    pub home: Option<PathBuf>,
    /// Which connection.
    pub connection: Connection,
    /// Who decides: the operating system's user.
    pub actor: String,
    /// Why, for audit entries.
    pub reason: Option<String>,
    /// Nothing is changed and nothing is sent but reads.
    pub read_only: bool,
    /// Tokens held in memory, for a connection whose token source is this process: SCIM, then feed.
    pub tokens: Option<(Secret, Secret)>,
    /// Reads the activity log, for a face that stays.
    pub watch: bool,
}

/// One connection of one home, open in this process. Cheap to clone; its tasks end with the last clone.
#[derive(Debug, Clone)]
pub struct Drive {
    shared: Arc<Shared>,
    _tasks: Arc<Tasks>,
}

/// Background tasks, ended when the drive is dropped.
#[derive(Debug)]
struct Tasks {
    others: Vec<JoinHandle<()>>,
    _sender: SenderThread,
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.others.iter().for_each(JoinHandle::abort);
    }
}

impl Drive {
    /// Loads the directory and starts the background tasks. Sends nothing.
    pub async fn open(config: DriveConfig) -> Result<Self, Problem> {
        Self::open_after(config, Arc::default()).await
    }

    /// As [`Self::open`], in a process that was on other connections before.
    async fn open_after(config: DriveConfig, used: Arc<Mutex<Vec<ConnectionId>>>) -> Result<Self, Problem> {
        let id = config.connection.id;
        let loaded = config.store.directory(config.connection).await;
        let (directory, loaded) = loaded.map_err(|e| problem::store(&e))?;
        let newest = AuditQuery { limit: 1, ..AuditQuery::default() };
        let newest = config.store.audit(id, newest).await.map_err(|e| problem::store(&e))?;
        let (orders, inbox) = mpsc::unbounded_channel();
        let sender = orders.clone();
        let tell = move |class, wait_ms, failure| {
            let _ = sender.send(Order::AskedToWait(class, wait_ms, failure));
        };
        let keeper = Arc::new(asked::Keeper::open(config.store.clone(), id).await);
        let (asked, looks) = (keeper.clone(), config.read_only);
        let keep = move |class, wait_ms, failure| {
            if !looks {
                keeper.keep(class, wait_ms, failure);
            }
        };
        let waits = Waits::telling(tell, keep);
        let shared = Arc::new(Shared {
            store: config.store,
            connection: id,
            home: config.home,
            ledger: Mutex::new(Ledger::new(directory, loaded.last_change)),
            ids: Mutex::new(Ids::new(seed()?)),
            actor: config.actor,
            reason: config.reason,
            read_only: config.read_only,
            used,
            doing: Mutex::new(if config.watch { "console" } else { "command" }.to_owned()),
            tokens: Mutex::new(config.tokens),
            line: tokio::sync::Mutex::new(None),
            waits,
            asked,
            orphans_seen: Mutex::default(),
            groups: tokio::sync::Mutex::default(),
            seat: Mutex::new(Err(words::overtaken())),
            followers: Mutex::new(Vec::new()),
            orders,
            audit_seen: tokio::sync::Mutex::new(newest.last().map_or(0, |entry| entry.seq)),
            notices: Mutex::new(Vec::new()),
            sending: watch::channel(Sending::Off).0,
            ahead: Mutex::default(),
            feed: watch::channel(FeedState::None).0,
            stuck: watch::channel(None).0,
            rehearsal: watch::channel(None).0,
            led: AtomicU32::new(0),
            ran: AtomicBool::new(false),
            changed: Notify::new(),
            wrote: Notify::new(),
        });
        shared.doubt_what_nobody_holds();
        if config.watch {
            chain::on(&shared);
        }
        let (seed, sends) = (seed()?, shared.clone());
        let runner = move |under_way| Runner::new(sends, inbox, loaded.live, seed, under_way).run();
        let sender = SenderThread::start(runner).map_err(|e| problem::no_thread(&e))?;
        let mut tasks = vec![tokio::spawn(publish::follow_store(shared.clone()))];
        if config.watch {
            tasks.push(tokio::spawn(publish::directory(shared.clone())));
            tasks.push(tokio::spawn(feed::follow(shared.clone())));
            tasks.push(tokio::spawn(push_group::follow(shared.clone())));
            tasks.push(tokio::spawn(rehearsal::follow(shared.clone())));
        }
        Ok(Self { shared, _tasks: Arc::new(Tasks { others: tasks, _sender: sender }) })
    }

    /// The directory as it is now.
    pub fn directory(&self) -> Directory {
        self.shared.directory()
    }

    /// Whether the home is looked at as it was kept, since its file system is read-only.
    pub fn is_unchanging(&self) -> bool {
        self.shared.store.is_unchanging()
    }

    /// Whether nothing may be changed.
    pub fn read_only(&self) -> bool {
        self.shared.read_only
    }

    /// Notices from now on; the first ones tell the present state.
    pub fn notices(&self) -> mpsc::UnboundedReceiver<Notice> {
        let (tell, hear) = mpsc::unbounded_channel();
        // The receiver is in our hand: these cannot fail.
        let _ = tell.send(Notice::Directory(self.directory()));
        let _ = tell.send(Notice::Sending(self.shared.sending.borrow().clone()));
        let _ = tell.send(Notice::Feed(self.shared.feed.borrow().clone()));
        let _ = tell.send(Notice::Stuck(*self.shared.stuck.borrow()));
        let _ = tell.send(Notice::Rehearsal(self.shared.rehearsal.borrow().clone()));
        shared::hold(&self.shared.notices).push(tell);
        hear
    }

    /// Becomes the sender if nobody else is; for a face that stays. Returns whether this process is.
    pub async fn lead(&self) -> bool {
        let (answer, hear) = oneshot::channel();
        self.shared.order(Order::Lead(answer));
        hear.await.unwrap_or(false)
    }

    /// Nothing new is sent; returns when nothing is under way any more. What is queued stays queued.
    pub async fn stop(&self) {
        let (answer, hear) = oneshot::channel();
        self.shared.order(Order::Stop(answer));
        let _ = hear.await;
    }

    /// Audit entries, oldest first.
    pub async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        self.shared.store.audit(self.shared.connection, query).await.map_err(|e| problem::store(&e))
    }

    /// The attempts of an operation, oldest first.
    pub async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        self.shared.store.traces(self.shared.connection, operation).await.map_err(|e| problem::store(&e))
    }

    /// All live operations by state.
    pub async fn queue_counts(&self) -> Result<QueueCounts, Problem> {
        self.shared.queue_counts().await.map_err(|e| problem::store(&e))
    }

    /// Values set in the console since the last people import.
    pub async fn console_set(&self) -> Result<HashSet<(PersonId, String)>, Problem> {
        let values = self.shared.store.console_values(self.shared.connection).await;
        values.map(|values| values.into_iter().collect()).map_err(|e| problem::store(&e))
    }

    /// Where the home is; none for a store in memory.
    pub fn home(&self) -> Option<&Path> {
        self.shared.home.as_deref()
    }
}

/// A seed from the operating system.
fn seed() -> Result<u64, Problem> {
    getrandom::u64().map_err(|error| {
        Problem::new(
            crate::engine::ProblemKind::Internal,
            "random",
            format!("The system gives no random numbers: {error}. Nothing was changed."),
            "Repair the system's random device.",
        )
    })
}
