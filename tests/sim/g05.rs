//! Updates are idempotent.

use std::collections::BTreeMap;

use scimdeck::domain::{Base, OpState, Operation, PersonId};
use scimdeck::engine::machine::Event;
use scimdeck::store::{Batch, Which};
use serde_json::Value;

use crate::nature::{Badness, Nature};
use crate::rng::Rng;
use crate::schedule;
use crate::world::{CONNECTION, World};

/// Every account as it is, but for when it was changed and how often.
fn there(world: &World) -> BTreeMap<String, Value> {
    let users = world.server.workspace.users().into_iter().map(|mut user| {
        user.remove("meta");
        (user["id"].to_string(), Value::Object(user))
    });
    users.collect()
}

/// Commits an operation of the journal once more and lets it end.
fn again(world: &mut World, old: &Operation) {
    let at = world.clock(0);
    let op = Operation {
        id: world.processes[0].ids.op(at),
        intent: scimdeck::domain::Intent { base: Base::Unknown, ..old.intent.clone().own() }.into(),
        state: OpState::Queued,
        not_before: None,
        attempts: 0,
        failure: None,
        created_at: at,
        updated_at: at,
        ..old.clone()
    };
    world.watch.committed(&op);
    let batch = Batch { connection: Some(CONNECTION), operations: vec![op], ..Batch::default() };
    let applied = world.apply(0, &batch).expect("it is taken");
    world.feed(0, Event::Committed(applied.operations));
    world.run().expect("it ends");
}

#[test]
fn g05_every_operation_of_the_journal_replayed_twice_leaves_the_endpoint_as_it_was() {
    let mut replayed = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let profile = Nature::of(&mut rng).profile;
        let nature = Nature { profile, ..Nature::default() };
        let mut world = schedule::build(rng, nature, Badness::default(), seed, false);
        schedule::script(&mut world, true);
        world.run().expect("it rests");
        schedule::recover(&mut world).expect("it rests");
        let before = there(&world);
        let mut left: BTreeMap<PersonId, Vec<Operation>> = BTreeMap::new();
        for id in world.still_here(0) {
            let mut done = world.processes[0].operations(&Which::Person(id));
            done.retain(|op| op.state == OpState::Done && op.attempts > 0);
            done.sort_by_key(|op| op.updated_at);
            // Each twice; people in any order, each one's own kept.
            left.insert(id, done.into_iter().flat_map(|op| [op.clone(), op]).rev().collect());
        }
        while let Some(id) = pick(&mut world, &left) {
            if let Some(op) = left.get_mut(&id).and_then(Vec::pop) {
                again(&mut world, &op);
                replayed += 1;
            }
        }
        assert_eq!(there(&world), before, "seed {seed}");
    }
    assert!(replayed > 500, "{replayed} are enough to mean something");
}

/// Somebody who has something left.
fn pick(world: &mut World, left: &BTreeMap<PersonId, Vec<Operation>>) -> Option<PersonId> {
    let some: Vec<PersonId> = left.iter().filter(|(_, ops)| !ops.is_empty()).map(|(id, _)| *id).collect();
    if some.is_empty() { None } else { Some(some[world.rng.below(some.len() as u64) as usize]) }
}
