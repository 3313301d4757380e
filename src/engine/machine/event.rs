//! What the machine hears and what it asks for, as plain data.

use crate::audit::AuditEntry;
use crate::directory::Change;
use crate::domain::{Answer, Call, Failure, OpId, OpState, Operation, PersonId, RequestClass, Time};
use crate::engine::wire::Identity;
use crate::engine::{Found, Outcome};

/// An operation moves. Refused by the store when it is no longer in `from`: another process replaced it.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The state it must be in.
    pub from: OpState,
    /// The whole operation after the move.
    pub to: Operation,
}

/// Names one save, so that its answer finds its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// None: made only from a complete pass, or from a filter that is known to work.
    Absent,
    /// Exactly one.
    One(Box<Found>),
    /// More than one.
    Several(u32),
    /// Everything was answered, and may have left out the one who is looked for.
    Unclear(Failure),
    /// The look failed.
    Failed(Failure),
}

/// Which step of an operation an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// GET of the linked account before a write.
    Read,
    /// POST, PUT or PATCH.
    Write,
    /// GET of the account after a write.
    Verify,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The live operations of the store, at start or after taking over: what was inflight is now in doubt.
    Boot(Vec<Operation>),
    /// Operations are new or changed, by this process or another.
    Committed(Vec<Operation>),
    /// A save is on the disk.
    Saved(Ticket),
    /// A save was refused: nothing of it was written, and what it would have led to is not done.
    SaveRefused(Ticket),
    /// A look-up ended.
    Found(OpId, Evidence),
    /// An answer came; `failure` is its judgement when it is no good answer.
    Answered {
        /// Whose.
        op: OpId,
        /// To which step.
        step: StepKind,
        /// The answer.
        answer: Answer,
        /// What is wrong with it.
        failure: Option<Failure>,
    },
    /// The linked account answers 404, and others who are linked do so too.
    Elsewhere {
        /// Whose.
        op: OpId,
        /// To which step.
        step: StepKind,
        /// In words.
        failure: Failure,
    },
    /// No answer came.
    Lost {
        /// Whose.
        op: OpId,
        /// In which step.
        step: StepKind,
        /// Whether a byte of it may have arrived.
        maybe_sent: bool,
        /// In words.
        failure: Failure,
    },
    /// Time passed.
    Tick,
    /// A request of another part of the program was asked to slow down.
    AskedToWait {
        /// Which kind of request.
        class: RequestClass,
        /// For how long, in milliseconds from now, as it was asked for.
        wait_ms: i64,
        /// In words.
        failure: Failure,
    },
    /// Nothing new is sent; what is under way ends.
    Freeze,
    /// Sending goes on.
    Thaw,
    /// The token was replaced and accepted.
    TokenChanged,
    /// An operator had the endpoint asked although it asked to wait, and it answered: what it asked for by then is over.
    WaitsOver(Time),
    /// These people accepted their invitation.
    Accepted(Vec<PersonId>),
    /// The clock was set forward or, below zero, back by so many milliseconds; the time that comes with this is the
    /// new one. Every wait keeps its length.
    ClockMoved(i64),
}

impl Event {
    /// Whose request ended with it.
    pub fn operation(&self) -> Option<OpId> {
        match self {
            Self::Found(op, _)
            | Self::Answered { op, .. }
            | Self::Elsewhere { op, .. }
            | Self::Lost { op, .. } => Some(*op),
            _ => None,
        }
    }
}

/// Proof that the journal knows of a write. Only the arm that hears [`Event::Saved`] can make one, so no list of
/// effects can hold both the save and its write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durable(());

impl Durable {
    pub(super) fn proven_by_saved() -> Self {
        Self(())
    }
}

/// A request to make.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Find the account by what identifies it, freshly when its fate is in doubt.
    LookUp {
        /// Which.
        who: Identity,
        /// What else makes an account the one, where nobody is that.
        or: Option<Identity>,
        /// Whether an earlier pass over the list is not good enough.
        fresh: bool,
    },
    /// GET before a write.
    Read(Call),
    /// POST, PUT or PATCH, journalled as inflight.
    Write(Durable, Call),
    /// GET after a write.
    Verify(Call),
}

/// What the machine asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Write this in one transaction, then say [`Event::Saved`] or [`Event::SaveRefused`].
    Save {
        /// Names it.
        ticket: Ticket,
        /// Operations that move.
        moves: Vec<Move>,
        /// What the directory learns.
        changes: Vec<Change>,
        /// What the audit keeps.
        audit: Vec<AuditEntry>,
    },
    /// Send a request.
    Send {
        /// For which operation.
        op: OpId,
        /// Which attempt, from 1.
        attempt: u32,
        /// Which request.
        step: Step,
    },
    /// Say [`Event::Tick`] at this time.
    WakeAt(Time),
    /// An operation came to rest, and that is on the disk.
    Settled {
        /// Which.
        op: OpId,
        /// How, for whoever waits for it.
        outcome: Outcome,
        /// Why it did not go through.
        failure: Option<Failure>,
    },
    /// Nothing is sent for now; everything stays queued. Without a time an operator must act.
    Paused {
        /// Why.
        failure: Failure,
        /// Until when.
        until: Option<Time>,
    },
    /// Sending goes again.
    Going,
}
