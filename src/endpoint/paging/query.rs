//! What a pass over a list asks for.

use crate::domain::{Call, Method};

/// What to read and how far to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageQuery {
    /// The collection: `Users` or `Groups`.
    pub resource: String,
    /// A SCIM filter, values already quoted.
    pub filter: Option<String>,
    /// `excludedAttributes`, for example `members`.
    pub excluded: Option<String>,
    /// Rows asked for per page.
    pub count: u32,
    /// Pages read at most.
    pub max_pages: u32,
    /// Resources taken at most.
    pub max_rows: usize,
}

impl PageQuery {
    /// All of a collection, 100 a page as Okta asks for, up to a million.
    pub fn all(resource: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            filter: None,
            excluded: None,
            count: 100,
            max_pages: 100_000,
            max_rows: 1_000_000,
        }
    }

    /// Those that match a filter; a server that ignores it is stopped after a few pages.
    pub fn matching(resource: &str, filter: String) -> Self {
        Self { filter: Some(filter), max_pages: 10, max_rows: 1_000, ..Self::all(resource) }
    }

    pub(super) fn call(&self, start: u64) -> Call {
        self.page("startIndex", start.to_string())
    }

    /// The page that a cursor leads to; filter and count stay as they were (RFC 9865, 2.1).
    pub(super) fn call_at(&self, cursor: &str) -> Call {
        self.page("cursor", cursor.to_owned())
    }

    fn page(&self, name: &str, place: String) -> Call {
        let mut call = Call::new(Method::Get, &[&self.resource]);
        if let Some(filter) = &self.filter {
            call = call.query("filter", filter);
        }
        if let Some(excluded) = &self.excluded {
            call = call.query("excludedAttributes", excluded);
        }
        call.query(name, place).query("count", self.count.to_string())
    }
}
