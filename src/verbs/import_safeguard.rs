//! The import safeguard: a list from which many of our accounts are missing is rather a wrong list than a fact.

use super::AccountsFound;
use crate::directory::Directory;
use crate::domain::AccountState;

/// The safeguard: from how many missing accounts on an import is held, and the number to type. An empty or
/// incomplete list is always held where somebody is linked; nothing is removed because of an incomplete one.
pub(super) fn safeguard(directory: &Directory, found: &AccountsFound) -> Option<(u32, String)> {
    let linked =
        directory.people().filter(|p| p.remote_id().is_some() && p.account() != AccountState::Gone).count();
    if linked == 0 {
        return None;
    }
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    if let Some(gap) = &found.gap {
        let seen = found.accounts.len();
        let text = format!(
            "the look at the app was not complete ({gap}): {seen} accounts were seen; nobody is taken as removed"
        );
        return Some((number(seen), text));
    }
    let missing = found.missing.len();
    let percent = directory.connection().import.safeguard_percent as usize;
    if found.accounts.is_empty() || missing * 100 > linked * percent {
        let text = format!(
            "{missing} of {linked} linked accounts are missing from the app, more than {percent} %; is this another workspace?"
        );
        return Some((number(missing), text));
    }
    None
}
