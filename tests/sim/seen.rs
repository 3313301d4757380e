//! What another hand does in the app, and what a look at it teaches.

use scimdeck::directory::{Change, Directory};
use scimdeck::domain::{PersonId, Time};

use crate::world::World;

impl World {
    /// Somebody works in the app itself.
    pub(crate) fn by_hand(&mut self) {
        let names: Vec<String> = self.server.workspace.accounts().map(|a| a.user_name().to_owned()).collect();
        if names.is_empty() {
            return;
        }
        let name = names[self.rng.below(names.len() as u64) as usize].clone();
        let at = crate::server::stamp(self.now);
        let removes = !self.server.bad.ignore_filter && self.rng.chance(200);
        let done = match removes {
            true => self.server.workspace.remove_by_hand(&name, at).is_ok(),
            false => self.server.workspace.set_role_by_hand(&name, "workato_role", "Operator", at).is_ok(),
        };
        if done {
            self.say(|| format!("by hand: {name} {}", if removes { "removed" } else { "Operator" }));
            self.touched.insert(name.to_lowercase());
        }
    }
}

/// A change that only says what was seen there.
pub(crate) fn observed(
    directory: &Directory,
    id: PersonId,
    finding: &scimdeck::engine::Finding,
    now: Time,
) -> Option<Change> {
    use scimdeck::directory::Observation;
    use scimdeck::domain::AccountState;
    use scimdeck::engine::Finding;
    let person = directory.get(id)?;
    let (state, values) = match finding {
        Finding::Account(found) => {
            let values = found.account.values.clone();
            (if values.active { AccountState::Active } else { AccountState::Inactive }, Some(values))
        }
        Finding::Absent => (AccountState::None, None),
        Finding::Gone => (AccountState::Gone, None),
        Finding::Several(_) | Finding::Unknown(_) | Finding::Row(_) => return None,
    };
    let theirs = person.known().map(|(_, _, theirs)| theirs);
    let same = theirs.is_none() || values.is_none() || theirs == values;
    let news = person.account() != state || !same;
    news.then_some(Change::Observed(id, Observation { state, values, at: now }))
}
