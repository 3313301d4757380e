//! Accounts found at the endpoint, how they were matched, and what an operator decides about them: plain data that
//! the console and the command line share.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::{Account, PersonId, Time};

/// What a look at everybody there brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountsFound {
    /// Every account seen.
    pub accounts: Vec<Account>,
    /// Linked people whose account was not on a complete list and answered 404 when asked for directly.
    pub missing: Vec<PersonId>,
    /// Why absence cannot be concluded, where the look was not complete.
    pub gap: Option<String>,
    /// When.
    pub at: Time,
}

/// How an account was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchKind {
    /// Exactly one person, by user name, e-mail or our externalId.
    Exact,
    /// People with the same first and last name.
    Partial,
    /// An operator must pick.
    Conflict,
    /// Nobody here.
    New,
    /// Nobody here, and it cannot become a person as it is.
    Rejected,
}

impl MatchKind {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::Conflict => "conflict",
            Self::New => "new",
            Self::Rejected => "rejected",
        }
    }
}

/// An account that nobody here is linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its place in [`AccountsFound::accounts`].
    pub account: usize,
    /// How it was matched.
    pub kind: MatchKind,
    /// The people it may belong to, in user name order.
    pub people: Vec<PersonId>,
    /// Whether an operator chose to leave it alone.
    pub ignored: bool,
    /// What stands in the way; empty where nothing does.
    pub why: String,
}

/// Counts of a review, as Okta's dialog gives them, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// Accounts seen.
    pub scanned: u64,
    /// Not linked, and exactly one person fits.
    pub exact: u64,
    /// Not linked, and people with the same name fit.
    pub partial: u64,
    /// Not linked, and an operator must pick.
    pub conflict: u64,
    /// Not linked, and nobody fits.
    pub new: u64,
    /// Not linked, nobody fits, and it cannot become a person.
    pub rejected: u64,
    /// Not linked, and remembered as to be left alone.
    pub ignored: u64,
    /// Not linked and without access there: left alone.
    pub inactive: u64,
    /// Linked, and changed there.
    pub updated: u64,
    /// Linked, and as it was.
    pub unchanged: u64,
    /// Linked, and gone.
    pub removed: u64,
}

/// Every account that was found, matched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountsReview {
    /// Accounts that nobody is linked with: exact first, those that are left alone last, each by user name.
    pub rows: Vec<AccountRow>,
    /// Counts.
    pub counts: ImportCounts,
    /// Linked people whose account is another than the last look saw: place of the account, and who.
    pub updated: Vec<(usize, PersonId)>,
}

/// Which matches are accepted without being picked one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accept {
    /// Exact ones are linked.
    pub exact: bool,
    /// Partial ones with one candidate are linked.
    pub partial: bool,
    /// New ones become people.
    pub new: bool,
}

/// What an operator decides about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is this person's.
    Link(PersonId),
    /// A new person is made from it.
    New,
    /// It is left alone, now and in later imports.
    Ignore,
    /// It waits for a decision; one that was ignored is no longer.
    Wait,
}

/// A decision about one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountChoice {
    /// The endpoint's `id`.
    pub remote_id: String,
    /// What becomes of it.
    pub choice: Choice,
    /// Whether it was decided by itself and not with all of its kind.
    pub named: bool,
}

impl Accept {
    /// What this accepts of a row; none where it waits.
    pub fn of(self, row: &AccountRow) -> Option<Choice> {
        match (row.kind, row.people.as_slice()) {
            _ if row.ignored => None,
            (MatchKind::Exact, [one]) if self.exact => Some(Choice::Link(*one)),
            (MatchKind::Partial, [one]) if self.partial => Some(Choice::Link(*one)),
            (MatchKind::New, _) if self.new => Some(Choice::New),
            _ => None,
        }
    }

    /// The choices for all rows of a review.
    pub fn all(self, review: &AccountsReview, found: &AccountsFound) -> Vec<AccountChoice> {
        let choice = |row: &AccountRow| {
            let remote_id = found.accounts.get(row.account)?.remote_id.clone();
            self.of(row).map(|choice| AccountChoice { remote_id, choice, named: false })
        };
        review.rows.iter().filter_map(choice).collect()
    }
}

/// The decision of an import from the endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountsImport {
    /// What was found there.
    pub found: Arc<AccountsFound>,
    /// What becomes of accounts that nobody is linked with; those not named wait.
    pub choices: Vec<AccountChoice>,
    /// Values set in the console since the last people file: whose, and which field. They are kept.
    pub console_set: HashSet<(PersonId, String)>,
}
