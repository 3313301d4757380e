//! Assign the app to a group, and end that assignment.

use super::{Context, Decision, Refusal, named, priority, reach, values};
use crate::directory::{Change, Directory};
use crate::domain::{GroupAssignment, GroupId, RoleValues};

pub(super) fn assign(
    directory: &Directory,
    id: GroupId,
    place: Option<u32>,
    given: &RoleValues,
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    values::check_given(directory, &given.0)?;
    let mut assignment = group
        .assignment
        .clone()
        .unwrap_or_else(|| GroupAssignment { since: context.now, ..Default::default() });
    for (variable, value) in &given.0 {
        assignment.roles.set(variable, value);
    }
    if let Some(reason) = values::lacking(directory, &assignment.roles) {
        return Err(Refusal::bad("role_missing", format!("{name}: {reason}."), "Give that value too."));
    }
    let changes = priority::place(directory, id, place, Some(assignment))?;
    Ok(reaching(directory, cause, changes, name))
}

pub(super) fn unassign(directory: &Directory, id: GroupId, cause: &str) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    if group.assignment.is_none() {
        return Err(Refusal::bad(
            "group_not_assigned",
            format!("{} is not assigned to the app.", group.group.name),
            "Nothing needs to be ended.",
        ));
    }
    let changes = priority::place(directory, id, None, None)?;
    Ok(reaching(directory, cause, changes, &group.group.name))
}

/// A decision about a group: whoever it reaches was not named, so it is asked.
pub(super) fn reaching(directory: &Directory, cause: &str, changes: Vec<Change>, group: &str) -> Decision {
    let reached = reach::touched(directory, &changes);
    let text = reached.sentence();
    let exactly = reached.roles_moved(directory);
    let mut decision = Decision { exactly, ..Decision::touching(cause, changes, reached.people) };
    decision.confirm = !decision.people().is_empty();
    match text {
        Some(text) => decision.say(format!("Through {group}: {text}")),
        None => decision.say(format!("Nobody's account changes through {group}.")),
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::Status;

    fn assign_group(f: &Fixture, name: &str, priority: Option<u32>, value: &str) -> Command {
        Command::AssignGroup { group: f.gid(name), priority, roles: role(value) }
    }

    #[test]
    fn members_without_the_app_get_it_and_are_asked_for() {
        let mut f = Fixture::new()
            .person("ana")
            .linked("ben", "Admin")
            .person("cleo")
            .status("cleo", Status::Suspended)
            .group("Team", &["ana", "ben", "cleo"]);
        let decision = f.run(&assign_group(&f, "Team", None, "Operator"));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(decision.confirm);
        assert_eq!(said(&decision), "Through Team: 1 person gets the app.");
        assert_eq!(f.role_of("ben"), "Admin");
    }

    #[test]
    fn a_new_group_goes_last_and_changes_nobody_who_is_served_already() {
        let mut f = Fixture::new()
            .person("ana")
            .group("First", &["ana"])
            .group_gives("First", "Operator")
            .confirm("ana")
            .group("Second", &["ana"]);
        let decision = f.run(&assign_group(&f, "Second", None, "Analyst"));
        assert!(!decision.confirm && decision.people().is_empty());
        assert_eq!(f.directory.group(f.gid("Second")).unwrap().assignment.as_ref().unwrap().priority, 2);
        assert_eq!(f.role_of("ana"), "Operator");
    }

    #[test]
    fn a_new_group_in_front_moves_the_others_and_reaches_their_members() {
        let mut f = Fixture::new()
            .person("ana")
            .group("First", &["ana"])
            .group_gives("First", "Operator")
            .confirm("ana")
            .group("Second", &["ana"]);
        let decision = f.run(&assign_group(&f, "Second", Some(1), "Analyst"));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert_eq!(f.role_of("ana"), "Analyst");
        let order: Vec<_> = f.directory.assigned_groups().iter().map(|g| g.group.name.clone()).collect();
        assert_eq!(order, ["Second", "First"]);
    }

    #[test]
    fn a_group_without_the_required_value_is_refused() {
        let mut f = Fixture::new().group("Team", &[]);
        let command =
            Command::AssignGroup { group: f.gid("Team"), priority: None, roles: RoleValues::default() };
        assert_eq!(f.decide(&command).unwrap_err().code, "role_missing");
    }

    #[test]
    fn ending_it_takes_the_app_from_those_who_have_no_other_and_closes_the_gap() {
        let mut f = Fixture::new()
            .person("ana")
            .person("ben")
            .group("First", &["ana", "ben"])
            .group_gives("First", "Operator")
            .group("Second", &["ben"])
            .group_gives("Second", "Analyst")
            .confirm("ana")
            .confirm("ben");
        let decision = f.run(&Command::UnassignGroup(f.gid("First")));
        assert_eq!(decision.people(), [f.id("ana"), f.id("ben")]);
        assert!(decision.confirm);
        assert!(said(&decision).contains("1 person loses the app, 1 person gets other values"));
        assert_eq!((f.access("ana"), f.role_of("ben")), (false, "Analyst".to_owned()));
        assert_eq!(f.directory.group(f.gid("Second")).unwrap().assignment.as_ref().unwrap().priority, 1);
    }

    #[test]
    fn ending_what_is_not_there_is_refused() {
        let mut f = Fixture::new().group("Team", &[]);
        assert_eq!(f.decide(&Command::UnassignGroup(f.gid("Team"))).unwrap_err().code, "group_not_assigned");
    }
}
