//! App access removed: the Individual assignment ends.

use super::{Decision, Refusal, named, reach, words};
use crate::directory::{Change, Directory};
use crate::domain::PersonId;

pub(super) fn decide(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    let mut scope = Vec::new();
    for person in named::people(directory, people)? {
        if person.individual_roles().is_some() {
            decision.changes.push(Change::Unassigned(person.id()));
            scope.push(person.id());
        } else if let Some(group) = named::giving_group(directory, person.kind()) {
            let reason =
                format!("has the app through {group}; remove them from {group}, or end its assignment");
            decision.left_out.push((person.id(), reason));
        } else if person.remote_id().is_some() && person.has_access_there() {
            // An earlier ending that never arrived: it is completed, though nothing changes here any more.
            scope.push(person.id());
        } else {
            decision.left_out.push((person.id(), "is not assigned".to_owned()));
        }
    }
    let after = reach::touched(directory, &decision.changes).after;
    for id in &scope {
        let Some(person) = after.get(*id) else { continue };
        let Some(group) = named::giving_group(&after, person.kind()) else { continue };
        let roles = words::roles(person.roles());
        let end = if person.shall_have_access() { "; access remains" } else { "" };
        let name = person.user_name();
        decision.say_of(*id, format!("{name} is still assigned through {group}: roles become {roles}{end}."));
    }
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::domain::Flag;

    #[test]
    fn the_assignment_ends_the_roles_are_remembered_and_nothing_is_asked() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        let decision = f.run(&Command::Unassign(vec![f.id("ana")]));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(!decision.confirm);
        assert!(!f.access("ana"));
        assert_eq!(f.role_of("ana"), "Analyst");
    }

    #[test]
    fn somebody_whom_a_group_still_gives_the_app_keeps_access_and_it_is_said() {
        let mut f =
            Fixture::new().linked("ana", "Analyst").group("Team", &["ana"]).group_gives("Team", "Operator");
        let decision = f.run(&Command::Unassign(vec![f.id("ana")]));
        assert_eq!(
            said(&decision),
            "ana@example.com is still assigned through Team: roles become workato_role Operator; access remains."
        );
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(f.access("ana"));
    }

    #[test]
    fn somebody_who_only_has_a_group_is_left_out_and_told_what_to_do() {
        let mut f = Fixture::new()
            .person("ana")
            .group("Team", &["ana"])
            .group_gives("Team", "Operator")
            .person("ben");
        let decision = f.decide(&Command::Unassign(vec![f.id("ana")])).unwrap();
        assert!(left_out(&decision).contains("remove them from Team"));
        let decision = f.decide(&Command::Unassign(vec![f.id("ben")])).unwrap();
        assert_eq!(left_out(&decision), "is not assigned");
        assert!(decision.people().is_empty());
    }

    #[test]
    fn an_ending_that_never_arrived_is_completed_by_saying_it_again() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f.run(&Command::Unassign(vec![f.id("ana")]));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().flag(), Some(Flag::AccessRemains));
        let decision = f.decide(&Command::Unassign(vec![f.id("ana")])).unwrap();
        assert_eq!((decision.people(), decision.changes.len()), (&[f.id("ana")][..], 0));
    }
}
