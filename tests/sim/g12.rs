//! Without the number being typed nobody beyond the brake's thresholds loses access, is created or changes role,
//! whatever the commands are.

use scimdeck::domain::{GroupId, PersonId, RoleValues, Status};
use scimdeck::verbs::{Command, Convertees, GroupRecord, ImportOptions, PersonRecord, Who};

use crate::nature::{Badness, Nature};
use crate::rng::Rng;
use crate::schedule;
use crate::world::{Ev, World};

/// One to three people in a row, everybody, and a group.
fn whom(world: &mut World) -> (Vec<PersonId>, Vec<PersonId>, GroupId) {
    let count = 1 + world.rng.below(3) as usize;
    let from = world.rng.below(world.people.len() as u64) as usize;
    let some = world.people.iter().copied().cycle().skip(from).take(count).collect();
    (some, world.people.clone(), GroupId(1 + world.rng.below(2)))
}

/// A way to end the access of some people.
fn removal(world: &mut World) -> Command {
    let (some, all, group) = whom(world);
    let names: Vec<String> = world.directory().people().map(|person| person.user_name().to_owned()).collect();
    let whole = ImportOptions { whole: true, ..ImportOptions::default() };
    let record = |(line, user_name): (u64, String)| PersonRecord {
        line,
        user_name,
        status: Some(Status::Deactivated),
        ..PersonRecord::default()
    };
    match world.rng.below(12) {
        0 => Command::SetStatus { people: some, status: Status::Suspended },
        1 => Command::SetStatus { people: all, status: Status::Deactivated },
        2 => Command::Unassign(some),
        3 => Command::Unassign(all),
        4 => Command::UnassignGroup(group),
        5 => Command::MemberRemove(group, all),
        6 => Command::GroupRemove(group),
        7 => Command::PersonRemove(some),
        // An empty source, a truncated one, and one in which everybody has left.
        8 => Command::ImportPeople(Vec::new(), whole),
        9 => Command::ImportPeople((2..).zip(names.into_iter().take(1)).map(record).collect(), whole),
        10 => Command::ImportPeople((2..).zip(names).map(record).collect(), ImportOptions::default()),
        _ => {
            let empty: Vec<GroupRecord> = Vec::new();
            Command::ImportGroups(empty, whole)
        }
    }
}

#[test]
fn g12_nobody_beyond_the_threshold_loses_access_by_any_command_or_row_of_commands_without_the_number() {
    let (mut ended, mut held) = (0, 0);
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let bad = if seed % 2 == 0 { Badness::default() } else { Badness::of(&mut rng) };
        let nature = Nature { profile: Nature::of(&mut rng).profile, ..Nature::default() };
        let mut world = schedule::build(rng, nature, Badness::default(), seed, false);
        let all = Command::Provision(Who::Named(world.people.clone()));
        let prepared = world.prepare(0, all).expect("it is decided");
        world.commit_at_once(0, prepared);
        world.run().expect("it rests");
        world.server.bad = bad;
        world.never_types = true;
        two_sessions(&mut world, seed, removal);
        ended += world.watch.brake.ended.len();
        held += world.held;
    }
    assert!(ended > 200, "{ended} people lost access within the threshold");
    assert!(held > 50, "{held} commands were held");
}

#[test]
fn g12_two_sessions_that_decide_at_the_same_moment_are_counted_together() {
    let (mut overtaken, mut held) = (0, 0);
    for seed in 0..300 {
        let mut world = schedule::build(Rng::new(seed), Nature::default(), Badness::default(), seed, false);
        let all = Command::Provision(Who::Named(world.people.clone()));
        let prepared = world.prepare(0, all).expect("it is decided");
        world.commit_at_once(0, prepared);
        world.run().expect("it rests");
        world.all_accept();
        world.never_types = true;
        let (first, others) = world.people.split_at(world.watch.brake.removals.min(world.people.len()));
        let both = [first.to_vec(), others.iter().copied().take(world.watch.brake.removals).collect()];
        for (p, people) in both.into_iter().enumerate() {
            let command = Command::SetStatus { people, status: Status::Suspended };
            world.at(0, p, Ev::Decide(Box::new(command)));
        }
        world.run().expect("it rests");
        assert_eq!(world.watch.wrong, Vec::<String>::new(), "seed {seed}");
        overtaken += world.overtaken;
        held += world.held;
    }
    assert!(overtaken > 10, "{overtaken} commits came after another's");
    assert!(held > 20, "{held} commands were held");
}

/// A way to create some people, to give them access or to change their roles.
fn change(world: &mut World) -> Command {
    let (some, all, group) = whom(world);
    let value = ["Admin", "Analyst", "Operator"][world.rng.below(3) as usize];
    let roles: RoleValues = [("workato_role", value)].into_iter().collect();
    let values = || [("workato_role".to_owned(), value.to_owned())].into_iter().collect();
    let names: Vec<String> = world.directory().people().map(|person| person.user_name().to_owned()).collect();
    let record = |(line, user_name): (u64, String)| PersonRecord {
        line,
        user_name,
        status: Some(Status::Active),
        assigned: Some(true),
        roles: values(),
        ..PersonRecord::default()
    };
    match world.rng.below(12) {
        0 => Command::Provision(Who::Named(some)),
        1 => Command::Provision(Who::Named(all)),
        2 => Command::Provision(Who::NotProvisioned),
        3 => Command::Role { people: some, values: values() },
        4 => Command::Role { people: all, values: values() },
        5 => Command::Assign { people: some, roles },
        6 => Command::Assign { people: all, roles },
        7 => Command::MemberAdd(group, all),
        8 => Command::Convert(Convertees::Named(all)),
        9 => Command::Priority(group, 1),
        10 => Command::SetStatus { people: all, status: Status::Active },
        _ => Command::ImportPeople((2..).zip(names).map(record).collect(), ImportOptions::default()),
    }
}

/// Everybody has an account, and more than a day passes.
fn long_provisioned(world: &mut World) {
    let all = Command::Provision(Who::Named(world.people.clone()));
    let prepared = world.prepare(0, all).expect("it is decided");
    world.commit_at_once(0, prepared);
    world.run().expect("it rests");
    world.all_accept();
    world.run().expect("it rests");
    world.now = world.now.plus_ms(26 * 3_600_000);
    world.watch.brake.forget();
}

#[test]
fn g12_nobody_beyond_the_threshold_is_created_or_changes_role_without_the_number() {
    let (mut created, mut moved, mut held) = (0, 0, 0);
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let bad = if seed % 4 < 2 { Badness::default() } else { Badness::of(&mut rng) };
        let nature = Nature { profile: Nature::of(&mut rng).profile, ..Nature::default() };
        let mut world = schedule::build(rng, nature, Badness::default(), seed, false);
        let mut connection = world.directory().connection().clone();
        connection.brake.changes = 1 + (seed % 3) as u32;
        world.watch.brake.changes = Some(connection.brake.changes as usize);
        world.set(0, connection);
        let linked = seed % 2 == 0;
        if linked {
            long_provisioned(&mut world);
        }
        world.server.bad = bad;
        world.never_types = true;
        two_sessions(&mut world, seed, change);
        *(if linked { &mut moved } else { &mut created }) += world.watch.brake.changed.len();
        held += world.held;
    }
    assert!(created > 100, "{created} people were created within the threshold");
    assert!(moved > 100, "{moved} people changed role within the threshold");
    assert!(held > 50, "{held} commands were held");
}

/// Two sessions decide such commands at the same moments, one of them dies in every third world, and the brake holds.
fn two_sessions(world: &mut World, seed: u64, decided: fn(&mut World) -> Command) {
    for at in 0..14_u64 {
        let command = match at % 4 {
            3 => Command::Apply,
            _ => decided(world),
        };
        // Two sessions decide at the same moment.
        world.at(at / 2 * 300, (at % 2) as usize, Ev::Decide(Box::new(command)));
    }
    if seed.is_multiple_of(3) {
        world.at(700, 1, Ev::Crash);
    }
    world.at(2_500, 0, Ev::Heal);
    world.at(3_000, 0, Ev::Decide(Box::new(Command::Apply)));
    world.run().expect("it rests");
    let wrong: Vec<_> = world.watch.wrong.iter().filter(|text| text.starts_with("brake")).collect();
    assert_eq!(wrong, Vec::<&String>::new(), "seed {seed}");
}
