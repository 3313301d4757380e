//! Whom a list of changes reaches: found by making the changes on a copy and comparing.

use std::collections::{BTreeMap, BTreeSet};

use super::{role_moves, words};
use crate::directory::{Change, Directory};
use crate::domain::{GroupId, PersonId};

/// What changes would do to people's accounts.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The directory with the changes made.
    pub after: Directory,
    /// Those whose account is to be touched, in user name order: who gains or loses access, and who keeps it on an
    /// account that is linked and shall have other values. Somebody who waits to be provisioned, before and after,
    /// is not among them: an account is made by assigning or by Provision User, not on the side.
    pub people: Vec<PersonId>,
    /// Those among them who gain access.
    pub gaining: Vec<PersonId>,
    /// Those among them who lose it.
    pub losing: Vec<PersonId>,
}

impl Reach {
    /// One sentence for the dialog; none when nobody is touched.
    pub fn sentence(&self) -> Option<String> {
        let parts: Vec<String> = [
            (self.gaining.len(), "gets the app", "get the app"),
            (self.losing.len(), "loses the app", "lose the app"),
            (self.others(), "gets other values", "get other values"),
        ]
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| format!("{} {}", words::people(n), if n == 1 { one } else { many }))
        .collect();
        (!parts.is_empty()).then(|| format!("{}.", parts.join(", ")))
    }

    /// For those who keep access: the role attributes that the changes move for them, which is all that is written.
    /// Who gains access gets the whole account.
    pub(super) fn roles_moved(&self, before: &Directory) -> BTreeMap<PersonId, Vec<String>> {
        let keep = self.people.iter().filter(|id| before.get(**id).is_some_and(|p| p.shall_have_access()));
        keep.filter_map(|id| {
            let (old, new) = (before.get(*id)?, self.after.get(*id)?);
            let moves = role_moves(self.after.attributes(), old.roles(), new.roles());
            Some((*id, moves.into_iter().map(|one| one.attribute).collect()))
        })
        .collect()
    }

    fn others(&self) -> usize {
        self.people.len().saturating_sub(self.gaining.len() + self.losing.len())
    }
}

/// Makes the changes on a copy of the directory and tells whose accounts they touch.
pub fn touched(before: &Directory, changes: &[Change]) -> Reach {
    let mut after = before.clone();
    after.apply_all(changes);
    let mut reach = Reach { after, people: Vec::new(), gaining: Vec::new(), losing: Vec::new() };
    for id in concerned(before, changes) {
        let (old, new) = (before.get(id), reach.after.get(id));
        let had = old.is_some_and(|p| p.shall_have_access());
        let has = new.is_some_and(|p| p.shall_have_access());
        let moved = || match (&old, &new) {
            (Some(old), Some(new)) => {
                // An account that is about to be made must not be made with the earlier values.
                let queued = old.operation().is_some_and(|(.., state)| state.moving());
                (new.remote_id().is_some() || queued) && old.wanted() != new.wanted()
            }
            _ => false,
        };
        match (had, has) {
            (false, true) => reach.gaining.push(id),
            (true, false) => reach.losing.push(id),
            (true, true) if moved() => {}
            _ => continue,
        }
        reach.people.push(id);
    }
    let name = |id: &PersonId| {
        let person = before.get(*id).or_else(|| reach.after.get(*id));
        person.map(|p| p.user_name().to_lowercase()).unwrap_or_default()
    };
    reach.people.sort_by_cached_key(name);
    reach
}

/// Everybody whose row a change may move, directly or through a group.
pub fn concerned(directory: &Directory, changes: &[Change]) -> BTreeSet<PersonId> {
    let mut people = BTreeSet::new();
    let group = |id: &GroupId, people: &mut BTreeSet<PersonId>| {
        people.extend(directory.group(*id).into_iter().flat_map(|g| g.members.iter().copied()));
    };
    for change in changes {
        match change {
            Change::Person(person) => {
                people.insert(person.id);
            }
            Change::PersonDropped(id)
            | Change::Member(_, id)
            | Change::MemberDropped(_, id)
            | Change::Assigned(id, _)
            | Change::Unassigned(id) => {
                people.insert(*id);
            }
            Change::GroupDropped(id) | Change::GroupAssigned(id, _) | Change::GroupUnassigned(id) => {
                group(id, &mut people);
            }
            Change::Group(_)
            | Change::GroupPushed(..)
            | Change::GroupPushDropped(..)
            | Change::Attribute(..)
            | Change::AttributeDropped(_)
            | Change::Link(..)
            | Change::LinkDropped(_)
            | Change::Observed(..)
            | Change::Operation(..)
            | Change::Noted(..)
            | Change::NoteDropped(_)
            | Change::Connection(_)
            | Change::Swept(_) => {}
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;
    use crate::domain::Assignment;

    #[test]
    fn somebody_who_waits_to_be_provisioned_is_not_reached_by_a_change_of_role() {
        let f = Fixture::new().assigned("ana", "Admin").linked("ben", "Admin");
        let change =
            |name| Change::Assigned(f.id(name), Assignment { roles: role("Analyst"), ..Default::default() });
        let reach = touched(&f.directory, &[change("ana"), change("ben")]);
        assert_eq!(reach.people, [f.id("ben")]);
    }

    #[test]
    fn a_value_set_to_what_it_was_touches_nobody() {
        let f = Fixture::new().linked("ben", "Admin");
        let change = Change::Assigned(f.id("ben"), Assignment { roles: role("Admin"), ..Default::default() });
        assert!(touched(&f.directory, &[change]).people.is_empty());
    }

    #[test]
    fn of_who_keeps_access_only_the_roles_that_move_are_written() {
        let f = Fixture::new().linked("ana", "Analyst").person("ben").group("Team", &["ana", "ben"]);
        let given = crate::domain::GroupAssignment { roles: role("Admin"), ..Default::default() };
        let changes = [Change::Unassigned(f.id("ana")), Change::GroupAssigned(f.gid("Team"), given)];
        let reach = touched(&f.directory, &changes);
        assert_eq!(reach.people, [f.id("ana"), f.id("ben")]);
        let exactly = BTreeMap::from([(f.id("ana"), vec!["workato_role".to_owned()])]);
        assert_eq!(reach.roles_moved(&f.directory), exactly, "ben's account is made whole");
    }

    #[test]
    fn who_gains_and_who_loses_is_told_apart() {
        let f = Fixture::new().person("ana").linked("ben", "Admin");
        let changes = [
            Change::Assigned(f.id("ana"), Assignment { roles: role("Analyst"), ..Default::default() }),
            Change::Unassigned(f.id("ben")),
        ];
        let reach = touched(&f.directory, &changes);
        assert_eq!((reach.gaining.clone(), reach.losing.clone()), (vec![f.id("ana")], vec![f.id("ben")]));
        assert_eq!(reach.sentence().unwrap(), "1 person gets the app, 1 person loses the app.");
    }
}
