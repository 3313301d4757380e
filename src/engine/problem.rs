//! Why a command did not go through as a whole, the same for both faces.

use crate::verbs::{Refusal, RefusalKind, Rejected};

/// The code of a passphrase that does not open its file.
pub const WRONG_PASSPHRASE: &str = "wrong_passphrase";

/// What kind of problem: the command line's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// A defect, or the store.
    Internal,
    /// The endpoint is unreachable, or refused the token.
    Endpoint,
    /// Bad input; nothing changed.
    BadInput,
    /// The plan is stale.
    Stale,
    /// Held by the brake, or not confirmed.
    Held,
    /// The connection is disabled, or this is read-only mode.
    NotAllowed,
    /// It cannot be used like this: no terminal.
    Usage,
}

impl ProblemKind {
    /// The exit code of the command line's contract.
    pub fn exit(self) -> u8 {
        match self {
            Self::Internal => 1,
            Self::Endpoint => 3,
            Self::BadInput => 4,
            Self::Stale => 6,
            Self::Held => 7,
            Self::NotAllowed => 8,
            Self::Usage => 64,
        }
    }
}

/// A command did not go through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Problem {
    /// Its kind.
    pub kind: ProblemKind,
    /// A stable word for JSON.
    pub code: &'static str,
    /// What happened, what was and was not changed.
    pub text: String,
    /// What to do next.
    pub next: String,
    /// Rows of a refused file.
    pub rejected: Vec<Rejected>,
    /// User names that are still to be typed.
    pub to_type: Vec<String>,
}

impl Problem {
    /// A problem without refused rows.
    pub fn new(
        kind: ProblemKind,
        code: &'static str,
        text: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self { kind, code, text: text.into(), next: next.into(), rejected: Vec::new(), to_type: Vec::new() }
    }
}

impl Problem {
    /// Somebody would lose access, and the connection asks for a reason.
    pub fn reason_required() -> Self {
        Self::new(
            ProblemKind::Held,
            "reason_required",
            "Somebody would lose access, and this connection asks for a reason. Nothing was changed and nothing was \
             sent.",
            "Give it with: --reason TEXT",
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match refusal.kind {
            RefusalKind::BadInput => ProblemKind::BadInput,
            RefusalKind::Protected => ProblemKind::Held,
            RefusalKind::Disabled => ProblemKind::NotAllowed,
        };
        Self {
            kind,
            code: refusal.code,
            text: format!("{} Nothing was changed.", refusal.text),
            next: refusal.next,
            rejected: refusal.rejected,
            to_type: refusal.to_type,
        }
    }
}
