//! Protected people: those the operator named, and whoever is the last account with an Admin role.
//!
//! An Admin role is the value `Admin`, or the first value of an enumerated list where that list has `Admin` in it or
//! the value itself is called so (`Environment admin`, Workato's newer name), and it is
//! looked at attribute by attribute: the last Admin of the production environment is the last one even where
//! another environment has more. An account counts while it is linked, has access there, and shall have it.

use std::collections::BTreeSet;

use super::reach::concerned;
use super::{Decision, Refusal, words};
use crate::directory::{Change, Directory, PersonView};
use crate::domain::{Flag, PersonId, ProfileAttribute, Status};

const ADMIN: &str = "Admin";

/// Whether this value of this attribute is an Admin role.
pub fn is_admin(attribute: &ProfileAttribute, value: &str) -> bool {
    let called_so = || value.to_lowercase().contains("admin");
    value == ADMIN || (attribute.rank(value) == Some(0) && (attribute.rank(ADMIN).is_some() || called_so()))
}

/// Refuses a decision that removes a protected person, or removes or lowers the last Admin, unless the user name
/// was typed. It is asked of every decision, whatever the verb.
pub(super) fn guard(directory: &Directory, decision: &Decision, typed: &[String]) -> Result<(), Refusal> {
    if decision.changes.is_empty() && decision.owned.is_empty() && decision.exactly.is_empty() {
        return Ok(());
    }
    let mut moved = concerned(directory, &decision.changes);
    moved.extend(decision.people());
    let mut after = directory.clone();
    after.apply_all(&decision.changes);
    let mut refused: BTreeSet<PersonId> = BTreeSet::new();
    let mut why = Vec::new();
    let free = |person: &PersonView<'_>| {
        typed.iter().any(|name| name.trim().to_lowercase() == person.user_name().to_lowercase())
    };
    for id in &directory.connection().protected {
        let Some(before) = directory.get(*id).filter(|p| moved.contains(id) && !free(p)) else { continue };
        if removed(&before, after.get(*id).as_ref()) {
            refused.insert(*id);
            why.push(format!("{} is protected on this connection.", before.user_name()));
        }
    }
    for attribute in after.attributes() {
        // Who is Admin now is judged by the list as it is now: a value that is being replaced is off the new one.
        let present = directory.attribute(&attribute.variable).unwrap_or(attribute);
        let lost: Vec<PersonView<'_>> = moved
            .iter()
            .filter_map(|id| directory.get(*id))
            .filter(|p| has(p, present) && !keeps(p, after.get(p.id()), attribute, decision))
            .collect();
        if lost.is_empty() || lost.iter().all(free) {
            continue;
        }
        let kept = |p: PersonView<'_>| {
            has(&p, present) && !is_lowered(&p, present) && lost.iter().all(|l| l.id() != p.id())
        };
        if directory.people().any(kept) {
            continue;
        }
        let lost: Vec<_> = lost.into_iter().filter(|p| !free(p)).collect();
        refused.extend(lost.iter().map(|p| p.id()));
        let names: Vec<_> = lost.iter().map(|p| p.user_name()).collect();
        let text = match names.as_slice() {
            [one] => format!("{one} is the last account with an Admin role in {}.", attribute.variable),
            many => format!(
                "{} are the last accounts with an Admin role in {}.",
                words::names(many),
                attribute.variable
            ),
        };
        why.push(text);
    }
    if refused.is_empty() {
        return Ok(());
    }
    let names: Vec<_> =
        refused.iter().filter_map(|id| directory.get(*id)).map(|p| p.user_name().to_owned()).collect();
    let next = match names.as_slice() {
        [one] => format!("To do it all the same, type the user name {one}."),
        many => format!("To do it all the same, type each user name: {}.", many.join(", ")),
    };
    Err(Refusal::protected(why.join(" "), next))
}

/// Whether a person leaves the directory, loses their assignment, or loses access.
fn removed(before: &PersonView<'_>, after: Option<&PersonView<'_>>) -> bool {
    let Some(after) = after else { return true };
    let gone = |p: &PersonView<'_>| p.status() == Status::Removed;
    (gone(after) && !gone(before))
        || (before.assigned() && !after.assigned())
        || (before.shall_have_access() && !after.shall_have_access())
}

fn has(person: &PersonView<'_>, attribute: &ProfileAttribute) -> bool {
    person.shall_have_access()
        && person.remote_id().is_some()
        && person.has_access_there()
        && there(person, &attribute.variable).is_some_and(|value| is_admin(attribute, &value))
}

/// Whether another value than an Admin role was decided on and is still to be sent.
fn is_lowered(person: &PersonView<'_>, attribute: &ProfileAttribute) -> bool {
    let ours = person.roles().get(&attribute.variable);
    person.flags().contains(Flag::Unsent) && !ours.is_some_and(|value| is_admin(attribute, value))
}

/// The value the account has there: ours, but where it was not sent yet or was changed there.
fn there(person: &PersonView<'_>, variable: &str) -> Option<String> {
    let flags = person.flags();
    if flags.contains(Flag::Unsent) || flags.contains(Flag::Drift) {
        return person.known().and_then(|(.., theirs)| theirs.roles.get(variable).map(str::to_owned));
    }
    person.roles().get(variable).map(str::to_owned)
}

/// Whether an account that has an Admin role still has it when the decision is done.
fn keeps(
    before: &PersonView<'_>,
    after: Option<PersonView<'_>>,
    attribute: &ProfileAttribute,
    decision: &Decision,
) -> bool {
    let Some(after) = after.filter(PersonView::shall_have_access) else { return false };
    let variable = attribute.variable.as_str();
    let ours = after.roles().get(variable);
    let written = ours != before.roles().get(variable)
        || (decision.owned_of(after.id()).iter().any(|name| name == variable)
            && decision.people().contains(&after.id()));
    !written || ours.is_some_and(|value| is_admin(attribute, value))
}

/// A connection with another list of protected people.
pub(super) fn settings(directory: &Directory, protected: Vec<PersonId>) -> Change {
    let mut connection = directory.connection().clone();
    connection.protected = protected;
    Change::Connection(Box::new(connection))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::super::{Command, RefusalKind};
    use super::*;
    use crate::domain::RoleValues;

    fn lower(f: &Fixture, names: &[&str]) -> Command {
        Command::Role {
            people: names.iter().map(|n| f.id(n)).collect(),
            values: [("workato_role".to_owned(), "Analyst".to_owned())].into_iter().collect(),
        }
    }

    #[test]
    fn the_last_admin_is_not_removed_until_the_name_is_typed() {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Operator");
        let command = Command::SetStatus { people: vec![f.id("ana")], status: Status::Suspended };
        let refusal = f.decide(&command).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Protected);
        assert!(refusal.text.contains("last account with an Admin role in workato_role"), "{}", refusal.text);
        assert!(refusal.next.contains("type the user name ana@example.com"), "{}", refusal.next);
        f = f.typed("ana");
        assert!(f.decide(&command).is_ok());
    }

    #[test]
    fn the_last_admin_is_not_lowered_and_one_of_two_is() {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin");
        assert!(f.decide(&lower(&f, &["ana"])).is_ok());
        let refusal = f.decide(&lower(&f, &["ana", "ben"])).unwrap_err();
        assert!(refusal.text.contains("are the last accounts"), "{}", refusal.text);
    }

    #[test]
    fn typing_one_name_of_two_is_not_enough() {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").typed("ana");
        let refusal = f.decide(&lower(&f, &["ana", "ben"])).unwrap_err();
        assert!(
            refusal.next.contains("ben@example.com") && !refusal.next.contains("ana@"),
            "{}",
            refusal.next
        );
    }

    #[test]
    fn an_admin_who_has_no_account_yet_does_not_count_as_another_one() {
        let mut f = Fixture::new().linked("ana", "Admin").assigned("ben", "Admin");
        assert!(f.decide(&lower(&f, &["ana"])).is_err());
    }

    #[test]
    fn an_admin_whose_new_role_was_not_sent_yet_does_not_count_as_another_one() {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Analyst").give("ben", role("Admin"));
        assert!(f.decide(&lower(&f, &["ana"])).is_err());
    }

    #[test]
    fn an_admin_who_is_to_be_lowered_and_was_not_yet_does_not_count_as_another_one() {
        let mut f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").give("ben", role("Analyst"));
        assert!(f.decide(&lower(&f, &["ana"])).is_err());
    }

    #[test]
    fn an_admin_made_in_the_app_is_the_last_one_too() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f = f.there("ana", |there| there.roles.set("workato_role", "Admin"));
        assert!(f.decide(&lower(&f, &["ana"])).is_err());
    }

    #[test]
    fn each_environment_has_its_own_last_admin() {
        let both: RoleValues =
            [("workato_role", "Admin"), ("workato_role_prod", "Admin")].into_iter().collect();
        let mut f = Fixture::new().linked("ben", "Admin").person("ana").give("ana", both).confirm("ana");
        assert!(f.decide(&lower(&f, &["ana"])).is_ok());
        let refusal = f.decide(&Command::Unassign(vec![f.id("ana")])).unwrap_err();
        assert!(refusal.text.contains("workato_role_prod"), "{}", refusal.text);
    }

    #[test]
    fn the_last_admin_through_a_group_is_protected_from_group_commands() {
        let mut f =
            Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Admin").confirm("ana");
        assert!(f.decide(&Command::UnassignGroup(f.gid("Team"))).is_err());
        assert!(f.decide(&Command::MemberRemove(f.gid("Team"), vec![f.id("ana")])).is_err());
        let values = [("workato_role".to_owned(), "Operator".to_owned())].into_iter().collect();
        assert!(f.decide(&Command::GroupRole { group: f.gid("Team"), values }).is_err());
    }

    #[test]
    fn a_named_person_is_not_removed_but_may_be_edited() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f.run(&Command::Protect(vec![f.id("ana")]));
        let refusal = f.decide(&Command::PersonRemove(vec![f.id("ana")])).unwrap_err();
        assert!(refusal.text.contains("is protected"), "{}", refusal.text);
        let values = [("workato_role".to_owned(), "Operator".to_owned())].into_iter().collect();
        assert!(f.decide(&Command::Role { people: vec![f.id("ana")], values }).is_ok());
    }

    #[test]
    fn the_first_of_a_list_that_has_admin_in_it_is_an_admin_role() {
        let mut attribute = ProfileAttribute::workato("workato_role");
        attribute.members.insert(0, crate::domain::Member::plain("Owner"));
        assert!(is_admin(&attribute, "Owner") && is_admin(&attribute, "Admin"));
        assert!(!is_admin(&attribute, "Analyst"));
        attribute.members.retain(|m| m.value != "Admin");
        assert!(!is_admin(&attribute, "Owner"));
    }
}
