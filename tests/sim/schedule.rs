//! One schedule: made from its seed, run to rest, and held against what was promised.

use std::collections::BTreeSet;

use scimdeck::directory::{Change, Directory};
use scimdeck::domain::{
    Assignment, Connection, Flag, Group, GroupAssignment, GroupId, Origin, Person, PersonId,
    ProfileAttribute, RoleValues, Status, TokenSource,
};
use scimdeck::store::{Backend, Batch, Memory};
use scimdeck::verbs::{Command, Who};

use crate::faults::Faults;
use crate::nature::{Badness, Nature};
use crate::operator::BEFORE;
use crate::process::Process;
use crate::promises;
use crate::rng::Rng;
use crate::server::Server;
use crate::world::{CONNECTION, Ev, World};

/// How a schedule ended: what is wrong, and its log where asked for.
pub(crate) struct Ended {
    pub(crate) wrong: Vec<String>,
    pub(crate) log: Vec<String>,
    /// The faults of the sandbox's own that hit a request.
    pub(crate) hit: BTreeSet<String>,
}

pub(crate) fn run(seed: u64, log: bool) -> Ended {
    run_dying(seed, None, log).0
}

/// The same where the process whose turn it is dies after so many events. Whether the schedule had so many.
pub(crate) fn run_dying(seed: u64, dies_after: Option<u32>, log: bool) -> (Ended, bool) {
    let mut rng = Rng::new(seed);
    // Every eighth has no faults at all: nothing may stay open there.
    let calm = rng.below(8) == 0;
    let (nature, mut bad) = match calm {
        true => (Nature { same_names: rng.chance(500), ..Nature::default() }, Badness::default()),
        false => (Nature::of(&mut rng), Badness::of(&mut rng)),
    };
    let faults = if calm { Faults::default() } else { Faults::of(&mut Rng::new(!seed), nature) };
    bad.read_back |= faults.lie();
    let mut world = build(rng, nature, bad, seed, log);
    world.server.suffers(&faults);
    world.watch.calm = calm;
    let text = format!("seed {seed}: {} people, {nature:?}, {bad:?}, {faults:?}", world.people.len());
    world.say(|| text);
    script(&mut world, calm);
    world.dies_after = dies_after;
    // Who dies leaves what was sent in doubt, so that not all of it is over by the end.
    let wrong = to_the_end(&mut world, calm && dies_after.is_none()).unwrap_or_else(|why| vec![why]);
    let ended = Ended {
        wrong,
        log: world.log.take().unwrap_or_default(),
        hit: std::mem::take(&mut world.server.hit),
    };
    (ended, dies_after.is_some() && world.dies_after.is_none())
}

/// Until everything rests, and once more after the last word of an operator at a healthy endpoint.
fn to_the_end(world: &mut World, calm: bool) -> Result<Vec<String>, String> {
    world.run()?;
    let wrong = promises::kept(world, calm);
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    recover(world)?;
    Ok(promises::converged(world))
}

/// All is well again, and an operator finishes what is open.
pub(crate) fn recover(world: &mut World) -> Result<(), String> {
    world.say(|| "-- all is well again".to_owned());
    // Who finishes what is open means it, the last Admin included.
    world.types_names = true;
    world.heal();
    world.lead(0, false);
    world.all_accept();
    world.run()?;
    for _ in 0..3 {
        let directory = world.directory();
        let people = world.still_here(0);
        let failed: Vec<PersonId> =
            directory.people().filter(|p| p.flags().contains(Flag::Failed)).map(|p| p.id()).collect();
        let commands = [Command::Provision(Who::Named(people)), Command::Retry(failed), Command::Apply];
        let mut idle = true;
        for command in commands {
            world.say(|| format!("p0 {command:?}"));
            if let Some(prepared) = world.prepare(0, command) {
                idle &= prepared.plan.operations.is_empty();
                world.commit_at_once(0, prepared);
            }
            world.run()?;
            // Whoever was made just now and shall lose access again accepts first.
            world.all_accept();
            world.run()?;
        }
        if idle {
            break;
        }
    }
    Ok(())
}

/// People, groups, accounts of others and two processes.
pub(crate) fn build(mut rng: Rng, nature: Nature, bad: Badness, seed: u64, log: bool) -> World {
    let mut backend = Memory::new();
    let mut connection = Connection::new(CONNECTION, "w", "http://127.0.0.1/scim/v2", TokenSource::Memory);
    connection.enabled = true;
    connection.enabled_at = Some(BEFORE);
    connection.concurrency = 1 + rng.below(4) as u32;
    connection.brake.removals = 2 + rng.below(4) as u32;
    connection.verify_percent = bad.read_back.then_some(100);
    connection.profile = nature.profile;
    connection.unique_identifier = nature.by;
    let removals = connection.brake.removals as usize;
    connection = backend.add_connection(connection).expect("a connection");
    let role = |value: &str| -> RoleValues { [("workato_role", value)].into_iter().collect() };
    let mut changes = vec![Change::Attribute(0, ProfileAttribute::workato("workato_role"))];
    let count = 3 + rng.below(6);
    let people: Vec<PersonId> = (1..=count).map(PersonId).collect();
    for (group, priority, value) in [(GroupId(1), 1, "Analyst"), (GroupId(2), 2, "Operator")] {
        changes.push(Change::Group(Group { id: group, name: format!("team{}", group.0) }));
        let assignment = GroupAssignment { priority, roles: role(value), since: BEFORE };
        changes.push(Change::GroupAssigned(group, assignment));
    }
    let mut server = Server::new(nature, bad);
    for id in &people {
        let name = format!("p{}@example.com", id.0);
        changes.push(Change::Person(Person { email: name.clone(), ..Person::new(*id, &name) }.into()));
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
    world.watch.brake.removals = removals;
    world
}

/// Where reads lag behind, some decisions are taken back before they can be seen.
fn back_and_forth(world: &mut World, end: u64) {
    for _ in 0..world.rng.below(3) {
        let mut at = world.rng.below(end + 1);
        let person = world.people[world.rng.below(world.people.len() as u64) as usize];
        let of_access = world.rng.chance(600);
        for turn in 0..2 + world.rng.below(3) {
            let first = turn % 2 == 0;
            let command = match of_access {
                true => {
                    let status = if first { Status::Suspended } else { Status::Active };
                    Command::SetStatus { people: vec![person], status }
                }
                false => {
                    let value = if first { "Analyst" } else { "Operator" }.to_owned();
                    let values = [("workato_role".to_owned(), value)].into_iter().collect();
                    Command::Role { people: vec![person], values }
                }
            };
            let p = world.rng.below(2) as usize;
            world.at(at, p, Ev::Decide(Box::new(command)));
            at += 100 + world.rng.below(world.server.nature.lag_ms);
        }
    }
}

/// Decisions and, unless it is calm, shocks.
pub(crate) fn script(world: &mut World, calm: bool) {
    let mut at = 0;
    for _ in 0..3 + world.rng.below(8) {
        let p = world.rng.below(2) as usize;
        at += world.rng.below(1_500);
        world.at(at, p, Ev::Command);
    }
    if world.server.nature.lag_ms > 0 {
        back_and_forth(world, at);
    }
    let shocks = if calm { 0 } else { world.rng.below(5) };
    for _ in 0..shocks {
        let (when, p) = (world.rng.below(at + 500), world.rng.below(2) as usize);
        let ev = match world.rng.below(10) {
            0 | 1 => Ev::Steal,
            2 | 3 => Ev::Switch,
            _ => Ev::Crash,
        };
        world.at(when, p, ev);
    }
    if !calm {
        for _ in 0..world.rng.below(4) {
            let when = world.rng.below(at + 3_000);
            world.at(when, 0, Ev::Accept);
        }
        let when = world.rng.below(at + 3_000);
        world.at(when, 0, Ev::Token);
    }
    world.at(at + 3_000, 0, Ev::Heal);
}
