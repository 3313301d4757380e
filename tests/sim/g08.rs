//! One person's changes in the order in which they were decided, different people's side by side.

use std::collections::BTreeMap;

use scimdeck::domain::Status;
use scimdeck::verbs::{Command, Who};

use crate::nature::{Badness, Nature};
use crate::promises;
use crate::rng::Rng;
use crate::schedule;
use crate::world::Ev;

#[test]
fn g08_each_persons_writes_leave_in_the_order_of_the_decisions_and_people_go_side_by_side() {
    let (mut side_by_side, mut watched) = (0, 0);
    for seed in 0..150 {
        let mut rng = Rng::new(seed);
        // Half of them with a bad network and processes that die.
        let (nature, bad) = match seed % 2 {
            0 => (Nature::default(), Badness::default()),
            _ => (Nature::of(&mut rng), Badness::of(&mut rng)),
        };
        let mut world = schedule::build(rng, nature, bad, seed, false);
        let all = Command::Provision(Who::Named(world.people.clone()));
        let prepared = world.prepare(0, all).expect("it is decided");
        world.commit_at_once(0, prepared);
        // Many decisions about few people, so that they meet.
        let few = &world.people[..2].to_vec();
        for at in 0..14_u64 {
            let person = few[world.rng.below(2) as usize];
            let command = match world.rng.below(4) {
                0 => Command::SetStatus { people: vec![person], status: Status::Suspended },
                1 => Command::SetStatus { people: vec![person], status: Status::Active },
                n => {
                    let value = ["Admin", "Analyst"][n as usize - 2].to_owned();
                    Command::Role {
                        people: vec![person],
                        values: BTreeMap::from([("workato_role".to_owned(), value)]),
                    }
                }
            };
            world.at(at * 60, (at % 2) as usize, Ev::Decide(Box::new(command)));
        }
        if seed % 2 == 1 {
            world.at(200, 0, Ev::Crash);
        }
        world.at(2_000, 0, Ev::Heal);
        world.run().expect("it rests");
        let wrong = promises::kept(&mut world, false);
        assert_eq!(wrong, Vec::<String>::new(), "seed {seed}");
        // The order was watched as the writes left; that there is something to watch is seen here.
        let of_one = world.watch.writes.iter().filter(|(person, _)| *person == few[0]).count();
        watched += of_one;
        let places = world.directory().connection().concurrency as usize;
        assert!(world.most_under_way <= 2 * places.max(1), "seed {seed}: {}", world.most_under_way);
        side_by_side += usize::from(world.most_under_way > 1);
    }
    assert!(watched > 300, "{watched} writes of one of the people");
    assert!(side_by_side > 60, "{side_by_side} schedules had more than one request under way");
}
