//! The import safeguard: a list from which many of our accounts are missing is rather a wrong list than a fact.

use std::collections::HashSet;

use super::AccountsFound;
use super::match_accounts::known_since;
use crate::directory::{Directory, PersonView};
use crate::domain::{AccountState, Flag, PersonId};

/// The safeguard: from how many missing accounts on an import is held, and the number to type: that of the linked
/// people who were not seen. An empty or incomplete list is always held where somebody is linked; nothing is removed
/// because of an incomplete one.
pub(super) fn safeguard(directory: &Directory, found: &AccountsFound) -> Option<(u32, String)> {
    // Whoever a check found gone before is missing as well, until it is decided what becomes of them.
    let open =
        |p: &PersonView<'_>| p.account() != AccountState::Gone || p.flags().contains(Flag::AccountGone);
    let linked = directory.people().filter(|p| p.remote_id().is_some() && open(p));
    let listed: HashSet<&str> = found.accounts.iter().map(|account| account.remote_id.as_str()).collect();
    let missing: HashSet<PersonId> = found.missing.iter().copied().collect();
    let unseen = |p: &PersonView<'_>| {
        let away = p.remote_id().is_some_and(|id| !listed.contains(id));
        let gone = p.account() == AccountState::Gone;
        away && (missing.contains(&p.id()) || gone || !known_since(p, found))
    };
    let (linked, missing) = linked.fold((0, 0), |(all, away), p| (all + 1, away + usize::from(unseen(&p))));
    if linked == 0 {
        return None;
    }
    let number = u32::try_from(missing).unwrap_or(u32::MAX).max(1);
    if let Some(gap) = &found.gap {
        let seen = found.accounts.len();
        let text = format!(
            "the look at the app was not complete ({gap}): {seen} accounts were seen, and {missing} of {linked} \
             linked ones were not; nobody is taken as removed"
        );
        return Some((number, text));
    }
    let percent = directory.connection().import.safeguard_percent as usize;
    if found.accounts.is_empty() || missing * 100 > linked * percent {
        let text = format!(
            "{missing} of {linked} linked accounts are missing from the app, more than {percent} %; is this another workspace?"
        );
        return Some((number, text));
    }
    None
}
