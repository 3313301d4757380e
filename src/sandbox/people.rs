//! The accounts, in the order in which they came, found by id, user name and external id without a scan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::account::Account;

/// Accounts by number, with their indexes.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    by_number: BTreeMap<u64, Account>,
    by_id: HashMap<String, u64>,
    /// More than one only where the workspace does not mind.
    by_user_name: HashMap<String, BTreeSet<u64>>,
    /// `externalId` need not be unique: it is the clients' matter.
    by_external_id: HashMap<String, BTreeSet<u64>>,
}

/// User names are compared without case (RFC 7643 section 4.1.1).
pub(super) fn fold(user_name: &str) -> String {
    user_name.to_lowercase()
}

impl People {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.by_number.values()
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// Those with a higher number.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Account> {
        self.by_number.range(number.saturating_add(1)..).map(|(_, account)| account)
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Account> {
        self.by_number.get(self.by_id.get(id)?)
    }

    pub(super) fn by_user_name(&self, user_name: &str) -> Option<&Account> {
        self.with_user_name(user_name).next()
    }

    /// Everybody with this user name, the oldest first.
    pub(super) fn with_user_name(&self, user_name: &str) -> impl Iterator<Item = &Account> {
        let numbers = self.by_user_name.get(&fold(user_name));
        numbers.into_iter().flatten().filter_map(|number| self.by_number.get(number))
    }

    pub(super) fn by_external_id(&self, external_id: &str) -> impl Iterator<Item = &Account> {
        let numbers = self.by_external_id.get(external_id);
        numbers.into_iter().flatten().filter_map(|number| self.by_number.get(number))
    }

    /// Adds an account.
    pub(super) fn insert(&mut self, account: Account) {
        self.index(&account);
        self.by_number.insert(account.number, account);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Account> {
        let number = *self.by_id.get(id)?;
        let account = self.by_number.remove(&number)?;
        self.unindex(&account);
        Some(account)
    }

    /// Changes an account in place and keeps the indexes true.
    pub(super) fn change<T>(&mut self, id: &str, change: impl FnOnce(&mut Account) -> T) -> Option<T> {
        let mut account = self.remove(id)?;
        let result = change(&mut account);
        self.insert(account);
        Some(result)
    }

    /// Changes what no index depends on.
    pub(super) fn touch(&mut self, id: &str, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.by_id.get(id).and_then(|number| self.by_number.get_mut(number)) {
            change(account);
        }
    }

    fn index(&mut self, account: &Account) {
        self.by_id.insert(account.id.clone(), account.number);
        self.by_user_name.entry(fold(account.user_name())).or_default().insert(account.number);
        if let Some(external_id) = account.external_id() {
            self.by_external_id.entry(external_id.to_owned()).or_default().insert(account.number);
        }
    }

    fn unindex(&mut self, account: &Account) {
        self.by_id.remove(&account.id);
        let user_name = fold(account.user_name());
        if let Some(numbers) = self.by_user_name.get_mut(&user_name) {
            numbers.remove(&account.number);
            if numbers.is_empty() {
                self.by_user_name.remove(&user_name);
            }
        }
        if let Some(external_id) = account.external_id()
            && let Some(numbers) = self.by_external_id.get_mut(external_id)
        {
            numbers.remove(&account.number);
            if numbers.is_empty() {
                self.by_external_id.remove(external_id);
            }
        }
    }
}
