//! Random decisions about a pushed group at an app that fails in every way: no group twice, and no member comes or goes
//! that was not decided.

use std::collections::BTreeSet;

use scimdeck::directory::PushState;
use scimdeck::domain::Status;
use scimdeck::verbs::Command;

use crate::bench::*;
use crate::push_groups::TEAM;

const PEOPLE: usize = 5;
const SEEDS: u64 = 10;
const STEPS: u32 = 12;

/// Group names need not be unique there, so that nothing but the engine keeps a group from being made twice.
const ALWAYS: &str = "same-names";
const FAULTS: [&str; 10] = [
    "lose:30%/SEED@POST/Groups",
    "502:30%/SEED@POST/Groups",
    "500:30%/SEED@POST/Groups",
    "lose:20%/SEED@PATCH/Groups",
    "502:20%/SEED@PATCH/Groups",
    "409:20%/SEED@PATCH/Groups",
    "502:10%/SEED@GET/Groups",
    "ignore-filter",
    "no-filter",
    "404:10%/SEED@GET/Groups/",
];

struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn there(flow: &Flow) -> BTreeSet<String> {
    flow.group_there().unwrap_or_default().into_iter().collect()
}

fn groups_there(flow: &Flow) -> usize {
    let workspace = flow.sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    workspace.groups().filter(|group| group.display_name() == TEAM).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_group_is_there_once_with_nobody_but_those_who_were_decided_whatever_the_app_does() {
    for seed in 1..=SEEDS {
        let mut chance = Chance(seed);
        let mut flow = Flow::provisioned(Setup { people: PEOPLE, ..Setup::default() }).await;
        let team = flow.team([1, 2]).await;
        let mut faults = vec![ALWAYS.to_owned()];
        let chosen = (0..).zip(FAULTS).filter(|(at, _)| (seed + at) % 3 == 0);
        faults.extend(chosen.map(|(_, fault)| fault.replace("SEED", &seed.to_string())));
        let these = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
        flow.sandbox.faults().lock().unwrap().add(these);
        // Who is in the team here, and who has no access.
        let (mut team_here, mut out) = (BTreeSet::from([1, 2]), BTreeSet::new());
        for step in 0..STEPS {
            let n = 1 + chance.below(PEOPLE as u64) as usize;
            let command = match chance.below(8) {
                _ if step == 0 => Command::PushGroup(team),
                0 | 1 => Command::MemberAdd(team, vec![flow.id(n)]),
                2 | 3 => Command::MemberRemove(team, vec![flow.id(n)]),
                4 => Command::SetStatus { people: vec![flow.id(n)], status: Status::Suspended },
                5 => Command::SetStatus { people: vec![flow.id(n)], status: Status::Active },
                6 => Command::PushGroup(team),
                _ => {
                    flow.drive = open(&flow.home, false).await;
                    Command::Apply
                }
            };
            let before = there(&flow);
            let told = format!("seed {seed} step {step} {command:?} {faults:?}");
            let decided = command.clone();
            if flow.run(command).await.is_ok() {
                match decided {
                    Command::MemberAdd(..) => drop(team_here.insert(n)),
                    Command::MemberRemove(..) => drop(team_here.remove(&n)),
                    Command::SetStatus { status: Status::Suspended, .. } => drop(out.insert(n)),
                    Command::SetStatus { .. } => drop(out.remove(&n)),
                    _ => {}
                }
            }
            assert!(groups_there(&flow) <= 1, "{told}");
            let wanted: BTreeSet<String> =
                flow.accounts_of(team_here.difference(&out).copied()).into_iter().collect();
            let after = there(&flow);
            let (came, went) = (after.difference(&before), before.difference(&after));
            assert!(came.clone().all(|id| wanted.contains(id)), "{told}: {came:?} came");
            assert!(went.clone().all(|id| !wanted.contains(id)), "{told}: {went:?} went");
        }
        flow.mended();
        flow.fault(&[ALWAYS]);
        for _ in 0..5 {
            let _ = flow.run(Command::Apply).await;
            if flow.push_state(team) == Some(PushState::Pushed) {
                break;
            }
        }
        let wanted = flow.accounts_of(team_here.difference(&out).copied());
        assert_eq!(flow.group_there(), Some(wanted), "seed {seed} {faults:?}");
        assert_eq!((groups_there(&flow), flow.push_state(team)), (1, Some(PushState::Pushed)), "seed {seed}");
    }
}
