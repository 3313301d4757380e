//! The order of operation marks in a load.

use super::journal::mark;
use crate::directory::Change;
use crate::domain::{OpState, Operation};

/// Those that wait behind first, so that a person's last mark is that of the leading operation.
pub(super) fn marks(operations: &[Operation], sink: &mut dyn FnMut(Change)) {
    let behind = |o: &&Operation| o.state == OpState::Behind;
    operations
        .iter()
        .filter(behind)
        .chain(operations.iter().filter(|o| !behind(o)))
        .for_each(|o| sink(mark(o)));
}
