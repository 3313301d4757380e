//! Accounts that we do not manage are never written to.

use std::collections::BTreeMap;

use scimdeck::domain::PersonId;
use serde_json::Value;

use crate::nature::{Badness, Nature};
use crate::operator::BEFORE;
use crate::promises;
use crate::rng::Rng;
use crate::schedule;
use crate::world::World;

fn strangers(world: &World) -> BTreeMap<String, Value> {
    let users = world.server.workspace.users().into_iter();
    users
        .map(|user| (user["id"].as_str().unwrap_or_default().to_owned(), Value::Object(user)))
        .filter(|(id, _)| world.watch.strangers.contains(id))
        .collect()
}

#[test]
fn g13_fifty_strangers_are_never_written_to_whatever_goes_wrong() {
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let (nature, bad) = (Nature::of(&mut rng), Badness::of(&mut rng));
        let mut world = schedule::build(rng, nature, bad, seed, false);
        let ours: Vec<String> = world.server.workspace.accounts().map(|a| a.id.clone()).collect();
        for n in 0..50 {
            let external_id = if n % 2 == 0 { String::new() } else { format!("theirs{n}") };
            world.server.stranger(&format!("stranger{n}@example.com"), &external_id, BEFORE);
        }
        // Some have the name of somebody of ours and belong to somebody else all the same.
        if nature.same_names {
            for PersonId(n) in world.people.clone() {
                world.server.stranger(&format!("P{n}@example.com"), "somebody-else", BEFORE);
            }
        }
        let all = world.server.workspace.accounts().map(|a| a.id.clone());
        world.watch.strangers = all.filter(|id| !ours.contains(id)).collect();
        let before = strangers(&world);
        assert!(before.len() >= 50);
        schedule::script(&mut world, false);
        world.run().expect("it rests");
        schedule::recover(&mut world).expect("it rests");
        let after = strangers(&world);
        let moved: Vec<_> = before.iter().filter(|(id, was)| after.get(*id) != Some(*was)).collect();
        assert!(
            moved.is_empty() && after.len() == before.len(),
            "seed {seed}: {moved:?} of {} now {}",
            before.len(),
            after.len()
        );
        let wrong: Vec<String> =
            promises::converged(&mut world).into_iter().filter(|text| text.starts_with("ours")).collect();
        assert_eq!(wrong, Vec::<String>::new(), "seed {seed}");
    }
}
