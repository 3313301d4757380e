//! The refusal to let many people lose access, be created or change role without the number being typed.

use std::collections::BTreeSet;

use super::{BrakeVerdict, Plan};
use crate::directory::Directory;
use crate::domain::{OpKind, PersonId};
use crate::verbs::Decision;

/// How long what went before is counted, in milliseconds: 24 hours.
pub const WINDOW_MS: i64 = 24 * 60 * 60 * 1_000;

/// Distinct people of the 24 hours before, as the store counted them, so that batches cannot pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrakeHistory {
    /// Who lost access.
    pub removed: Vec<PersonId>,
    /// Who was created or changed role.
    pub changed: Vec<PersonId>,
    /// Accounts that were taken out of pushed groups, by their remote id.
    pub taken_out: Vec<String>,
}

/// Somebody who is counted: a person here, or an account there of nobody here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Person(PersonId),
    Stranger(String),
}

/// Weighs a plan, its groups included, together with what went before it. A plan that adds nobody to either count is
/// never held, however much went before.
pub fn weigh(plan: &mut Plan, after: &Directory, decision: &Decision, history: &BrakeHistory) {
    let (limits, managed) = (after.connection().brake, after.counters().linked);
    let mut removed: BTreeSet<Who> = losing(plan).map(Who::Person).collect();
    let leaving = owners(after, leaving(plan).collect());
    let groups = !leaving.is_empty();
    removed.extend(leaving);
    let changed: BTreeSet<PersonId> = changing(plan).collect();
    let before = owners(after, history.taken_out.iter().map(String::as_str).collect());
    let before = history.removed.iter().copied().map(Who::Person).chain(before);
    let removals = together(&removed, &before.collect::<Vec<_>>());
    let changes = together(&changed, &history.changed);
    let share = u64::from(removals) * 100 > u64::from(limits.removal_percent) * u64::from(managed);
    let too_many_removed =
        !removed.is_empty() && (removals > limits.removals || (managed >= limits.percent_from && share));
    let too_many_changed = !changed.is_empty() && changes > limits.changes;
    let mut parts = Vec::new();
    let mut number = 0;
    if too_many_removed {
        let what = if groups { "lose access or be taken out of a pushed group" } else { "lose access" };
        parts.push(format!("{removals} people would {what} within 24 hours, of {managed} managed"));
        number += removals;
    }
    if too_many_changed {
        parts.push(format!("{changes} people would be created or change role within 24 hours"));
        number += changes;
    }
    plan.brake =
        BrakeVerdict { held: (number > 0).then_some(number), text: parts.join("; "), removals, changes };
    if let Some((number, why)) = &decision.held {
        plan.brake.hold(*number, why);
    }
}

/// Whether a plan adds anybody to a count: where it does not, what went before need not be known.
pub fn adds_somebody(plan: &Plan) -> bool {
    losing(plan).next().is_some() || changing(plan).next().is_some() || leaving(plan).next().is_some()
}

/// Who loses access.
fn losing(plan: &Plan) -> impl Iterator<Item = PersonId> {
    plan.operations.iter().filter(|o| o.kind == OpKind::Deactivate).map(|o| o.person)
}

/// Who is created or changes role.
fn changing(plan: &Plan) -> impl Iterator<Item = PersonId> {
    plan.operations.iter().filter(|o| o.intent.gives_or_moves(o.kind)).map(|o| o.person)
}

/// Whose accounts are taken out of pushed groups.
fn leaving(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.groups.iter().flat_map(|group| &group.leaving).map(String::as_str)
}

/// Whose accounts these are.
fn owners(directory: &Directory, mut accounts: BTreeSet<&str>) -> BTreeSet<Who> {
    let mut out = BTreeSet::new();
    if accounts.is_empty() {
        return out;
    }
    for person in directory.people() {
        if person.remote_id().is_some_and(|id| accounts.remove(id)) {
            out.insert(Who::Person(person.id()));
        }
    }
    out.extend(accounts.into_iter().map(|id| Who::Stranger(id.to_owned())));
    out
}

fn together<T: Ord>(now: &BTreeSet<T>, before: &[T]) -> u32 {
    let all: BTreeSet<&T> = now.iter().chain(before).collect();
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}
