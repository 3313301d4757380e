//! What an operator does all day, drawn by chance, and what should be true after it.

use std::collections::{BTreeMap, BTreeSet};

use crate::chance::Chance;
use crate::home::{ATTRIBUTE, Home};
use crate::journal::Journal;
use crate::there::User;

pub(crate) const GROUP: &str = "Night shift";
/// These lose and get access again; so few that the brake is silent.
const LEAVERS: usize = 8;
const ROLES: [&str; 3] = ["Admin", "Analyst", "Operator"];

pub(crate) fn name(n: usize) -> String {
    format!("p{n:03}@example.com")
}

/// Of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) suspended: bool,
    pub(crate) assigned: bool,
    pub(crate) role: String,
}

/// A command, and what it is about: a later one about the same makes it moot.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) args: Vec<String>,
    about: Option<String>,
}

impl Order {
    fn new(args: &[&str]) -> Self {
        Self { args: args.iter().map(|arg| (*arg).to_owned()).collect(), about: None }
    }

    fn about(self, what: &str) -> Self {
        Self { about: Some(what.to_owned()), ..self }
    }

    /// Sends what waits.
    pub(crate) fn apply() -> Self {
        Self::new(&["apply", "--yes"])
    }

    /// Makes the accounts that are missing.
    pub(crate) fn provision() -> Self {
        Self::new(&["provision", "--yes"])
    }

    pub(crate) fn words(&self) -> Vec<&str> {
        self.args.iter().map(String::as_str).collect()
    }
}

/// What should be true, by person; kept here and nowhere else.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) people: BTreeMap<usize, Wanted>,
    members: BTreeSet<usize>,
    /// Killed before anybody knew whether they were taken: given once more in the end.
    unsure: Vec<Order>,
}

impl World {
    /// A file with these new people, all assigned.
    pub(crate) fn import(&mut self, home: &Home, people: std::ops::RangeInclusive<usize>) -> Order {
        let what = format!("import {people:?}");
        let mut text = format!("user_name,given_name,family_name,assigned,{ATTRIBUTE}\n");
        for n in people {
            let role = ROLES[n % ROLES.len()];
            text += &format!("{},Ana,Ruiz {n},yes,{role}\n", name(n));
            self.people.insert(n, Wanted { suspended: false, assigned: true, role: role.to_owned() });
        }
        let file = home.file(&format!("people{}.csv", self.people.len()), &text);
        Order::new(&["import", "people", file.to_str().expect("text")]).about(&what)
    }

    /// The group with its first members, and that it is pushed.
    pub(crate) fn group(&mut self) -> Vec<Order> {
        self.members = (LEAVERS + 1..LEAVERS + 4).collect();
        let names: Vec<String> = self.members.iter().copied().map(name).collect();
        let mut add = vec!["member", "add", GROUP];
        add.extend(names.iter().map(String::as_str));
        vec![
            Order::new(&["group", "add", GROUP]),
            Order::new(&add),
            Order::new(&["group", "push", GROUP, "--yes"]),
        ]
    }

    /// The next command. Whoever is about somebody of whom it is not sure that they were taken in waits.
    pub(crate) fn draw(&mut self, chance: &mut Chance, home: &Home) -> Order {
        let sure = !self.unsure.iter().any(|order| order.words()[0] == "import");
        match chance.below(12) {
            0 | 1 if sure => {
                let last = *self.people.keys().next_back().expect("somebody");
                self.import(home, last + 1..=last + 1 + chance.below(2))
            }
            0..=2 => Order::provision(),
            3 | 4 => Order::apply(),
            5 | 6 => self.access(1 + chance.below(LEAVERS)),
            7 | 8 if sure => self.member(chance),
            _ if sure => self.role(chance),
            _ => Order::apply(),
        }
    }

    fn access(&mut self, n: usize) -> Order {
        let name = name(n);
        let wanted = self.people.get_mut(&n).expect("they are here");
        let word = if n <= LEAVERS / 2 {
            wanted.suspended = !wanted.suspended;
            if wanted.suspended { "suspend" } else { "reactivate" }
        } else {
            wanted.assigned = !wanted.assigned;
            if wanted.assigned { "assign" } else { "unassign" }
        };
        // Earlier values are remembered of accounts that are known to be there; one may just be on its way.
        let value = format!("{ATTRIBUTE}={}", wanted.role);
        let mut args = vec![word, &name, "--yes"];
        if word == "assign" {
            args.extend(["--role", &value]);
        }
        Order::new(&args).about(&format!("access {n}"))
    }

    fn anybody(&self, chance: &mut Chance) -> usize {
        let others: Vec<usize> = self.people.keys().copied().filter(|n| *n > LEAVERS).collect();
        others[chance.below(others.len())]
    }

    fn member(&mut self, chance: &mut Chance) -> Order {
        let n = self.anybody(chance);
        let word = if self.members.remove(&n) { "remove" } else { "add" };
        if word == "add" {
            self.members.insert(n);
        }
        Order::new(&["member", word, GROUP, &name(n), "--yes"]).about(&format!("member {n}"))
    }

    fn role(&mut self, chance: &mut Chance) -> Order {
        // Those who are suspended as well: their role changes here, and there on reactivation.
        let n = if chance.one_in(4) { 1 + chance.below(LEAVERS / 2) } else { self.anybody(chance) };
        let role = ROLES[chance.below(ROLES.len())];
        self.people.get_mut(&n).expect("they are here").role = role.to_owned();
        let value = format!("{ATTRIBUTE}={role}");
        Order::new(&["role", &name(n), &value, "--yes"]).about(&format!("role {n}"))
    }

    /// How a command ended; none where it was killed.
    pub(crate) fn ended(&mut self, order: &Order, code: Option<i32>) {
        let Some(about) = &order.about else { return };
        self.unsure.retain(|earlier| earlier.about.as_ref() != Some(about));
        // Only these say that nothing was changed, or that nobody knows.
        if !matches!(code, Some(0 | 3 | 5)) {
            self.unsure.push(order.clone());
        }
    }

    /// Everybody comes back who is suspended.
    pub(crate) fn nobody_stays_suspended(&mut self) {
        for n in 1..=LEAVERS / 2 {
            if self.people[&n].suspended {
                let order = self.access(n);
                self.unsure.push(order);
            }
        }
    }

    /// Everything that may not have been taken, to be given again.
    pub(crate) fn again(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.unsure)
    }

    /// Compares the endpoint and our own side with what was ordered.
    #[track_caller]
    pub(crate) fn is_true(
        &self,
        users: &BTreeMap<String, User>,
        groups: &BTreeMap<String, Vec<String>>,
        journal: &Journal,
    ) {
        let names: Vec<String> = self.people.keys().copied().map(name).collect();
        assert_eq!(users.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>(), "everybody once");
        let ours = journal.people();
        assert_eq!(ours.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>(), "everybody here");
        for (n, wanted) in &self.people {
            let (there, (status, roles)) = (&users[&name(*n)], &ours[&name(*n)]);
            let story = || format!("{wanted:?} {status} {roles:?} {there:?} {}", journal.story(&name(*n)));
            assert_eq!(status, if wanted.suspended { "suspended" } else { "active" }, "{}", story());
            assert_eq!(roles.is_some(), wanted.assigned, "{}", story());
            if let Some(roles) = roles {
                assert_eq!(roles[ATTRIBUTE], wanted.role.as_str(), "{}", story());
            }
            assert_eq!(there.active, !wanted.suspended && wanted.assigned, "{}", story());
            // New values of somebody who is suspended are sent on reactivation.
            assert!(wanted.suspended || there.role == wanted.role, "{}", story());
        }
        let members: Vec<String> = self.members.iter().copied().map(name).collect();
        assert_eq!(journal.members(GROUP), members);
        let mut ids: Vec<String> = members.iter().map(|name| users[name].id.clone()).collect();
        ids.sort();
        assert_eq!(groups.get(GROUP), Some(&ids), "the members there");
        assert_eq!(groups.len(), 1, "{groups:?}");
    }
}
