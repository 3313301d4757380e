//! Whose accounts were found at the endpoint: each one that nobody here is linked with is matched with the people
//! of the directory, by the connection's import rules.
//!
//! EXACT: the user name (without regard to case), the e-mail, or an externalId that is ours leads to exactly one
//! person. PARTIAL: nobody by those, and people with the same first and last name. NEW: nobody at all. CONFLICT:
//! an operator must pick: more than one fits, the person is linked with another account, or the account carries
//! another externalId than the person's. Inactive accounts are counted and left alone, as in Okta.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::accounts::{AccountRow, AccountsFound, AccountsReview, MatchKind};
use super::edit_person::{check_text, check_user_name};
use crate::directory::{Directory, PersonView};
use crate::domain::{AccountState, AccountValues, ImportRules, PersonId, Status};

/// Matches what was found with the directory as it is now.
pub fn match_accounts(directory: &Directory, found: &AccountsFound) -> AccountsReview {
    let connection = directory.connection();
    let people = People::new(directory);
    let ignored: HashSet<&str> = connection.ignored.iter().map(String::as_str).collect();
    let mut review = AccountsReview::default();
    review.counts.scanned = found.accounts.len() as u64;
    review.counts.removed = found.missing.len() as u64;
    for (at, account) in found.accounts.iter().enumerate() {
        if let Some(person) = people.linked.get(account.remote_id.as_str()) {
            let moved = |p: PersonView<'_>| {
                let differs = p.account() == AccountState::Gone
                    || p.known().is_some_and(|known| known.2 != account.values);
                differs && !known_since(&p, found)
            };
            if directory.get(*person).is_some_and(moved) {
                review.updated.push((at, *person));
                review.counts.updated += 1;
            } else {
                review.counts.unchanged += 1;
            }
        } else if !account.values.active {
            review.counts.inactive += 1;
        } else {
            let (kind, candidates, why) = people.fit(&account.values, connection.import);
            let ignored = ignored.contains(account.remote_id.as_str());
            review.rows.push(AccountRow { account: at, kind, people: candidates, ignored, why });
        }
    }
    doubles(directory, found, &mut review.rows);
    for row in &review.rows {
        let counts = &mut review.counts;
        match (row.ignored, row.kind) {
            (true, _) => counts.ignored += 1,
            (_, MatchKind::Exact) => counts.exact += 1,
            (_, MatchKind::Partial) => counts.partial += 1,
            (_, MatchKind::Conflict) => counts.conflict += 1,
            (_, MatchKind::New) => counts.new += 1,
            (_, MatchKind::Rejected) => counts.rejected += 1,
        }
    }
    let name = |row: &AccountRow| found.accounts.get(row.account).map(|a| a.values.user_name.to_lowercase());
    review.rows.sort_by_cached_key(|row| (row.ignored, row.kind, name(row), row.account));
    review
}

/// Whether more is known of somebody's account than this look can tell: it was linked, pushed or seen since, or
/// something of ours is on its way.
pub(super) fn known_since(person: &PersonView<'_>, found: &AccountsFound) -> bool {
    let times = [person.linked_at(), person.confirmed_at(), person.observed_at()];
    times.into_iter().flatten().any(|at| at >= found.at)
        || person.operation().is_some_and(|(_, _, state)| state.sent())
}

/// Whether a value is somebody's text: the reason why not, in one sentence.
pub(super) fn unfit(values: &AccountValues) -> Option<String> {
    check_user_name(&values.user_name).err().or_else(|| {
        let texts = [
            ("given name", &values.given_name),
            ("family name", &values.family_name),
            ("display name", &values.display_name),
            ("title", &values.title),
            ("department", &values.department),
            ("externalId", &values.external_id),
        ];
        texts.into_iter().find_map(|(label, text)| check_text(label, text).err())
    })
}

/// First and last name as they are compared: without regard to case and spaces. Empty where one is missing.
fn folded(given: &str, family: &str, display: &str) -> String {
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (given, family) = (fold(given), fold(family));
    match (given.is_empty(), family.is_empty()) {
        (false, false) => format!("{given} {family}"),
        (true, true) => Some(fold(display)).filter(|name| name.contains(' ')).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The people of a directory by everything that accounts are matched by.
struct People<'a> {
    directory: &'a Directory,
    linked: HashMap<&'a str, PersonId>,
    emails: HashMap<String, Vec<PersonId>>,
    names: HashMap<String, Vec<PersonId>>,
    external_ids: HashMap<&'a str, PersonId>,
}

impl<'a> People<'a> {
    fn new(directory: &'a Directory) -> Self {
        let mut people = Self {
            directory,
            linked: HashMap::new(),
            emails: HashMap::new(),
            names: HashMap::new(),
            external_ids: HashMap::new(),
        };
        for person in directory.people() {
            if let Some(remote_id) = person.remote_id() {
                people.linked.insert(remote_id, person.id());
            }
            if let Some(external_id) = person.external_id() {
                people.external_ids.insert(external_id, person.id());
            }
            if person.status() == Status::Removed {
                continue;
            }
            let record = person.record();
            if !record.address().is_empty() {
                people.emails.entry(record.address().to_lowercase()).or_default().push(person.id());
            }
            let name = folded(person.given_name(), person.family_name(), "");
            if !name.is_empty() && person.remote_id().is_none() {
                people.names.entry(name).or_default().push(person.id());
            }
        }
        people
    }

    fn get(&self, id: PersonId) -> Option<PersonView<'a>> {
        self.directory.get(id)
    }

    fn name(&self, id: PersonId) -> &'a str {
        self.get(id).map_or("", |p| p.user_name())
    }

    /// The person whose externalId this is: the source's own, or the one that we send.
    fn by_external_id(&self, external_id: &str) -> Option<PersonId> {
        if external_id.is_empty() {
            return None;
        }
        let ours = || external_id.parse::<PersonId>().ok().filter(|id| self.get(*id).is_some());
        self.external_ids.get(external_id).copied().or_else(ours)
    }

    fn fit(&self, account: &AccountValues, rules: ImportRules) -> (MatchKind, Vec<PersonId>, String) {
        let by_id = self.by_external_id(&account.external_id);
        let named = self.directory.find(&account.user_name).map(|p| p.id());
        let mailed = self.emails.get(&account.email.to_lowercase()).filter(|_| !account.email.is_empty());
        let mut fits: BTreeSet<PersonId> = by_id.into_iter().collect();
        if rules.by_user_name {
            fits.extend(named);
        }
        if rules.by_email {
            fits.extend(mailed.into_iter().flatten());
        }
        let all: Vec<PersonId> = fits.into_iter().collect();
        match (all.as_slice(), named) {
            ([one], _) => match self.in_the_way(*one, account) {
                Some(why) => (MatchKind::Conflict, all, why),
                None => (MatchKind::Exact, all, String::new()),
            },
            ([], Some(named)) => {
                let why =
                    format!("{} has this user name, and the rules do not match by it", self.name(named));
                (MatchKind::Conflict, vec![named], why)
            }
            ([], None) => self.partial(account, rules),
            _ => {
                let names: Vec<_> = all.iter().map(|id| self.name(*id)).collect();
                let why = format!("more than one person fits: {}", super::words::names(&names));
                (MatchKind::Conflict, all, why)
            }
        }
    }

    /// Why the one person that fits is not linked without being picked.
    fn in_the_way(&self, id: PersonId, account: &AccountValues) -> Option<String> {
        let person = self.get(id)?;
        let name = person.user_name();
        if person.status() == Status::Removed {
            return Some(format!("{name} was removed here"));
        }
        if person.remote_id().is_some() {
            return Some(format!("{name} is linked with another account"));
        }
        let theirs = &account.external_id;
        (!theirs.is_empty() && *theirs != person.record().external_id())
            .then(|| format!("the account carries another externalId than {name}: {theirs}"))
    }

    fn partial(&self, account: &AccountValues, rules: ImportRules) -> (MatchKind, Vec<PersonId>, String) {
        let name = folded(&account.given_name, &account.family_name, &account.display_name);
        let people = self.names.get(&name).filter(|_| rules.partial).cloned().unwrap_or_default();
        if !people.is_empty() {
            let theirs = &account.external_id;
            return if theirs.is_empty() {
                (MatchKind::Partial, people, String::new())
            } else {
                let why = format!("same name, and the account carries another externalId: {theirs}");
                (MatchKind::Conflict, people, why)
            };
        }
        match unfit(account) {
            Some(why) => (MatchKind::Rejected, Vec::new(), why),
            None => (MatchKind::New, Vec::new(), String::new()),
        }
    }
}

/// Two accounts that lead to one person, or would make two people with one user name, are for an operator.
fn doubles(directory: &Directory, found: &AccountsFound, rows: &mut [AccountRow]) {
    let mut people: HashMap<PersonId, u32> = HashMap::new();
    let mut names: HashMap<String, u32> = HashMap::new();
    let mut external_ids: HashMap<&str, u32> = HashMap::new();
    for row in rows.iter().filter(|row| !row.ignored) {
        let Some(values) = found.accounts.get(row.account).map(|a| &a.values) else { continue };
        match (row.kind, row.people.first()) {
            (MatchKind::Exact, Some(person)) => *people.entry(*person).or_default() += 1,
            (MatchKind::New, _) => {
                *names.entry(values.user_name.to_lowercase()).or_default() += 1;
                if !values.external_id.is_empty() {
                    *external_ids.entry(&values.external_id).or_default() += 1;
                }
            }
            _ => {}
        }
    }
    for row in rows {
        let Some(values) = found.accounts.get(row.account).map(|a| &a.values) else { continue };
        let more = |n: Option<&u32>| n.is_some_and(|n| *n > 1);
        let why = match (row.kind, row.people.first()) {
            (MatchKind::Exact, Some(person)) if more(people.get(person)) => {
                let name = directory.get(*person).map_or("one person", |p| p.user_name());
                format!("more than one account fits {name}")
            }
            (MatchKind::New, _) if more(names.get(&values.user_name.to_lowercase())) => {
                "another account has the same user name".to_owned()
            }
            (MatchKind::New, _) if more(external_ids.get(values.external_id.as_str())) => {
                "another account has the same externalId".to_owned()
            }
            _ => continue,
        };
        (row.kind, row.why) = (MatchKind::Conflict, why);
    }
}

#[cfg(test)]
#[path = "match_accounts_tests.rs"]
pub(super) mod tests;
