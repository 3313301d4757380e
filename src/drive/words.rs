//! Why a run or an operation stands still, in words.

use crate::domain::{Failure, FailureKind};
use crate::engine::HolderSeen;
use crate::store::StoreError;

/// The journal cannot be written: nothing may be sent.
pub(super) fn store_failure(error: &StoreError) -> Failure {
    let said = super::problem::store(error);
    Failure { kind: FailureKind::Store, text: said.text, next: said.next }
}

/// The journal cannot be written any more, in the middle of sending.
pub(super) fn journal_lost(error: &StoreError) -> Failure {
    let said = store_failure(error);
    let StoreError::Unwritable { path, why } = error else { return said };
    let text = format!(
        "The store {path} cannot be written: {why}. Nothing more is sent; what was sent and could not be noted is in \
         doubt, and is looked up before anything else."
    );
    Failure { text, ..said }
}

/// The operator stopped the run.
pub(super) fn stop_asked() -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: "The sending was stopped by the operator; what was not sent yet stays in the queue.".to_owned(),
        next: "Go on with: scimdeck apply".to_owned(),
    }
}

/// The connection is disabled, from the start or while a run waited.
pub(super) fn disabled() -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: "SCIM is disabled on this connection; what was not sent yet stays in the queue.".to_owned(),
        next: "Enable it, then: scimdeck apply".to_owned(),
    }
}

/// Another process is the sender and does not go on.
pub(super) fn stands_still(holder: Option<&HolderSeen>) -> Failure {
    let (who, next) = match holder {
        Some(seen) => (
            seen.words(),
            format!(
                "Look at that process and end it, or take the sending over: scimdeck take-over --holder {}",
                seen.holder.id
            ),
        ),
        None => (
            "another scimdeck process".to_owned(),
            "Look at that console, or end it; then: scimdeck apply".to_owned(),
        ),
    };
    Failure {
        kind: FailureKind::NotAllowed,
        text: format!("The sender of this connection stands still: {who}. The operations stay in the queue."),
        next,
    }
}

/// The sending was taken over while a write was about to leave.
pub(super) fn overtaken() -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: "Another process took the sending over; this was not sent by this one.".to_owned(),
        next: "Look at what the other process did with: scimdeck status".to_owned(),
    }
}

/// A later decision took the operation's place, or it was dropped.
pub(super) fn replaced() -> Failure {
    Failure {
        kind: FailureKind::NotAllowed,
        text: "A later decision took its place, or it was dropped; nothing of it was sent.".to_owned(),
        next: "Look with: scimdeck show".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_full_in_the_middle_does_not_say_that_nothing_was_sent_before() {
        let full = StoreError::Unwritable { path: "/h/scimdeck.db".into(), why: "the disk is full".into() };
        let told = journal_lost(&full);
        assert!(told.text.contains("/h/scimdeck.db") && told.text.contains("in doubt"), "{told:?}");
        assert!(
            !told.text.contains("nothing was written") && told.next.starts_with("Free space"),
            "{told:?}"
        );
        assert_eq!(journal_lost(&StoreError::FenceLost), store_failure(&StoreError::FenceLost));
    }
}
