//! One group being made true.
//!
//! Before a request that changes something leaves, the store has what went before it, that it goes, and for a new group
//! that one may be there from now on. Whoever finds that mark without an id looks for the group once more, after the
//! time that a late one takes, before making it again.

mod bring;
mod kept;

use std::collections::BTreeSet;

pub(super) use bring::overtaken_again;

use super::there::group_in;
use super::{Port, wanted};
use crate::domain::{Difference, Failure, FailureKind, GroupId, OpId, Push, Time, Unlinked};
use crate::drive::words::{overtaken, store_failure};
use crate::endpoint::Trouble;
use crate::engine::machine::Policy;
use crate::engine::push_group::{self as wire, Allowed, FoundGroup, WantedGroup};
use crate::engine::{GroupKind, Trace};
use crate::store::StoreError;

pub(super) const CONFIRMED: &str = "confirmed by the app";

/// Why a group is not true yet.
#[derive(Debug)]
pub(super) enum End {
    /// It was not to go just now: it stays due.
    Held(Failure),
    /// It went wrong.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            // It says nothing of this group.
            FailureKind::Elsewhere => Self::Held(failure),
            _ => Self::Failed(failure),
        }
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::FenceLost => Self::Held(overtaken()),
            error => Self::Failed(store_failure(&error)),
        }
    }
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble.into())
    }
}

/// One group being made true.
pub(super) struct Job<'a, P> {
    pub(super) port: &'a P,
    pub(super) group: GroupId,
    fence: Option<u64>,
    pub(super) operation: OpId,
    traces: Vec<Trace>,
    pub(super) kind: Option<GroupKind>,
    /// Which of its moves may go.
    pub(super) allowed: Allowed,
    /// How its push was to end when this began.
    ending: Option<Unlinked>,
    /// Until when the endpoint asked for nothing.
    pub(super) asked_until: Option<Time>,
    changes: Vec<Difference>,
    /// Whether the last answer proves that nothing happened there.
    not_applied: bool,
    /// Whether the audit knows that something of it went.
    told: bool,
    /// How it ended, for the audit, where that is not what the app confirmed.
    pub(super) ended: Option<&'static str>,
    /// What it was made to be: the directory may have moved on meanwhile, and then it is due again.
    made: Option<WantedGroup>,
}

impl<'a, P: Port> Job<'a, P> {
    pub(super) fn new(port: &'a P, group: GroupId, fence: Option<u64>) -> Self {
        let operation = port.op();
        Self {
            port,
            group,
            fence,
            operation,
            traces: Vec::new(),
            kind: None,
            allowed: Allowed::default(),
            ending: None,
            asked_until: None,
            changes: Vec::new(),
            not_applied: false,
            told: false,
            ended: None,
            made: None,
        }
    }

    fn push(&self) -> Option<Push> {
        self.port.look(|directory| directory.group(self.group).and_then(|row| row.push.clone()))
    }

    /// Goes the whole way. What it leaves behind is in the directory even where it fails.
    pub(super) async fn run(&mut self) -> Result<(), End> {
        let line = self.port.open().await?;
        let (directory, _) = self.port.numbered();
        // Another process may have ended it before its turn came.
        let pushed = directory.group(self.group).and_then(|row| Some((row, row.push.clone()?)));
        let Some((row, push)) = pushed else { return Err(End::Held(kept::otherwise())) };
        self.allowed.leaving = push.may_leave.iter().cloned().collect();
        self.ending = push.ending;
        let wanted = wanted(row, &directory);
        if let (Some(_), Some(at)) = (&push.remote_id, push.sent_at) {
            // What was written before and may still come must not come after what is written now.
            settle(self.port, at).await;
        }
        if let Some(what) = push.ending {
            return self.end(&line, push, what, &wanted).await;
        }
        let found = match self.find_made(&line, &push, &wanted).await? {
            Some(found) => {
                self.kind = Some(if push.remote_id.is_some() { GroupKind::Update } else { GroupKind::Link });
                self.count(&found.members, &wanted);
                found
            }
            None => {
                self.kind = Some(GroupKind::Create);
                self.count(&BTreeSet::new(), &wanted);
                self.create(&line, &wanted).await?
            }
        };
        self.remember(&found.remote_id).await?;
        self.bring(&line, found, &wanted, directory.connection().profile).await
    }

    /// How many come and leave, for the audit.
    pub(super) fn count(&mut self, there: &BTreeSet<String>, wanted: &WantedGroup) {
        let target = self.allowed.of(there, wanted).members;
        let added = target.difference(there).count();
        let removed = there.difference(&target).count();
        for (attribute, count) in [("members added", added), ("members removed", removed)] {
            if count > 0 {
                let after = Some(count.to_string());
                self.changes.push(Difference { attribute: attribute.to_owned(), before: None, after });
            }
        }
    }

    /// The group there; one that may have been made is given the time that a late one takes.
    pub(super) async fn find_made(
        &mut self,
        line: &P::Line,
        push: &Push,
        wanted: &WantedGroup,
    ) -> Result<Option<FoundGroup>, Failure> {
        let found = self.find(line, push, wanted).await?;
        let (None, Some(at)) = (&found, push.sent_at) else { return Ok(found) };
        settle(self.port, at).await;
        self.find(line, push, wanted).await
    }

    async fn create(&mut self, line: &P::Line, wanted: &WantedGroup) -> Result<FoundGroup, End> {
        let first = self.allowed.of(&BTreeSet::new(), wanted);
        let exchange = self.write(line, wire::create(&first, self.port.piece()), true).await??;
        let made = group_in(&exchange).ok_or_else(|| Failure {
            kind: FailureKind::NotScim,
            text: "The answer to the new group is no group; it may or may not be there.".to_owned(),
            next: "Push it again: it is looked up before anything is made.".to_owned(),
        })?;
        // The list in the answer is not trusted: some answer without it.
        Ok(self.read(line, &made.remote_id).await?.ok_or_else(gone)?)
    }
}

/// A request whose fate is not known is given its time before anybody looks what became of it.
pub(super) async fn settle<P: Port>(port: &P, sent_at: Time) {
    let settle = Policy::default().settle_ms;
    let wait = sent_at.plus_ms(settle).since(port.now()).clamp(0, settle);
    port.wait(wait.unsigned_abs()).await;
}

fn gone() -> Failure {
    Failure {
        kind: FailureKind::AccountGone,
        text: "The group is not there any more (404).".to_owned(),
        next: "Push it again: it is looked for by name, and made anew where there is none.".to_owned(),
    }
}
