//! Finding accounts by the connection's unique identifier, at endpoints whose filter works, is case-sensitive, is
//! ignored or is not there: what to ask next, and what the answers prove. Whoever drives it sends the requests.
//!
//! "Nobody there" leads to a create, so it is believed only from a filter that was seen to work without regard to
//! case, or from a complete pass over the whole list, and from either only while it finds a linked account that is
//! there ([`Proof`]).

mod everybody;
mod look;
mod presence;
mod proof;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::Arc;

pub use everybody::{Doubt, Everybody};
pub use look::{Look, Next};
pub use presence::{Presence, Telling, Told};
pub(super) use proof::leaves_out;
pub use proof::{Proof, Proving, Shown, witnesses};
pub use trial::{Trial, Tried};

use super::Found;
use super::wire::{self, Identity, Reader};
use crate::domain::{Failure, ProfileAttribute};
use crate::scim::list::ListPage;
use crate::scim::repeated::repeated;
use crate::scim::resource::Resource;

/// What a look-up gave.
#[derive(Debug, Clone, PartialEq)]
pub enum LookUp {
    /// Nobody, proven.
    Absent,
    /// Exactly one.
    One(Box<Found>),
    /// More than one.
    Several(Vec<Found>),
    /// Everything was answered, and may have left out the one who is looked for.
    Unclear(Failure),
    /// The look failed.
    Failed(Failure),
}

impl LookUp {
    fn of(mut found: Vec<Found>) -> Self {
        match found.len() {
            0 => Self::Absent,
            1 => found.pop().map_or(Self::Absent, |found| Self::One(Box::new(found))),
            _ => Self::Several(found),
        }
    }
}

/// How far the endpoint's filter can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// Not tried, or there was nobody to try it on.
    #[default]
    Unknown,
    /// Finds a value, whatever its case where that does not count, and only that.
    Good,
    /// Ignored, case-sensitive, wrong or refused: the whole list is read instead.
    Useless,
}

/// A request that a look needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// The first rows of the list, as the connection test asks for them.
    Sample,
    /// One page of a filter: [`Identity::look_up`].
    Filter(Identity),
    /// The whole list, page by page.
    Everybody,
    /// The account with this id.
    Account(String),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Heard {
    /// A page.
    Page(Sheet),
    /// Refused in a way that may be the filter's fault alone.
    Refused(Failure),
    /// No answer that could be used.
    Failed(Failure),
    /// The whole list.
    Everybody(Arc<Everybody>),
    /// The account that was asked for by its id; none where it answers 404.
    Account(Option<Box<Found>>),
}

/// The rows of one page, and whether that is all it speaks of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// Those that can be read.
    pub rows: Vec<Resource>,
    /// How many the page claims that there are, where it says so.
    pub total: Option<u64>,
    /// Rows that came and cannot be read.
    pub unreadable: u64,
}

impl Sheet {
    /// Reads a page; in a `lossy` one the rows in which something was replaced are not read.
    pub fn of(page: &ListPage, lossy: bool) -> Self {
        let reader = Reader::new(&[]);
        let fit = |raw: &&str| {
            !(lossy && raw.contains(char::REPLACEMENT_CHARACTER)) && repeated(raw, reader.names()).is_none()
        };
        let raw = page.resources.iter().map(|raw| raw.get()).filter(fit);
        let rows: Vec<Resource> = raw.filter_map(|raw| serde_json::from_str(raw).ok()).collect();
        let unreadable = (page.resources.len() - rows.len()) as u64;
        Self { rows, total: page.total, unreadable }
    }

    /// Why nobody may be called absent on its word.
    fn gap(&self) -> Option<String> {
        let came = self.rows.len() as u64 + self.unreadable;
        match self.total {
            _ if self.unreadable > 0 => Some(format!("{} rows could not be read", self.unreadable)),
            Some(total) if total > came => Some(format!("{total} are said to match and {came} were shown")),
            _ => None,
        }
    }
}

/// Reads an account from a resource; none without a usable `id`.
pub fn found(resource: Resource, etag: Option<&str>, attributes: &[ProfileAttribute]) -> Option<Found> {
    let account = wire::account(&resource, etag, attributes)?;
    Some(Found { account, resource })
}
