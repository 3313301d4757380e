//! The refusal to let many people lose access, be created or change role without the number being typed.

use std::collections::BTreeSet;

use super::{BrakeVerdict, Planned};
use crate::domain::{BrakeLimits, OpKind, PersonId};

/// Distinct people of the 24 hours before, as the store counted them, so that batches cannot pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrakeHistory {
    /// Who lost access.
    pub removed: Vec<PersonId>,
    /// Who was created or changed role.
    pub changed: Vec<PersonId>,
}

/// Weighs a plan together with what went before it. A plan that adds nobody to either count is never held, however
/// much went before.
pub fn weigh(
    operations: &[Planned],
    history: &BrakeHistory,
    limits: BrakeLimits,
    managed: u32,
) -> BrakeVerdict {
    let removed: BTreeSet<PersonId> =
        operations.iter().filter(|o| o.kind == OpKind::Deactivate).map(|o| o.person).collect();
    let changed: BTreeSet<PersonId> =
        operations.iter().filter(|o| o.intent.gives_or_moves(o.kind)).map(|o| o.person).collect();
    let removals = together(&removed, &history.removed);
    let changes = together(&changed, &history.changed);
    let share = u64::from(removals) * 100 > u64::from(limits.removal_percent) * u64::from(managed);
    let too_many_removed =
        !removed.is_empty() && (removals > limits.removals || (managed >= limits.percent_from && share));
    let too_many_changed = !changed.is_empty() && changes > limits.changes;
    let mut parts = Vec::new();
    let mut number = 0;
    if too_many_removed {
        parts.push(format!("{removals} people would lose access within 24 hours, of {managed} managed"));
        number += removals;
    }
    if too_many_changed {
        parts.push(format!("{changes} people would be created or change role within 24 hours"));
        number += changes;
    }
    BrakeVerdict { held: (number > 0).then_some(number), text: parts.join("; "), removals, changes }
}

fn together(now: &BTreeSet<PersonId>, before: &[PersonId]) -> u32 {
    let all: BTreeSet<&PersonId> = now.iter().chain(before).collect();
    u32::try_from(all.len()).unwrap_or(u32::MAX)
}
