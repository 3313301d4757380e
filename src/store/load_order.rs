//! The order of operation marks in a load.

use crate::directory::{Change, OpMark};
use crate::domain::{OpState, PersonId};

/// Those that wait behind first, so that a person's last mark is that of the leading operation.
pub(super) fn marks(live: &[(PersonId, OpMark)], sink: &mut dyn FnMut(Change)) {
    let behind = |(_, mark): &&(PersonId, OpMark)| mark.state == OpState::Behind;
    live.iter()
        .filter(behind)
        .chain(live.iter().filter(|one| !behind(one)))
        .for_each(|(person, mark)| sink(Change::Operation(*person, mark.clone())));
}
