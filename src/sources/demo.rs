//! The example directory of `demo`: made-up people with names from all over the world, groups, and the accounts
//! that are in the workspace from before SCIM.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::csv;
use crate::domain::{ProfileAttribute, RoleValues};
use crate::verbs::{GroupRecord, PersonRecord, Refusal};

const PEOPLE: &str = include_str!("../../assets/demo/people.csv");
const GROUPS: &str = include_str!("../../assets/demo/groups.csv");
const ACCOUNTS: &str = include_str!("../../assets/demo/accounts.json");

/// The profile attributes that the example's roles belong to.
pub const ATTRIBUTES: [&str; 3] = ["workato_role", "workato_role_test", "workato_role_prod"];

/// An account that is in the workspace from before SCIM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DemoAccount {
    /// Full name.
    pub name: String,
    /// E-mail, one of them in another letter case than ours.
    pub email: String,
    /// Roles there, partly others than ours.
    #[serde(flatten)]
    pub roles: RoleValues,
}

/// The example directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demo {
    /// People; 24 of them `assigned`, which the demo takes as assigned before SCIM was enabled.
    pub people: Vec<PersonRecord>,
    /// Memberships of those people.
    pub groups: Vec<GroupRecord>,
    /// Accounts in the workspace.
    pub accounts: Vec<DemoAccount>,
}

/// The profile attributes of the example, as the seed document sets them up.
pub fn attributes() -> Vec<ProfileAttribute> {
    ATTRIBUTES.map(ProfileAttribute::workato).to_vec()
}

/// The example with so many people. Fewer than it has: the assigned ones come first. More: the rest is made up
/// from its names, the same for the same seed.
pub fn demo(count: usize, seed: u64) -> Result<Demo, Refusal> {
    let mut people = csv::people(PEOPLE.as_bytes(), &attributes())?.records;
    let own = people.len();
    people.sort_by_key(|p| p.assigned != Some(true));
    people.truncate(count);
    let mut chance = seed;
    for n in own..count {
        people.push(made_up(&people[..own], n, &mut chance));
    }
    people.sort_by(|a, b| a.user_name.cmp(&b.user_name));
    for (line, person) in (2..).zip(&mut people) {
        person.line = line;
    }
    let here: BTreeSet<&str> = people.iter().map(|p| p.user_name.as_str()).collect();
    let mut groups = csv::groups(GROUPS.as_bytes())?.records;
    groups.retain(|g| here.contains(g.user_name.as_str()));
    Ok(Demo { groups, accounts: read(ACCOUNTS)?, people })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, Refusal> {
    serde_json::from_str(text)
        .map_err(|e| Refusal::bad("bad_demo", format!("The example cannot be read: {e}."), "Report it."))
}

/// Somebody with one example's given name, another's family name and a third's work.
fn made_up(examples: &[PersonRecord], n: usize, chance: &mut u64) -> PersonRecord {
    let mut pick = || {
        // A linear congruence (Knuth's MMIX constants): people only have to differ.
        *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        examples.get((*chance >> 33) as usize % examples.len().max(1))
    };
    let (given, family, work) = (pick(), pick(), pick());
    let local = |p: Option<&PersonRecord>, last: bool| {
        let name = p.map_or("", |p| p.user_name.split('@').next().unwrap_or(""));
        let (head, tail) = name.rsplit_once('.').unwrap_or((name, name));
        if last { tail.to_owned() } else { head.to_owned() }
    };
    let mut record = PersonRecord {
        user_name: format!("{}.{}.{n}@example.com", local(given, false), local(family, true)),
        ..Default::default()
    };
    record.fields.given_name = given.and_then(|p| p.fields.given_name.clone());
    record.fields.family_name = family.and_then(|p| p.fields.family_name.clone());
    record.fields.title = work.and_then(|p| p.fields.title.clone());
    record.fields.department = work.and_then(|p| p.fields.department.clone());
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_no_bad_row() {
        let parsed = csv::people(PEOPLE.as_bytes(), &attributes()).unwrap();
        assert_eq!((parsed.records.len(), parsed.rejected, parsed.ignored), (200, vec![], vec![]));
        assert_eq!(csv::groups(GROUPS.as_bytes()).unwrap().rejected, []);
    }

    #[test]
    fn twenty_four_are_assigned_and_nine_of_them_have_an_account() {
        let demo = demo(200, 1).unwrap();
        let assigned: Vec<_> = demo.people.iter().filter(|p| p.assigned == Some(true)).collect();
        assert_eq!((assigned.len(), demo.accounts.len()), (24, 9));
        assert!(assigned.iter().all(|p| p.roles.len() == 3));
        let ours = |a: &DemoAccount| {
            assigned.iter().find(|p| p.user_name.to_lowercase() == a.email.to_lowercase()).copied()
        };
        assert!(demo.accounts.iter().all(|a| ours(a).is_some()));
        assert_eq!(demo.accounts.iter().filter(|a| ours(a).unwrap().user_name != a.email).count(), 1);
        assert_eq!(
            demo.accounts.iter().filter(|a| !ours(a).unwrap().roles.iter().eq(a.roles.0.iter())).count(),
            4
        );
    }

    #[test]
    fn the_eight_groups_hold_people_of_the_example() {
        let demo = demo(200, 1).unwrap();
        let names: BTreeSet<_> = demo.groups.iter().map(|g| g.group.as_str()).collect();
        assert_eq!(names.len(), 8);
        let people: BTreeSet<_> = demo.people.iter().map(|p| p.user_name.as_str()).collect();
        assert!(demo.groups.iter().all(|g| people.contains(g.user_name.as_str())));
        assert!(super::demo(50, 1).unwrap().groups.len() < demo.groups.len());
    }

    #[test]
    fn any_number_of_people_is_made_the_same_from_the_same_seed() {
        let few = demo(30, 1).unwrap();
        assert_eq!(few.people.iter().filter(|p| p.assigned == Some(true)).count(), 24);
        let many = demo(1000, 7).unwrap();
        let names: BTreeSet<_> = many.people.iter().map(|p| p.user_name.to_lowercase()).collect();
        assert_eq!(names.len(), 1000);
        assert_eq!(many, demo(1000, 7).unwrap());
        assert_ne!(many, demo(1000, 8).unwrap());
        assert_eq!(demo(0, 1).unwrap().people, []);
    }

    #[test]
    fn the_names_try_a_terminal() {
        let demo = demo(200, 1).unwrap();
        let any = |wanted: fn(char) -> bool| {
            demo.people.iter().any(|p| p.fields.given_name.iter().any(|n| n.chars().any(wanted)))
        };
        assert!(any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "Han");
        assert!(any(|c| ('\u{ac00}'..='\u{d7af}').contains(&c)), "Hangul");
        assert!(any(|c| ('\u{0590}'..='\u{05ff}').contains(&c)), "Hebrew");
        assert!(any(|c| ('\u{0600}'..='\u{06ff}').contains(&c)), "Arabic");
        assert!(any(|c| ('\u{0300}'..='\u{036f}').contains(&c)), "combining marks");
        let long = |p: &PersonRecord| p.fields.display_name.as_ref().is_some_and(|n| n.chars().count() > 80);
        assert!(demo.people.iter().any(long));
    }
}
