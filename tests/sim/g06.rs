//! No lost update: what another client changes in the same account survives our writes.

use std::collections::BTreeMap;

use scimdeck::domain::{Call, Flag, Method, WireProfile};
use scimdeck::verbs::{Command, Who};
use serde_json::Value;

use crate::nature::{Badness, Nature};
use crate::promises;
use crate::rng::Rng;
use crate::schedule;
use crate::world::{Ev, World};

/// Another client, who writes an attribute that we know nothing of.
#[derive(Debug, Default)]
pub(crate) struct Other {
    /// Just before what of ours arrives it writes.
    before: Option<Method>,
    written: BTreeMap<String, String>,
    count: u32,
}

impl World {
    /// Called as a request of ours is about to arrive.
    pub(crate) fn other_client(&mut self, call: &Call) {
        let ours = match self.other.before {
            Some(Method::Get) => call.method == Method::Get,
            Some(_) => matches!(call.method, Method::Put | Method::Patch),
            None => false,
        };
        let Some(id) = call.path.get(1).filter(|_| ours && self.rng.chance(400)).cloned() else { return };
        let now = self.now;
        let found = self.server.apply(&Call::new(Method::Get, &["Users", &id]), now);
        let Ok(mut body) = serde_json::from_str::<Value>(&found.body) else { return };
        self.other.count += 1;
        let value = format!("nick {}", self.other.count);
        body["nickName"] = value.clone().into();
        let answer = self.server.apply(&Call::new(Method::Put, &["Users", &id]).body(body), now);
        assert_eq!(answer.status, 200, "the other client may write");
        self.other.written.insert(id, value);
    }
}

/// Role edits and renames of everybody while the other client writes. Returns how often the versions differed.
fn edits(seed: u64, profile: WireProfile, before: Method) -> u32 {
    let nature = Nature { profile, ..Nature::default() };
    let mut world = schedule::build(Rng::new(seed), nature, Badness::default(), seed, false);
    let all = Command::Provision(Who::Named(world.people.clone()));
    let prepared = world.prepare(0, all).expect("it is decided");
    world.commit_at_once(0, prepared);
    world.run().expect("it rests");
    world.other.before = Some(before);
    for at in 0..8 {
        world.at(at * 200, (at % 2) as usize, Ev::Command);
    }
    world.run().expect("it rests");
    world.other.before = None;
    schedule::recover(&mut world).expect("it rests");
    assert_eq!(promises::converged(&mut world), Vec::<String>::new(), "seed {seed}");
    let drifted = world.directory().people().filter(|p| p.flags().contains(Flag::Drift)).count();
    assert_eq!(drifted, 0, "seed {seed}: an attribute that is not ours is no drift");
    for user in world.server.workspace.users() {
        let id = user["id"].as_str().expect("an id");
        let nick = user.get("nickName").and_then(Value::as_str).map(str::to_owned);
        assert_eq!(nick, world.other.written.get(id).cloned(), "seed {seed}: the other client's value");
    }
    world.refused_versions
}

#[test]
fn g06_with_etags_an_overtaken_change_is_read_again_and_both_clients_values_survive() {
    let refused: u32 = (0..80).map(|seed| edits(seed, WireProfile::Rfc, Method::Put)).sum();
    assert!(refused > 20, "{refused} changes were overtaken between our read and our write");
}

#[test]
fn g06_without_etags_what_is_there_when_we_read_survives_our_write() {
    for profile in [WireProfile::OktaClassic, WireProfile::OktaOin] {
        for seed in 0..40 {
            edits(seed, profile, Method::Get);
        }
    }
}
