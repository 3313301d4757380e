//! Everybody here against everybody there, row by row as the list comes: what differs is kept, what is the same is
//! dropped, so that a million accounts need no more memory than their differences.

mod compared;
mod index;
mod twice;

use std::collections::HashMap;
use std::hash::BuildHasher;

use super::wire::{self, Reader, Wire};
use super::{Finding, Findings, Found};
use crate::directory::{Directory, PersonView, Place, state_shown};
use crate::domain::{Account, AccountRef, AccountState, PersonId, Time, UniqueIdentifier};
pub use compared::Compared;
use index::{Index, Places};
pub use twice::{Twice, TwiceAccount, several, twice, words as twice_words};

/// An account there that nobody here has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Orphan {
    /// Its `userName`.
    pub user_name: String,
    /// The endpoint's `id`.
    pub account_id: String,
    /// Its `externalId`; none where it has none.
    pub external_id: Option<String>,
    /// Whether it has access.
    pub active: bool,
    /// Its role values by variable name.
    pub roles: crate::domain::RoleValues,
    /// Since when it is known to be there.
    pub since: Time,
}

/// The accounts of nobody here that one look at everybody found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrphansSeen {
    /// Each of them.
    pub orphans: Vec<Orphan>,
    /// When the look ended.
    pub at: Time,
    /// Whether it saw everybody: those it did not find are not there any more.
    pub complete: bool,
}

/// Somebody without a link whom accounts fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Fitting {
    accounts: u32,
    /// The first one's, as far as it was asked for.
    first: Option<Box<Account>>,
}

/// A comparison while the list comes.
#[derive(Debug, Clone)]
pub struct Comparison {
    directory: Directory,
    by: UniqueIdentifier,
    hasher: foldhash::quality::RandomState,
    /// By the account's id: those with a link.
    linked: Index,
    /// By what accounts are found by: those without.
    unlinked: Index,
    seen: Places,
    /// Nobody but those who are kept is looked for.
    only_kept: bool,
    /// People whose accounts are kept whole, since a request is made of them.
    kept: Places,
    accounts: u64,
    fitting: HashMap<PersonId, Fitting>,
    whole: HashMap<PersonId, Vec<Box<str>>>,
    differing: Findings,
    orphans: Vec<Orphan>,
}

impl Comparison {
    /// Everybody of this snapshot.
    pub fn new(directory: &Directory) -> Self {
        Self::over(directory, directory.places(), directory.counters().linked as usize, directory.len())
    }

    /// These people only, whose accounts are kept whole; everybody else's are passed over.
    pub fn only(directory: &Directory, people: &[PersonId]) -> Self {
        let places = people.iter().filter_map(|id| {
            let place = directory.place_of(*id)?;
            Some((place, directory.at(place)?))
        });
        let mut some = Self::over(directory, places, people.len(), people.len() * 2).keeping(people);
        some.only_kept = true;
        some
    }

    /// `linked` of `all` have a link, about.
    fn over<'d>(
        directory: &'d Directory,
        people: impl Iterator<Item = (Place, PersonView<'d>)>,
        linked: usize,
        all: usize,
    ) -> Self {
        let by = Wire::of(directory.connection()).unique_identifier;
        let hasher = foldhash::quality::RandomState::default();
        let mut unlinked = Index::with_capacity(all.saturating_sub(linked));
        let mut linked = Index::with_capacity(linked);
        for (place, person) in people {
            match person.remote_id() {
                Some(id) => linked.put(hasher.hash_one(id.as_bytes()), place),
                None => {
                    if let Some(key) = key(by, &person) {
                        unlinked.put(hasher.hash_one(key.as_bytes()), place);
                    }
                }
            }
        }
        Self {
            by,
            hasher,
            linked,
            unlinked,
            seen: Places::new(directory.places_end()),
            only_kept: false,
            kept: Places::new(directory.places_end()),
            accounts: 0,
            fitting: HashMap::new(),
            whole: HashMap::new(),
            differing: Findings::default(),
            orphans: Vec::new(),
            directory: directory.clone(),
        }
    }

    /// Keeps these people's accounts whole, whether or not they differ: a plan is made of them.
    #[must_use]
    pub fn keeping(mut self, people: &[PersonId]) -> Self {
        for id in people {
            if let Some(place) = self.directory.place_of(*id) {
                self.kept.insert(place);
            }
        }
        self
    }

    /// Reads the rows for this comparison.
    pub fn reader(&self) -> Reader {
        Reader::new(self.directory.attributes())
    }

    /// Accounts taken so far.
    pub fn accounts(&self) -> u64 {
        self.accounts
    }

    /// Takes the accounts of a page, each with its row, which is read whole only for somebody who is kept.
    pub fn take(&mut self, page: &[(AccountRef<'_>, &str)]) {
        let hashes: Vec<u64> =
            page.iter().map(|(account, _)| self.hasher.hash_one(account.remote_id.as_bytes())).collect();
        // What will be looked at is fetched for the whole page first.
        let places: Vec<Place> = hashes.iter().filter_map(|hash| self.linked.find(*hash).next()).collect();
        self.directory.touch(&places);
        for ((account, raw), hash) in page.iter().zip(hashes) {
            self.take_one(account, raw, hash);
        }
    }

    fn take_one(&mut self, account: &AccountRef<'_>, raw: &str, hash: u64) {
        self.accounts += 1;
        if self.take_linked(account, raw, hash) || self.take_unlinked(account, raw) {
            return;
        }
        if self.only_kept {
            return;
        }
        let attributes = self.directory.attributes();
        self.orphans.push(Orphan {
            user_name: account.user_name().to_owned(),
            account_id: account.remote_id.clone().into_owned(),
            external_id: (!account.external_id().is_empty()).then(|| account.external_id().to_owned()),
            active: account.active,
            roles: account.values(attributes).roles,
            since: Time::default(),
        });
    }

    fn take_linked(&mut self, account: &AccountRef<'_>, raw: &str, hash: u64) -> bool {
        let mut found = self.linked.find(hash).filter_map(|place| Some((place, self.directory.at(place)?)));
        let found = found.find(|(_, person)| person.remote_id() == Some(&*account.remote_id));
        let Some((place, person)) = found else { return false };
        self.seen.insert(place);
        let kept = self.kept.contains(place);
        if kept || !person.shown_as_known(account) || person.drift_may_be_ours() {
            let finding = if kept {
                Finding::Row(raw.into())
            } else {
                Finding::Account(Box::new(self.values_of(account)))
            };
            self.differing.0.insert(person.id(), finding);
        }
        true
    }

    fn take_unlinked(&mut self, account: &AccountRef<'_>, raw: &str) -> bool {
        let mut fits: Vec<Place> = Vec::new();
        for value in self.held(account) {
            let key = wire::key(self.by, value);
            let places = self.unlinked.find(self.hasher.hash_one(key.as_bytes()));
            let same = places.filter(|place| {
                let person = self.directory.at(*place);
                person.and_then(|p| self::key(self.by, &p)).as_deref() == Some(key.as_str())
            });
            fits.extend(same);
        }
        fits.sort_unstable();
        fits.dedup();
        let mut first = None;
        for place in &fits {
            self.seen.insert(*place);
            let Some(person) = self.directory.at(*place) else { continue };
            let id = person.id();
            let fitting = self.fitting.entry(id).or_default();
            fitting.accounts += 1;
            if self.kept.contains(*place) {
                self.whole.entry(id).or_default().push(raw.into());
            } else if fitting.accounts == 1
                && person.account() != state_shown(person.account(), account.active)
            {
                first = Some(id);
            }
        }
        if let Some(id) = first {
            let found = self.values_of(account);
            self.fitting.entry(id).or_default().first = Some(Box::new(found.account));
        }
        !fits.is_empty()
    }

    /// The values by which an account is found.
    fn held<'a>(&self, account: &'a AccountRef<'_>) -> impl Iterator<Item = &'a str> {
        let (one, others) = match self.by {
            UniqueIdentifier::UserName => (account.user_name(), &[][..]),
            UniqueIdentifier::ExternalId => (account.external_id(), &[][..]),
            UniqueIdentifier::Email => (account.email(), account.other_addresses.as_slice()),
        };
        let all = std::iter::once(one).chain(others.iter().map(AsRef::as_ref));
        all.filter(|value| !value.is_empty())
    }

    /// The attributes we own, and no more.
    fn values_of(&self, account: &AccountRef<'_>) -> Found {
        let account = Account {
            remote_id: account.remote_id.clone().into_owned(),
            version: account.version.clone().map(std::borrow::Cow::into_owned),
            values: account.values(self.directory.attributes()),
        };
        Found { account, resource: Default::default() }
    }

    /// What differs so far, where it is so much, to be kept while the list still comes; it is forgotten here.
    pub fn drain(&mut self, at_least: usize) -> Option<Findings> {
        let many = self.differing.0.len() >= at_least.max(1);
        many.then(|| std::mem::take(&mut self.differing))
    }

    /// The list ended; `gap` says why it may have missed somebody.
    pub fn finish(mut self, gap: Option<String>) -> Compared {
        let mut findings = std::mem::take(&mut self.differing);
        let (mut missing, mut several) = (Vec::new(), Vec::new());
        for (place, person) in self.directory.places() {
            if self.only_kept && !self.kept.contains(place) {
                continue;
            }
            // A linked person who was seen is settled; the row itself need not be looked at for that.
            let seen = self.seen.contains(place);
            if seen && self.fitting.is_empty() {
                continue;
            }
            match person.remote_id() {
                Some(_) if seen => {}
                Some(_) => missing.push(person.id()),
                None => {
                    let kept = self.kept.contains(place);
                    if !kept && self.fitting.get(&person.id()).is_some_and(|fitting| fitting.accounts > 1) {
                        several.push(person.id());
                    }
                    if let Some(finding) = self.unlinked_finding(&person, kept, gap.as_deref()) {
                        findings.0.insert(person.id(), finding);
                    }
                }
            }
        }
        self.orphans.sort_unstable();
        Compared { findings, missing, several, orphans: self.orphans, accounts: self.accounts, gap }
    }

    fn unlinked_finding(&self, person: &PersonView<'_>, kept: bool, gap: Option<&str>) -> Option<Finding> {
        let id = person.id();
        match self.fitting.get(&id) {
            Some(_) if kept => {
                let found = self.whole.get(&id)?;
                Some(match found.as_slice() {
                    [one] => Finding::Row(one.clone()),
                    several => {
                        let attributes = self.directory.attributes();
                        let read = |raw: &str| Finding::read(raw, attributes).map(|found| found.account);
                        Finding::Several(several.iter().filter_map(|raw| read(raw)).collect())
                    }
                })
            }
            Some(Fitting { accounts: 1, first: Some(account) }) => Some(Finding::Account(Box::new(Found {
                account: (**account).clone(),
                resource: Default::default(),
            }))),
            Some(_) => None,
            None => {
                let key = key(self.by, person);
                match (key, gap) {
                    (None, _) if kept => {
                        let field = wire::words(self.by);
                        Some(Finding::Unknown(format!("{} has no {field} to look for.", person.user_name())))
                    }
                    (None, _) => None,
                    (Some(_), None) => {
                        (kept || person.account() != AccountState::None).then_some(Finding::Absent)
                    }
                    (Some(_), Some(gap)) if kept => Some(Finding::Unknown(format!(
                        "Whether {} has an account there cannot be told: {gap}.",
                        person.user_name()
                    ))),
                    (Some(_), Some(_)) => None,
                }
            }
        }
    }
}

/// By what somebody's account is found, as it is compared.
fn key<'a>(by: UniqueIdentifier, person: &PersonView<'a>) -> Option<std::borrow::Cow<'a, str>> {
    use std::borrow::Cow;
    let key = match by {
        UniqueIdentifier::UserName => Cow::Borrowed(person.key()),
        UniqueIdentifier::Email => {
            let address = match person.email() {
                "" if person.user_name().contains('@') => person.user_name(),
                address => address,
            };
            Cow::Owned(wire::key(by, address))
        }
        UniqueIdentifier::ExternalId => match person.external_id() {
            Some(id) => Cow::Borrowed(id),
            None => Cow::Owned(person.id().to_string()),
        },
    };
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests;
