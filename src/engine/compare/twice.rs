//! People whose user name several accounts there have: which of them is theirs only an operator can say, and access
//! that ends here ends in one of them.

use std::collections::{BTreeMap, HashMap};

use super::Orphan;
use crate::directory::{Directory, PersonView};
use crate::domain::{Account, AccountState, PersonId, Time};
use crate::engine::{Finding, Findings};

/// Somebody who is there twice, or more often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twice {
    /// Who.
    pub person: PersonId,
    /// Their accounts: the linked one first, where there is one.
    pub accounts: Vec<TwiceAccount>,
    /// Whether they shall have access.
    pub wanted: bool,
}

/// One of several accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwiceAccount {
    /// The endpoint's `id`.
    pub account_id: String,
    /// Whether it has access, as far as is known.
    pub active: bool,
    /// Whether it is the linked one.
    pub linked: bool,
}

impl Twice {
    /// Accounts with access that nothing here reaches, of somebody who shall have none.
    pub fn remaining(&self) -> impl Iterator<Item = &TwiceAccount> {
        self.accounts.iter().filter(|account| !self.wanted && account.active && !account.linked)
    }

    /// Whether there are several. Somebody whose linked account is gone may have one that nobody linked.
    pub fn is_twice(&self) -> bool {
        self.accounts.len() > 1
    }

    /// `2 accounts there have this user name: A, B`.
    pub fn words(&self) -> String {
        let ids: Vec<&str> = self.accounts.iter().map(|account| account.account_id.as_str()).collect();
        words(&ids)
    }
}

/// `2 accounts there have this user name: A, B`.
pub fn words(ids: &[&str]) -> String {
    format!("{} accounts there have this user name: {}", ids.len(), ids.join(", "))
}

/// Who is there twice, by the accounts of nobody here: those of a linked person's user name, and several of one name
/// that fit somebody without a link; and whoever shall have no access and has it in an account beside the one that is
/// gone.
pub fn twice(directory: &Directory, orphans: &[Orphan]) -> Vec<Twice> {
    let mut of: HashMap<PersonId, Vec<&Orphan>> = HashMap::new();
    for orphan in orphans {
        if let Some(person) = directory.find(&orphan.user_name) {
            of.entry(person.id()).or_default().push(orphan);
        }
    }
    let people = of.into_iter().filter_map(|(id, orphans)| Some((directory.get(id)?, orphans)));
    let sorted: BTreeMap<String, Twice> = people
        .filter_map(|(person, orphans)| Some((person.user_name().to_owned(), one(&person, &orphans)?)))
        .collect();
    sorted.into_values().collect()
}

fn one(person: &PersonView<'_>, orphans: &[&Orphan]) -> Option<Twice> {
    let there = person.remote_id().filter(|_| person.account() != AccountState::Gone);
    let linked = there.map(|id| TwiceAccount {
        account_id: id.to_owned(),
        active: person.has_access_there(),
        linked: true,
    });
    let others = orphans.iter().map(|orphan| TwiceAccount {
        account_id: orphan.account_id.clone(),
        active: orphan.active,
        linked: false,
    });
    let accounts: Vec<TwiceAccount> = linked.into_iter().chain(others).collect();
    let one = Twice { person: person.id(), accounts, wanted: person.shall_have_access() };
    let gone = person.account() == AccountState::Gone;
    (one.is_twice() || (gone && one.remaining().next().is_some())).then_some(one)
}

/// The accounts that fit people without a link more than once: nobody here has them.
pub fn several(findings: &Findings, at: Time) -> Vec<(PersonId, Vec<Orphan>)> {
    let orphan = |account: &Account| {
        let values = &account.values;
        Orphan {
            user_name: values.user_name.clone(),
            account_id: account.remote_id.clone(),
            external_id: (!values.external_id.is_empty()).then(|| values.external_id.clone()),
            active: values.active,
            roles: values.roles.clone(),
            since: at,
        }
    };
    let some = findings.0.iter().filter_map(|(id, finding)| match finding {
        Finding::Several(accounts) => Some((*id, accounts.iter().map(orphan).collect())),
        _ => None,
    });
    let mut all: Vec<(PersonId, Vec<Orphan>)> = some.collect();
    all.sort_by_key(|(id, _)| *id);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Change, Observation};
    use crate::domain::Status;
    use crate::verbs::fixture::{Fixture, address};

    fn orphan(id: &str, name: &str, active: bool) -> Orphan {
        Orphan {
            user_name: address(name).to_uppercase(),
            account_id: id.to_owned(),
            external_id: None,
            active,
            roles: Default::default(),
            since: Time::default(),
        }
    }

    #[test]
    fn the_second_account_of_somebody_linked_is_no_plain_stranger() {
        let f = Fixture::new().linked("ana", "Admin").person("ben");
        let orphans = [orphan("x", "ana", true), orphan("y", "robot", true), orphan("z", "ben", true)];
        let all = twice(&f.directory, &orphans);
        assert_eq!(all.len(), 1, "one account that fits ben is his own");
        assert_eq!(all[0].accounts.iter().map(|a| a.linked).collect::<Vec<_>>(), [true, false]);
        assert_eq!(all[0].remaining().count(), 0, "ana shall have access");
    }

    #[test]
    fn an_account_that_is_gone_is_no_first_one_and_a_leavers_new_one_still_remains() {
        let f = Fixture::new().linked("ana", "Admin").linked("ben", "Admin").status("ben", Status::Suspended);
        let mut directory = f.directory;
        for name in ["ana", "ben"] {
            let id = directory.find(&address(name)).unwrap().id();
            let gone = Observation { state: AccountState::Gone, values: None, at: Time::from_ms(1) };
            directory.apply(&Change::Observed(id, gone.into()));
        }
        let all = twice(&directory, &[orphan("x", "ana", true), orphan("y", "ben", true)]);
        assert_eq!(all.len(), 1, "ana's account is one that nobody here has: {all:?}");
        assert!(!all[0].is_twice() && all[0].remaining().any(|account| account.account_id == "y"));
        let two = twice(&directory, &[orphan("x", "ana", true), orphan("z", "ana", true)]);
        assert_eq!((two.len(), two[0].accounts.len()), (1, 2), "of two new ones she is there twice");
    }

    #[test]
    fn a_leavers_second_account_with_access_remains_and_one_without_does_not() {
        let f = Fixture::new().linked("ana", "Admin").status("ana", Status::Suspended);
        let all = twice(&f.directory, &[orphan("x", "ana", true), orphan("y", "ana", false)]);
        let ids: Vec<_> = all[0].remaining().map(|account| account.account_id.as_str()).collect();
        assert_eq!(ids, ["x"]);
    }
}
