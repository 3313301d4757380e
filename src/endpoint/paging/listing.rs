//! A whole list at once.

use super::{Completeness, Item, PageError, PageQuery, Pages};
use crate::endpoint::Endpoint;

/// Everything a pass brought.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Distinct resources in the order in which they came.
    pub items: Vec<Item>,
    /// Whether that is all there is.
    pub completeness: Completeness,
    /// The total as claimed.
    pub total: Option<u64>,
    /// Requests sent.
    pub pages: u32,
    /// The page that failed, which ended the pass.
    pub error: Option<PageError>,
}

impl Listing {
    /// Whether absence may be concluded from it.
    pub fn complete(&self) -> bool {
        self.completeness == Completeness::Complete
    }
}

impl Endpoint {
    /// Reads a list to its end.
    pub async fn list(&self, query: PageQuery) -> Listing {
        let mut pages = Pages::new(self, query);
        let (mut items, mut error) = (Vec::new(), None);
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => items.extend(page.items),
                Err(failed) => error = Some(failed),
            }
        }
        Listing {
            items,
            completeness: pages.completeness(),
            total: pages.pass.total,
            pages: pages.pass.pages,
            error,
        }
    }
}
