//! Everybody at the endpoint, from one pass over the list.

use std::collections::HashMap;

use super::look::cannot_be_told;
use super::{LookUp, found};
use crate::domain::{ProfileAttribute, UniqueIdentifier};
use crate::engine::Found;
use crate::engine::wire::{self, Identity};
use crate::scim::resource::Resource;

/// All accounts of one pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Everybody {
    by: UniqueIdentifier,
    by_id: HashMap<String, Found>,
    /// Ids by what accounts are found by, as it is compared.
    by_key: HashMap<String, Vec<String>>,
    /// Why absence cannot be concluded from it.
    pub gap: Option<String>,
}

impl Everybody {
    /// From the rows that a pass brought; `gap` says why it may have missed some.
    pub fn of(
        by: UniqueIdentifier,
        rows: impl IntoIterator<Item = (String, Resource)>,
        gap: Option<String>,
        attributes: &[ProfileAttribute],
    ) -> Self {
        let mut all = Self { by, by_id: HashMap::new(), by_key: HashMap::new(), gap };
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
        match (found.len(), &self.gap) {
            (0, Some(gap)) => cannot_be_told(who, gap),
            _ => LookUp::of(found),
        }
    }
}
