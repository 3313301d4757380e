//! The one place where the commands meet the drive and the console: everything else is coded against [`Seam`].

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use tokio::sync::watch;

use super::names::bad;
use super::seam::Seam;
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::Directory;
use crate::domain::{Connection, OpId, PersonId, TokenSource};
use crate::drive::{self, Drive, DriveConfig};
use crate::engine::{
    Approval, CheckReport, Preview, Problem, ProblemKind, Progress, Report, TestReport, Trace,
};
use crate::store::Store;
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

/// Opens the home on its connection. Sends nothing.
pub(super) async fn open(opening: &Opening) -> Result<Drive, Problem> {
    if !opening.home.is_dir() {
        return Err(no_connection());
    }
    let store = drive::open_store(&opening.home)?;
    let connections = drive::connections(&store).await?;
    let connection = choose(connections, opening.connection.as_deref())?;
    start(opening, store, connection).await
}

fn no_connection() -> Problem {
    bad(
        "no_connection",
        "There is no connection yet.",
        "Try it with: scimdeck demo. Or connect with: scimdeck connect --base-url URL --token-file FILE",
    )
}

/// The named connection, or the only one.
fn choose(mut connections: Vec<Connection>, name: Option<&str>) -> Result<Connection, Problem> {
    let names: Vec<_> = connections.iter().map(|c| c.name.clone()).collect();
    match name {
        Some(name) => connections.into_iter().find(|c| c.name == name).ok_or_else(|| {
            let next =
                format!("There are: {}.", if names.is_empty() { "none".into() } else { names.join(", ") });
            bad("no_such_connection", format!("There is no connection {name}."), next)
        }),
        None if connections.len() > 1 => Err(bad(
            "which_connection",
            "There is more than one connection.",
            format!("Name one with --connection: {}.", names.join(", ")),
        )),
        None => connections.pop().ok_or_else(no_connection),
    }
}

async fn start(opening: &Opening, store: Store, connection: Connection) -> Result<Drive, Problem> {
    Drive::open(DriveConfig {
        store,
        home: Some(opening.home.clone()),
        connection,
        actor: actor(),
        reason: opening.reason.clone(),
        read_only: opening.read_only,
        tokens: None,
        watch: false,
    })
    .await
}

/// The operating system's user, as audit entries name them.
fn actor() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

/// Saves a new connection, not enabled, opens the home on it and tests it.
pub(super) async fn connect(
    opening: &Opening,
    connection: Connection,
) -> Result<(Drive, TestReport), Problem> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&opening.home).map_err(|e| {
        let text = format!("The home {} cannot be made: {e}.", opening.home.display());
        bad("home", text, "Name another with --home DIR.")
    })?;
    let store = drive::open_store(&opening.home)?;
    if drive::connections(&store).await?.iter().any(|c| c.name == connection.name) {
        return Err(bad(
            "name_taken",
            format!("There is a connection {} already.", connection.name),
            "Choose another with --name; a new token is given with: scimdeck token",
        ));
    }
    let connection = drive::add_connection(&store, connection).await?;
    let drive = start(opening, store, connection).await?;
    let report = drive.test().await?;
    Ok((drive, report))
}

/// The console; returns the exit code.
pub(super) async fn console(opening: &Opening) -> Result<u8, Problem> {
    Err(unwired(&format!("the console on {}", opening.home.display())))
}

/// `demo`: its own sandbox, an example home in a temporary folder and the console; returns the exit code.
pub(super) async fn demo(people: Option<u32>, _seed: Option<u64>) -> Result<u8, Problem> {
    Err(unwired(&people.map_or("the demo".to_owned(), |n| format!("the demo with {n} people"))))
}

fn unwired(what: &str) -> Problem {
    Problem::new(
        ProblemKind::Internal,
        "not_in_this_build",
        format!("This build cannot show {what} yet. Nothing was changed."),
        "Look with: scimdeck status",
    )
}

impl Seam for Drive {
    fn directory(&self) -> Directory {
        self.directory()
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
    async fn check(&self, people: Option<Vec<PersonId>>) -> Result<CheckReport, Problem> {
        self.check(people).await
    }
    async fn test(&self) -> Result<TestReport, Problem> {
        self.test().await
    }
    async fn set_token(&self, source: TokenSource) -> Result<TestReport, Problem> {
        self.set_token(source).await
    }
    async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        self.audit(query).await
    }
    async fn traces(&self, operation: OpId) -> Result<Vec<Trace>, Problem> {
        self.traces(operation).await
    }
    async fn stop(&self) {
        self.stop().await;
    }
}
