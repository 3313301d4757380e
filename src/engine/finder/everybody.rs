//! Everybody at the endpoint, from one pass over the list.

use std::collections::HashMap;

use super::look::{left_out, moved, unfit};
use super::{LookUp, Shown, found};
use crate::domain::{ProfileAttribute, UniqueIdentifier};
use crate::engine::Found;
use crate::engine::wire::{self, Identity};
use crate::scim::resource::Resource;

/// Why nobody is absent on the word of a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// People moved while it was read: another pass may tell.
    Moved(String),
    /// It does not fit together: it promises more rows than it shows, or shows some that nobody can read.
    Unfit(String),
    /// It leaves out somebody who is there.
    Lies(String),
}

impl Doubt {
    /// In words.
    pub fn why(&self) -> &str {
        match self {
            Self::Moved(why) | Self::Unfit(why) | Self::Lies(why) => why,
        }
    }
}

/// All accounts of one pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Everybody {
    by: UniqueIdentifier,
    by_id: HashMap<String, Found>,
    /// Ids by what accounts are found by, as it is compared.
    by_key: HashMap<String, Vec<String>>,
    /// Why absence cannot be concluded from it.
    pub doubt: Option<Doubt>,
}

impl Everybody {
    /// From the rows that a pass brought; `doubt` says why it may have missed some.
    pub fn of(
        by: UniqueIdentifier,
        rows: impl IntoIterator<Item = (String, Resource)>,
        doubt: Option<Doubt>,
        attributes: &[ProfileAttribute],
    ) -> Self {
        let mut all = Self { by, by_id: HashMap::new(), by_key: HashMap::new(), doubt };
        for (id, resource) in rows {
            let Some(found) = found(resource, None, attributes) else { continue };
            for value in wire::held(by, &found.resource) {
                let ids = all.by_key.entry(wire::key(by, value)).or_default();
                // The same address twice is one account.
                if ids.last() != Some(&id) {
                    ids.push(id.clone());
                }
            }
            all.by_id.insert(id, found);
        }
        all
    }

    /// The same list after it showed whether somebody who is there is on it.
    #[must_use]
    pub fn shown(mut self, shown: Shown) -> Self {
        if let Shown::Lies(gap) = shown {
            self.doubt.get_or_insert(Doubt::Lies(gap));
        }
        self
    }

    /// Whether another pass would hardly tell more: nothing was missed, or it is not told to us at all.
    pub fn is_final(&self) -> bool {
        !matches!(self.doubt, Some(Doubt::Moved(_)))
    }

    /// The account with this id.
    pub fn id(&self, id: &str) -> Option<&Found> {
        self.by_id.get(id)
    }

    /// All accounts.
    pub fn accounts(&self) -> impl Iterator<Item = &Found> {
        self.by_id.values()
    }

    /// The accounts that are identified so. Nobody is not believed where something may have been missed.
    pub fn find(&self, who: &Identity) -> LookUp {
        let found: Vec<Found> = if who.by == self.by {
            let ids = self.by_key.get(&who.key()).map(Vec::as_slice).unwrap_or_default();
            ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
        } else {
            self.accounts().filter(|found| who.is(&found.resource)).cloned().collect()
        };
        match (found.len(), &self.doubt) {
            (0, Some(Doubt::Moved(why))) => moved(who, why),
            (0, Some(Doubt::Unfit(why))) => unfit(who, why),
            (0, Some(Doubt::Lies(why))) => left_out(who, why),
            _ => LookUp::of(found),
        }
    }
}
