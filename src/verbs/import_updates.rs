//! Profile updates: what an import does with accounts that people here are linked with already.

use super::adopt_account::{PROFILE, set_text, takes, text_of};
use super::import_accounts::Taking;
use super::match_accounts::known_since;
use crate::directory::{Change, Link, Observation};
use crate::domain::{Account, AccountState, PersonId, field};

impl Taking<'_, '_> {
    /// Profile texts of a linked account that changed there; everything else that changed is drift.
    pub(super) fn update(&mut self, accounts: &[Account], at: usize, id: PersonId) {
        let (Some(account), Some(view)) = (accounts.get(at), self.directory.get(id)) else { return };
        let Some((mut sent, mut settled, _)) = view.known() else { return };
        let (before, wanted, theirs) = (view.record(), view.wanted(), &account.values);
        let mut person = before.clone();
        let mut taken = Vec::new();
        for (column, attribute) in PROFILE {
            let is = text_of(theirs, attribute);
            let ours_moved = text_of(&wanted, attribute) != text_of(&sent, attribute);
            let moved = is != text_of(&settled, attribute);
            let set_here = self.import.console_set.contains(&(id, column.to_owned()));
            if moved && !ours_moved && !set_here && takes(attribute, is) {
                set_text(&mut person, attribute, is);
                settled.set_text(attribute, is);
                // An address that the user name says is wanted even where theirs is empty.
                let ours =
                    if attribute == field::EMAIL { person.address().to_owned() } else { is.to_owned() };
                sent.set_text(attribute, &ours);
                taken.push(attribute);
            }
        }
        if !taken.is_empty() {
            let link = Link {
                remote_id: account.remote_id.clone(),
                linked_at: view.linked_at().unwrap_or_default(),
                sent,
                settled: settled.clone(),
                confirmed_at: view.confirmed_at().unwrap_or_default(),
            };
            self.said.push((id, format!("{}: {} taken from the app", person.user_name, taken.join(", "))));
            if person != before {
                self.changes.push(Change::Person(person.into()));
            }
            self.changes.push(Change::Link(id, link.into()));
        }
        let drift: Vec<String> = settled.differences(theirs).into_iter().map(|d| d.attribute).collect();
        if !drift.is_empty() {
            let text = format!("{}: {} changed there and stays drift", before.user_name, drift.join(", "));
            self.said.push((id, text));
        }
        let state = match (theirs.active, view.account()) {
            (true, AccountState::Invited) => AccountState::Invited,
            (true, _) => AccountState::Active,
            (false, _) => AccountState::Inactive,
        };
        let seen = Observation { state, values: Some(theirs.clone()), at: self.import.found.at };
        self.changes.push(Change::Observed(id, seen.into()));
    }

    /// The linked account answers 404: shown, nothing more.
    pub(super) fn gone(&mut self, id: PersonId) {
        let Some(view) = self.directory.get(id) else { return };
        if known_since(&view, &self.import.found) {
            return;
        }
        let seen = Observation { state: AccountState::Gone, values: None, at: self.import.found.at };
        self.changes.push(Change::Observed(id, seen.into()));
        self.said.push((id, format!("{}: the account is gone from the app", view.user_name())));
    }
}
