//! One schedule with pushed groups: made from its seed, run to rest, and held against what was promised.

use scimdeck::directory::Change;
use scimdeck::domain::{Call, Group, GroupId, Method, Status, Unlinked, WireProfile};
use scimdeck::engine::push_group::PIECE;
use scimdeck::store::Batch;
use scimdeck::verbs::{Command, Who};
use serde_json::json;

use super::check::Seen;
use super::{TeamEv, Teams};
use crate::faults::Faults;
use crate::nature::{Badness, Nature};
use crate::process::Process;
use crate::rng::Rng;
use crate::schedule::{Ended, build, recover};
use crate::world::{CONNECTION, Ev, World};

const TEAMS: u64 = 2;
/// The longest that a rest of groups takes after a failure.
const REST_MS: u64 = 61_000;
/// So often an operator finishes what is open.
const ROUNDS: u32 = 8;

pub(crate) fn run(seed: u64, log: bool) -> Ended {
    let mut rng = Rng::new(seed ^ 0x7ea3);
    let calm = rng.below(8) == 0;
    let (nature, bad) = match calm {
        true => (Nature { same_names: rng.chance(500), ..Nature::default() }, Badness::default()),
        false => (Nature::of(&mut rng), Badness::of(&mut rng)),
    };
    // Writes whose fate nobody knows meet each other only where there are many.
    let bad = match !calm && rng.chance(400) {
        true => Badness { late: 150 + rng.below(200), ..bad },
        false => bad,
    };
    // What comes after the settle time can be told by nobody.
    let nature = Nature { very_late: false, lag_ms: 0, ..nature };
    let crash = if calm || rng.chance(400) { 0 } else { 1 + rng.below(60) };
    let faults = if calm { Faults::default() } else { Faults::of_groups(&mut Rng::new(!seed), nature) };
    let bad = Badness { read_back: bad.read_back || faults.lie(), ..bad };
    let mut world = build(rng, nature, bad, seed, log);
    world.server.suffers(&faults);
    world.watch.calm = calm;
    // Counted in the schedules without groups.
    world.watch.brake.removals = usize::MAX;
    let text = format!(
        "groups, seed {seed}: {} people, {nature:?}, {bad:?}, {faults:?}, crash {crash}",
        world.people.len()
    );
    world.say(|| text);
    prepare(&mut world, crash);
    let plain = !calm && world.rng.chance(500);
    let mut apart = world.rng.apart();
    world.teams.nature = super::Nature {
        plain,
        // Only who replaces whole groups can do without.
        no_patch: nature.profile == WireProfile::OktaClassic && apart.chance(500),
        piece: if apart.chance(400) { 1 + apart.below(3) as usize } else { PIECE },
    };
    let text = format!("{:?}", world.teams.nature);
    world.say(|| text);
    script(&mut world, calm);
    let wrong = to_the_end(&mut world).unwrap_or_else(|why| vec![why]);
    Ended { wrong, log: world.log.take().unwrap_or_default(), hit: std::mem::take(&mut world.server.hit) }
}

/// Groups of others there, and somebody who sees all that is committed.
fn prepare(world: &mut World, crash: u64) {
    let directory = world.directory();
    let backend = world.processes[0].backend.another();
    world.teams =
        Teams { on: true, crash, seen: Seen::new(Process::new(backend, directory, 7)), ..Teams::default() };
    let stranger = |world: &mut World, name: &str| {
        let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name});
        world.server.apply(&Call::new(Method::Post, &["Groups"]).body(body), world.now);
    };
    for n in 0..world.rng.below(4) {
        stranger(world, &format!("Others {n}"));
    }
    world.teams.seen.strangers = world.teams_there();
    if world.rng.chance(200) {
        stranger(world, "TEAM1");
    }
    world.teams_note();
}

fn script(world: &mut World, calm: bool) {
    let mut at = 0;
    let everybody = Command::Provision(Who::Named(world.people.clone()));
    world.at(0, 0, Ev::Decide(Box::new(everybody)));
    let dense = world.rng.chance(600);
    world.teams.dense = dense;
    for _ in 0..6 + world.rng.below(12) {
        let p = world.rng.below(2) as usize;
        at += world.rng.below(if dense { 300 } else { 1_500 });
        let ev = match world.rng.below(12) {
            0 => TeamEv::Rename,
            1 => TeamEv::ByHand,
            _ => TeamEv::Command,
        };
        world.at(at, p, Ev::Team(ev));
    }
    let end = at + 3_000;
    if !calm {
        for _ in 0..world.rng.below(5) {
            let (when, p) = (world.rng.below(end), world.rng.below(2) as usize);
            let ev = match world.rng.below(10) {
                0 | 1 => Ev::Steal,
                2 => Ev::Team(TeamEv::Lag),
                3 => Ev::Team(TeamEv::Hold(true)),
                4 => Ev::Team(TeamEv::Hold(false)),
                5 => Ev::Accept,
                _ => Ev::Crash,
            };
            world.at(when, p, ev);
        }
        let when = world.rng.below(end);
        world.at(when, 0, Ev::Token);
    }
    world.teams.until = world.now.plus_ms(end as i64);
    world.follow_teams(0);
    world.follow_teams(1);
    world.at(end, 0, Ev::Heal);
}

fn to_the_end(world: &mut World) -> Result<Vec<String>, String> {
    world.run()?;
    let mut wrong = std::mem::take(&mut world.watch.wrong);
    wrong.extend(world.teams_kept());
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    world.teams.approves = true;
    recover(world)?;
    for _ in 0..ROUNDS {
        world.at(REST_MS, 0, Ev::LookAgain);
        world.run()?;
        if world.teams_true().is_empty() {
            break;
        }
        world.lead(0, false);
        let sender = usize::from(!world.processes[0].leads);
        world.decide(sender, Command::Apply);
        world.run()?;
    }
    let mut wrong = std::mem::take(&mut world.watch.wrong);
    wrong.extend(world.teams_true());
    Ok(wrong)
}

impl World {
    pub(super) fn team_command(&mut self, p: usize) {
        let person = self.people[self.rng.below(self.people.len() as u64) as usize];
        let group = GroupId(1 + self.rng.below(TEAMS));
        let status = |status| Command::SetStatus { people: vec![person], status };
        let command = match self.rng.below(20) {
            0..=4 => Command::PushGroup(group),
            5 => Command::UnpushGroup(group, Unlinked::Left),
            6 => Command::UnpushGroup(group, Unlinked::Deleted),
            7..=9 => Command::MemberAdd(group, vec![person]),
            10..=12 => Command::MemberRemove(group, vec![person]),
            13 => status(Status::Suspended),
            14 => status(Status::Deactivated),
            15 => status(Status::Active),
            16 => Command::Provision(Who::Named(self.still_here(p))),
            17 => return self.command(p),
            _ => Command::Apply,
        };
        self.decide(p, command);
    }

    /// A group gets another name here, as a source of groups gives it.
    pub(super) fn rename_team(&mut self, p: usize) {
        let id = GroupId(1 + self.rng.below(TEAMS));
        let name = format!("team{} {}", id.0, ["red", "blue", "green"][self.rng.below(3) as usize]);
        self.say(|| format!("{id} is named {name}"));
        let changes = vec![Change::Group(Group { id, name })];
        let batch = Batch { connection: Some(CONNECTION), changes, ..Batch::default() };
        let _ = self.apply(p, &batch);
    }

    /// Another client puts somebody into a group or takes somebody out.
    pub(super) fn team_by_hand(&mut self) {
        let groups: Vec<String> = self.server.workspace.groups().map(|group| group.id.clone()).collect();
        let groups: Vec<String> =
            groups.into_iter().filter(|id| !self.teams.seen.strangers.contains_key(id)).collect();
        let accounts: Vec<String> = self.server.workspace.accounts().map(|a| a.id.clone()).collect();
        if groups.is_empty() || accounts.is_empty() {
            return;
        }
        let group = groups[self.rng.below(groups.len() as u64) as usize].clone();
        let member = accounts[self.rng.below(accounts.len() as u64) as usize].clone();
        let operation = match self.rng.chance(500) {
            true => json!({"op": "add", "path": "members", "value": [{"value": member}]}),
            false => json!({"op": "remove", "path": format!("members[value eq \"{member}\"]")}),
        };
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation],
        });
        self.say(|| format!("by hand: {group} {operation}"));
        self.server.apply(&Call::new(Method::Patch, &["Groups", &group]).body(body), self.now);
        self.note_members(&group, &member);
    }

    pub(super) fn team_lags(&mut self) {
        let groups: Vec<String> = self.server.workspace.groups().map(|group| group.id.clone()).collect();
        if groups.is_empty() {
            return;
        }
        let group = groups[self.rng.below(groups.len() as u64) as usize].clone();
        let until = self.now.plus_ms(self.rng.below(1_500) as i64);
        self.say(|| format!("{group} lags"));
        self.teams.blind.insert(group, until);
    }
}
