//! One schedule: made from its seed, run to rest, and held against what was promised.

use std::collections::BTreeMap;

use scimdeck::directory::{Change, Directory};
use scimdeck::domain::{
    Assignment, Connection, Flag, Group, GroupAssignment, GroupId, Origin, Person, PersonId,
    ProfileAttribute, RoleValues, TokenSource,
};
use scimdeck::store::{Backend, Batch, Memory, Which};
use serde_json::Value;

use crate::operator::BEFORE;
use crate::process::Process;
use crate::rng::Rng;
use crate::seen::observed;
use crate::server::{Badness, Server};
use crate::world::{CONNECTION, Ev, World};

/// How a schedule ended: what is wrong, and its log where asked for.
pub(crate) struct Ended {
    pub(crate) wrong: Vec<String>,
    pub(crate) log: Vec<String>,
}

pub(crate) fn run(seed: u64, log: bool) -> Ended {
    let mut rng = Rng::new(seed);
    // Every eighth has no faults at all: nothing may stay open there.
    let calm = rng.below(8) == 0;
    let bad = if calm { Badness::default() } else { Badness::of(&mut rng) };
    let mut world = build(rng, bad, seed, log);
    let text = format!("seed {seed}: {} people, {bad:?}", world.people.len());
    world.say(|| text);
    script(&mut world, calm);
    let mut wrong = Vec::new();
    // What is left after the worst of it: the operators' decisions and what the network did to them.
    if let Err(why) = world.run() {
        wrong.push(why);
    } else {
        check(&mut world, calm, &mut wrong);
    }
    wrong.append(&mut world.server.wrong);
    Ended { wrong, log: world.log.take().unwrap_or_default() }
}

fn build(mut rng: Rng, bad: Badness, seed: u64, log: bool) -> World {
    let mut backend = Memory::new();
    let mut connection = Connection::new(CONNECTION, "w", "http://127.0.0.1/scim/v2", TokenSource::Memory);
    connection.enabled = true;
    connection.enabled_at = Some(BEFORE);
    connection.concurrency = 1 + rng.below(4) as u32;
    connection.brake.removals = 2 + rng.below(4) as u32;
    connection = backend.add_connection(connection).expect("a connection");
    let role = |value: &str| -> RoleValues { [("workato_role", value)].into_iter().collect() };
    let mut changes = vec![Change::Attribute(0, ProfileAttribute::workato("workato_role"))];
    let count = 3 + rng.below(10);
    let people: Vec<PersonId> = (1..=count).map(PersonId).collect();
    for (group, priority, value) in [(GroupId(1), 1, "Analyst"), (GroupId(2), 2, "Operator")] {
        changes.push(Change::Group(Group { id: group, name: format!("team{}", group.0) }));
        let assignment = GroupAssignment { priority, roles: role(value), since: BEFORE };
        changes.push(Change::GroupAssigned(group, assignment));
    }
    let mut server = Server::new(bad);
    for id in &people {
        let name = format!("p{}@example.com", id.0);
        changes.push(Change::Person(Person { email: name.clone(), ..Person::new(*id, &name) }));
        match rng.below(10) {
            0 | 1 => changes.push(Change::Member(GroupId(1 + rng.below(2)), *id)),
            2 => {}
            _ => {
                let roles = role(["Admin", "Analyst"][rng.below(2) as usize]);
                let assignment = Assignment { roles, since: BEFORE, origin: Origin::Operator };
                changes.push(Change::Assigned(*id, assignment));
                if rng.chance(300) {
                    changes.push(Change::Member(GroupId(1 + rng.below(2)), *id));
                }
            }
        }
        match rng.below(10) {
            0 => server.stranger(&name.to_uppercase(), "", BEFORE),
            1 => server.stranger(&name, "somebody-else", BEFORE),
            2 => server.stranger(&format!("x{name}"), "another-one", BEFORE),
            _ => {}
        }
    }
    let batch = Batch { connection: Some(CONNECTION), changes, ..Batch::default() };
    backend.apply(&[batch]).remove(0).expect("the first batch");
    let directory = Directory::new(connection);
    let other = Process::new(backend.another(), directory.clone(), seed ^ 2);
    let mut world = World::empty(rng, server, [Process::new(backend, directory, seed ^ 1), other], log);
    world.people = people;
    world
}

fn script(world: &mut World, calm: bool) {
    let mut at = 0;
    for _ in 0..3 + world.rng.below(8) {
        let p = world.rng.below(2) as usize;
        at += world.rng.below(1_500);
        world.at(at, p, Ev::Command);
    }
    let shocks = if calm { 0 } else { world.rng.below(4) };
    for _ in 0..shocks {
        let (when, p) = (world.rng.below(at + 500), world.rng.below(2) as usize);
        let ev = if world.rng.chance(300) { Ev::Steal } else { Ev::Crash };
        world.at(when, p, ev);
    }
    world.at(at + 3_000, 0, Ev::Heal);
}

fn check(world: &mut World, calm: bool, wrong: &mut Vec<String>) {
    let directory = world.directory();
    for op in world.processes[0].operations(&Which::Live) {
        if op.state.moving() {
            wrong.push(format!("{} of {} rests as {}", op.id, op.user_name, op.state.word()));
        }
    }
    hold(world, &directory, true, wrong);
    let mut seen = directory.clone();
    for (id, finding) in world.findings(&directory, &world.people, false).0 {
        if let Some(change) = observed(&directory, id, &finding, world.now) {
            seen.apply(&change);
        }
    }
    hold(world, &seen, false, wrong);
    // Who was deactivated while a create was on its way keeps access until the next apply, and is flagged.
    let open = [Flag::Failed, Flag::InDoubt];
    for person in directory.people().filter(|_| calm) {
        let conflict = directory.failure(person.id()).is_some_and(|f| f.text.contains("externalId"));
        if open.into_iter().any(|flag| person.flags().contains(flag)) && !conflict {
            wrong.push(format!("{} is {:?} without any fault", person.user_name(), person.reasons()));
        }
    }
    duplicates(world, &directory, wrong);
    brake(world, &directory, wrong);
}

/// Whoever has no flag has exactly the account they should have; `known` leaves out what another hand changed.
fn hold(world: &World, directory: &Directory, known: bool, wrong: &mut Vec<String>) {
    let findings = world.findings(directory, &world.people, false);
    for person in directory.people() {
        let name = person.user_name();
        if person.flag().is_some() {
            if person.reasons().iter().any(|reason| reason.text.is_empty()) {
                wrong.push(format!("{name} is flagged without a reason"));
            }
            continue;
        }
        if known && world.touched.contains(&name.to_lowercase()) {
            continue;
        }
        let account = match findings.0.get(&person.id()) {
            Some(scimdeck::engine::Finding::Account(found)) => Some(&found.account.values),
            _ => None,
        };
        let wanted = person.wanted();
        let ours = account.filter(|there| there.external_id == wanted.external_id);
        if !person.shall_have_access() {
            if ours.is_some_and(|there| there.active) {
                wrong.push(format!("{name} has no flag, shall have no access and has it"));
            }
            continue;
        }
        match ours {
            Some(there) if there.active && there.roles == wanted.roles => {}
            other => wrong.push(format!("{name} has no flag, wants {:?} and has {other:?}", wanted.roles)),
        }
    }
}

/// The settle time is longer than any late commit, so nobody may have two accounts of ours.
fn duplicates(world: &World, directory: &Directory, wrong: &mut Vec<String>) {
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for account in world.server.workspace.accounts() {
        if let Some(id) = account.attributes.get("externalId").and_then(Value::as_str) {
            *count.entry(id).or_default() += 1;
        }
    }
    for person in directory.people() {
        let n = count.get(person.wanted().external_id.as_str()).copied().unwrap_or(0);
        if n > 1 {
            wrong.push(format!("{} has {n} accounts", person.user_name()));
        }
    }
}

/// Without a typed number no more people lost access than the brake allows.
fn brake(world: &World, directory: &Directory, wrong: &mut Vec<String>) {
    let ended = |id: &&PersonId| {
        let operations = world.processes[0].operations(&Which::Person(**id));
        let sent = |o: &scimdeck::domain::Operation| {
            o.kind == scimdeck::domain::OpKind::Deactivate && o.state != scimdeck::domain::OpState::Cancelled
        };
        operations.iter().any(sent) && !world.approved.contains(*id)
    };
    let count = world.people.iter().filter(ended).count();
    let limit = directory.connection().brake.removals as usize;
    if count > limit {
        wrong.push(format!("{count} people lost access and the brake is set to {limit}"));
    }
}
