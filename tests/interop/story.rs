//! A morning with five hundred new people, told to each server in the same words.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::console::Console;
use crate::peer::{Account, Peer};
use crate::people::{self, PEOPLE, Someone, THERE_BEFORE};

/// A server, an operator, and what should be true there.
pub(crate) struct Story {
    name: String,
    pub(crate) peer: Peer,
    pub(crate) console: Console,
    pub(crate) people: Vec<Someone>,
    /// Ids of the accounts that were there before, by user name.
    before: BTreeMap<String, String>,
}

impl Story {
    /// Some accounts are there, the people are imported, nothing was sent.
    pub(crate) fn begin(words: &[&str]) -> Self {
        Self::connected(words, &[])
    }

    /// The same on a connection that is set so.
    pub(crate) fn connected(words: &[&str], settings: &[&str]) -> Self {
        let peer = Peer::start(words);
        let people = people::everybody();
        let before = peer.preload(&people::there_before(&people));
        assert_eq!(before.len(), THERE_BEFORE);
        let console = Console::connected(&peer, &people, settings);
        let asked = peer.proxy.take();
        assert_eq!(asked.writes(), Vec::<String>::new(), "connecting and importing sent something");
        assert_eq!(console.status()["flags"]["not_provisioned"], PEOPLE);
        Self { name: [words, settings].concat().join(" "), peer, console, people, before }
    }

    pub(crate) fn whole(mut self) {
        self.everybody_is_provisioned();
        self.a_second_time_sends_nothing();
        self.roles_change();
        self.a_group_is_pushed();
        self.some_are_unassigned();
        self.one_is_suspended();
        self.the_check_is_complete();
    }

    fn everybody_is_provisioned(&self) {
        let started = Instant::now();
        let report = self.console.allowed(&["provision"]).well();
        let took = started.elapsed().as_secs_f64();
        assert_eq!((&report["done"], &report["failed"]), (&PEOPLE.into(), &0.into()), "{report}");
        let asked = self.peer.proxy.take();
        let each = asked.total() as f64 / PEOPLE as f64;
        println!(
            "{}: {PEOPLE} people in {took:.1} s, {each:.2} requests each ({} GET, {} POST, {} PUT, {} PATCH)",
            self.name,
            asked.count("GET"),
            asked.count("POST"),
            asked.count("PUT"),
            asked.count("PATCH"),
        );
        assert_eq!(asked.count("POST"), PEOPLE - THERE_BEFORE, "one create for everybody who was not there");
        assert_eq!(asked.count("PUT") + asked.count("PATCH"), THERE_BEFORE);
        assert_eq!(asked.count("DELETE"), 0);
        self.the_app_is_true(|_| true);
        self.nobody_is_flagged();
    }

    fn a_second_time_sends_nothing(&self) {
        let report = self.console.allowed(&["provision"]).well();
        assert_eq!(report["failed"], 0, "{report}");
        self.console.allowed(&["apply"]).well();
        assert_eq!(self.peer.proxy.take().writes(), Vec::<String>::new());
    }

    fn roles_change(&mut self) {
        let mut words = vec!["role"];
        for someone in &mut self.people[100..105] {
            someone.roles.insert("workato_role_prod".into(), "Admin".into());
        }
        // Four of the five combinations there hold another value; who has it already is left alone.
        let before = self.peer.accounts();
        let other = before.iter().filter(|a| self.wanted(a).is_some_and(|s| s.roles != a.roles)).count();
        words.extend(self.people[100..105].iter().map(|someone| someone.user_name.as_str()));
        words.push("workato_role_prod=Admin");
        self.console.allowed(&words).well();
        assert_eq!(self.peer.proxy.take().writes().len(), other);
        assert!(other > 0, "the change changes something");
        self.the_app_is_true(|_| true);
    }

    fn some_are_unassigned(&self) {
        let names: Vec<&str> =
            self.people[200..203].iter().map(|someone| someone.user_name.as_str()).collect();
        let report = self.console.allowed(&[&["unassign"], names.as_slice()].concat()).well();
        assert_eq!(report["done"], 3, "{report}");
        assert_eq!(self.peer.proxy.take().writes().len(), 3);
        self.the_app_is_true(|name| !names.contains(&name));
    }

    fn one_is_suspended(&self) {
        let gone = &self.people[200..204];
        self.console.allowed(&["suspend", &gone[3].user_name]).well();
        assert_eq!(self.peer.proxy.take().writes().len(), 1);
        self.the_app_is_true(|name| gone.iter().all(|someone| someone.user_name != name));
    }

    fn the_check_is_complete(&self) {
        let report = self.console.run(&["check"]).well();
        assert_eq!(report["complete"], true, "{report}");
        assert_eq!(self.peer.proxy.take().writes(), Vec::<String>::new());
        self.nobody_is_flagged();
    }

    /// A group of 150 goes there, loses 120 and is deleted again; read by another client each time.
    fn a_group_is_pushed(&self) {
        let ids = |range: std::ops::Range<usize>| -> Vec<String> {
            let names: Vec<&str> = self.people[range].iter().map(|p| p.user_name.as_str()).collect();
            let of = |a: &Account| names.contains(&a.user_name.to_lowercase().as_str());
            let mut ids: Vec<String> = self.peer.accounts().into_iter().filter(of).map(|a| a.id).collect();
            ids.sort();
            ids
        };
        let rows: String =
            self.people[200..350].iter().map(|p| format!("Night shift,{}\n", p.user_name)).collect();
        let file = self.console.file("groups.csv", &format!("group,user_name\n{rows}"));
        self.console.run(&["import", "groups", file.to_str().expect("a path")]).well();
        self.console.allowed(&["group", "push", "Night shift"]).well();
        assert_eq!(self.peer.group("Night shift"), Some(ids(200..350)));
        let gone: Vec<&str> = self.people[200..320].iter().map(|p| p.user_name.as_str()).collect();
        self.console.allowed(&[&["member", "remove", "Night shift"], gone.as_slice()].concat()).well();
        assert_eq!(self.peer.group("Night shift"), Some(ids(320..350)));
        self.console.allowed(&["group", "unpush", "Night shift", "--delete"]).well();
        assert_eq!(self.peer.group("Night shift"), None);
        self.peer.proxy.take();
    }

    fn wanted(&self, account: &Account) -> Option<&Someone> {
        self.people.iter().find(|someone| someone.user_name == account.user_name.to_lowercase())
    }

    /// What another client sees: everybody exactly once, with our id and their roles, those of before the same
    /// accounts as before, and active only who should be.
    #[track_caller]
    pub(crate) fn the_app_is_true(&self, active: impl Fn(&str) -> bool) {
        let accounts = self.peer.accounts();
        let names: Vec<String> = accounts.iter().map(|a| a.user_name.to_lowercase()).collect();
        let wanted: Vec<String> = self.people.iter().map(|someone| someone.user_name.clone()).collect();
        let missing: Vec<_> = wanted.iter().filter(|name| !names.contains(name)).collect();
        assert!(missing.is_empty(), "not there: {missing:?}");
        let times = |name: &String| names.iter().filter(|other| *other == name).count();
        let often: Vec<_> = names.iter().filter(|name| times(name) > 1 || !wanted.contains(name)).collect();
        assert!(often.is_empty(), "more than once, or nobody of ours: {often:?}");
        assert_eq!(names, wanted, "everybody once");
        for (account, someone) in accounts.iter().zip(&self.people) {
            assert_eq!(account.roles, someone.roles, "roles of {}", someone.user_name);
            assert_eq!(account.external_id.as_deref(), Some(someone.external_id.as_str()), "{account:?}");
            assert_eq!(account.active, active(&someone.user_name), "{account:?}");
            if let Some(id) = self.before.get(&someone.user_name) {
                assert_eq!(&account.id, id, "{} has another account than before", someone.user_name);
            }
        }
    }

    #[track_caller]
    pub(crate) fn nobody_is_flagged(&self) {
        let status = self.console.status();
        let flags = status["flags"].as_object().expect("flags");
        assert!(flags.values().all(|count| *count == 0), "{status}");
        let queue = status["queue"].as_object().expect("queue");
        assert!(queue.values().all(|count| *count == 0), "{status}");
    }
}
