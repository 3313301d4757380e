//! Rows read where they came, so that a list of any length costs no more memory than its longest page.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::Item;
use crate::scim::list::{ListError, PageRef};
use crate::scim::repeated::{Names, repeated};
use crate::scim::resource::{self, Resource};

/// What tells rows of any kind apart.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(["id", "externalId", "userName", "displayName"]).with("members", Names::of(["value"]))
});

/// How a row is read, and what becomes of it.
pub trait Rows {
    /// A row that was read; it may borrow from the answer's body.
    type Row<'a>;

    /// Reads a row, with its id; none where it is no resource with an id.
    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>)>;

    /// Reads the row that begins a text, with its id and how many bytes it has; none where it is out of the ordinary,
    /// and [`Self::read`] decides. A reader that can do this does not look through each row twice.
    fn read_first<'a>(&self, _text: &'a str) -> Option<(Cow<'a, str>, Self::Row<'a>, usize)> {
        None
    }

    /// Takes the rows of a page whose ids came for the first time in this pass.
    fn take<'a>(&mut self, rows: Vec<(Cow<'a, str>, Self::Row<'a>)>);
}

/// Whole resources, in the order in which they come.
impl Rows for Vec<Item> {
    type Row<'a> = Resource;

    fn read<'a>(&self, raw: &'a str) -> Option<(Cow<'a, str>, Resource)> {
        if repeated(raw, &NAMES).is_some() {
            return None;
        }
        let resource: Resource = serde_json::from_str(raw).ok()?;
        Some((Cow::Owned(resource::id(&resource)?), resource))
    }

    fn take(&mut self, rows: Vec<(Cow<'_, str>, Resource)>) {
        self.extend(rows.into_iter().map(|(id, resource)| Item { id: id.into_owned(), resource }));
    }
}

/// A larger row is not read: a resource by itself may not be larger either.
const LARGEST: usize = 1 << 20;

/// One row of a page.
pub(super) struct OneRow<'a, W: Rows> {
    pub(super) raw: &'a str,
    /// With its id; none where it is no resource with an id.
    pub(super) read: Option<(Cow<'a, str>, W::Row<'a>)>,
}

/// Reads a page and its rows. In a `lossy` page those in which something that was no text is replaced, or may be, are
/// not read.
pub(super) fn read_page<'a, W: Rows>(
    body: &'a str,
    lossy: bool,
    rows: &W,
) -> Result<PageRef<'a, OneRow<'a, W>>, ListError> {
    let fit = |raw: &str| raw.len() <= LARGEST && !(lossy && raw.contains(char::REPLACEMENT_CHARACTER));
    let first = |text: &'a str| {
        let (id, row, length) = rows.read_first(text)?;
        let raw = text.get(..length)?;
        Some((OneRow { raw, read: fit(raw).then_some((id, row)) }, length))
    };
    let read = |raw: &'a str| OneRow { raw, read: fit(raw).then(|| rows.read(raw)).flatten() };
    PageRef::read_rows(body, first, read)
}

/// What one page brought besides the rows that were taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Came {
    /// Rows whose id came for the first time.
    pub new: usize,
    /// Beginnings of the first few rows that are no resource with an id.
    pub unreadable: Vec<String>,
    /// The total as this page claims it.
    pub total: Option<u64>,
}
