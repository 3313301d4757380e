//! Reading a whole list by index (RFC 7644, 3.4.2.4) or, where a page gives a cursor, by that (RFC 9865), from
//! servers that repeat pages, move totals and echo counts that are not true.
//!
//! Absence may be concluded from a complete pass only, so every irregularity makes the pass incomplete.

mod first;
mod gap;
mod listing;
mod query;
mod rows;

pub use gap::{Completeness, Gap};
pub use listing::Listing;
pub use query::PageQuery;
pub use rows::{Came, Rows};
use rows::{OneRow, read_page};

use std::collections::HashSet;
use std::hash::BuildHasher;

use super::excerpt::excerpt;
use super::{Endpoint, Trouble, judge};
use crate::domain::{Answer, Call, Exchange};
use crate::scim::list::{ListError, ListPage, MOST_ROWS, PageRef};
use crate::scim::resource::Resource;

/// A resource with its id, which is never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The endpoint's `id`.
    pub id: String,
    /// The resource as it came.
    pub resource: Resource,
}

/// One page: what was new on it.
#[derive(Debug, Clone)]
pub struct Page {
    /// Resources not seen on an earlier page.
    pub items: Vec<Item>,
    /// Beginnings of the first few rows that are no resource with an id.
    pub unreadable: Vec<String>,
    /// The total as this page claims it.
    pub total: Option<u64>,
    /// The request and its answer.
    pub exchange: Exchange,
}

/// A page did not come, or is no page.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{trouble}")]
pub struct PageError {
    /// What happened, in words.
    pub trouble: Trouble,
    /// The request and what became of it.
    pub exchange: Box<Exchange>,
}

/// A pass over a list, page by page.
#[derive(Debug)]
pub struct Pages {
    endpoint: Endpoint,
    pass: Pass,
}

/// What a pass asks for next and what its pages prove, whoever sends its requests.
#[derive(Debug)]
pub struct Pass {
    query: PageQuery,
    /// The endpoint knows no index.
    cursors_only: bool,
    /// Hashes of the ids: two ids of one hash look like a row that came twice, which only costs the completeness.
    seen: HashSet<u64, foldhash::fast::RandomState>,
    /// The same of the rows that could not be read.
    unread: HashSet<u64, foldhash::fast::RandomState>,
    hasher: foldhash::quality::RandomState,
    start: u64,
    cursor: Option<String>,
    pages: u32,
    rows: u64,
    repeated: u64,
    total: Option<u64>,
    gap: Option<Gap>,
    over: bool,
}

impl Pages {
    /// Begins a pass; nothing is sent yet.
    pub fn new(endpoint: &Endpoint, query: PageQuery) -> Self {
        Self { endpoint: endpoint.clone(), pass: Pass::new(query) }
    }

    /// The next page, or none when the pass is over. After an error the pass is over.
    pub async fn next(&mut self) -> Option<Result<Page, PageError>> {
        let exchange = self.send().await?;
        Some(self.pass.heard(exchange))
    }

    /// As [`Self::next`], with the rows taken one by one and then dropped.
    pub async fn next_rows(&mut self, rows: &mut impl Rows) -> Option<Result<Came, PageError>> {
        let exchange = self.send().await?;
        Some(match self.pass.heard_rows(&exchange, rows) {
            Ok(came) => Ok(came),
            Err(trouble) => Err(PageError { trouble, exchange: Box::new(exchange) }),
        })
    }

    async fn send(&mut self) -> Option<Exchange> {
        let call = self.pass.ask()?;
        let exchange = match self.pass.cursor {
            Some(_) => self.endpoint.send(&call).await,
            None => self.endpoint.send_page(&call).await,
        };
        self.pass.cursors_only = self.endpoint.cursors_only();
        Some(exchange)
    }

    /// Whether everything was seen; asked when [`Self::next`] gave none.
    pub fn completeness(&self) -> Completeness {
        self.pass.completeness()
    }

    /// The total as the first page claimed it.
    pub fn total(&self) -> Option<u64> {
        self.pass.total
    }

    /// Distinct resources seen so far.
    pub fn seen(&self) -> usize {
        self.pass.seen.len()
    }
}

impl Pass {
    /// Begins a pass.
    pub fn new(query: PageQuery) -> Self {
        Self {
            query,
            cursors_only: false,
            seen: HashSet::default(),
            unread: HashSet::default(),
            hasher: foldhash::quality::RandomState::default(),
            start: 1,
            cursor: None,
            pages: 0,
            rows: 0,
            repeated: 0,
            total: None,
            gap: None,
            over: false,
        }
    }

    /// The next request, or none when the pass is over.
    pub fn ask(&mut self) -> Option<Call> {
        if self.over {
            return None;
        }
        if self.pages >= self.query.max_pages || self.rows >= self.query.max_rows as u64 {
            self.finish(Some(Gap::Limit { pages: self.pages, rows: self.seen.len() }));
            return None;
        }
        Some(match &self.cursor {
            Some(cursor) => self.query.call_at(cursor),
            None => self.query.call(self.start),
        })
    }

    /// Its answer. After an error the pass is over.
    pub fn heard(&mut self, exchange: Exchange) -> Result<Page, PageError> {
        let mut items = Vec::new();
        match self.heard_rows(&exchange, &mut items) {
            Ok(Came { unreadable, total, .. }) => Ok(Page { items, unreadable, total, exchange }),
            Err(trouble) => Err(PageError { trouble, exchange: Box::new(exchange) }),
        }
    }

    /// As [`Self::heard`], with the rows taken one by one.
    pub fn heard_rows(&mut self, exchange: &Exchange, rows: &mut impl Rows) -> Result<Came, Trouble> {
        let page = judge(&exchange.call, &exchange.outcome).and_then(|answer| {
            read_page(&answer.body, answer.lossy, rows).map_err(|error| no_page(answer, &error))
        });
        self.pages += 1;
        match page {
            Ok(page) => Ok(self.take(page, rows)),
            Err(trouble) => {
                self.finish(Some(Gap::Failed(trouble.text.clone())));
                Err(trouble)
            }
        }
    }

    /// As [`Self::heard_rows`], from a body that is known to be an answer's.
    pub fn heard_body(&mut self, body: &str, rows: &mut impl Rows) -> Result<Came, ListError> {
        self.pages += 1;
        read_page(body, false, rows).map(|page| self.take(page, rows))
    }

    /// Whether everything was seen; asked when [`Self::ask`] gave none.
    pub fn completeness(&self) -> Completeness {
        match &self.gap {
            Some(gap) => Completeness::Incomplete(gap.clone()),
            None if self.over => Completeness::Complete,
            None => Completeness::Incomplete(Gap::Unfinished),
        }
    }

    fn take<'a, W: Rows>(&mut self, page: PageRef<'a, OneRow<'a, W>>, rows: &mut W) -> Came {
        let came = page.resources.len() as u64;
        let mut out = Came { total: page.total, ..Came::default() };
        let before = self.repeated;
        let (mut unreadable, mut unlike) = (0, false);
        let (mut read, mut marks) = (Vec::with_capacity(page.resources.len()), Vec::new());
        for OneRow { raw, read: row } in page.resources {
            let Some((id, row)) = row else {
                unreadable += 1;
                unlike |= self.unread.insert(self.hasher.hash_one(raw.as_bytes()));
                if out.unreadable.len() < SHOWN {
                    out.unreadable.push(excerpt(raw, 80));
                }
                continue;
            };
            marks.push(self.hasher.hash_one(id.as_bytes()));
            read.push((id, row));
        }
        self.make_room(page.total);
        let promised = self.total.or(page.total);
        let new: Vec<bool> = marks.into_iter().map(|mark| self.is_new(mark)).collect();
        let mut new = new.into_iter();
        read.retain(|_| new.next() == Some(true));
        out.new = read.len();
        rows.take(read);
        self.rows += came;
        self.start += came;
        if unreadable > 0 {
            self.mark(Gap::Unreadable(unreadable));
        }
        match (self.total, page.total) {
            (Some(from), Some(to)) if from != to => self.mark(Gap::TotalMoved { from, to }),
            (None, Some(total)) => self.total = Some(total),
            _ => {}
        }
        // Rows that cannot be read have no id that would tell them apart; the same text for ever is nothing new.
        let nothing_new = out.new == 0 && !unlike;
        let by_cursor = self.cursor.is_some() || self.cursors_only;
        let next = page.next_cursor;
        if next.is_some() && next == self.cursor {
            self.finish(Some(Gap::Unfinished));
        }
        let last = by_cursor && next.is_none();
        self.cursor = next;
        if came > 0 || self.cursor.is_none() {
            self.judge_end(came, nothing_new, self.repeated - before, page.total);
        }
        if last && !self.over {
            self.end_of_cursors(page.total);
        }
        self.bound(promised);
        out
    }

    /// Whether a row's id, by its hash, comes for the first time. Asked of a whole page in a row: among a million ids
    /// every look waits for the memory, and so they wait together.
    fn is_new(&mut self, mark: u64) -> bool {
        if self.seen.len() >= self.query.max_rows && !self.seen.contains(&mark) {
            self.mark(Gap::Limit { pages: self.pages, rows: self.seen.len() });
            return false;
        }
        let new = self.seen.insert(mark);
        self.repeated += u64::from(!new);
        new
    }

    /// Room for as many ids as the first page claims, so that a long list is not moved over and over; a total that is
    /// not true costs no more than the longest list that is read.
    fn make_room(&mut self, total: Option<u64>) {
        if self.seen.is_empty()
            && let Some(total) = total
        {
            self.seen.reserve(usize::try_from(total).unwrap_or(usize::MAX).min(self.query.max_rows));
        }
    }

    /// `total` is the newest claim, which decides whether to go on; the first one decides what is missing.
    fn judge_end(&mut self, came: u64, nothing_new: bool, repeated: u64, total: Option<u64>) {
        let seen = self.seen.len() as u64 + self.unreadable();
        match total {
            Some(total) if seen > total => {
                self.mark(Gap::TooMany { seen, total });
                // The total is not true here: only an empty page or a repeated one is the end.
                if nothing_new {
                    self.finish(None);
                }
            }
            Some(total) if seen == total => {
                if repeated > 0 {
                    self.mark(Gap::Repeated(repeated));
                }
                self.finish(None);
            }
            Some(total) if nothing_new => self.finish(Some(Gap::Missing { seen, total })),
            None if came == 0 => self.finish(None),
            None if nothing_new => self.finish(Some(Gap::NoTotal)),
            _ if repeated > 0 => self.mark(Gap::Repeated(repeated)),
            _ => {}
        }
    }

    /// A list that was promised shorter by far has no end: its total grows with every page, or says nothing at all.
    fn bound(&mut self, promised: Option<u64>) {
        let rows = self.rows;
        if let Some(promised) = promised
            && !self.over
            && rows > promised.saturating_add(promised / 10).saturating_add(GROWS)
        {
            self.gap = Some(Gap::Endless { rows, promised });
            self.finish(None);
        }
    }

    /// The last page of a list by cursor: only the total can tell that something is missing.
    fn end_of_cursors(&mut self, total: Option<u64>) {
        let seen = self.seen.len() as u64 + self.unreadable();
        let missing = total.filter(|total| seen < *total).map(|total| Gap::Missing { seen, total });
        self.finish(missing);
    }

    /// Rows that came and have no id, as far as they are known to be distinct: none is assumed to be one twice.
    fn unreadable(&self) -> u64 {
        self.rows.saturating_sub(self.seen.len() as u64 + self.repeated)
    }

    fn mark(&mut self, gap: Gap) {
        self.gap.get_or_insert(gap);
    }

    fn finish(&mut self, gap: Option<Gap>) {
        self.over = true;
        if let Some(gap) = gap {
            self.mark(gap);
        }
    }
}

/// So many rows, and a tenth of it, may a list grow while it is read.
const GROWS: u64 = 1_000;
/// Beginnings of unreadable rows that are kept of a page.
const SHOWN: usize = 5;
const LIST: &str = "a SCIM list (a ListResponse with Resources)";

/// The page in an answer, or why there is none.
pub(super) fn read(exchange: &Exchange) -> Result<ListPage, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome)?;
    ListPage::read(answer.body.as_bytes()).map_err(|error| no_page(answer, &error))
}

fn no_page(answer: &Answer, error: &ListError) -> Trouble {
    let expected = match error {
        ListError::TooMany => format!("a page of at most {MOST_ROWS} resources"),
        ListError::NotJson(_) | ListError::NotAList => LIST.to_owned(),
    };
    Trouble::not_scim(answer, &expected)
}
