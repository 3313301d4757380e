//! Whether a search that found nobody finds somebody who is there: an app may answer 200 with nobody to a filter that
//! it does not know, to a token that sees a part of the people, or while its index is built. Believed, each of these
//! makes everybody's account once more.
//!
//! The proof is a linked account with access, looked for by the same means: a filter is asked for it, once for many
//! looks; the whole list must show it, which costs no request. Only where it is not found is it read by its id, and
//! only an account that answers so, with access, proves that the search leaves people out: those without access are
//! hidden by some apps. Where nobody is linked there is nothing to prove it by.
//!
//! A list that lags behind does not show yet who was made a moment ago: whoever is linked for less than the settle time
//! proves nothing against it while somebody is linked for longer.

use super::{Ask, Everybody, Heard};
use crate::directory::{Directory, PersonView};
use crate::domain::{Failure, PersonId, SETTLE_MS, Time, UniqueIdentifier};
use crate::engine::wire::{self, Identity};
use crate::scim::resource;

/// So many accounts are tried until one is there.
pub(super) const TRIED: usize = 3;

/// What a search showed of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// It finds a linked account.
    Finds,
    /// Nobody is linked by whom it could be told.
    Unproven,
    /// It does not find somebody who is there: why nobody may be called absent on its word.
    Lies(String),
}

/// Somebody whose account is there by our record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Witness {
    remote_id: String,
    /// What they are found by, where it is known.
    who: Option<Identity>,
}

/// A proof under way.
#[derive(Debug, Clone)]
pub struct Proof {
    /// By what the filter finds; none for the whole list.
    by: Option<UniqueIdentifier>,
    /// Tried from the end.
    left: Vec<Witness>,
    /// What the filter was asked for last.
    asked: Option<Identity>,
    /// Read by id: there, with this name.
    there: Option<String>,
}

/// What an answer leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Proving {
    /// One more request.
    Ask(Ask),
    /// Its end.
    Shown(Shown),
    /// The endpoint could not be asked: nothing was learned.
    Failed(Failure),
}

impl Proof {
    /// Of the filter by this field.
    pub fn of_filter(by: UniqueIdentifier, directory: &Directory) -> (Self, Proving) {
        let left = witnesses(directory).into_iter().filter_map(|id| {
            let person = directory.get(id)?;
            let (_, _, theirs) = person.known()?;
            Some(Witness { remote_id: person.remote_id()?.to_owned(), who: Identity::of(by, &theirs) })
        });
        Self { by: Some(by), left: left.collect(), asked: None, there: None }.begin()
    }

    /// Of a list that was read whole; `directory` is from before it, which was `begun` then, since whom we make meanwhile
    /// it need not show.
    pub fn of_list(all: &Everybody, directory: &Directory, begun: Time) -> (Self, Proving) {
        let young = |person: &PersonView<'_>| {
            person.linked_at().is_some_and(|linked_at| begun.since(linked_at) < SETTLE_MS)
        };
        let there = || directory.people().filter(is_there);
        let none_is_old = there().all(|person| young(&person));
        let away = |person: &PersonView<'_>| person.remote_id().is_some_and(|id| all.id(id).is_none());
        let away = there().filter(away).filter(|person| none_is_old || !young(person));
        let away = longest_linked(away).into_iter().filter_map(|id| directory.get(id)?.remote_id());
        let left = away.map(|id| Witness { remote_id: id.to_owned(), who: None }).collect();
        Self { by: None, left, asked: None, there: None }.begin()
    }

    fn begin(mut self) -> (Self, Proving) {
        let first = self.next();
        (self, first)
    }

    /// Turns to the account that is tried now.
    fn next(&mut self) -> Proving {
        let Some(witness) = self.left.last() else { return Proving::Shown(Shown::Unproven) };
        self.asked.clone_from(&witness.who);
        Proving::Ask(match &self.asked {
            Some(who) => Ask::Filter(who.clone()),
            None => Ask::Account(witness.remote_id.clone()),
        })
    }

    /// An answer came.
    pub fn heard(&mut self, heard: Heard) -> Proving {
        let Some(witness) = self.left.last() else { return Proving::Shown(Shown::Unproven) };
        match heard {
            Heard::Page(sheet) => {
                let found = |row| resource::id(row).as_deref() == Some(&witness.remote_id);
                match &self.there {
                    _ if sheet.rows.iter().any(found) => Proving::Shown(Shown::Finds),
                    Some(name) => Proving::Shown(self.leaves_out(name)),
                    None => Proving::Ask(Ask::Account(witness.remote_id.clone())),
                }
            }
            Heard::Account(found) => {
                let Some(found) = found.filter(|found| found.account.values.active) else {
                    self.left.pop();
                    return self.next();
                };
                let name = found.account.values.user_name.clone();
                let Some(by) = self.by else { return Proving::Shown(self.leaves_out(&name)) };
                // Changed in the app meanwhile, perhaps: it is asked for as it is now.
                let held = wire::held(by, &found.resource).into_iter().find(|value| !value.is_empty());
                let Some(value) = held else {
                    self.left.pop();
                    return self.next();
                };
                let who = Identity { by, value: value.to_owned() };
                if self.asked.as_ref().is_some_and(|asked| asked.key() == who.key()) {
                    return Proving::Shown(self.leaves_out(&name));
                }
                self.there = Some(name);
                self.asked = Some(who.clone());
                Proving::Ask(Ask::Filter(who))
            }
            Heard::Refused(failure) if self.by.is_some() => Proving::Shown(Shown::Lies(failure.text)),
            Heard::Refused(failure) | Heard::Failed(failure) => Proving::Failed(failure),
            Heard::Everybody(_) => Proving::Shown(Shown::Unproven),
        }
    }

    fn leaves_out(&self, name: &str) -> Shown {
        let what = if self.by.is_some() { "search" } else { "list of users" };
        Shown::Lies(leaves_out(what, name))
    }
}

/// In words, of a search that does not find somebody with this name.
pub(in crate::engine) fn leaves_out(what: &str, name: &str) -> String {
    format!("the {what} leaves out {name}, whose account answers by its id")
}

/// Whether somebody's linked account is there, by our record.
fn is_there(person: &PersonView<'_>) -> bool {
    person.remote_id().is_some() && person.has_access_there()
}

/// The linked people with access who are linked the longest, the first of them last: an app that lags behind may not
/// find an account that was made a moment ago.
pub fn witnesses(directory: &Directory) -> Vec<PersonId> {
    longest_linked(directory.people().filter(is_there))
}

fn longest_linked<'a>(people: impl Iterator<Item = PersonView<'a>>) -> Vec<PersonId> {
    let mut oldest: Vec<(Option<Time>, PersonId)> = Vec::with_capacity(TRIED + 1);
    for person in people {
        let linked = (person.linked_at(), person.id());
        let at = oldest.partition_point(|other| *other > linked);
        if oldest.len() < TRIED || at > 0 {
            oldest.insert(at, linked);
            if oldest.len() > TRIED {
                oldest.remove(0);
            }
        }
    }
    oldest.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
pub(super) mod tests;
