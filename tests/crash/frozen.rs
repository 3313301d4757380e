//! Two processes on one home, and the one that sends is stopped for longer than anybody waits.

use std::collections::BTreeMap;

use rustix::process::Signal;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::home::{Home, all, frozen, signal};
use crate::journal::Journal;
use crate::line::{Asked, Line};
use crate::there::There;
use crate::work::{GROUP, Order, World, name};

const PEOPLE: usize = 120;
/// So many senders are frozen, each at its own moment, all at the same time: most of it is waiting.
const FREEZES: usize = 4;
/// Requests after the first write within which they are: there is still something to come.
const MOMENTS: usize = PEOPLE * 3 / 4;

/// Each person's requests in order: `POST`, or a look for them.
fn by_person(asked: &[Asked]) -> BTreeMap<String, Vec<&'static str>> {
    let mut people: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for n in 1..=PEOPLE {
        people.insert(name(n), Vec::new());
    }
    for asked in asked {
        if asked.method == "POST" {
            let user = asked.body["userName"].as_str().expect("a user name");
            people.get_mut(user).expect("one of ours").push("POST");
        } else if asked.target.contains("filter=") {
            let person = people.iter_mut().find(|(name, _)| {
                let (local, _) = name.split_once('@').expect("an address");
                asked.target.contains(local)
            });
            person.into_iter().for_each(|(_, seen)| seen.push("look"));
        }
    }
    people
}

/// Freezes the sender when so many requests came after its first write, and lets another one do the rest.
async fn frozen_after(later: usize) {
    let there = There::inside(&["slow=40"]).await;
    let line = Line::to(there.authority()).await;
    let home = Home::new();
    home.connect(&line.base()).await;
    let file = World::default().import(&home, 1..=PEOPLE);
    home.ok(&file.words()).await;

    let number = PEOPLE.to_string();
    let provision = ["provision", "--yes", "--brake", &number];
    let mut first = home.start(&provision);
    let mut later = later;
    loop {
        line.until(|asked| {
            asked.iter().position(|asked| asked.method == "POST").is_some_and(|at| asked.len() > at + later)
        })
        .await;
        frozen(&first);
        if !Journal::beside(&home.store()).locked() {
            break;
        }
        // Frozen in the middle of a transaction it would hold the store: a little later, then.
        signal(&first, Signal::CONT);
        later += 1;
    }

    // The other one waits no longer than the sender's silence takes to be known, and says who it is and what to do.
    let (code, report) = home.json(&Order::apply().words()).await;
    assert_eq!(code, 5, "{report}");
    let stopped = report["stopped"].to_string();
    let pid = first.id().expect("it lives").to_string();
    assert!(stopped.contains("stands still") && stopped.contains(&pid), "{stopped}");
    let holder = stopped.split("--holder ").nth(1).expect("the holder's id");
    let holder: String = holder.chars().take_while(char::is_ascii_alphanumeric).collect();
    home.ok(&["take-over", "--holder", &holder]).await;
    let said = all(&home.run(&Order::apply().words()).await);
    let journal = Journal::beside(&home.store());
    let before = journal.fingerprint();
    assert!(before.iter().all(|row| row.contains("done")), "{said}");

    let until_then = line.asked();

    // It wakes up, finds that it lost the sending, and changes nothing.
    signal(&first, Signal::CONT);
    let output = tokio::time::timeout(crate::home::PATIENCE, first.wait()).await.expect("it ends");
    output.expect("it ends");
    assert_eq!(journal.fingerprint(), before);

    let users = there.users().await;
    assert_eq!(users.keys().cloned().collect::<Vec<_>>(), (1..=PEOPLE).map(name).collect::<Vec<_>>());
    let mut twice = 0;
    for (person, seen) in by_person(&until_then) {
        let posts: Vec<usize> = (0..seen.len()).filter(|at| seen[*at] == "POST").collect();
        assert!(!posts.is_empty(), "{person}: {seen:?}");
        twice += posts.len() - 1;
        // Sent again only after it was in doubt: looked for in between.
        assert!(posts.windows(2).all(|two| two[1] > two[0] + 1), "{person}: {seen:?}");
    }
    // What was past the last look at the lock when it froze leaves all the same, to an endpoint that refuses it.
    let late = line.asked().iter().skip(until_then.len()).filter(|asked| asked.method != "GET").count();
    assert!(late <= 1, "{late} writes left after it lost the sending");
    println!("{twice} were sent again after they were in doubt, {late} left late");
    home.ok(&["check"]).await;
    home.ok(&["audit", "verify"]).await;
}

/// Moments at the beginning, in the middle and near the end of a run, drawn anew each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_a_sender_that_was_frozen_and_taken_over_saves_nothing_and_only_what_was_past_its_last_look_leaves()
 {
    let mut chance = Chance::seeded();
    let mut scenes = JoinSet::new();
    for part in 0..FREEZES {
        let later = (part * MOMENTS + chance.below(MOMENTS)) / FREEZES;
        println!("frozen {later} requests after the first write");
        scenes.spawn(frozen_after(later));
    }
    while let Some(scene) = scenes.join_next().await {
        scene.expect("every one of them ends true");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_a_sender_that_is_frozen_while_it_holds_the_store_is_named() {
    let there = There::inside(&["hang@POST"]).await;
    let home = Home::new();
    home.connect(&there.base).await;
    let file = World::default().import(&home, 1..=2);
    home.ok(&file.words()).await;
    let mut first = home.command(&["provision", "--yes"]).spawn().expect("it starts");
    there.until(|users| users.len() == 2).await;
    frozen(&first);
    let hold = Journal::beside(&home.store());
    hold.lock();
    let (code, report) = home.json(&["person", "add", "late@example.com"]).await;
    let text = report["error"].to_string();
    assert_eq!(code, 1, "{text}");
    let pid = first.id().expect("it lives").to_string();
    assert!(text.contains("stands still") && text.contains(&format!("kill -CONT {pid}")), "{text}");
    assert!(text.contains("scimdeck.db"), "{text}");
    drop(hold);
    signal(&first, Signal::CONT);
    first.kill().await.expect("it ends");
    home.ok(&["person", "add", "late@example.com"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g15_a_sender_that_is_frozen_while_it_pushes_a_group_writes_no_old_members_when_it_wakes() {
    let there = There::inside(&["slow=300@GET/Groups"]).await;
    let line = Line::to(there.authority()).await;
    let home = Home::new();
    home.connect(&line.base()).await;
    let file = World::default().import(&home, 1..=2);
    home.ok(&file.words()).await;
    home.ok(&["provision", "--yes"]).await;
    home.ok(&["group", "add", GROUP]).await;
    home.ok(&["member", "add", GROUP, &name(1)]).await;
    home.ok(&["group", "push", GROUP, "--yes"]).await;

    // The plan reads the group, then the sender does: there it is frozen, with a write to come.
    line.lead_to(there.authority());
    let mut first = home.start(&["member", "add", GROUP, &name(2), "--yes"]);
    let reads = |asked: &[Asked]| asked.iter().filter(|a| a.target.contains("/Groups/")).count();
    line.until(|asked| reads(asked) == 2).await;
    frozen(&first);
    assert!(!Journal::beside(&home.store()).locked());
    let lock = home.path("home").join("sender-1.lock");
    let holder: serde_json::Value =
        serde_json::from_slice(&std::fs::read(lock).expect("the lock")).expect("its holder");
    home.ok(&["take-over", "--holder", holder["id"].as_str().expect("an id")]).await;
    home.ok(&["member", "remove", GROUP, &name(2), "--yes"]).await;
    home.ok(&["apply", "--yes"]).await;
    let before = line.asked().len();

    signal(&first, Signal::CONT);
    let ended = tokio::time::timeout(crate::home::PATIENCE, first.wait()).await.expect("it ends");
    assert!(ended.expect("it ends").code().is_some());
    let late: Vec<_> = line.asked().split_off(before);
    assert!(late.iter().all(|asked| asked.method == "GET"), "{late:?}");
    let users = there.users().await;
    assert_eq!(there.groups().await[GROUP], [users[&name(1)].id.clone()]);
    home.ok(&["audit", "verify"]).await;
}
