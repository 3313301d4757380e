//! Suspend and deactivate: access ends, what is needed to give it back is kept.

use super::{Decision, Refusal, named, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{PersonId, Status};

/// `status` is suspended or deactivated.
pub(super) fn decide(
    directory: &Directory,
    people: &[PersonId],
    status: Status,
    cause: &str,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    let (mut scope, mut ended) = (Vec::new(), 0);
    for person in named::people(directory, people)? {
        match (person.status(), status) {
            (Status::Removed, _) => {
                decision.left_out.push((person.id(), "was removed from the directory".to_owned()));
                continue;
            }
            (Status::Deactivated, Status::Suspended) => {
                let reason = "is deactivated here, which is more than suspended; reactivate first";
                decision.left_out.push((person.id(), reason.to_owned()));
                continue;
            }
            (now, then) if now != then => {
                decision
                    .changes
                    .push(Change::Person(crate::domain::Person { status, ..person.record() }.into()));
            }
            _ => {}
        }
        if status == Status::Deactivated {
            if person.individual_roles().is_some() {
                decision.changes.push(Change::Unassigned(person.id()));
                ended += 1;
            }
            say_group(directory, &person, &mut decision);
        }
        if concerned(&person) {
            scope.push(person.id());
        }
    }
    if ended > 0 {
        let text = words::count(ended, "assignment ends", "assignments end");
        decision.say(format!("{text}; roles and accounts are remembered."));
    }
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

fn say_group(directory: &Directory, person: &PersonView<'_>, decision: &mut Decision) {
    let given = person.groups().iter().filter_map(|id| directory.group(*id)).find(|g| g.assignment.is_some());
    if let Some(group) = given {
        let (name, group) = (person.user_name(), &group.group.name);
        decision.say_of(
            person.id(),
            format!("{name} stays in {group}, and has the app through it when made active again."),
        );
    }
}

/// Whether there may be anything of a person's at the endpoint, or on its way there.
pub(super) fn concerned(person: &PersonView<'_>) -> bool {
    person.remote_id().is_some() || person.operation().is_some() || person.kind() != AssignmentKind::None
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::Flag;

    fn set(f: &Fixture, name: &str, status: Status) -> Command {
        Command::SetStatus { people: vec![f.id(name)], status }
    }

    #[test]
    fn suspending_keeps_assignment_and_roles_and_ends_access() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        let decision = f.run(&set(&f, "ana", Status::Suspended));
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.status(), ana.kind()), (Status::Suspended, AssignmentKind::Individual));
        assert_eq!(ana.flag(), Some(Flag::AccessRemains));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(!decision.confirm);
    }

    #[test]
    fn deactivating_ends_the_assignment_and_remembers_roles_and_link() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        let decision = f.run(&set(&f, "ana", Status::Deactivated));
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.kind(), ana.remote_id()), (AssignmentKind::None, Some("remote-ana")));
        assert_eq!(f.role_of("ana"), "Analyst");
        assert_eq!(said(&decision), "1 assignment ends; roles and accounts are remembered.");
    }

    #[test]
    fn a_group_does_not_give_the_app_to_somebody_deactivated_though_they_stay_in_it() {
        let mut f = Fixture::new()
            .person("ana")
            .group("Team", &["ana"])
            .group_gives("Team", "Operator")
            .confirm("ana");
        let decision = f.run(&set(&f, "ana", Status::Deactivated));
        assert!(!f.access("ana"));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().groups(), [f.gid("Team")]);
        assert!(said(&decision).contains("stays in Team"), "{}", said(&decision));
    }

    #[test]
    fn suspending_again_changes_nothing_and_completes_what_did_not_arrive() {
        let mut f = Fixture::new().linked("ana", "Analyst").status("ana", Status::Suspended);
        let decision = f.decide(&set(&f, "ana", Status::Suspended)).unwrap();
        assert_eq!((decision.changes.len(), decision.people()), (0, &[f.id("ana")][..]));
    }

    #[test]
    fn somebody_without_the_app_is_only_changed_here() {
        let mut f = Fixture::new().person("ana");
        let decision = f.run(&set(&f, "ana", Status::Suspended));
        assert!(decision.people().is_empty());
        assert_eq!(f.directory.get(f.id("ana")).unwrap().status(), Status::Suspended);
    }

    #[test]
    fn deactivated_is_not_lessened_to_suspended() {
        let mut f = Fixture::new().person("ana").status("ana", Status::Deactivated);
        let decision = f.decide(&set(&f, "ana", Status::Suspended)).unwrap();
        assert!(left_out(&decision).contains("reactivate first"));
    }
}
