//! Assign the app to people: an Individual assignment each.

use super::{Context, Decision, Refusal, known, named, values, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{Assignment, Origin, PersonId, RoleValues};

pub(super) fn decide(
    directory: &Directory,
    people: &[PersonId],
    roles: &RoleValues,
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    values::check_given(directory, &roles.0)?;
    let mut decision = Decision::here(cause, Vec::new());
    let mut scope = Vec::new();
    for person in named::people(directory, people)? {
        if let Some(reason) = named::away(&person) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        let mut assignment = individual(directory, &person, context);
        for (variable, value) in &roles.0 {
            assignment.roles.set(variable, value);
        }
        if let Some(reason) = values::lacking(directory, &assignment.roles) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        say(directory, &person, &assignment, roles, &mut decision);
        scope.push(person.id());
        if person.individual_roles() != Some(&assignment.roles) {
            decision.changes.push(Change::Assigned(person.id(), assignment));
        }
    }
    decision.owned = known::never_reached(directory, &scope);
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

/// The Individual assignment a person has, or a new one that starts from the values in force: those of the group
/// they have the app through, else the earlier ones that are remembered.
pub(super) fn individual(
    directory: &Directory,
    person: &PersonView<'_>,
    context: &Context<'_>,
) -> Assignment {
    let origin = if directory.enabled_at().is_none() { Origin::BeforeScim } else { Origin::Operator };
    let (origin, since) = person.individual_origin().unwrap_or((origin, context.now));
    Assignment { roles: person.roles().clone(), since, origin }
}

fn say(
    directory: &Directory,
    person: &PersonView<'_>,
    assignment: &Assignment,
    given: &RoleValues,
    decision: &mut Decision,
) {
    let name = person.user_name();
    let values = words::roles(&assignment.roles);
    if let Some(group) = named::giving_group(directory, person.kind()) {
        decision.say_of(
            person.id(),
            format!("{name} gets an Individual assignment in place of the one through {group}: {values}."),
        );
        return;
    }
    let earlier = assignment.roles.0.keys().any(|variable| !given.0.contains_key(variable));
    if person.kind() == AssignmentKind::None && earlier {
        decision
            .say_of(person.id(), format!("{name} was assigned before; earlier values are used: {values}."));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::{Flag, Status};

    fn assign(f: &Fixture, names: &[&str], roles: RoleValues) -> Command {
        Command::Assign { people: names.iter().map(|n| f.id(n)).collect(), roles }
    }

    #[test]
    fn a_new_person_gets_an_individual_assignment_and_is_in_scope() {
        let mut f = Fixture::new().person("ana");
        let decision = f.run(&assign(&f, &["ana"], role("Analyst")));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(!decision.confirm && decision.said.is_empty());
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!(
            (ana.kind(), ana.individual_origin()),
            (AssignmentKind::Individual, Some((Origin::Operator, NOW)))
        );
        assert_eq!(ana.flag(), Some(Flag::NotProvisioned));
    }

    #[test]
    fn an_assignment_made_before_scim_was_ever_enabled_says_so() {
        let mut f = Fixture::new().person("ana");
        let mut connection = f.directory.connection().clone();
        connection.enabled_at = None;
        f.directory.apply(&Change::Connection(Box::new(connection)));
        f.run(&assign(&f, &["ana"], role("Analyst")));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().individual_origin().unwrap().0, Origin::BeforeScim);
    }

    #[test]
    fn earlier_values_are_used_and_shown_and_given_ones_win() {
        let earlier: RoleValues =
            [("workato_role", "Analyst"), ("workato_role_prod", "Operator")].into_iter().collect();
        let mut f = Fixture::new().person("ana").give("ana", earlier).confirm("ana");
        f.run(&Command::Unassign(vec![f.id("ana")]));
        let decision = f.run(&assign(&f, &["ana"], role("No access")));
        let roles = f.directory.get(f.id("ana")).unwrap().roles().clone();
        assert_eq!(roles.get("workato_role"), Some("No access"));
        assert_eq!(roles.get("workato_role_prod"), Some("Operator"));
        assert!(said(&decision).contains("workato_role_prod Operator"), "{}", said(&decision));
    }

    #[test]
    fn somebody_without_the_required_value_is_left_out_and_the_others_go_on() {
        let mut f = Fixture::new().person("ana").linked("ben", "Analyst");
        let decision = f.decide(&assign(&f, &["ana", "ben"], RoleValues::default())).unwrap();
        assert!(left_out(&decision).starts_with("role missing"));
        assert_eq!(decision.people(), [f.id("ben")]);
        assert!(decision.changes.is_empty(), "ben has what he is given");
    }

    #[test]
    fn a_group_person_becomes_individual_and_it_is_said() {
        let mut f = Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator");
        let decision = f.run(&assign(&f, &["ana"], RoleValues::default()));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().kind(), AssignmentKind::Individual);
        assert_eq!(f.role_of("ana"), "Operator");
        assert!(said(&decision).contains("in place of the one through Team"), "{}", said(&decision));
    }

    #[test]
    fn somebody_away_is_left_out_with_advice() {
        let mut f = Fixture::new().person("ana").status("ana", Status::Deactivated);
        let decision = f.decide(&assign(&f, &["ana"], role("Admin"))).unwrap();
        assert!(left_out(&decision).contains("reactivate first"));
        assert!(decision.changes.is_empty() && decision.people().is_empty());
    }

    #[test]
    fn a_value_that_no_attribute_takes_refuses_the_whole_command() {
        let mut f = Fixture::new().person("ana");
        assert_eq!(f.decide(&assign(&f, &["ana"], role("admin"))).unwrap_err().code, "bad_value");
        let unknown = [("colour", "red")].into_iter().collect();
        assert_eq!(f.decide(&assign(&f, &["ana"], unknown)).unwrap_err().code, "unknown_attribute");
    }

    #[test]
    fn a_remembered_value_that_left_the_list_is_asked_for() {
        let mut f = Fixture::new().linked("ana", "Boss");
        f.run(&Command::Unassign(vec![f.id("ana")]));
        let decision = f.decide(&assign(&f, &["ana"], RoleValues::default())).unwrap();
        assert!(left_out(&decision).contains("no longer takes"), "{}", left_out(&decision));
        assert_eq!(f.decide(&assign(&f, &["ana"], role("Analyst"))).unwrap().people(), [f.id("ana")]);
    }
}
