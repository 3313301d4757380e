//! Operators who decide at random, and what they see.

use std::collections::BTreeMap;

use scimdeck::directory::Change;
use scimdeck::domain::{GroupId, PersonId, Status, Time};
use scimdeck::engine::wire::{self, Wire};
use scimdeck::engine::{Finding, Findings, Found};
use scimdeck::store::Batch;
use scimdeck::verbs::{Command, Convertees, PersonFields, Who};

use crate::world::{CONNECTION, World};

impl World {
    /// Somebody decides something at this process.
    pub(crate) fn command(&mut self, p: usize) {
        let command = self.any_command(p);
        self.decide(p, command);
    }

    /// Everybody who was not removed here.
    pub(crate) fn still_here(&self, p: usize) -> Vec<PersonId> {
        let directory = &self.processes[p].directory;
        self.people.iter().copied().filter(|id| directory.get(*id).is_some()).collect()
    }

    fn any_command(&mut self, p: usize) -> Command {
        let person = self.people[self.rng.below(self.people.len() as u64) as usize];
        let value = ["Admin", "Analyst", "Operator"][self.rng.below(3) as usize].to_owned();
        let status = |status| Command::SetStatus { people: vec![person], status };
        let group = GroupId(1 + self.rng.below(2));
        let set = |fields| Command::PersonSet { person: Some(person), fields };
        match self.rng.below(24) {
            0..=3 => Command::Provision(Who::Named(self.still_here(p))),
            4..=6 => Command::Role {
                people: vec![person],
                values: BTreeMap::from([("workato_role".to_owned(), value)]),
            },
            7 => status(Status::Suspended),
            8 | 9 => status(Status::Deactivated),
            10 | 11 => status(Status::Active),
            12 => Command::Unassign(vec![person]),
            13 => Command::Assign {
                people: vec![person],
                roles: [("workato_role", value.as_str())].into_iter().collect(),
            },
            14 => Command::Convert(Convertees::Named(vec![person])),
            15 => {
                let group = self.processes[p].directory.assigned_groups().last().map(|g| g.group.id);
                group.map_or(Command::Apply, |group| Command::Priority(group, 1))
            }
            16 => set(PersonFields { title: Some(value), ..PersonFields::default() }),
            17 => {
                let name = format!("r{}p{}@example.com", self.rng.below(1_000), person.0);
                set(PersonFields { user_name: Some(name), ..PersonFields::default() })
            }
            18 => Command::MemberAdd(group, vec![person]),
            19 => Command::MemberRemove(group, vec![person]),
            20 => match self.rng.below(3) {
                0 => Command::DriftPush(vec![person]),
                1 => Command::DriftAdopt(vec![person]),
                _ => Command::PersonRemove(vec![person]),
            },
            21 => match self.rng.below(4) {
                0 => Command::UnassignGroup(group),
                1 => Command::Unlink(vec![person]),
                _ => Command::Drop(vec![person]),
            },
            22 => Command::Retry(vec![person]),
            _ => Command::Apply,
        }
    }

    /// What the connection may do is changed, at once and without a request.
    pub(crate) fn switch(&mut self, p: usize) {
        self.processes[p].catch_up();
        let mut connection = self.processes[p].directory.connection().clone();
        let to_app = &mut connection.to_app;
        let switch = match self.rng.below(4) {
            0 => &mut to_app.create,
            1 => &mut to_app.update,
            2 => &mut to_app.deactivate,
            _ => &mut to_app.exclude_user_name,
        };
        *switch = !*switch;
        self.say(|| format!("p{p} switches: {:?}", connection.to_app));
        self.set(p, connection);
    }

    pub(crate) fn set(&mut self, p: usize, connection: scimdeck::domain::Connection) {
        let changes = vec![Change::Connection(Box::new(connection))];
        let batch = Batch { connection: Some(CONNECTION), changes, ..Batch::default() };
        let _ = self.apply(p, &batch);
        for p in 0..2 {
            self.processes[p].catch_up();
            self.settings(p);
        }
    }

    /// What the endpoint has for these people at this moment.
    pub(crate) fn findings(
        &self,
        directory: &scimdeck::directory::Directory,
        people: &[PersonId],
        blind: bool,
    ) -> Findings {
        findings(self.server.workspace.users(), directory, people, blind)
    }

    /// What a look at them shows.
    pub(crate) fn findings_shown(
        &mut self,
        directory: &scimdeck::directory::Directory,
        people: &[PersonId],
        blind: bool,
    ) -> Findings {
        findings(self.server.copies.users(&self.server.workspace, self.now), directory, people, blind)
    }
}

fn findings(
    users: Vec<scimdeck::scim::resource::Resource>,
    directory: &scimdeck::directory::Directory,
    people: &[PersonId],
    blind: bool,
) -> Findings {
    let users: Vec<Found> = users
        .into_iter()
        .filter_map(|resource| {
            let account = wire::account(&resource, None, directory.attributes())?;
            Some(Found { account, resource })
        })
        .collect();
    let wire = Wire::of(directory.connection());
    let look = |id: &PersonId| -> Option<(PersonId, Finding)> {
        let person = directory.get(*id)?;
        if blind {
            return Some((*id, Finding::Unknown("no answer".to_owned())));
        }
        let finding = match person.remote_id() {
            Some(remote_id) => match users.iter().find(|u| u.account.remote_id == remote_id) {
                Some(found) => Finding::Account(Box::new(found.clone())),
                None => Finding::Gone,
            },
            None => {
                let who = wire.identity(&person.wanted())?;
                let same: Vec<&Found> = users.iter().filter(|u| who.is(&u.resource)).collect();
                match same.as_slice() {
                    [] => Finding::Absent,
                    [one] => Finding::Account(Box::new((*one).clone())),
                    more => Finding::Several(more.iter().map(|f| f.account.clone()).collect()),
                }
            }
        };
        Some((*id, finding))
    };
    Findings(people.iter().filter_map(look).collect())
}

/// A moment before the first event, for what was there before.
pub(crate) const BEFORE: Time = Time::from_ms(1_699_000_000_000);
