//! The one place where the commands meet the drive and the console: everything else is coded against [`Seam`].

use std::collections::HashSet;
use std::path::PathBuf;

use tokio::sync::watch;

use super::seam::Seam;
use crate::audit::{AuditEntry, AuditQuery};
use crate::directory::Directory;
use crate::domain::{Connection, OpId, PersonId, TokenSource};
use crate::engine::{
    Approval, CheckReport, Preview, Problem, ProblemKind, Progress, Report, TestReport, Trace,
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

/// Opens the home on its connection.
pub(super) async fn open(opening: &Opening) -> Result<Unwired, Problem> {
    Err(unwired(opening))
}

/// Saves a new connection, not enabled, tests it and opens the home on it. `connection.id` is given by the store.
pub(super) async fn connect(
    opening: &Opening,
    _connection: Connection,
) -> Result<(Unwired, TestReport), Problem> {
    Err(unwired(opening))
}

/// The console; returns the exit code.
pub(super) async fn console(opening: &Opening) -> Result<u8, Problem> {
    Err(unwired(opening))
}

/// `demo`: its own sandbox, an example home in a temporary folder and the console; returns the exit code.
pub(super) async fn demo(_people: Option<u32>, _seed: Option<u64>) -> Result<u8, Problem> {
    Err(unwired(&Opening { home: PathBuf::new(), connection: None, read_only: false, reason: None }))
}

fn unwired(opening: &Opening) -> Problem {
    let (home, name) = (opening.home.display(), opening.connection.as_deref().unwrap_or("its connection"));
    let kept = if opening.read_only || opening.reason.is_none() { "" } else { ", the reason included" };
    Problem::new(
        ProblemKind::Internal,
        "not_in_this_build",
        format!("This build cannot open {home} on {name} yet. Nothing was changed{kept}."),
        "The sandbox, completions and man commands work without it.",
    )
}

/// A home that cannot be had: it has no value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unwired {}

impl Seam for Unwired {
    fn directory(&self) -> Directory {
        match *self {}
    }
    async fn preview(&self, _: Command, _: Vec<String>) -> Result<Preview, Problem> {
        match *self {}
    }
    async fn run(&self, _: Preview, _: Approval, _: watch::Sender<Progress>) -> Result<Report, Problem> {
        match *self {}
    }
    async fn check(&self, _: Option<Vec<PersonId>>) -> Result<CheckReport, Problem> {
        match *self {}
    }
    async fn test(&self) -> Result<TestReport, Problem> {
        match *self {}
    }
    async fn set_token(&self, _: TokenSource) -> Result<TestReport, Problem> {
        match *self {}
    }
    async fn audit(&self, _: AuditQuery) -> Result<Vec<AuditEntry>, Problem> {
        match *self {}
    }
    async fn traces(&self, _: OpId) -> Result<Vec<Trace>, Problem> {
        match *self {}
    }
    async fn console_set(&self) -> Result<HashSet<(PersonId, String)>, Problem> {
        match *self {}
    }
    async fn stop(&self) {
        match *self {}
    }
}
