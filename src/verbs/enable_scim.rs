//! Enable SCIM provisioning on this connection. What accumulated meanwhile is planned anew and asked about: what was
//! queued before may not be what is wanted now.

use super::{Context, Decision, apply, words};
use crate::directory::{Change, Directory};
use crate::domain::Flag;

pub(super) fn decide(directory: &Directory, cause: &str, context: &Context<'_>) -> Decision {
    let mut connection = directory.connection().clone();
    let already = connection.enabled;
    let mut decision = apply::accumulated(directory, cause);
    decision.confirm = !already && (!decision.people().is_empty() || directory.counters().queue.moving() > 0);
    if already {
        decision = Decision::here(cause, Vec::new());
        decision.say("SCIM is enabled already.");
    } else {
        connection.enabled = true;
        connection.enabled_at = Some(context.now);
        decision.changes.push(Change::Connection(Box::new(connection)));
    }
    let counters = directory.counters();
    let moving = counters.queue.moving() as usize;
    if moving > 0 {
        decision.say(format!(
            "In the queue since before: {}; planned anew, what is still wanted goes on.",
            words::count(moving, "operation", "operations")
        ));
    }
    for (flag, what) in [
        (Flag::AccessRemains, "still with access that should have ended"),
        (Flag::NotProvisioned, "waiting for Provision User"),
        (Flag::Unsent, "with changes not sent yet"),
    ] {
        let n = counters.any(flag) as usize;
        if n > 0 {
            decision.say(format!("{} {what}.", words::people(n)));
        }
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::domain::{OpState, Status};

    #[test]
    fn enabling_plans_what_accumulated_anew_and_asks() {
        let mut f = Fixture::new()
            .assigned("ana", "Admin")
            .linked("ben", "Admin")
            .linked("cid", "Admin")
            .operation("ben", OpState::Queued);
        f.run(&Command::Disable);
        f = f.status("cid", Status::Suspended);
        let decision = f.run(&Command::Enable);
        assert_eq!(decision.people(), [f.id("ben"), f.id("cid")]);
        assert!(decision.confirm);
        assert!(f.directory.connection().enabled);
        assert_eq!(f.directory.enabled_at(), Some(NOW));
        let text = said(&decision);
        assert!(
            text.contains("1 person waiting for Provision User") && text.contains("1 operation"),
            "{text}"
        );
    }

    #[test]
    fn enabling_asks_nothing_when_nothing_accumulated() {
        let mut f = Fixture::new().assigned("ana", "Admin").linked("ben", "Admin");
        f.run(&Command::Disable);
        let decision = f.run(&Command::Enable);
        assert!(decision.people().is_empty() && !decision.confirm);
    }

    #[test]
    fn enabling_twice_keeps_the_first_date() {
        let mut f = Fixture::new();
        let before = f.directory.enabled_at();
        let decision = f.run(&Command::Enable);
        assert!(decision.changes.is_empty());
        assert_eq!(f.directory.enabled_at(), before);
    }
}
