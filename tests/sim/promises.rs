//! What is promised, each with its own check, once everything came to rest.

use std::collections::BTreeMap;

use scimdeck::directory::{Directory, PersonView};
use scimdeck::domain::{Flag, OpId, OpState, Operation};
use scimdeck::engine::Finding;
use scimdeck::store::Which;

use crate::seen::observed;
use crate::world::World;

/// All of them; nothing is open any more but what an operator must decide.
pub(crate) fn kept(world: &mut World, calm: bool) -> Vec<String> {
    let directory = world.directory();
    let mut wrong = std::mem::take(&mut world.watch.wrong);
    at_rest(world, &mut wrong);
    nothing_lost(world, &mut wrong);
    nobody_left_in(world, &directory, &mut wrong);
    no_false_green(world, &directory, true, &mut wrong);
    let seen = looked_at(world, &directory);
    no_false_green(world, &seen, false, &mut wrong);
    no_duplicate(world, &directory, &mut wrong);
    if calm {
        nothing_open(world, &directory, &mut wrong);
    }
    wrong
}

/// The directory after a full look at the endpoint.
pub(crate) fn looked_at(world: &World, directory: &Directory) -> Directory {
    let mut seen = directory.clone();
    for (id, finding) in world.findings(directory, &world.people, false).0 {
        if let Some(change) = observed(directory, id, &finding, world.now) {
            seen.apply(&change);
        }
    }
    seen
}

/// What goes on by itself went on until it ended.
fn at_rest(world: &World, wrong: &mut Vec<String>) {
    if world.stands {
        return;
    }
    for op in world.processes[0].operations(&Which::Live) {
        if op.state.moving() {
            wrong.push(format!("rest: {} of {} rests as {}", op.id, op.user_name, op.state.word()));
        }
    }
}

/// Every operation is in the journal, and each person's newest is not cancelled but where it was given up on purpose.
fn nothing_lost(world: &World, wrong: &mut Vec<String>) {
    let rows = world.processes[0].operations(&Which::Ids(world.watch.commits().collect()));
    let rows: BTreeMap<OpId, Operation> = rows.into_iter().map(|op| (op.id, op)).collect();
    for id in world.watch.commits().filter(|id| !rows.contains_key(id)) {
        wrong.push(format!("lost: {id} is not in the journal any more"));
    }
    let newest = world.watch.newest();
    for op in newest.values().filter_map(|id| rows.get(id)).filter(|op| op.state == OpState::Cancelled) {
        wrong.push(format!("lost: {} of {} was cancelled by nobody", op.id, op.user_name));
    }
}

/// That somebody shall have no access is not forgotten: where they have it, something is queued for it, or it cannot be
/// done, or somebody gave it up or gave it back there.
fn nobody_left_in(world: &World, directory: &Directory, wrong: &mut Vec<String>) {
    for person in directory.people().filter(|person| person.flags().contains(Flag::AccessRemains)) {
        let by_hand = person.remote_id().is_some_and(|id| world.touched.contains(id));
        let known = world.cannot.contains(&person.id()) || world.watch.dropped.contains(&person.id());
        if person.operation().is_none() && !by_hand && !known {
            wrong.push(format!("lost: {} has access and nothing is queued to end it", person.user_name()));
        }
    }
}

/// Whoever has no flag has exactly the account they should have; `known` leaves out what another hand changed.
fn no_false_green(world: &World, directory: &Directory, known: bool, wrong: &mut Vec<String>) {
    let findings = world.findings(directory, &world.people, false);
    let renames = !directory.connection().to_app.exclude_user_name;
    for person in directory.people() {
        let name = person.user_name();
        if person.flag().is_some() {
            if person.reasons().iter().any(|reason| reason.text.is_empty()) {
                wrong.push(format!("green: {name} is flagged without a reason"));
            }
            continue;
        }
        let account = match findings.0.get(&person.id()) {
            Some(Finding::Account(found)) => Some(&found.account),
            _ => None,
        };
        let ids = [person.remote_id(), account.map(|a| a.remote_id.as_str())];
        if account.is_some_and(|a| person.remote_id().is_none() && world.made_late.contains(&a.remote_id)) {
            continue;
        }
        if known && ids.into_iter().flatten().any(|id| world.touched.contains(id)) {
            continue;
        }
        let wanted = person.wanted();
        let ours = account.map(|a| &a.values).filter(|there| there.external_id == wanted.external_id);
        if !person.shall_have_access() {
            if ours.is_some_and(|there| there.active) {
                wrong.push(format!("green: {name} has no flag, shall have no access and has it"));
            }
            continue;
        }
        match ours {
            Some(there)
                if there.active
                    && there.roles == wanted.roles
                    && (there.title == wanted.title || there.title.is_empty())
                    && (!renames || there.user_name.eq_ignore_ascii_case(&wanted.user_name)) => {}
            other => wrong.push(format!("green: {name} has no flag, wants {wanted:?} and has {other:?}")),
        }
    }
}

/// Where names are unique, or no late commit is later than the settle time, nobody may have two accounts of ours. Where
/// names alone protect from a commit that is later than that, this holds for each name.
fn no_duplicate(world: &World, directory: &Directory, wrong: &mut Vec<String>) {
    let mut count: BTreeMap<(&str, String), u32> = BTreeMap::new();
    for account in world.server.workspace.accounts() {
        let name =
            if world.server.nature.very_late { account.user_name().to_lowercase() } else { String::new() };
        if let Some(id) = account.external_id() {
            *count.entry((id, name)).or_default() += 1;
        }
    }
    for person in directory.people() {
        let ours = person.wanted().external_id;
        let n = count.iter().filter(|((id, _), _)| *id == ours).map(|(_, n)| *n).max().unwrap_or(0);
        if n > 1 {
            let all = world.server.workspace.accounts().filter(|a| a.external_id() == Some(&ours));
            let all: Vec<String> = all.map(|a| format!("{} {}", a.id, a.user_name())).collect();
            wrong.push(format!("duplicate: {} has {n} accounts: {}", person.user_name(), all.join(", ")));
        }
    }
}

/// Without any fault nothing is open but what belongs to somebody else there, or what an operator dropped.
fn nothing_open(world: &World, directory: &Directory, wrong: &mut Vec<String>) {
    for person in directory.people().filter(|person| !world.watch.dropped.contains(&person.id())) {
        let open = [Flag::Failed, Flag::InDoubt, Flag::AccessRemains];
        if open.into_iter().any(|flag| person.flags().contains(flag)) && !of_somebody_else(directory, person)
        {
            wrong.push(format!("open: {} is {:?} without any fault", person.user_name(), person.reasons()));
        }
    }
}

/// Whether an account of somebody else stands in the way.
fn of_somebody_else(directory: &Directory, person: PersonView<'_>) -> bool {
    directory.failure(person.id()).is_some_and(|failure| {
        ["externalId", "accounts there have", "409", "moved there since the plan"]
            .iter()
            .any(|text| failure.text.contains(text))
    })
}

/// After the last `apply` at a healthy endpoint: who is not as wanted says why, and it is something that needs an
/// operator's decision.
pub(crate) fn converged(world: &mut World) -> Vec<String> {
    let directory = world.directory();
    let mut wrong = std::mem::take(&mut world.watch.wrong);
    at_rest(world, &mut wrong);
    nothing_lost(world, &mut wrong);
    no_false_green(world, &directory, true, &mut wrong);
    no_duplicate(world, &directory, &mut wrong);
    if world.stands {
        return wrong;
    }
    for person in directory.people() {
        let flags = person.flags();
        let cannot = world.cannot.contains(&person.id());
        let decided = cannot || flags.contains(Flag::AccountGone) || of_somebody_else(&directory, person);
        for flag in [Flag::AccessRemains, Flag::Failed, Flag::InDoubt, Flag::Unsent, Flag::Pending] {
            if flags.contains(flag) && !decided {
                let (name, failure) = (person.user_name(), directory.failure(person.id()));
                let op = person.operation();
                wrong.push(format!("converge: {name} is still {:?} {failure:?} {op:?}", person.reasons()));
                break;
            }
        }
    }
    wrong
}
