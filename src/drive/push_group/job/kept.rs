//! What is sent of a group and what the store has of it: before a request leaves, after its answer, and in the end.

use super::{CONFIRMED, End, Job};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory};
use crate::domain::{Call, Exchange, Failure, FailureKind, Outcome, Push, Unlinked};
use crate::drive::fresh::TURNS;
use crate::drive::push_group::Port;
use crate::drive::push_group::rest::asked_until;
use crate::endpoint::{Cause, Trouble, judge};
use crate::engine::{Basis, GroupKind, Trace};
use crate::store::{Batch, StoreError};

impl<P: Port> Job<'_, P> {
    /// A request that changes something. The store has what it follows from and that it goes before it does, and its
    /// answer right after. From then on nobody knows how the group is there until it is read back; where it `makes` the
    /// group, that one may be there.
    pub(in crate::drive::push_group) async fn write(
        &mut self,
        line: &P::Line,
        call: Call,
        makes: bool,
    ) -> Result<Result<Exchange, Trouble>, End> {
        let told = self.told;
        let audit = if told { Vec::new() } else { vec![self.entry("on its way to the app".to_owned())] };
        let (ending, now) = (self.ending, self.port.now());
        let before = self.push().and_then(|push| push.sent_at);
        let mark = |push: Push| {
            // An id of before is of a group that is gone: it says nothing of the one that may be made now.
            let remote_id = push.remote_id.clone().filter(|_| !makes);
            (push.ending == ending).then_some(Push { remote_id, sent_at: Some(now), ..push })
        };
        // What others decided by now counts.
        self.change(audit, mark).await?;
        self.told = true;
        // The last thing before it leaves: whoever took over reads the group first.
        self.port.may_send().map_err(End::Held)?;
        if self.push().is_none_or(|push| push.ending != ending) {
            return Err(End::Held(otherwise()));
        }
        let answer = self.send(line, "write", call).await;
        match self.not_applied && self.push().is_some() {
            true => self.change(Vec::new(), |push| Some(Push { sent_at: before, ..push })).await?,
            false => self.save(Vec::new(), Vec::new(), None).await?,
        }
        Ok(answer)
    }

    pub(in crate::drive::push_group) async fn send(
        &mut self,
        line: &P::Line,
        step: &str,
        mut call: Call,
    ) -> Result<Exchange, Trouble> {
        if !call.method.writes() {
            self.port.may_read(line)?;
        }
        call.operation = Some(self.operation);
        let exchange = self.port.send(line, &call).await;
        let judged = judge(&call, &exchange.outcome).map(|_| ());
        if let Outcome::Answered(answer) = &exchange.outcome {
            let status = answer.status;
            self.not_applied = matches!(status, 400..500) && !matches!(status, 408 | 409 | 425);
            self.asked_until = asked_until(answer, self.port.now());
        } else {
            self.not_applied = judged.as_ref().is_err_and(|trouble| trouble.cause == Cause::NotSent);
        }
        self.traces.push(Trace {
            seq: 0,
            operation: Some(self.operation),
            step: step.to_owned(),
            attempt: 1,
            exchange: exchange.clone(),
        });
        judged.map(|()| exchange)
    }

    /// Writes to the store under the sender's fence, with the requests so far.
    async fn save(
        &mut self,
        changes: Vec<Change>,
        audit: Vec<AuditEntry>,
        basis: Option<Basis>,
    ) -> Result<(), StoreError> {
        let traces = self.traces.clone();
        let (connection, fence) = (Some(self.port.connection()), self.fence);
        let batch = Batch { connection, changes, audit, traces, basis, fence, ..Batch::default() };
        self.port.commit(batch).await?;
        self.traces.clear();
        Ok(())
    }

    /// The same with what becomes of the record of the push, made from how it is by then: what others decided
    /// meanwhile stays. Where it is pushed no more nothing is kept, and nothing more is to be sent.
    pub(in crate::drive::push_group) async fn change(
        &mut self,
        audit: Vec<AuditEntry>,
        make: impl Fn(Push) -> Option<Push>,
    ) -> Result<(), End> {
        let group = self.group;
        self.change_to(audit, |push| make(push).map(|push| Change::GroupPushed(group, push))).await
    }

    async fn change_to(
        &mut self,
        audit: Vec<AuditEntry>,
        make: impl Fn(Push) -> Option<Change>,
    ) -> Result<(), End> {
        let mut turn = 1;
        loop {
            let (directory, change) = self.port.numbered();
            let push = directory.group(self.group).and_then(|row| row.push.clone());
            drop(directory);
            let Some(push) = push else { return Err(End::Held(otherwise())) };
            let basis = (turn < TURNS).then(|| Basis { change, leading: Vec::new() });
            match self.save(make(push).into_iter().collect(), audit.clone(), basis).await {
                Err(StoreError::Overtaken) => self.port.catch_up().await?,
                other => return Ok(other?),
            };
            turn += 1;
        }
    }

    /// The id is kept at once: what was made or found there is never looked for again.
    pub(in crate::drive::push_group) async fn remember(&mut self, remote_id: &str) -> Result<(), End> {
        let known = |push: &Push| push.remote_id.as_deref() == Some(remote_id);
        if self.push().as_ref().is_some_and(known) {
            return Ok(());
        }
        let learned = |push| Some(Push { remote_id: Some(remote_id.to_owned()), ..push });
        self.change(Vec::new(), learned).await
    }

    fn entry(&self, detail: String) -> AuditEntry {
        let name = |directory: &Directory| {
            directory.group(self.group).map(|row| row.group.name.clone()).unwrap_or_default()
        };
        let (actor, reason) = self.port.who();
        AuditEntry {
            time: self.port.now(),
            source: Source::Console,
            event: format!("group {}", self.kind.map_or("push", GroupKind::word)),
            subject: self.port.look(name),
            actor,
            operation: Some(self.operation),
            detail,
            reason,
            ..AuditEntry::default()
        }
    }

    /// Keeps how it ended, with its traces. Returns why it is not true.
    pub(in crate::drive::push_group) async fn keep(&mut self, ended: Result<(), End>) -> Result<(), End> {
        // What another process decided meanwhile stands.
        let _ = self.port.catch_up().await;
        let (made, leaving) = (self.made.take(), std::mem::take(&mut self.allowed.leaving));
        let (group, ending, now) = (self.group, self.ending, self.port.now());
        let otherwise_by_now = self.push().is_some_and(|push| push.ending != ending);
        // It was only looked for, and its end is still to come.
        let ended = match ended {
            Ok(()) if ending == Some(Unlinked::Left) && otherwise_by_now => Err(End::Held(otherwise())),
            ended => ended,
        };
        let kept = |mut push: Push| match (&ended, &made) {
            (Err(End::Held(_)), _) => None,
            (Err(End::Failed(failure)), _) => Some(Push { failure: Some(failure.clone()), ..push }),
            // It is gone there, and pushed again by now. One that was to be left may still be there.
            (Ok(()), None) => {
                (ending == Some(Unlinked::Deleted)).then(|| Push { ending: push.ending, ..Push::default() })
            }
            (Ok(()), Some(made)) => {
                // What was approved meanwhile is still to be done.
                push.may_leave.retain(|id| !leaving.contains(id));
                let (name, members) = (made.name.clone(), Some(made.members.iter().cloned().collect()));
                Some(Push {
                    name,
                    members,
                    pushed_at: Some(now),
                    sent_at: None,
                    waits: false,
                    failure: None,
                    ..push
                })
            }
        };
        let change = |push: Push| match (&ended, &made) {
            (Ok(()), None) if push.ending == ending => {
                ending.map(|what| Change::GroupPushDropped(group, what))
            }
            _ => kept(push).map(|push| Change::GroupPushed(group, push)),
        };
        let audit = match &ended {
            Err(End::Held(_)) if !self.told => Vec::new(),
            Err(End::Held(why) | End::Failed(why)) => vec![self.entry(why.text.clone())],
            Ok(()) => vec![self.entry(self.ended.unwrap_or(CONFIRMED).to_owned())],
        };
        let changes = std::mem::take(&mut self.changes);
        let audit = audit.into_iter().map(|entry| AuditEntry { changes: changes.clone(), ..entry }).collect();
        self.port.wrote();
        let saved = match self.push() {
            Some(_) => self.change_to(audit, change).await,
            // Nobody pushes it any more; what went is kept all the same.
            None => self.save(Vec::new(), audit, None).await.map_err(End::from),
        };
        match (saved, ended) {
            (Err(why), Ok(())) => Err(why),
            (_, ended) => ended,
        }
    }
}

/// Somebody decided otherwise of the push while it was on its way.
pub(super) fn otherwise() -> Failure {
    Failure {
        kind: FailureKind::Stale,
        text:
            "The push of the group was ended, or decided otherwise, meanwhile; nothing more of it was sent."
                .to_owned(),
        next: "Look at the group; what is due of it goes with: scimdeck apply".to_owned(),
    }
}
