//! What to tell an operator about an operation that is not settled: what its state means, and what can be done.

use crate::domain::{FailureKind, OpKind, OpState, Operation};

/// What is the matter, and what is offered, for each kind of failure.
pub fn advice(kind: FailureKind) -> (&'static str, &'static str) {
    match kind {
        FailureKind::Refused => (
            "the app refused the request; nothing was changed there",
            "correct what the answer names (a role value the app does not know: edit the roles or the list of \
             values), then retry",
        ),
        FailureKind::AccountGone => (
            "the account was removed in the app",
            "search for it again and re-create it, or unlink it, for this person",
        ),
        FailureKind::NotApplied => (
            "the app said yes and did not do it",
            "look at the request and the answer, retry, and report it to the app's vendor; until then do it in the \
             app by hand",
        ),
        FailureKind::Conflict => (
            "there is more than one account, or an account of somebody else",
            "look in the app whose it is: take the extra one away, or clear its externalId, then retry",
        ),
        FailureKind::Stale => (
            "the account moved in the app after this was planned; nothing was sent",
            "retry: it is planned anew from what the account is now",
        ),
        FailureKind::NotScim => (
            "an intermediary answered instead of the app",
            "check the base URL and what stands in front of the app, then retry",
        ),
        FailureKind::Unreachable => (
            "no answer came from the app",
            "nothing needs to be done: it is tried again by itself; check the network if it stays so",
        ),
        FailureKind::TokenRefused => (
            "the token was refreshed or revoked in the app",
            "put the new token in and test it; the queue is kept and goes on",
        ),
        FailureKind::SlowDown => (
            "the app asks to slow down",
            "nothing needs to be done: it goes on by itself at the time the app named",
        ),
        FailureKind::NotAllowed => (
            "something is missing or switched off here",
            "give the missing value, or switch the action on in the connection, then retry",
        ),
        FailureKind::Pending => (
            "the invitation was not accepted yet, and the app changes nothing before that",
            "it waits and goes on by itself; send the invitation again if the mail was lost",
        ),
        FailureKind::Store => (
            "the home's store cannot be written, and nothing is sent that it does not know",
            "free space or repair the folder of the home, then start again",
        ),
    }
}

/// What to do about an operation, in one sentence.
pub fn advise(operation: &Operation) -> String {
    let remains = operation.kind == OpKind::Deactivate;
    let offered = match (&operation.failure, operation.state) {
        (Some(failure), OpState::Waiting) if remains && failure.kind != FailureKind::Pending => {
            "tried again by itself; meanwhile end it in the app by hand"
        }
        (Some(failure), _) => advice(failure.kind).1,
        (None, OpState::Queued) => "nothing needs to be done: it is sent in its turn",
        (None, OpState::Behind) => "it waits for the operation before it, which is already on its way",
        (None, OpState::Inflight) => "it is on its way",
        (None, OpState::InDoubt) => "it is looked up before anything else is sent for this person",
        (None, OpState::Waiting) => "nothing needs to be done: it goes on by itself",
        (None, _) => "retry, or drop it",
    };
    if remains && operation.state != OpState::Queued {
        return format!("Access remains: {offered}.");
    }
    let mut chars = offered.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Failure;
    use crate::engine::machine::sample;

    const ALL: [FailureKind; 12] = [
        FailureKind::Refused,
        FailureKind::AccountGone,
        FailureKind::NotApplied,
        FailureKind::Conflict,
        FailureKind::Stale,
        FailureKind::NotScim,
        FailureKind::Unreachable,
        FailureKind::TokenRefused,
        FailureKind::SlowDown,
        FailureKind::NotAllowed,
        FailureKind::Pending,
        FailureKind::Store,
    ];

    #[test]
    fn each_kind_of_failure_says_what_it_is_and_offers_something_of_its_own() {
        let mut offered = std::collections::BTreeSet::new();
        for kind in ALL {
            let (say, offer) = advice(kind);
            assert!(say.len() > 15 && offered.insert(offer), "{kind:?}: {say} / {offer}");
        }
    }

    #[test]
    fn an_operation_without_a_failure_has_advice_too() {
        for state in crate::engine::WORST_FIRST {
            let mut op = sample(1);
            op.state = state;
            assert!(advise(&op).ends_with('.'), "{state:?}");
        }
    }

    #[test]
    fn an_end_of_access_that_waits_says_that_access_remains() {
        let mut op = sample(1);
        (op.kind, op.state) = (OpKind::Deactivate, OpState::Waiting);
        op.failure = Some(Failure {
            kind: FailureKind::NotApplied,
            text: "accepted, not applied".into(),
            next: String::new(),
        });
        let words = advise(&op);
        assert!(words.starts_with("Access remains") && words.contains("by itself"), "{words}");
    }
}
