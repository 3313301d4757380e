//! A page of the log.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ActivityEntry;
use super::entry::id_of;
use crate::domain::Exchange;
use crate::endpoint::{Trouble, judge};
use crate::scim::list::Rows;

/// A larger row is not read as an entry.
const MAX_ENTRY: usize = 64 << 10;

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// One that says something.
    Entry(Box<ActivityEntry>),
    /// One that could not be read, with its id where it has one.
    Unreadable(Option<String>),
}

impl Row {
    fn read(raw: &RawValue) -> Self {
        let text = raw.get();
        let entry = if text.len() > MAX_ENTRY { None } else { ActivityEntry::read(text) };
        entry.map_or_else(|| Self::Unreadable(id_of(text)), |entry| Self::Entry(Box::new(entry)))
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Entry(entry) => Some(&entry.id),
            Self::Unreadable(id) => id.as_deref(),
        }
    }
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityPage {
    /// Its rows, newest first.
    pub rows: Vec<Row>,
    /// How many rows there are on all pages, where it says.
    pub total: Option<u64>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Rows<'a>,
    #[serde(borrow)]
    total: Option<&'a RawValue>,
}

impl ActivityPage {
    /// Reads a body; none where it is no page of a log.
    pub fn read(body: &str) -> Option<Self> {
        let Body { data, total } = serde_json::from_str(body).ok()?;
        let total = total.and_then(|raw| serde_json::from_str(raw.get()).ok());
        (data.is_list && !data.too_many)
            .then(|| Self { rows: data.rows.into_iter().map(Row::read).collect(), total })
    }
}

/// The page of an answer. On the first one a row with an id must be among the rows: the next look begins at it.
pub(super) fn read(exchange: &Exchange, first: bool) -> Result<ActivityPage, Trouble> {
    let answer = judge(&exchange.call, &exchange.outcome)?;
    let no_page = || Trouble::not_scim(answer, "an activity log (an object with a list named data)");
    let page = ActivityPage::read(&answer.body).ok_or_else(no_page)?;
    if first && !page.rows.is_empty() && page.rows.iter().all(|row| row.id().is_none()) {
        return Err(Trouble::not_scim(answer, "an activity log (rows with an id)"));
    }
    Ok(page)
}
