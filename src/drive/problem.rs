//! What goes wrong below the drive, in the words of a [`Problem`].

use std::path::Path;

use super::lock;
use crate::domain::{Failure, FailureKind};
use crate::engine::{HolderSeen, Problem, ProblemKind};
use crate::store::StoreError;

/// The code of a token that is encrypted and not opened.
pub(super) const LOCKED: &str = "token_locked";

/// A store error is told as it is: its text already says that nothing was written. Where it has a next step, that
/// comes last; what is wrong with an unusable file brings its own.
pub(super) fn store(error: &StoreError) -> Problem {
    if let StoreError::Busy { path, .. } = error
        && let Some(seen) = Path::new(path).parent().and_then(lock::silent)
    {
        return frozen(path, &seen);
    }
    let text = error.to_string();
    let (text, next) = match error {
        StoreError::Unusable { path, why } => {
            let (why, next) = why.rsplit_once("; ").unwrap_or((why, "restore the home from a copy"));
            (format!("the store {path} cannot be used: {why}; nothing was changed"), next)
        }
        StoreError::Busy { .. } | StoreError::Unwritable { .. } => {
            let (text, next) = text.rsplit_once("; ").unwrap_or((&text, "try again"));
            (text.to_owned(), next)
        }
        StoreError::Moved(_) | StoreError::Overtaken | StoreError::FenceLost => {
            (text, "look at what is there now, then try again")
        }
        StoreError::Refused { .. } => (text, "change what contradicts it, then try again"),
    };
    Problem::new(ProblemKind::Internal, "store", sentence(&text), sentence(next))
}

/// The store stays locked while the sender is frozen in the middle of a transaction: nobody can take that over.
fn frozen(path: &str, seen: &HolderSeen) -> Problem {
    let pid = seen.holder.pid;
    Problem::new(
        ProblemKind::Internal,
        "store",
        format!(
            "The store {path} is held by a process that stands still: {}. Nothing was written.",
            seen.words()
        ),
        format!("Let process {pid} go on (kill -CONT {pid}) or end it, then try again."),
    )
}

/// The sender has no thread to run on.
pub(super) fn no_thread(error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemKind::Internal,
        "thread",
        format!(
            "The system gives no thread to send from: {error}. Nothing was changed and nothing was sent."
        ),
        "See how many threads and files this user may have (ulimit -a), then try again.",
    )
}

/// The endpoint cannot be used at all.
pub(super) fn endpoint(failure: &Failure) -> Problem {
    let code = match failure.kind {
        FailureKind::TokenRefused => "token_refused",
        FailureKind::NotScim => "not_scim",
        FailureKind::Unreadable => "unreadable",
        FailureKind::Incomplete => "incomplete",
        _ => "unreachable",
    };
    let failure = failure.clone().of_a_look();
    Problem::new(ProblemKind::Endpoint, code, failure.text, failure.next)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g18_a_store_that_cannot_be_used_is_named_with_the_next_step() {
        let path = || "/h/scimdeck.db".to_owned();
        let full = store(&StoreError::Unwritable { path: path(), why: "the disk is full".into() });
        assert!(full.text.contains("/h/scimdeck.db") && full.text.ends_with("nothing is sent."), "{full:?}");
        assert!(full.next.starts_with("Free space"), "{full:?}");
        let damaged =
            StoreError::Unusable { path: path(), why: "it is damaged (x); restore it from a copy".into() };
        let damaged = store(&damaged);
        assert!(damaged.text.contains("/h/scimdeck.db") && damaged.text.ends_with("nothing was changed."));
        assert_eq!(damaged.next, "Restore it from a copy.");
        let odd = store(&StoreError::Unusable { path: path(), why: "odd".into() });
        assert_eq!(odd.next, "Restore the home from a copy.");
        for error in [StoreError::FenceLost, StoreError::Refused { why: "a name is taken".into() }] {
            let problem = store(&error);
            assert!(!problem.next.starts_with("Nothing") && problem.text.contains("nothing was written"));
        }
        assert_eq!(full.kind.exit(), 1);
    }
}
