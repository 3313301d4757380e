//! One pass over the list of users, each row compared as it comes and dropped. Reads only.

use std::borrow::Cow;

use crate::domain::{AccountRef, Failure};
use crate::endpoint::Endpoint;
use crate::endpoint::paging::{Completeness, PageQuery, Pages, Rows};
use crate::engine::compare::{Compared, Comparison};
use crate::engine::wire::Reader;
use crate::engine::{Findings, Progress};

/// So many differences are handed over while the list still comes, so that they do not pile up.
const MANY: usize = 5_000;

/// Rows on their way into a comparison.
#[derive(Debug)]
struct Taking {
    reader: Reader,
    comparison: Comparison,
}

impl Rows for Taking {
    type Row<'a> = (AccountRef<'a>, &'a str);

    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>)> {
        let account = self.reader.read(raw)?;
        Some((account.remote_id.clone(), (account, raw)))
    }

    fn read_first<'a>(&self, text: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>, usize)> {
        let (account, length) = self.reader.read_first(text)?;
        Some((account.remote_id.clone(), (account, text.get(..length)?), length))
    }

    fn take<'a>(&mut self, rows: Vec<(Cow<'a, str>, Self::Row<'a>)>) {
        let page: Vec<Self::Row<'a>> = rows.into_iter().map(|(_, row)| row).collect();
        self.comparison.take(&page);
    }
}

/// A pass under way.
#[derive(Debug)]
pub(super) struct Sweeping {
    endpoint: Endpoint,
    pages: Pages,
    taking: Taking,
}

impl Sweeping {
    /// Nothing is sent yet.
    pub(super) fn new(endpoint: &Endpoint, comparison: Comparison) -> Self {
        let taking = Taking { reader: comparison.reader(), comparison };
        Self { endpoint: endpoint.clone(), pages: Pages::new(endpoint, PageQuery::all("Users")), taking }
    }

    /// Reads one more page; false when that was all.
    pub(super) async fn page(&mut self) -> Result<bool, Failure> {
        self.endpoint.may_read()?;
        match self.pages.next_rows(&mut self.taking).await {
            Some(page) => page.map(|_| true).map_err(|error| error.trouble.into()),
            None => Ok(false),
        }
    }

    /// How many accounts came, of how many that the list says it has.
    pub(super) fn progress(&self) -> Progress {
        let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let total = count(self.pages.total().unwrap_or(0));
        Progress { total, done: count(self.taking.comparison.accounts()), ..Progress::default() }
    }

    /// What differs so far, where it is much; it is not told again at the end.
    pub(super) fn differing(&mut self) -> Option<Findings> {
        self.taking.comparison.drain(MANY)
    }

    /// What was found; asked when there was no more page.
    pub(super) fn finish(self) -> Compared {
        let gap = match self.pages.completeness() {
            Completeness::Complete => None,
            Completeness::Incomplete(gap) => Some(gap.to_string()),
        };
        self.taking.comparison.finish(gap)
    }
}

/// A whole pass at once.
pub(super) async fn whole(endpoint: &Endpoint, comparison: Comparison) -> Result<Compared, Failure> {
    let mut sweeping = Sweeping::new(endpoint, comparison);
    while sweeping.page().await? {}
    Ok(sweeping.finish())
}
