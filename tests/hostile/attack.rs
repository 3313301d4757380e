//! Every flow against one attack, and what must be true during it and after it.

use std::time::Duration;

use crate::hostile_strings::harm;
use crate::program::{Ran, World};
use crate::server::{Reply, Seen};

/// More than any run needs; an answer's cap is 16 MB, and a page of that size is parsed once.
pub(crate) const MEMORY_MB: u64 = 160;
/// A second for each request that is given up, and some for a busy machine.
const LONGEST: Duration = Duration::from_secs(60);

const P2: &str = "p2@example.com";
const P3: &str = "p3@example.com";

/// What an operator would run meanwhile.
const FLOWS: [&[&str]; 7] = [
    &["test", "--deep"],
    &["check"],
    &["plan"],
    &["provision", "--yes"],
    &["deactivate", P3, "--yes", "--reason", "left"],
    &["import", "endpoint"],
    &["audit"],
];

/// Runs all of it under an attack, ends the attack, and checks that everything wanted comes true.
pub(crate) async fn withstand(attack: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> World {
    let world = World::new().await;
    resist(world, attack).await
}

/// The same where an answer that does not come is given up after a second.
pub(crate) async fn outlast(attack: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> World {
    let world = World::new().await;
    world.ok(&["connection", "set", "--timeout", "1"]).await;
    resist(world, attack).await
}

async fn resist(world: World, attack: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> World {
    world.server.attack(attack);
    let before = world.server.seen().len();
    for args in FLOWS {
        let ran = world.run(args).await;
        sane(args, &ran);
    }
    let (code, value) = world.json(&["check"]).await;
    assert!([0, 3, 5].contains(&code), "{value}");
    if code == 3 {
        let message = value["error"]["message"].as_str().expect("a message");
        assert!(message.len() > 10 && message.len() < 1_000, "{message}");
    }
    for seen in &world.server.seen()[before..] {
        let below = seen.target.strip_prefix("/scim/v2/").or_else(|| seen.target.strip_prefix("/api/"));
        let path = below.and_then(|rest| rest.split('?').next()).unwrap_or_default();
        assert!(path.split('/').count() <= 2 && !path.split('/').any(|part| part == ".."), "{}", seen.target);
    }
    world.server.honest();
    after(&world).await;
    world
}

/// It ended as the contract says, soon, within its memory, and what it said is one thing a terminal can show.
pub(crate) fn sane(args: &[&str], ran: &Ran) {
    let code = ran.code.unwrap_or_else(|| panic!("{args:?} was killed: {ran:?}"));
    assert!([0, 2, 3, 5, 6, 7].contains(&code), "{args:?}: {code} {} {}", ran.out(), ran.stderr);
    assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
    assert!(ran.took < LONGEST, "{args:?}: {:?}", ran.took);
    assert!(ran.memory < MEMORY_MB, "{args:?}: {} MB", ran.memory);
    let out = ran.out();
    assert!(out.len() + ran.stderr.len() < 60_000, "{args:?}: {} bytes", out.len());
    // Neither what steers a terminal nor what is not seen, turns the direction or means nothing.
    for said in [out.as_ref(), ran.stderr.as_str()] {
        assert_eq!(harm(said.as_bytes()), None, "{args:?}: {ran:?}");
        assert!(!said.contains(['\u{1b}', '\r']), "{args:?}: {ran:?}");
    }
    if code == 3 {
        assert!(ran.stderr.len() + out.len() > 20, "{args:?} says why: {ran:?}");
    }
}

/// The endpoint is honest again: what was decided meanwhile comes true, and nobody is there twice.
async fn after(world: &World) {
    let mut said = String::new();
    let again: [&[&str]; 6] = [
        // What was lied about is seen at the next comparison, and done when it is asked for again.
        &["check"],
        // An id that was a lie, and could be one, is that of an account that is not there.
        &["recreate", "p1@example.com", "--yes"],
        &["recreate", P2, "--yes"],
        &["provision", "p1@example.com", P2, "--yes"],
        &["deactivate", P3, "--yes", "--reason", "left"],
        &["apply", "--yes"],
    ];
    for args in again {
        let ran = world.run(args).await;
        let not_gone = args[0] == "recreate" && ran.code == Some(4);
        if !not_gone {
            sane(args, &ran);
        }
        said.push_str(&format!("{args:?}: {:?} {} {}\n", ran.code, ran.out(), ran.stderr));
    }
    let checked = world.ok(&["check"]).await;
    let (_, status) = world.json(&["status"]).await;
    assert_eq!(status["complete"], true, "{}{said}", checked.out());
    for (flag, n) in status["flags"].as_object().expect("flags") {
        // Who was just made is pending until the invitation is accepted.
        assert!(*n == 0 || flag == "pending", "{flag}: {status}\n{said}");
    }
    assert!(status["queue"].as_object().expect("a queue").values().all(|n| *n == 0), "{status}\n{said}");
    world.ok(&["audit", "verify"]).await;
    let workspace = world.sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    assert_eq!(workspace.accounts().count(), 3, "{said}");
    for (name, access) in [("p1@example.com", true), (P2, true), (P3, false)] {
        let account = workspace.account(name).unwrap_or_else(|| panic!("{name}: {said}"));
        assert_eq!(account.access, access, "{name}: {said}");
    }
}
