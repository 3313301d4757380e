//! `kill -9` at moments drawn by chance, again and again, under faults; then everything is true.

use std::process::Output;
use std::time::{Duration, Instant};

use crate::chance::{Chance, rounds};
use crate::home::{Home, all, killed_after};
use crate::honest::{what_is_done_is_there, what_is_there_is_known};
use crate::journal::Journal;
use crate::there::There;
use crate::work::{Order, World, name};

/// Names need not be unique there: an account that is made twice would stay and be seen. What comes late comes well
/// within the time that what is in doubt is left alone. A read is seldom asked to wait, since that holds for the next
/// process too, which would do nothing else before it is killed. The token is refused now and then, and for a while before it is
/// good again.
const FAULTS: [&str; 15] = [
    "same-names",
    "slow=15",
    "lose:6%",
    "502:3%",
    "429=1:3%@POST",
    "429=1:3%@PUT",
    "429=1:0.2%@GET",
    "500:6%@POST",
    "truncate:3%",
    "reset:2%",
    "late=700:3%@POST/Users",
    "late=700:3%@PUT/Users",
    "412:5%@PUT",
    "401:1%",
    "401:150-162",
];
/// Beside these some reads answer what was there before the last write, while that is younger than the time after
/// which what is in doubt is looked at: an app that lags for longer cannot be told from one that did nothing.
const LAGS: &str = "stale=700:8%";
/// Who is there before the first kill.
const PEOPLE: usize = 30;

/// The longest a process lives: mostly about as long as a command takes, now and then long enough for one that must
/// wait for what is in doubt.
fn moment(chance: &mut Chance) -> Duration {
    let most = if chance.one_in(8) { 3_500 } else { 250 };
    Duration::from_millis(chance.below(most) as u64)
}

struct Scene {
    home: Home,
    there: There,
    world: World,
}

impl Scene {
    async fn start() -> Self {
        let home = Home::new();
        let there = There::start(&home.token(), &FAULTS).await;
        home.connect(&there.base).await;
        let mut world = World::default();
        let file = world.import(&home, 1..=PEOPLE);
        home.ok(&file.words()).await;
        // Some have accounts before anything is killed, so that there is all kinds of work from the start.
        let some: Vec<String> = (1..=PEOPLE / 2).map(name).collect();
        let mut provision = vec!["provision", "--yes"];
        provision.extend(some.iter().map(String::as_str));
        home.run(&provision).await;
        for order in world.group() {
            home.run(&order.words()).await;
        }
        Self { home, there, world }
    }

    /// One command, or two at the same time, killed at some moment if they still run then.
    async fn round(&mut self, chance: &mut Chance) -> Vec<(Order, Option<i32>)> {
        self.there.lags(Some((LAGS, chance.below(1_000_000)))).await;
        let mut orders = vec![self.world.draw(chance, &self.home)];
        if chance.one_in(4) {
            orders.push(Order::apply());
        }
        let mut running: Vec<_> = orders.iter().map(|order| self.home.start(&order.words())).collect();
        let mut ended = Vec::new();
        for (order, child) in orders.iter().zip(&mut running) {
            let code = killed_after(child, moment(chance)).await;
            self.world.ended(order, code);
            ended.push((order.clone(), code));
        }
        self.there.lags(None).await;
        ended
    }

    /// What is shown as done is done, whatever was killed.
    async fn is_honest(&self) {
        let journal = Journal::left(&self.home.store());
        journal.whole();
        let rows = journal.operations();
        let users = self.there.users().await;
        what_is_done_is_there(&rows, &users);
        what_is_there_is_known(&rows, &users);
    }

    /// The endpoint and our own side are as they were ordered. Returns how many people are there.
    async fn is_true(&self) -> usize {
        let (users, groups) = (self.there.users().await, self.there.groups().await);
        self.world.is_true(&users, &groups, &Journal::left(&self.home.store()));
        users.len()
    }

    /// Runs a command of the end and says how long it took.
    async fn timed(&self, args: &[&str]) -> Output {
        let begun = Instant::now();
        let output = self.home.run(args).await;
        println!("{args:?} {:?}: {:.1?}", output.status.code(), begun.elapsed());
        output
    }

    /// What was killed is ordered again, and everything is sent until nothing is left.
    async fn drained(&mut self, chance: &mut Chance) {
        self.there.lags(Some((LAGS, chance.below(1_000_000)))).await;
        for order in self.world.again() {
            let output = self.timed(&order.words()).await;
            assert!(matches!(output.status.code(), Some(0 | 3 | 5)), "{order:?}: {}", all(&output));
        }
        let mut said = String::new();
        // A look that two faults hit ends a command, and what is in doubt waits for the next one.
        for _ in 0..40 {
            for args in [&["apply", "--yes"], &["provision", "--yes"]] {
                said = all(&self.timed(args).await);
            }
            self.timed(&["check"]).await;
            let (_, status) = self.home.json(&["status"]).await;
            let none = |key: &str| status[key].as_object().expect(key).values().all(|count| *count == 0);
            // A pushed group that is not as it shall be is neither: only a plan tells.
            let planned = self.home.run(&["plan"]).await;
            let open = planned.status.code() != Some(0);
            if none("queue") && none("flags") && status["complete"] == true && !open {
                return self.there.lags(None).await;
            }
            said += &format!("{status} {}", all(&planned));
        }
        panic!("it does not come to an end: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g02_killed_at_any_moment_again_and_again_nothing_is_lost_and_nothing_made_twice() {
    let mut chance = Chance::seeded();
    let mut scene = Scene::start().await;
    let (mut killed, rounds) = (0, rounds(14));
    // A round in which everybody ended before the moment came does not count.
    for round in 0.. {
        if killed >= rounds {
            break;
        }
        assert!(round < rounds * 10, "{killed} were killed in {round} rounds");
        let ended = scene.round(&mut chance).await;
        killed += ended.iter().filter(|(_, code)| code.is_none()).count();
        println!("round {round}: {ended:?}");
        scene.is_honest().await;
        scene.home.nobody_panicked();
    }
    scene.drained(&mut chance).await;
    scene.is_honest().await;
    scene.is_true().await;
    // The roles that they were given meanwhile come back with them.
    scene.world.nobody_stays_suspended();
    scene.drained(&mut chance).await;
    let people = scene.is_true().await;
    scene.home.ok(&["audit", "verify"]).await;
    println!("{killed} processes killed, {people} people");
}
