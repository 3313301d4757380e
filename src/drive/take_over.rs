//! Who sends, and taking that over from one that lives and stands still.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::lock::{self, NotSeized};
use super::order::Order;
use super::runner::Runner;
use super::shared::{Shared, hold, now};
use super::words::store_failure;
use super::{Drive, problem};
use crate::audit::AuditEntry;
use crate::domain::{Difference, Failure};
use crate::engine::{Holder, HolderSeen, Problem, ProblemKind};

/// What a take-over answers: from whom it was.
pub(super) type TakenOver = Result<HolderSeen, Problem>;

impl Drive {
    /// Which process sends for this connection; none where nobody does.
    pub fn holder(&self) -> Option<HolderSeen> {
        lock::seen(self.shared.home.as_deref()?, self.shared.connection)
    }

    /// Becomes the sender in place of exactly this holder, who may be alive. What that one had on its way is in doubt
    /// and is looked up; whatever it still wants to save is refused. Sends nothing that was not sent already.
    ///
    /// # Errors
    /// When nobody holds the sending, or somebody with another id.
    pub async fn take_over(&self, from: &str, reason: Option<String>) -> TakenOver {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let (answer, hear) = oneshot::channel();
        let reason = reason.or_else(|| self.shared.reason.clone());
        self.shared.order(Order::TakeOver { from: from.trim().to_owned(), reason, answer });
        hear.await.unwrap_or_else(|_| Err(free()))
    }
}

impl Shared {
    /// This process as the sender from now on.
    pub(super) fn as_holder(&self, reason: Option<String>) -> Holder {
        let stamp = self.store.stamp();
        let mut bytes = [0_u8; 4];
        // Without random numbers the process and the time tell one from another well enough.
        let _ = getrandom::fill(&mut bytes);
        let seed = u32::from_le_bytes(bytes) ^ std::process::id();
        Holder {
            id: format!("h{seed:08x}"),
            user: self.actor.clone(),
            pid: std::process::id(),
            session: stamp.session.clone(),
            ssh_from: stamp.ssh_from.clone(),
            since: now(),
            doing: hold(&self.doing).clone(),
            reason,
        }
    }
}

impl Runner {
    /// Takes the sending over.
    pub(super) async fn take_over(&mut self, from: &str, reason: Option<String>) -> TakenOver {
        let Some(home) = self.shared.home.clone().filter(|_| !self.leads) else { return Err(free()) };
        let holder = self.shared.as_holder(reason.clone());
        let (lock, was) = match lock::seize(&home, self.shared.connection, from, &holder) {
            Ok(taken) => taken,
            Err(NotSeized::Free) => return Err(free()),
            Err(NotSeized::Another(other)) => return Err(another(&other)),
            Err(NotSeized::Failed(failure)) => return Err(failed(&failure)),
        };
        self.lock = Some(Arc::new(lock));
        let entry = AuditEntry {
            time: now(),
            event: "sending taken over".to_owned(),
            subject: self.shared.directory().connection().name.clone(),
            actor: self.shared.actor.clone(),
            detail: format!("from {}", was.words()),
            changes: vec![Difference {
                attribute: "sender".to_owned(),
                before: Some(was.holder.id.clone()),
                after: Some(holder.id.clone()),
            }],
            reason,
            ..AuditEntry::default()
        };
        if let Err(error) = self.take_lead(vec![entry]).await {
            self.lock = None;
            self.halted = Some(store_failure(&error));
            self.show();
            return Err(problem::store(&error));
        }
        self.show();
        Ok(was)
    }
}

fn free() -> Problem {
    Problem::new(
        ProblemKind::BadInput,
        "not_held",
        "No other process holds the sending of this connection. Nothing was changed.",
        "There is nothing to take over: go on with the command itself.",
    )
}

fn another(other: &HolderSeen) -> Problem {
    Problem::new(
        ProblemKind::BadInput,
        "wrong_holder",
        format!("The sending is held by {}. Nothing was changed.", other.words()),
        "Look whether that process shall lose it, then give exactly that id: scimdeck take-over --holder ID",
    )
}

fn failed(failure: &Failure) -> Problem {
    Problem::new(ProblemKind::Internal, "lock", failure.text.clone(), failure.next.clone())
}
