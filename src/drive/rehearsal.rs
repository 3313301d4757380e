//! Faults of a sandbox, for connections that say that they are one and lead to this machine. No real endpoint is ever
//! asked.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;
use super::{Drive, problem};
use crate::directory::Directory;
use crate::domain::{Rehearsal, RehearsalChange};
use crate::endpoint::rehearsal::Rehearsals;
use crate::engine::{Problem, ProblemKind};

/// The badge of a sandbox.
const SANDBOX: &str = "SANDBOX";
/// How often is looked while a fault is on: its mark goes away when it is over.
const WHILE_ON: Duration = Duration::from_secs(1);
/// How often otherwise: somebody else may switch one on.
const WHILE_OFF: Duration = Duration::from_secs(10);

/// Follows what is on as long as the drive lives.
pub(super) async fn follow(shared: Arc<Shared>) {
    loop {
        let rehearsal = match of(&shared.directory()) {
            Some(rehearsals) => rehearsals.look().await,
            None => None,
        };
        let on = rehearsal.as_ref().is_some_and(|rehearsal| rehearsal.on().next().is_some());
        shared.show_rehearsal(rehearsal);
        tokio::time::sleep(if on { WHILE_ON } else { WHILE_OFF }).await;
    }
}

fn of(directory: &Directory) -> Option<Rehearsals> {
    let connection = directory.connection();
    let sandbox = connection.badge.0.eq_ignore_ascii_case(SANDBOX);
    sandbox.then(|| Rehearsals::of(&connection.base_url).ok().flatten()).flatten()
}

impl Drive {
    /// Switches a fault of the sandbox; refused where the connection leads to no sandbox on this machine.
    pub async fn rehearse(&self, change: RehearsalChange) -> Result<Rehearsal, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let rehearsals = of(&self.shared.directory()).ok_or_else(|| {
            Problem::new(
                ProblemKind::NotAllowed,
                "no_sandbox",
                "Faults are rehearsed on a sandbox on this machine only. Nothing was changed.",
                "Start one: scimdeck demo, or scimdeck sandbox and a connection to it with --badge SANDBOX.",
            )
        })?;
        let rehearsal = rehearsals.change(&change).await.map_err(|t| problem::endpoint(&t.into()))?;
        self.shared.show_rehearsal(Some(rehearsal.clone()));
        let detail = match &change {
            RehearsalChange::Add(fault) => format!("the sandbox fails as told: {fault}"),
            RehearsalChange::Remove(fault) => format!("the sandbox fails no longer so: {fault}"),
            RehearsalChange::Clear => "the sandbox fails no longer".to_owned(),
        };
        self.tell("rehearsal", &detail).await;
        Ok(rehearsal)
    }
}

impl Shared {
    /// Shows what is on.
    fn show_rehearsal(&self, rehearsal: Option<Rehearsal>) {
        let moved = self.rehearsal.send_if_modified(|shown| {
            let moved = *shown != rehearsal;
            shown.clone_from(&rehearsal);
            moved
        });
        if moved {
            self.notify(|| crate::engine::Notice::Rehearsal(rehearsal.clone()));
        }
    }
}
