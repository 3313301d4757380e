//! A home on a temporary folder, a sandbox, the line between them, and a drive.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use scimdeck::domain::{
    Connection, ConnectionId, Feed, Flag, PersonId, ProfileAttribute, Secret, Status, TokenSource,
};
use scimdeck::drive::{Drive, DriveConfig, add_connection, connections, open_store};
use scimdeck::engine::{Approval, Notice, Preview, Problem, Progress, Report};
use scimdeck::sandbox::{Account, Preset, Roles, Sandbox, SandboxConfig};
use scimdeck::verbs::{Command, ImportOptions, PersonFields, PersonRecord, Who};
use tokio::sync::{mpsc, watch};

use crate::nowhere::Folder;
pub(crate) use crate::nowhere::{LOG, NEXT, SCIM, WRONG};
use crate::proxy::Proxy;

/// Nothing in these flows takes longer; a condition that does not come is a failure.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// What a flow starts with.
pub(crate) struct Setup {
    /// People assigned before SCIM, `p01@example.com` and so on.
    pub(crate) people: usize,
    /// The last so many of them have an account in the app; the very last one is written in capitals there.
    pub(crate) existing: usize,
    pub(crate) faults: Vec<&'static str>,
    pub(crate) feed: bool,
    pub(crate) enabled: bool,
    /// The time of one request. Short only where an answer does not come: a busy machine is slow as well.
    pub(crate) timeout_s: u32,
}

impl Default for Setup {
    fn default() -> Self {
        Self { people: 3, existing: 0, faults: Vec::new(), feed: false, enabled: true, timeout_s: 10 }
    }
}

pub(crate) struct Flow {
    pub(crate) sandbox: Sandbox,
    pub(crate) proxy: Proxy,
    pub(crate) home: Folder,
    pub(crate) drive: Drive,
}

pub(crate) fn name(n: usize) -> String {
    format!("p{n:02}@example.com")
}

pub(crate) fn sandbox_config(existing: &[String], faults: &[&str]) -> SandboxConfig {
    let mut config = SandboxConfig::new(SCIM.to_owned().into(), LOG.to_owned().into());
    config.faults = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    let preset = |email: &String| Preset {
        name: "Ana Ruiz".to_owned(),
        email: email.clone(),
        roles: Roles::all("Analyst"),
    };
    config.accounts = existing.iter().map(preset).collect();
    config
}

/// The accounts there from before SCIM: the last one typed in another case.
pub(crate) fn existing(people: usize, existing: usize) -> Vec<String> {
    let mut names: Vec<String> = (people - existing + 1..=people).map(name).collect();
    if let Some(last) = names.last_mut() {
        *last = last.to_uppercase();
    }
    names
}

pub(crate) async fn sandbox(config: SandboxConfig) -> (Sandbox, Proxy) {
    let sandbox = Sandbox::start(config).await.expect("a sandbox");
    let address = sandbox.base_url().split('/').nth(2).expect("a host").parse().expect("an address");
    let proxy = Proxy::to(address).await;
    (sandbox, proxy)
}

pub(crate) fn record(n: usize) -> PersonRecord {
    PersonRecord {
        line: n as u64 + 1,
        user_name: name(n),
        fields: PersonFields {
            given_name: Some("Ana".to_owned()),
            family_name: Some(format!("Ruiz {n}")),
            ..PersonFields::default()
        },
        status: Some(Status::Active),
        assigned: Some(true),
        roles: BTreeMap::from([("workato_role".to_owned(), "Operator".to_owned())]),
    }
}

impl Flow {
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn faulty(faults: &[&'static str]) -> Self {
        Self::with(Setup { faults: faults.to_vec(), ..Setup::default() }).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let (sandbox, proxy) =
            sandbox(sandbox_config(&existing(setup.people, setup.existing), &setup.faults)).await;
        let home = Folder::new();
        let mut connection =
            Connection::new(ConnectionId(0), "workato", &proxy.base_url(), TokenSource::Memory);
        connection.timeout_s = setup.timeout_s;
        connection.feed = setup.feed.then(|| Feed {
            url: sandbox.activity_url(),
            token: TokenSource::Memory,
            every_s: 15,
            resend_url: None,
        });
        let store = open_store(home.path()).expect("a store");
        add_connection(&store, connection).await.expect("a connection");
        drop(store);
        let drive = open(&home, setup.feed).await;
        let flow = Self { sandbox, proxy, home, drive };
        flow.done(Command::AttributeAdd(ProfileAttribute::workato("workato_role"))).await;
        if setup.people > 0 {
            let records = (1..=setup.people).map(record).collect();
            flow.done(Command::ImportPeople(records, ImportOptions::default())).await;
        }
        if setup.enabled {
            flow.done(Command::Enable).await;
        }
        flow
    }

    /// Three people with accounts, all true.
    pub(crate) async fn provisioned(setup: Setup) -> Self {
        let flow = Self::with(setup).await;
        let report = flow.done(PROVISION).await;
        assert!(report.stopped.is_none(), "{report:?}");
        flow
    }

    pub(crate) fn id(&self, n: usize) -> PersonId {
        self.drive.directory().find(&name(n)).expect("they are here").id()
    }

    pub(crate) fn flags(&self, n: usize) -> Vec<Flag> {
        self.drive.directory().find(&name(n)).expect("they are here").flags().iter().collect()
    }

    /// Compares until what is seen of somebody is not of the moment after our own push any more: that is not adopted.
    pub(crate) async fn compared_later(&self, n: usize) {
        let compare = async {
            loop {
                self.drive.check(None).await.expect("a check");
                let directory = self.drive.directory();
                let person = directory.find(&name(n)).expect("they are here");
                if person.flags().contains(Flag::Drift) && !person.drift_may_be_ours() {
                    return;
                }
            }
        };
        in_time("a look that counts", compare).await;
    }

    pub(crate) fn any(&self, flag: Flag) -> u32 {
        self.drive.directory().counters().any(flag)
    }

    pub(crate) fn account(&self, n: usize) -> Option<Account> {
        let workspace = self.sandbox.workspace();
        let workspace = workspace.lock().expect("no panic");
        workspace.account(&name(n)).cloned()
    }

    pub(crate) fn accounts(&self) -> usize {
        self.sandbox.workspace().lock().expect("no panic").accounts().count()
    }

    pub(crate) async fn preview(&self, command: Command) -> Preview {
        self.drive.preview(command, Vec::new()).await.expect("a preview")
    }

    /// Confirmed, without a number for the brake.
    pub(crate) async fn run(&self, command: Command) -> Result<Report, Problem> {
        run(&self.drive, command).await
    }

    pub(crate) async fn done(&self, command: Command) -> Report {
        self.run(command).await.expect("it goes through")
    }

    pub(crate) async fn role(&self, n: usize, value: &str) -> Result<Report, Problem> {
        let values = BTreeMap::from([("workato_role".to_owned(), value.to_owned())]);
        self.run(Command::Role { people: vec![self.id(n)], values }).await
    }

    pub(crate) async fn status(&self, n: usize, status: Status) -> Result<Report, Problem> {
        self.run(Command::SetStatus { people: vec![self.id(n)], status }).await
    }

    /// Everybody has exactly one account, true and linked, and nobody is flagged but for an open invitation.
    pub(crate) async fn all_true(&self, people: usize) {
        assert_eq!(self.accounts(), people, "every account once");
        self.drive.check(None).await.expect("a check");
        for n in 1..=people {
            let account = self.account(n).unwrap_or_else(|| panic!("{} has an account", name(n)));
            let directory = self.drive.directory();
            let person = directory.find(&name(n)).expect("they are here");
            assert_eq!(person.remote_id(), Some(account.id.as_str()));
            let flags: Vec<Flag> = person.flags().iter().filter(|f| *f != Flag::Pending).collect();
            assert_eq!(flags, [], "{} {:?}", name(n), person.reasons());
        }
        assert_eq!(self.drive.queue_counts().await.expect("counts").total(), 0);
    }
}

pub(crate) const PROVISION: Command = Command::Provision(Who::NotProvisioned);

pub(crate) async fn open(home: &Folder, watch: bool) -> Drive {
    open_as(home, watch, false).await
}

pub(crate) async fn open_as(home: &Folder, watch: bool, read_only: bool) -> Drive {
    let store = open_store(home.path()).expect("a store");
    let connection = connections(&store).await.expect("connections").remove(0);
    Drive::open(DriveConfig {
        store,
        home: Some(home.path().to_owned()),
        connection,
        actor: "tester".to_owned(),
        reason: None,
        read_only,
        tokens: Some((Secret::new(SCIM), Secret::new(LOG))),
        watch,
    })
    .await
    .expect("a drive")
}

pub(crate) async fn run(drive: &Drive, command: Command) -> Result<Report, Problem> {
    let preview = drive.preview(command, Vec::new()).await?;
    approve(drive, preview, None).await
}

pub(crate) async fn approve(drive: &Drive, preview: Preview, brake: Option<u32>) -> Result<Report, Problem> {
    let progress = watch::channel(Progress::default()).0;
    let run = drive.run(preview, Approval { confirmed: true, brake, reason: None }, progress);
    tokio::time::timeout(DEADLINE, run).await.expect("a run ends")
}

/// Looks again and again until it is so.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    let mut look = tokio::time::interval(Duration::from_millis(5));
    while !so() {
        assert!(Instant::now() < end, "in time: {what}");
        look.tick().await;
    }
}

/// What comes in time.
pub(crate) async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, coming).await.unwrap_or_else(|_| panic!("in time: {what}"))
}

/// Waits for the first notice that is the wanted one.
pub(crate) async fn hear<T>(
    notices: &mut mpsc::UnboundedReceiver<Notice>,
    mut wanted: impl FnMut(Notice) -> Option<T>,
) -> T {
    let search = async {
        loop {
            let notice = notices.recv().await.expect("the drive lives");
            if let Some(found) = wanted(notice) {
                return found;
            }
        }
    };
    tokio::time::timeout(DEADLINE, search).await.expect("the notice comes")
}
