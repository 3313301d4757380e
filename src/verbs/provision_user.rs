//! Provision User: make or link the accounts of assigned people. Nothing changes on our side.

use super::{Decision, Refusal, Who, named, values};
use crate::directory::{Directory, PersonView};
use crate::domain::{Flag, FlagSet};

pub(super) fn decide(directory: &Directory, who: &Who, cause: &str) -> Result<Decision, Refusal> {
    let (people, confirm) = match who {
        Who::Named(ids) => (named::people(directory, ids)?, false),
        Who::NotProvisioned => (directory.people().filter(waits).collect(), true),
    };
    let nobody = people.is_empty();
    let (mut scope, mut left_out) = (Vec::new(), Vec::new());
    for person in people {
        match unfit(directory, &person) {
            Some(reason) => left_out.push((person.id(), reason)),
            None => scope.push(person.id()),
        }
    }
    let mut decision = Decision { confirm, left_out, ..Decision::touching(cause, Vec::new(), scope) };
    if nobody {
        decision.say("Nobody waits to be provisioned.");
    }
    Ok(decision)
}

/// Whether a provision without names is about them: they carry the red mark and nothing else.
pub(super) fn waits(person: &PersonView<'_>) -> bool {
    let only: FlagSet = [Flag::NotProvisioned].into_iter().collect();
    person.flags() == only
}

fn unfit(directory: &Directory, person: &PersonView<'_>) -> Option<String> {
    named::away(person)
        .or_else(|| (!person.assigned()).then(|| "is not assigned; assign the app first".to_owned()))
        .or_else(|| values::lacking(directory, person.roles()))
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::{OpState, RoleValues, Status};

    #[test]
    fn without_names_all_that_carry_the_red_mark_and_nothing_else_are_provisioned_and_asked_for() {
        let mut f = Fixture::new()
            .assigned("ana", "Admin")
            .assigned("ben", "Admin")
            .operation("ben", OpState::Parked)
            .linked("cleo", "Admin")
            .assigned("dora", "Admin")
            .status("dora", Status::Suspended);
        let decision = f.decide(&Command::Provision(Who::NotProvisioned)).unwrap();
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(decision.confirm && decision.changes.is_empty());
    }

    #[test]
    fn somebody_named_who_is_linked_stays_in_scope_and_nothing_is_asked() {
        let mut f = Fixture::new().linked("cleo", "Admin");
        let decision = f.decide(&Command::Provision(Who::Named(vec![f.id("cleo")]))).unwrap();
        assert_eq!(decision.people(), [f.id("cleo")]);
        assert!(!decision.confirm);
    }

    #[test]
    fn who_is_not_assigned_or_away_is_left_out_and_the_others_go_on() {
        let mut f = Fixture::new()
            .person("ana")
            .assigned("ben", "Admin")
            .assigned("cleo", "Admin")
            .status("cleo", Status::Suspended);
        let who = Who::Named(vec![f.id("ana"), f.id("ben"), f.id("cleo"), f.id("ben")]);
        let decision = f.decide(&Command::Provision(who)).unwrap();
        assert_eq!(decision.people(), [f.id("ben")]);
        assert!(decision.left_out[0].1.contains("not assigned"));
        assert!(decision.left_out[1].1.contains("suspended"));
    }

    #[test]
    fn a_missing_required_role_leaves_the_person_out_and_is_never_filled_in() {
        let mut f =
            Fixture::new().person("ana").give("ana", RoleValues::default()).assigned("ben", "Analyst");
        let decision = f.decide(&Command::Provision(Who::NotProvisioned)).unwrap();
        assert_eq!(decision.people(), [f.id("ben")]);
        assert!(left_out(&decision).starts_with("role missing: workato_role"));
    }

    #[test]
    fn an_unknown_person_refuses_the_command() {
        let who = Who::Named(vec![crate::domain::PersonId(999)]);
        let refusal = Fixture::new().decide(&Command::Provision(who)).unwrap_err();
        assert_eq!(refusal.code, "unknown_person");
    }

    #[test]
    fn no_name_at_all_is_refused_rather_than_taken_for_everybody() {
        let refusal = Fixture::new().decide(&Command::Provision(Who::Named(Vec::new()))).unwrap_err();
        assert_eq!(refusal.code, "nobody_named");
    }
}
