//! What goes wrong below the drive, in the words of a [`Problem`].

use crate::domain::{Failure, FailureKind};
use crate::engine::{Problem, ProblemKind};
use crate::store::StoreError;

/// The code of a token that is encrypted and not opened.
pub(super) const LOCKED: &str = "token_locked";

/// A store error is told as it is: its text already says that nothing was written.
pub(super) fn store(error: &StoreError) -> Problem {
    let text = error.to_string();
    let (text, next) = text.rsplit_once("; ").unwrap_or((&text, "Try again."));
    Problem::new(ProblemKind::Internal, "store", sentence(text), sentence(next))
}

/// The endpoint cannot be used at all.
pub(super) fn endpoint(failure: &Failure) -> Problem {
    let code = match failure.kind {
        FailureKind::TokenRefused => "token_refused",
        FailureKind::NotScim => "not_scim",
        _ => "unreachable",
    };
    Problem::new(ProblemKind::Endpoint, code, failure.text.clone(), failure.next.clone())
}

/// Nothing may be sent in this mode.
pub(super) fn read_only() -> Problem {
    Problem::new(
        ProblemKind::NotAllowed,
        "read_only",
        "This is read-only mode: nothing was changed and nothing was sent.",
        "Start without --read-only to change something.",
    )
}

/// The connection is disabled.
pub(super) fn disabled() -> Problem {
    Problem::new(
        ProblemKind::NotAllowed,
        "disabled",
        "SCIM is disabled on this connection: nothing was changed and nothing was sent.",
        "Test the connection, then enable it: scimdeck enable",
    )
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
