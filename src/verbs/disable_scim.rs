//! Disable SCIM: nothing is sent any more, the queue is frozen and kept.

use super::{Decision, words};
use crate::directory::{Change, Directory};
use crate::domain::Flag;

pub(super) fn decide(directory: &Directory, cause: &str) -> Decision {
    let mut connection = directory.connection().clone();
    if !connection.enabled {
        let mut decision = Decision::here(cause, Vec::new());
        decision.say("SCIM is disabled already.");
        return decision;
    }
    connection.enabled = false;
    let mut decision = Decision::here(cause, vec![Change::Connection(Box::new(connection))]);
    decision.confirm = true;
    decision.say("SCIM is disabled: this action breaks your SCIM connection. User data cannot be synced.");
    let counters = directory.counters();
    let keep = words::count(counters.with_access as usize, "account keeps", "accounts keep");
    decision.say(format!("{keep} access in the app, whatever changes here, until SCIM is enabled again."));
    let remains = counters.any(Flag::AccessRemains) as usize;
    if remains > 0 {
        let who = words::count(
            remains,
            "person whose access should have ended keeps",
            "people whose access should have ended keep",
        );
        decision.say(format!("{who} it meanwhile."));
    }
    let live = counters.queue.total() as usize;
    if live > 0 {
        decision.say(format!(
            "In the queue: {}, frozen and kept.",
            words::count(live, "operation", "operations")
        ));
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::domain::{OpState, Status};

    #[test]
    fn disabling_asks_and_counts_who_keeps_access_and_what_is_frozen() {
        let mut f = Fixture::new()
            .linked("ana", "Admin")
            .linked("ben", "Admin")
            .status("ben", Status::Suspended)
            .operation("ben", OpState::Queued);
        let decision = f.run(&Command::Disable);
        assert!(decision.confirm && !f.directory.connection().enabled);
        let text = said(&decision);
        assert!(text.contains("2 accounts keep access"), "{text}");
        assert!(text.contains("1 person whose access should have ended keeps it meanwhile."), "{text}");
        assert!(text.contains("1 operation, frozen and kept"), "{text}");
    }

    #[test]
    fn disabling_twice_asks_nothing() {
        let mut f = Fixture::new();
        f.run(&Command::Disable);
        let decision = f.run(&Command::Disable);
        assert!(decision.changes.is_empty() && !decision.confirm);
    }
}
