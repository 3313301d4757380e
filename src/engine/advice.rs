//! What to tell an operator about an operation that is not settled: what its state means, and what can be done.

use crate::domain::{Failure, FailureKind, OpKind, OpState, Operation, typed};

/// How somebody is linked, as long as nobody is named.
const LINK: &str = "scimdeck import endpoint --user USER=ACCOUNT_ID";

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
            "look in the app whose it is: if it is theirs, link them (scimdeck import endpoint --user USER=ACCOUNT_ID); \
             else take it away there, or clear its externalId, then retry",
        ),
        FailureKind::Stale => (
            "the account moved in the app after this was planned; nothing was sent",
            "retry: it is planned anew from what the account is now",
        ),
        FailureKind::NotScim => (
            "an intermediary answered instead of the app",
            "check the base URL and what stands in front of the app, then retry",
        ),
        FailureKind::Unreadable => (
            "the answer is about another one, or can be read in more than one way",
            "look at the request and the answer, and at what stands in front of the app and may mix up its answers; \
             then retry",
        ),
        FailureKind::Incomplete => (
            "what the app lists does not fit together, and nobody is absent on its word",
            "see whether the token may see all users of the app, and retry when nobody else changes them",
        ),
        FailureKind::Elsewhere => (
            "the linked accounts are not where the connection leads",
            "test the connection; whoever was removed there on purpose is unlinked; then retry",
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
            "nothing needs to be done: at the time the app named it goes on by itself",
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

/// How somebody is linked with an account that an operator decided on.
pub(super) fn link_with(user_name: &str, account_id: &str) -> String {
    format!("scimdeck import endpoint --user {}={account_id}", typed(user_name))
}

/// What to do about an operation, in one sentence. `stopped` is why nothing at all is sent until an operator acts.
pub fn advise(operation: &Operation, stopped: Option<&Failure>) -> String {
    let remains = operation.kind == OpKind::Deactivate;
    let stopped = stopped.filter(|_| operation.state.moving()).map(|stopped| {
        let (what, offered) = advice(stopped.kind);
        let by_hand = if remains { "; meanwhile end it in the app by hand" } else { "" };
        format!("nothing is sent now, {what}: {offered}{by_hand}")
    });
    let offered = match (&operation.failure, operation.state) {
        _ if stopped.is_some() => stopped.as_deref().unwrap_or_default(),
        (Some(failure), OpState::Waiting) if remains && failure.kind != FailureKind::Pending => {
            "tried again by itself; meanwhile end it in the app by hand"
        }
        (Some(failure), _) => advice(failure.kind).1,
        (None, OpState::Queued) => "nothing needs to be done: in its turn it is sent by itself",
        (None, OpState::Behind) => "it waits for the operation before it, which is already on its way",
        (None, OpState::Inflight) => "it is on its way",
        (None, OpState::InDoubt) => "it is looked up before anything else is sent for this person",
        (None, OpState::Waiting) => "nothing needs to be done: it goes on by itself",
        (None, _) => "retry, or drop it",
    };
    let offered = offered.replace(LINK, &link_with(&operation.user_name, "ACCOUNT_ID"));
    if remains && operation.state != OpState::Queued {
        return format!("Access remains: {offered}.");
    }
    capital(&offered) + "."
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    first + chars.as_str()
}

/// What goes on by itself while somebody sends, as it is where the process ends: on the command line.
pub fn unattended(advice: &str) -> String {
    const NOTHING: &str = "othing needs to be done: ";
    let advice = match advice.split_once(NOTHING) {
        Some(("N", rest)) => capital(rest),
        Some((before, rest)) => format!("{}{rest}", before.trim_end_matches('n')),
        None => advice.to_owned(),
    };
    advice.replace("by itself", "with the next scimdeck apply, or by itself while a console is open")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::machine::sample;

    const ALL: [FailureKind; 15] = [
        FailureKind::Refused,
        FailureKind::AccountGone,
        FailureKind::NotApplied,
        FailureKind::Conflict,
        FailureKind::Stale,
        FailureKind::NotScim,
        FailureKind::Unreadable,
        FailureKind::Incomplete,
        FailureKind::Elsewhere,
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
    fn a_conflict_names_the_command_that_links_with_the_right_account() {
        let mut op = sample(1);
        op.state = OpState::Conflict;
        op.failure = Some(Failure { kind: FailureKind::Conflict, text: "two".into(), next: String::new() });
        let words = advise(&op, None);
        let command = format!("scimdeck import endpoint --user {}=ACCOUNT_ID", op.user_name);
        assert!(words.contains(&command), "{words}");
    }

    #[test]
    fn an_operation_without_a_failure_has_advice_too() {
        for state in crate::engine::WORST_FIRST {
            let mut op = sample(1);
            op.state = state;
            assert!(advise(&op, None).ends_with('.'), "{state:?}");
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
        let words = advise(&op, None);
        assert!(words.starts_with("Access remains") && words.contains("by itself"), "{words}");
    }

    #[test]
    fn what_is_queued_while_nothing_is_sent_is_not_said_to_go_by_itself() {
        let refused =
            Failure { kind: FailureKind::TokenRefused, text: "401".into(), next: "Copy the new one.".into() };
        for (kind, state) in [
            (OpKind::Create, OpState::Queued),
            (OpKind::Update, OpState::Waiting),
            (OpKind::Deactivate, OpState::Waiting),
        ] {
            let mut op = sample(1);
            (op.kind, op.state) = (kind, state);
            assert!(advise(&op, None).contains("by itself"), "{state:?}");
            let words = advise(&op, Some(&refused));
            assert!(words.contains("put the new token in") && !words.contains("by itself"), "{words}");
        }
        let mut op = sample(1);
        op.state = OpState::Parked;
        assert_eq!(advise(&op, Some(&refused)), advise(&op, None), "a new token does not mend this one");
    }

    #[test]
    fn where_the_process_ends_it_is_said_what_tries_again() {
        assert_eq!(
            unattended(crate::domain::TRIED_AGAIN),
            "It is tried again with the next scimdeck apply, or by itself while a console is open."
        );
        let mut op = sample(1);
        op.state = OpState::Queued;
        let words = unattended(&advise(&op, None));
        assert!(words.starts_with("In its turn it is sent with the next scimdeck apply"), "{words}");
        op.kind = OpKind::Deactivate;
        op.state = OpState::Waiting;
        let words = unattended(&advise(&op, None));
        assert!(words.starts_with("Access remains: it goes on with the next scimdeck apply"), "{words}");
        assert_eq!(unattended("Retry, or drop it."), "Retry, or drop it.");
    }
}
