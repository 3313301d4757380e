//! Take people out of the directory. Whoever may still have access there is kept as removed until its end is
//! confirmed; the others are forgotten.

use super::deprovision::concerned;
use super::{Decision, Refusal, named, words};
use crate::directory::{Change, Directory};
use crate::domain::{Person, PersonId, Status};

pub(super) fn decide(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    let (mut scope, mut kept) = (Vec::new(), 0);
    for person in named::people(directory, people)? {
        let id = person.id();
        let remains = person.remote_id().is_some() && person.has_access_there();
        if !remains && person.operation().is_none() {
            decision.changes.push(Change::PersonDropped(id));
            continue;
        }
        kept += 1;
        if person.status() != Status::Removed {
            decision
                .changes
                .push(Change::Person(Person { status: Status::Removed, ..person.record() }.into()));
        }
        if person.individual_roles().is_some() {
            decision.changes.push(Change::Unassigned(id));
        }
        decision.changes.extend(person.groups().iter().map(|group| Change::MemberDropped(*group, id)));
        if concerned(&person) {
            scope.push(id);
        }
    }
    if kept > 0 {
        let who = words::count(kept, "person stays", "people stay");
        decision.say(format!("{who} on the list as removed until the app confirms that access has ended."));
    }
    Ok(Decision { scope: Decision::touching(cause, Vec::new(), scope).scope, ..decision })
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::domain::{Flag, OpState};

    #[test]
    fn somebody_with_access_there_is_kept_as_removed_until_it_has_ended() {
        let mut f = Fixture::new().linked("ana", "Analyst").group("Team", &["ana"]);
        let decision = f.run(&Command::PersonRemove(vec![f.id("ana")]));
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!(
            (ana.status(), ana.assigned(), ana.flag()),
            (Status::Removed, false, Some(Flag::AccessRemains))
        );
        assert!(ana.groups().is_empty());
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(said(&decision).contains("until the app confirms"));
    }

    #[test]
    fn somebody_without_an_account_is_forgotten() {
        let mut f = Fixture::new().assigned("ana", "Analyst");
        let decision = f.run(&Command::PersonRemove(vec![f.id("ana")]));
        assert!(decision.people().is_empty());
        assert!(f.directory.is_empty());
    }

    #[test]
    fn somebody_whose_access_ended_there_is_forgotten_with_the_link() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f.run(&Command::Unassign(vec![f.id("ana")]));
        f = f.confirm("ana");
        f.run(&Command::PersonRemove(vec![f.id("ana")]));
        assert!(f.directory.is_empty());
    }

    #[test]
    fn somebody_with_an_operation_under_way_is_not_forgotten_before_its_end() {
        let mut f = Fixture::new().assigned("ana", "Analyst").operation("ana", OpState::Inflight);
        let decision = f.run(&Command::PersonRemove(vec![f.id("ana")]));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().status(), Status::Removed);
        assert_eq!(decision.people(), [f.id("ana")]);
    }
}
