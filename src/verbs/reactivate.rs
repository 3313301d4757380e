//! Make people active again: the same account, with the earlier roles.

use super::assign::individual;
use super::{Context, Decision, Refusal, known, named, values, words};
use crate::directory::{AssignmentKind, Change, Directory};
use crate::domain::{Assignment, Origin, Person, PersonId, Status};

pub(super) fn decide(
    directory: &Directory,
    people: &[PersonId],
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    let mut scope = Vec::new();
    for person in named::people(directory, people)? {
        let (id, name) = (person.id(), person.user_name());
        if person.status() == Status::Active && !person.assigned() {
            decision.left_out.push((id, "is active here already, and not assigned".to_owned()));
            continue;
        }
        // Only these two end an assignment, so only they give it back; a person who never had one gets none.
        let ended = matches!(person.status(), Status::Deactivated | Status::Removed)
            && person.kind() == AssignmentKind::None
            && (person.remote_id().is_some() || !person.roles().is_empty());
        let assigned = ended || person.assigned();
        if let Some(reason) = values::lacking(directory, person.roles()).filter(|_| assigned) {
            decision.left_out.push((id, reason));
            continue;
        }
        if person.status() != Status::Active {
            decision
                .changes
                .push(Change::Person(Person { status: Status::Active, ..person.record() }.into()));
        }
        if ended {
            let assignment =
                Assignment { origin: Origin::Operator, ..individual(directory, &person, context) };
            decision.changes.push(Change::Assigned(id, assignment));
        }
        if assigned {
            scope.push(id);
            let values = words::roles(person.roles());
            decision.say_of(
                id,
                match named::giving_group(directory, person.kind()) {
                    Some(group) => format!("{name} has the app through {group}: {values}."),
                    None if ended => format!("{name} is assigned again, with the earlier values: {values}."),
                    None => format!("{name} keeps the Individual assignment: {values}."),
                },
            );
        }
    }
    decision.owned = known::never_reached(directory, &scope);
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;

    fn back(f: &Fixture, name: &str) -> Command {
        Command::SetStatus { people: vec![f.id(name)], status: Status::Active }
    }

    #[test]
    fn somebody_deactivated_gets_the_assignment_back_with_the_earlier_roles() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f.run(&Command::SetStatus { people: vec![f.id("ana")], status: Status::Deactivated });
        f = f.confirm("ana");
        let decision = f.run(&back(&f, "ana"));
        assert!(f.access("ana"));
        assert_eq!(f.role_of("ana"), "Analyst");
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(
            said(&decision).contains("with the earlier values: workato_role Analyst"),
            "{}",
            said(&decision)
        );
    }

    #[test]
    fn somebody_suspended_is_as_before() {
        let mut f = Fixture::new().linked("ana", "Analyst").status("ana", Status::Suspended);
        let decision = f.run(&back(&f, "ana"));
        assert!(f.access("ana"));
        assert_eq!(decision.changes.len(), 1);
    }

    #[test]
    fn group_people_get_todays_group_values() {
        let mut f = Fixture::new()
            .person("ana")
            .group("Team", &["ana"])
            .group_gives("Team", "Operator")
            .confirm("ana")
            .status("ana", Status::Deactivated);
        let values = [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect();
        f.run(&Command::GroupRole { group: f.gid("Team"), values });
        let decision = f.run(&back(&f, "ana"));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().kind(), AssignmentKind::Group(f.gid("Team")));
        assert_eq!(f.role_of("ana"), "Analyst");
        assert!(said(&decision).contains("through Team"));
    }

    #[test]
    fn a_remembered_value_that_left_the_list_is_asked_for() {
        let mut f = Fixture::new().linked("ana", "Boss");
        f.run(&Command::SetStatus { people: vec![f.id("ana")], status: Status::Deactivated });
        let decision = f.decide(&back(&f, "ana")).unwrap();
        assert!(left_out(&decision).contains("workato_role has the value Boss"), "{}", left_out(&decision));
        assert!(decision.changes.is_empty() && decision.people().is_empty());
    }

    #[test]
    fn somebody_who_never_had_the_app_gets_none() {
        let mut f = Fixture::new().person("ana").status("ana", Status::Deactivated);
        let decision = f.run(&back(&f, "ana"));
        assert!(decision.people().is_empty());
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.status(), ana.assigned()), (Status::Active, false));
    }

    #[test]
    fn somebody_active_without_the_app_is_left_out() {
        let mut f = Fixture::new().person("ana");
        assert!(left_out(&f.decide(&back(&f, "ana")).unwrap()).contains("active here already"));
    }
}
