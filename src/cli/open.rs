//! The one place where the commands meet the drive and the console: everything else is coded against [`Seam`].

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use super::seam::Seam;
use crate::audit::chain::{Chained, Head};
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::{Directory, QueueCounts};
use crate::domain::{Connection, OpId, Operation, PersonId, ReportedValue, Time, TokenSource, Undoable};
use crate::drive::{self, Drive, DriveConfig};
use crate::engine::{
    Approval, CheckReport, DeepReport, HolderSeen, ImportScan, Pause, Preview, Problem, ProblemKind,
    Progress, Report, Tasks, TasksQuery, TestReport, Trace, UndoOf,
};
use crate::verbs::Command;

/// How a home is opened.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    /// The home folder.
    pub(super) home: PathBuf,
    /// Which connection; needed only where there is more than one.
    pub(super) connection: Option<String>,
    /// Nothing may be changed or sent.
    pub(super) read_only: bool,
    /// Why; kept with operations and audit entries.
    pub(super) reason: Option<String>,
}

impl Opening {
    /// What a drive on this home needs.
    pub(super) fn config(
        &self,
        store: crate::store::Store,
        connection: Connection,
        watch: bool,
    ) -> DriveConfig {
        DriveConfig {
            store,
            home: Some(self.home.clone()),
            connection,
            actor: user(),
            reason: self.reason.clone(),
            read_only: self.read_only,
            tokens: None,
            watch,
        }
    }
}

/// Opens the home on its connection.
pub(super) async fn open(opening: &Opening) -> Result<Drive, Problem> {
    let store = open_home(&opening.home)?;
    let connection = chosen(&store, opening).await?;
    Drive::open(opening.config(store, connection, false)).await
}

/// The same for a command that only looks: also where the home's file system is read-only.
pub(super) async fn look(opening: &Opening) -> Result<Drive, Problem> {
    let store = opened(&opening.home, drive::look_at_store)?;
    let connection = chosen(&store, opening).await?;
    let read_only = opening.read_only || store.is_unchanging();
    Drive::open(DriveConfig { read_only, ..opening.config(store, connection, false) }).await
}

/// Whether the home has a connection at all.
pub(super) async fn has_connection(opening: &Opening) -> Result<bool, Problem> {
    Ok(!drive::connections(&open_home(&opening.home)?).await?.is_empty())
}

/// Opens the home on its connection, and follows the app's log and other processes. Where several are there and none
/// was chosen it is the oldest, and the second value says that the operator is to be asked.
pub(super) async fn open_watching(opening: &Opening) -> Result<(Drive, bool), Problem> {
    let store = open_home(&opening.home)?;
    let undecided = opening.connection.is_none() && drive::current_connection(&store).await?.is_none();
    let connection = match drive::connections(&store).await?.into_iter().next().filter(|_| undecided) {
        Some(oldest) => oldest,
        None => chosen(&store, opening).await?,
    };
    Ok((Drive::open(opening.config(store, connection, true)).await?, undecided))
}

/// Saves a new connection, not enabled, tests it and opens the home on it. `connection.id` is given by the store.
pub(super) async fn connect(
    opening: &Opening,
    connection: Connection,
) -> Result<(Drive, TestReport), Problem> {
    drive::check_base_url(&connection.base_url)?;
    let store = open_home(&opening.home)?;
    drive::check_name(&store, &connection.name).await?;
    // Commands that name none go on to mean the one they meant.
    if let Some(current) = drive::current_connection(&store).await? {
        drive::use_connection(&store, current).await?;
    }
    let reason = opening.reason.as_deref();
    let connection = drive::add_connection_by(&store, connection, &user(), reason).await?;
    let drive = Drive::open(opening.config(store, connection, false)).await?;
    let report = drive.test().await.map_err(|mut problem| {
        problem.text.push_str(" The connection was saved, not enabled.");
        problem
    })?;
    Ok((drive, report))
}

/// Opens the store of a home, making the folder where there is none; only its owner may look into it.
pub(super) fn open_home(home: &Path) -> Result<crate::store::Store, Problem> {
    opened(home, drive::open_store)
}

fn opened(
    home: &Path,
    open: impl FnOnce(&Path) -> Result<crate::store::Store, Problem>,
) -> Result<crate::store::Store, Problem> {
    DirBuilder::new().recursive(true).mode(0o700).create(home).map_err(|error| {
        Problem::new(
            ProblemKind::Internal,
            "home",
            format!("The home folder {} cannot be made: {error}. Nothing was changed.", home.display()),
            "Name another with --home DIR.",
        )
    })?;
    open(home).map(|store| store.written_by(super::session::stamp()))
}

/// The connection that was named, or the one that is used where none is.
pub(super) async fn chosen(store: &crate::store::Store, opening: &Opening) -> Result<Connection, Problem> {
    let mut all = drive::connections(store).await?;
    let current = drive::current_connection(store).await?;
    let names: Vec<String> = all.iter().map(|c| c.name.clone()).collect();
    let at = match &opening.connection {
        Some(name) => all.iter().position(|c| c.name == *name),
        None => all.iter().position(|c| Some(c.id) == current),
    };
    match at {
        Some(at) => Ok(all.swap_remove(at)),
        None if all.is_empty() => Err(Problem::new(
            ProblemKind::BadInput,
            "no_connection",
            format!("There is no connection in {} yet. Nothing was changed.", opening.home.display()),
            "Connect first: scimdeck connect --base-url URL --token-file FILE; or try: scimdeck demo",
        )),
        None => Err(Problem::new(
            ProblemKind::BadInput,
            "which_connection",
            match &opening.connection {
                Some(name) => format!("There is no connection named {name}. Nothing was changed."),
                None => "There is more than one connection. Nothing was changed.".to_owned(),
            },
            format!(
                "Name one with --connection, or choose one: scimdeck connection use NAME. There are: {}.",
                names.join(", ")
            ),
        )),
    }
}

/// The operating system's user, who is named in every audit entry.
pub(super) fn user() -> String {
    let named = |name: &str| std::env::var(name).ok().filter(|user| !user.is_empty());
    let uid = rustix::process::getuid().as_raw();
    let known = || {
        let table = std::fs::read_to_string("/etc/passwd").ok()?;
        let row = table.lines().find(|row| row.split(':').nth(2) == Some(uid.to_string().as_str()))?;
        row.split(':').next().map(str::to_owned)
    };
    // Behind sudo the person counts, not the account; the variables of a login may be missing in a service.
    named("SUDO_USER").or_else(known).or_else(|| named("USER")).unwrap_or_else(|| format!("uid {uid}"))
}

impl Seam for Drive {
    fn directory(&self) -> Directory {
        self.directory()
    }
    async fn in_full(&self, preview: Preview) -> Result<Preview, Problem> {
        Self::in_full(self, preview).await
    }
    async fn preview(&self, command: Command, typed: Vec<String>) -> Result<Preview, Problem> {
        self.preview(command, typed).await
    }
    async fn run(
        &self,
        preview: Preview,
        approval: Approval,
        progress: watch::Sender<Progress>,
    ) -> Result<Report, Problem> {
        self.run(preview, approval, progress).await
    }
    async fn check(
        &self,
        people: Option<Vec<PersonId>>,
        progress: watch::Sender<Progress>,
    ) -> Result<CheckReport, Problem> {
        self.check_telling(people, &progress).await
    }
    async fn orphans(&self) -> Result<Vec<crate::engine::compare::Orphan>, Problem> {
        self.orphans().await
    }
    async fn scan(&self) -> Result<ImportScan, Problem> {
        self.scan().await
    }
    async fn test(&self) -> Result<TestReport, Problem> {
        self.test().await
    }
    async fn test_now(&self) -> Result<TestReport, Problem> {
        self.test_now().await
    }
    async fn deep_test(&self) -> Result<DeepReport, Problem> {
        self.deep_test().await
    }
    async fn set_token(&self, source: TokenSource) -> Result<TestReport, Problem> {
        self.set_token(source).await
    }
    async fn reported_roles(&self) -> Result<Vec<ReportedValue>, Problem> {
        self.reported_roles().await
    }
    async fn hear(&self) {
        self.hear().await;
    }
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        self.audit(query).await
    }
    async fn chained(&self, after: u64) -> Result<Vec<Chained>, Problem> {
        self.chained(after).await
    }
    async fn deactivations(&self) -> Result<Vec<Operation>, Problem> {
        self.deactivations().await
    }
    async fn audit_head(&self) -> Result<Option<Head>, Problem> {
        self.audit_head().await
    }
    fn holder(&self) -> Option<HolderSeen> {
        self.holder()
    }
    async fn pause(&self) -> Option<Pause> {
        self.pause().await
    }
    async fn take_over(&self, holder: &str) -> Result<HolderSeen, Problem> {
        self.take_over(holder, None).await
    }
    fn reason(&self) -> Option<String> {
        Self::reason(self)
    }
    fn actor(&self) -> String {
        user()
    }
    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        self.traces(operation).await
    }
    async fn tasks(&self, query: TasksQuery) -> Result<Tasks, Problem> {
        self.tasks(query).await
    }
    async fn queue_counts(&self) -> Result<QueueCounts, Problem> {
        self.queue_counts().await
    }

    async fn stuck_since(&self) -> Option<Time> {
        self.stuck_since().await
    }
    async fn undoable(&self, of: UndoOf) -> Result<Undoable, Problem> {
        self.undoable(of).await
    }
    async fn resend(&self, people: Vec<PersonId>) -> Result<Report, Problem> {
        self.resend(people).await
    }
    async fn halt(&self) -> Result<bool, Problem> {
        self.halt().await
    }
    async fn stop(&self) {
        self.stop().await;
    }
}
