//! What another hand does in the app, and what a look at it teaches.

use std::collections::BTreeSet;

use scimdeck::directory::{Change, Directory, Observation};
use scimdeck::domain::{AccountState, PersonId, Time};
use scimdeck::engine::machine::Event;
use scimdeck::sandbox::Standing;
use scimdeck::store::Batch;

use crate::nature::Filter;
use crate::world::{CONNECTION, World};

impl World {
    /// Somebody works in the app itself.
    pub(crate) fn by_hand(&mut self) {
        let strangers = self.server.workspace.accounts().filter(|a| self.watch.strangers.contains(&a.id));
        let theirs: BTreeSet<String> = strangers.map(|a| a.user_name().to_lowercase()).collect();
        let accounts: Vec<(String, String)> = self
            .server
            .workspace
            .accounts()
            .filter(|account| !self.watch.strangers.contains(&account.id))
            .map(|a| (a.id.clone(), a.user_name().to_owned()))
            // A hand goes by the name, and must not get at somebody else who has it too.
            .filter(|(_, name)| !theirs.contains(&name.to_lowercase()))
            .collect();
        if accounts.is_empty() {
            return;
        }
        let (id, name) = accounts[self.rng.below(accounts.len() as u64) as usize].clone();
        let at = crate::server::stamp(self.now);
        // A row that goes while others come moves a list without its total telling: nobody could notice.
        let removes = self.server.nature.filter == Filter::Works && self.rng.chance(200);
        let workspace = &mut self.server.workspace;
        let done = match removes {
            true => workspace.remove_by_hand(&name, at).is_ok(),
            false => workspace.set_role_by_hand(&name, "workato_role", "Operator", at).is_ok(),
        };
        if done {
            self.say(|| format!("by hand: {name} {}", if removes { "removed" } else { "Operator" }));
            self.touched.insert(id);
        }
    }

    /// Somebody who was invited accepts; mostly the log tells it soon.
    pub(crate) fn accept(&mut self) {
        let names: Vec<String> = self.invited();
        if names.is_empty() {
            return;
        }
        let name = names[self.rng.below(names.len() as u64) as usize].clone();
        self.accepts(&name, true);
    }

    pub(crate) fn all_accept(&mut self) {
        for name in self.invited() {
            self.accepts(&name, true);
        }
        for (id, name) in self.accepted.clone() {
            self.tell_accepted(&id, &name);
        }
    }

    fn invited(&self) -> Vec<String> {
        let accounts = self.server.workspace.accounts();
        accounts
            .filter(|a| a.standing == Standing::Invited && a.access)
            .map(|a| a.user_name().to_owned())
            .collect()
    }

    pub(crate) fn accepts(&mut self, name: &str, told: bool) {
        if self.server.workspace.accept(name, crate::server::stamp(self.now)).is_err() {
            return;
        }
        self.say(|| format!("{name} accepts the invitation"));
        let id = self.server.workspace.account(name).map(|a| a.id.clone()).unwrap_or_default();
        self.accepted.insert(id.clone(), name.to_lowercase());
        if told {
            self.tell_accepted(&id, name);
        }
    }

    /// The log tells it to the sender.
    fn tell_accepted(&mut self, id: &str, name: &str) {
        let Some(p) = self.lock.filter(|p| self.processes[*p].alive) else { return };
        self.processes[p].catch_up();
        let now = self.clock(p);
        let person = self.processes[p].directory.people().find(|p| {
            p.remote_id() == Some(id) || (p.remote_id().is_none() && p.user_name().eq_ignore_ascii_case(name))
        });
        let Some(person) = person.filter(|p| p.account() == AccountState::Invited).map(|p| p.id()) else {
            return;
        };
        let seen = Observation { state: AccountState::Active, values: None, at: now };
        let changes = vec![Change::Observed(person, seen.into())];
        let batch = Batch { connection: Some(CONNECTION), changes, ..Batch::default() };
        let _ = self.apply(p, &batch);
        self.feed(p, Event::Accepted(vec![person]));
    }
}

/// A change that only says what was seen there.
pub(crate) fn observed(
    directory: &Directory,
    id: PersonId,
    finding: &scimdeck::engine::Finding,
    now: Time,
) -> Option<Change> {
    use scimdeck::engine::Finding;
    let person = directory.get(id)?;
    let (state, values) = match finding {
        Finding::Account(found) => {
            let values = found.account.values.clone();
            let state = match (values.active, person.account()) {
                (true, AccountState::Invited) => AccountState::Invited,
                (true, _) => AccountState::Active,
                (false, _) => AccountState::Inactive,
            };
            (state, Some(values))
        }
        Finding::Absent => (AccountState::None, None),
        Finding::Gone => (AccountState::Gone, None),
        Finding::Several(_) | Finding::Unknown(_) | Finding::Row(_) => return None,
    };
    let theirs = person.known().map(|(_, _, theirs)| theirs);
    let same = theirs.is_none() || values.is_none() || theirs == values;
    let now_gone = state == AccountState::Gone && person.has_access_there();
    let news = person.account() != state || !same || now_gone;
    news.then_some(Change::Observed(id, Observation { state, values, at: now }.into()))
}
