//! The rules of operations: at most one leads per person and connection, at most one waits behind it.

use super::backend::Result;
use super::rules::Rules;
use super::{Move, StoreError};
use crate::directory::{Change, OpMark};
use crate::domain::{Base, ConnectionId, FailureKind, OpState, Operation, PersonId};

impl Rules<'_> {
    /// A new operation: replaces what is not on its way, or waits behind what is.
    pub(super) fn commit(&mut self, operation: &Operation) -> Result<()> {
        let here = self.here()?;
        if !self.tables.has_person(operation.person)? {
            return Err(StoreError::Refused {
                why: format!("{} is not there any more", operation.user_name),
            });
        }
        if self.tables.state(here, operation.id)?.is_some() {
            return Err(StoreError::Refused { why: format!("operation {} is already there", operation.id) });
        }
        let mut new = operation.clone();
        if new.intent.base == Base::Absent && self.tables.linked(here, new.person)?.is_some() {
            // Somebody else was quicker: an account is there by now, so it is looked for before one is made.
            new.intent.base = Base::Unknown;
        }
        if !new.state.live() {
            self.tables.add_operation(here, &new)?;
            return self.tell(here, &new);
        }
        let mut behind = false;
        for (_, mut old) in self.tables.live(Some(here), new.person)? {
            if old.state.sent() {
                behind = true;
                continue;
            }
            new.intent.take_over(&old.intent);
            old.updated_at = new.created_at;
            self.cancel_one(here, &mut old)?;
        }
        new.state = match new.state {
            _ if behind => OpState::Behind,
            OpState::Behind => OpState::Queued,
            given => given,
        };
        self.tables.add_operation(here, &new)?;
        self.tell(here, &new)
    }

    /// Cancels what is not on its way.
    pub(super) fn cancel(&mut self, person: PersonId) -> Result<()> {
        let here = self.here()?;
        for (_, mut old) in self.tables.live(Some(here), person)? {
            if !old.state.sent() {
                if let Some(now) = self.now {
                    old.updated_at = now;
                }
                self.cancel_one(here, &mut old)?;
            }
        }
        Ok(())
    }

    /// A move by the sender, compared with what is there.
    pub(super) fn step(&mut self, step: &Move) -> Result<()> {
        let here = self.here()?;
        let to = &step.to;
        let waiting = if to.state.sent() { None } else { self.tables.behind(here, to.person)? };
        let Some(mut next) = waiting.filter(|next| next.id != to.id) else {
            if !self.tables.move_operation(here, step)? {
                return Err(StoreError::Moved(to.id));
            }
            if to.state.live() || to.state == OpState::Done {
                // It is as its sender says.
                self.emit(Some(here), mark(to));
                return Ok(());
            }
            return self.tell(here, to);
        };
        if self.tables.state(here, to.id)? != Some(step.from) {
            return Err(StoreError::Moved(to.id));
        }
        let gone = to.failure.as_ref().is_some_and(|f| f.kind == FailureKind::AccountGone);
        let found = to.state == OpState::Done || (to.intent.linked_at.is_none() && !gone);
        if next.intent.remote_id.is_none() && found {
            // The account that the one ahead made or found is what this one is about, by whatever name it goes now.
            next.intent.remote_id.clone_from(&to.intent.remote_id);
        }
        if to.state.live() {
            // It would be tried again, but there is a later will: that one takes its place.
            next.intent.take_over(&to.intent);
            self.cancel_one(here, &mut to.clone())?;
        } else {
            // What the one ahead wrote belongs to the later will too, which may have it otherwise: it was planned before
            // that was there.
            match to.state {
                OpState::Done => next.intent.follow(&to.intent),
                _ => next.intent.owned.join(&to.intent.owned),
            }
            self.put(here, to)?;
        }
        next.state = OpState::Queued;
        // It was planned before the one ahead of it was settled: what its plan found there is no longer so.
        next.intent.base = Base::Unknown;
        next.updated_at = to.updated_at;
        self.put(here, &next)
    }

    pub(super) fn cancel_one(&mut self, connection: ConnectionId, operation: &mut Operation) -> Result<()> {
        operation.state = OpState::Cancelled;
        self.put(connection, operation)
    }

    fn put(&mut self, connection: ConnectionId, operation: &Operation) -> Result<()> {
        self.tables.put_operation(connection, operation)?;
        self.tell(connection, operation)
    }

    /// Marks the person of an operation that was written, so that the last mark is always that of the leading one.
    fn tell(&mut self, connection: ConnectionId, operation: &Operation) -> Result<()> {
        if Some(connection) == self.connection {
            self.report(operation);
        }
        self.emit(Some(connection), mark(operation));
        if matches!(operation.state, OpState::Behind | OpState::Cancelled) {
            let live = self.tables.live(Some(connection), operation.person)?;
            if let Some((_, leading)) = live.iter().find(|(_, o)| o.state != OpState::Behind) {
                self.emit(Some(connection), mark(leading));
            }
        }
        Ok(())
    }
}

/// What the directory hears of an operation.
pub(super) fn mark(operation: &Operation) -> Change {
    Change::Operation(operation.person, OpMark::of(operation))
}
