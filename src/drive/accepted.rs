//! Who accepted an invitation, where no log tells it.

use crate::directory::{Change, Directory, Observation};
use crate::domain::{AccountState, OpState, PersonId, Time};
use crate::engine::machine::Move;

/// Without a log somebody is known to be invited only because the app refused to change them: an app that then takes
/// a change has seen the acceptance.
pub(super) fn by_a_write(directory: &Directory, moves: &[Move], now: Time) -> Vec<Change> {
    if directory.connection().feed.is_some() {
        return Vec::new();
    }
    let invited = |id: PersonId| directory.get(id).is_some_and(|p| p.account() == AccountState::Invited);
    let written = moves.iter().map(|step| &step.to).filter(|op| op.state == OpState::Done && op.attempts > 0);
    written
        .filter(|op| op.intent.remote_id.is_some() && op.intent.wanted.active && invited(op.person))
        .map(|op| {
            let seen = Observation { state: AccountState::Active, values: None, at: now };
            Change::Observed(op.person, seen.into())
        })
        .collect()
}
