//! The count of what is done, while it goes on and when it is killed.

use std::time::Duration;

use crate::chance::Chance;
use crate::home::{Home, killed_after};
use crate::honest::{what_is_done_is_there, what_is_there_is_known};
use crate::journal::Journal;
use crate::there::There;
use crate::work::{Order, World};

const PEOPLE: usize = 60;
/// How often both sides are looked at.
const EVERY: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g22_what_is_counted_as_done_is_there_at_every_moment_and_at_every_kill() {
    let mut chance = Chance::seeded();
    let home = Home::new();
    let there = There::start(&home.token(), &["same-names", "slow=60", "lose:5%@POST", "500:5%@POST"]).await;
    home.connect(&there.base).await;
    let mut world = World::default();
    let file = world.import(&home, 1..=PEOPLE);
    home.ok(&file.words()).await;
    let (mut looks, mut between, mut kills) = (0, 0, 0);
    let mut done = 0;
    while done < PEOPLE {
        assert!(kills < 100, "{done} of {PEOPLE} are done after {kills} kills");
        let order = if kills % 2 == 0 { Order::provision() } else { Order::apply() };
        let mut child = home.start(&order.words());
        // Killed at the nth look, if it still runs then.
        let last = 2 + chance.below(5) + if kills % 4 == 3 { 60 } else { 0 };
        for _ in 0..last {
            if tokio::time::timeout(EVERY, child.wait()).await.is_ok() {
                break;
            }
            let rows = Journal::beside(&home.store()).operations();
            let users = there.users().await;
            done = what_is_done_is_there(&rows, &users);
            looks += 1;
            between += usize::from(done > 0 && done < PEOPLE);
        }
        killed_after(&mut child, Duration::ZERO).await;
        kills += 1;
        let journal = Journal::left(&home.store());
        let rows = journal.operations();
        let users = there.users().await;
        done = what_is_done_is_there(&rows, &users);
        what_is_there_is_known(&rows, &users);
        // The program says the same number as the file.
        let (_, tasks) = home.json(&["status"]).await;
        let queue = tasks["queue"].as_object().expect("a queue");
        let live: u64 = queue.values().filter_map(serde_json::Value::as_u64).sum();
        let rows = rows.iter().filter(|row| !matches!(row.state.as_str(), "done" | "cancelled"));
        assert_eq!(live as usize, rows.count(), "{tasks}");
    }
    assert_eq!(there.users().await.len(), PEOPLE);
    assert!(between > 5, "{looks} looks, {between} of them midway");
    println!("{looks} looks, {between} of them midway, {kills} processes");
}
