//! A plan's counts, for the dialog.

use crate::domain::{OpKind, ProfileAttribute, Shift};
use crate::engine::{Invitation, Plan, Summary};

pub(super) fn summarise(plan: &Plan, attributes: &[ProfileAttribute]) -> Summary {
    let mut summary = Summary::default();
    for operation in &plan.operations {
        match operation.kind {
            OpKind::Create => summary.create += 1,
            OpKind::Link => summary.link += 1,
            OpKind::Update => summary.update += 1,
            OpKind::Deactivate => summary.deactivate += 1,
            OpKind::Reactivate => summary.reactivate += 1,
        }
        if operation.invitation == Invitation::Goes {
            summary.invitations += 1;
        }
        if operation.kind != OpKind::Create {
            let shifted = |shift| operation.changes.iter().any(|c| c.shift(attributes) == shift);
            summary.raised += u32::from(shifted(Shift::Raised));
            summary.lowered += u32::from(shifted(Shift::Lowered));
        }
    }
    for skipped in &plan.skipped {
        if skipped.failed {
            summary.failed += 1;
        } else {
            summary.unchanged += 1;
        }
    }
    summary
}
