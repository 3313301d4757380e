//! The rest of a failure's answers: apply, retry, drop. Nothing changes on our side.

use super::{Decision, Refusal, named, provision_user, values, words};
use crate::directory::{Directory, PersonView};
use crate::domain::{Flag, OpState, PersonId};

/// A fresh plan of what is unsent, failed or waiting, and of access that should have ended. Drift, people who were
/// never provisioned, and accounts that are gone each need a decision of their own and are left alone; what is on
/// its way is looked up and ends by itself.
pub(super) fn apply(directory: &Directory, cause: &str) -> Decision {
    let mut decision = over(directory, directory.people().filter(due), cause);
    decision.confirm = true;
    // What is queued goes on: that is something.
    let groups = directory.groups().into_iter().any(|row| row.push_due(directory));
    let idle = decision.people().is_empty() && decision.left_out.is_empty() && !groups;
    if idle && directory.counters().queue.moving() == 0 {
        decision.say("Nothing is unsent, failed or waiting.");
    }
    // They are most of what is to be done on a new connection, and no part of this; who is on the way already is.
    let left = |p: &PersonView<'_>| provision_user::waits(p) && p.operation().is_none();
    match directory.people().filter(left).count() {
        0 => {}
        n => {
            let (people, are) = (words::people(n), if n == 1 { "is" } else { "are" });
            let text = format!(
                "{people} {are} not provisioned, and {are} no part of this: Provision User is for them."
            );
            decision.say(text);
        }
    }
    decision
}

/// Everything that a pause left to be sent: as [`apply`], and what is still queued.
pub(super) fn accumulated(directory: &Directory, cause: &str) -> Decision {
    let queued = |p: &PersonView<'_>| p.operation().is_some_and(|(.., state)| state == OpState::Queued);
    let gone = |p: &PersonView<'_>| p.flags().contains(Flag::AccountGone);
    over(directory, directory.people().filter(|p| due(p) || (queued(p) && !gone(p))), cause)
}

fn due(person: &PersonView<'_>) -> bool {
    let flags = person.flags();
    let waits = matches!(person.operation(), Some((.., OpState::Waiting)));
    let any = [Flag::Unsent, Flag::AccessRemains, Flag::Failed].into_iter().any(|flag| flags.contains(flag));
    let on_its_way = person.operation().is_some_and(|(.., state)| state.sent());
    (any || waits) && !on_its_way && !flags.contains(Flag::AccountGone)
}

pub(super) fn retry(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let (again, idle): (Vec<_>, Vec<_>) =
        named::people(directory, people)?.into_iter().partition(|p| p.flags().contains(Flag::Failed));
    // What failed is tried again, and what else waits stays: whose name was given did not ask for that. What the
    // operation was to write the journal says; an account that is made, linked or ended is whole in any case.
    let exactly = again.iter().map(|p| (p.id(), Vec::new())).collect();
    let mut decision = Decision { exactly, ..over(directory, again.into_iter(), cause) };
    decision.left_out.extend(idle.iter().map(|p| (p.id(), "has no failed operation".to_owned())));
    Ok(decision)
}

fn over<'a>(directory: &Directory, people: impl Iterator<Item = PersonView<'a>>, cause: &str) -> Decision {
    let (mut scope, mut left_out) = (Vec::new(), Vec::new());
    for person in people {
        match values::lacking(directory, person.roles()).filter(|_| person.shall_have_access()) {
            Some(reason) => left_out.push((person.id(), reason)),
            None => scope.push(person.id()),
        }
    }
    Decision { left_out, ..Decision::touching(cause, Vec::new(), scope) }
}

pub(super) fn drop(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        match person.operation() {
            None => decision.left_out.push((person.id(), "has no operation in the queue".to_owned())),
            Some((.., state)) if state.sent() => {
                let reason = "has a request on its way; what became of it is looked up first";
                decision.left_out.push((person.id(), reason.to_owned()));
            }
            Some(_) => decision.cancel.push(person.id()),
        }
    }
    if !decision.cancel.is_empty() {
        decision.say("What changed here stays, and is shown as not sent.");
    }
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::directory::{Change, Observation};
    use crate::domain::{AccountState, OpState, RoleValues, Status};

    #[test]
    fn apply_takes_unsent_failed_waiting_and_remaining_access_and_nobody_else() {
        let mut f = Fixture::new()
            .linked("unsent", "Analyst")
            .give("unsent", role("Operator"))
            .linked("remains", "Analyst")
            .status("remains", Status::Suspended)
            .linked("failed", "Analyst")
            .operation("failed", OpState::Parked)
            .linked("waiting", "Analyst")
            .operation("waiting", OpState::Waiting)
            .linked("sent", "Analyst")
            .give("sent", role("Operator"))
            .operation("sent", OpState::InDoubt)
            .assigned("red", "Analyst")
            .linked("drift", "Analyst")
            .there("drift", |there| there.title = "x".to_owned())
            .linked("fine", "Analyst");
        let decision = f.decide(&Command::Apply).unwrap();
        let names: Vec<_> = ["failed", "remains", "unsent", "waiting"].map(|n| f.id(n)).to_vec();
        assert_eq!(decision.people(), names);
        assert!(decision.confirm && decision.changes.is_empty());
    }

    #[test]
    fn apply_leaves_an_account_that_is_gone_to_a_decision_of_its_own() {
        let mut f = Fixture::new().linked("ana", "Analyst").give("ana", role("Operator"));
        let gone = Observation { state: AccountState::Gone, values: None, at: NOW };
        f.directory.apply(&Change::Observed(f.id("ana"), gone.into()));
        let decision = f.decide(&Command::Apply).unwrap();
        assert!(decision.people().is_empty());
        assert!(said(&decision).contains("Nothing is unsent"), "{}", said(&decision));
    }

    #[test]
    fn who_is_on_the_way_already_is_not_said_to_be_left_alone() {
        let words = "1 person is not provisioned, and is no part of this";
        let mut f = Fixture::new().assigned("ana", "Analyst");
        let decision = f.decide(&Command::Apply).unwrap();
        assert!(said(&decision).contains(words), "{}", said(&decision));
        let mut f = f.operation("ana", OpState::Queued);
        let decision = f.decide(&Command::Apply).unwrap();
        assert!(!said(&decision).contains("not provisioned"), "{}", said(&decision));
    }

    #[test]
    fn apply_leaves_out_who_lacks_a_required_role() {
        let mut f = Fixture::new().linked("ana", "Analyst").give("ana", RoleValues::default());
        let decision = f.decide(&Command::Apply).unwrap();
        assert!(decision.people().is_empty());
        assert!(left_out(&decision).starts_with("role missing"));
        assert!(!said(&decision).contains("Nothing is unsent"), "{}", said(&decision));
    }

    #[test]
    fn retry_is_for_those_whose_operation_stands_still() {
        let mut f =
            Fixture::new().linked("ana", "Analyst").operation("ana", OpState::Parked).linked("ben", "Admin");
        let decision = f.decide(&Command::Retry(vec![f.id("ana"), f.id("ben")])).unwrap();
        assert_eq!(decision.people(), [f.id("ana")]);
        assert_eq!(left_out(&decision), "has no failed operation");
        assert!(!decision.confirm);
    }

    #[test]
    fn drop_gives_up_what_was_never_sent_and_nothing_that_may_be_on_its_way() {
        let mut f = Fixture::new()
            .linked("ana", "Analyst")
            .operation("ana", OpState::Queued)
            .linked("ben", "Analyst")
            .operation("ben", OpState::InDoubt)
            .person("cleo");
        let decision = f.decide(&Command::Drop(vec![f.id("ana"), f.id("ben"), f.id("cleo")])).unwrap();
        assert_eq!(decision.cancel, [f.id("ana")]);
        assert!(decision.people().is_empty() && decision.changes.is_empty());
        assert!(decision.left_out[0].1.contains("on its way"));
        assert!(decision.left_out[1].1.contains("no operation"));
    }
}
