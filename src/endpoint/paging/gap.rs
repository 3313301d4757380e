//! Why a pass over a list may have missed something.

/// Whether a pass saw everything there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// Every row of a list that did not move meanwhile.
    Complete,
    /// Something may have been missed: nobody may be called absent.
    Incomplete(Gap),
}

impl Completeness {
    /// What may have been missed; none after a complete pass.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Complete => None,
            Self::Incomplete(gap) => Some(gap),
        }
    }
}

impl Gap {
    /// Whether people who moved while the list was read explain it: another pass may be complete. What has no such
    /// reason will hardly be told otherwise by the next.
    pub fn may_be_movement(&self) -> bool {
        matches!(self, Self::TotalMoved { .. } | Self::Repeated(_) | Self::TooMany { .. })
    }
}

/// Why a pass is not complete; the first reason met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Not read to its end.
    #[error("the list was not read to its end")]
    Unfinished,
    /// The total changed between two pages.
    #[error("the total moved from {from} to {to} while the list was read")]
    TotalMoved {
        /// On an earlier page.
        from: u64,
        /// On a later page.
        to: u64,
    },
    /// Rows came twice, so others may have been skipped.
    #[error("{0} rows came more than once")]
    Repeated(u64),
    /// Fewer rows came than the total promised.
    #[error("{seen} rows came where {total} were promised")]
    Missing {
        /// Rows that came.
        seen: u64,
        /// The total.
        total: u64,
    },
    /// More rows came than the total promised.
    #[error("{seen} rows came where only {total} were promised")]
    TooMany {
        /// Rows that came.
        seen: u64,
        /// The total.
        total: u64,
    },
    /// Rows come and come, far more than the first page promised.
    #[error("{rows} rows came where the first page promised {promised}, and there was no end of them")]
    Endless {
        /// Rows that came.
        rows: u64,
        /// The total of the first page.
        promised: u64,
    },
    /// The same page again, and no total that would tell whether that was all.
    #[error("the same rows came again, and no total says whether that was all")]
    NoTotal,
    /// Rows without a readable id.
    #[error("{0} rows could not be read")]
    Unreadable(u64),
    /// A page failed.
    #[error("a page failed: {0}")]
    Failed(String),
    /// More pages or rows than are read at most.
    #[error("stopped after {pages} pages and {rows} rows, which is the limit set")]
    Limit {
        /// Pages read.
        pages: u32,
        /// Rows taken.
        rows: usize,
    },
}
