//! Cursors (RFC 9865): where a walk over a list stands.
//!
//! Nothing is kept here: the cursor itself holds the place after which the next page begins, signed and bound to
//! the query. So rows that come or go during a walk move no other row: whoever stays is met once. Only somebody
//! whose own sort value changes meanwhile may be met twice or not at all; without `sortBy` nobody's place changes.

use std::fmt::Write as _;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::workspace::Settings;
use crate::scim::error::{ScimError, ScimType};
use crate::scim::sort::Key;

/// How long a cursor can be used, in seconds; each page gives a new one.
pub(super) const CURSOR_TIMEOUT: i64 = 600;
/// A longer text is none of ours.
const LONGEST: usize = 8 * 1024;
const SIGNATURE: usize = 16;

/// Which ways of paging the sandbox offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paging {
    /// `startIndex` only.
    Index,
    /// `cursor` only: a `startIndex` above 1 is refused.
    Cursor,
    /// Both; a request that names neither is paged by index.
    #[default]
    Both,
}

impl std::str::FromStr for Paging {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "index" => Ok(Self::Index),
            "cursor" => Ok(Self::Cursor),
            "both" => Ok(Self::Both),
            _ => Err("the ways of paging are index, cursor and both"),
        }
    }
}

/// Where a row stands among rows with the same sort value: its type, then its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place(pub(super) u8, pub(super) u64);

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) key: Option<Key>,
    pub(super) place: Place,
}

#[derive(Serialize, Deserialize)]
struct Content {
    mark: Mark,
    at: Timestamp,
}

/// The cursor for the rows after `mark`. `query` says which query it is for.
pub(super) fn write(settings: &Settings, query: &str, mark: Mark, now: Timestamp) -> Option<String> {
    let content = serde_json::to_vec(&Content { mark, at: now }).ok()?;
    let mut text = String::with_capacity(2 * (content.len() + SIGNATURE));
    for byte in sign(settings, query, &content).iter().chain(&content) {
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// The mark in a cursor of this query that is not too old.
pub(super) fn read(settings: &Settings, query: &str, text: &str, now: Timestamp) -> Result<Mark, ScimError> {
    let invalid = || {
        let detail = "the cursor cannot be read or belongs to another query; begin again without it, and keep filter \
                      and sorting the same through all pages";
        ScimError::typed(ScimType::InvalidCursor, detail)
    };
    let bytes = unhex(text).ok_or_else(invalid)?;
    let (signature, content) = bytes.split_at_checked(SIGNATURE).ok_or_else(invalid)?;
    if !bool::from(signature.ct_eq(&sign(settings, query, content))) {
        return Err(invalid());
    }
    let content: Content = serde_json::from_slice(content).map_err(|_| invalid())?;
    if now.as_second().saturating_sub(content.at.as_second()) > CURSOR_TIMEOUT {
        let detail = format!("the cursor is older than {CURSOR_TIMEOUT} seconds; begin again without it");
        return Err(ScimError::typed(ScimType::ExpiredCursor, detail));
    }
    Ok(content.mark)
}

/// Twice hashed, so that nothing can be appended to what was signed.
fn sign(settings: &Settings, query: &str, content: &[u8]) -> [u8; SIGNATURE] {
    let token = settings.scim_token.expose_secret().as_bytes();
    let key =
        Sha256::new().chain_update(b"cursor").chain_update(settings.seed.to_be_bytes()).chain_update(token);
    let key = key.finalize();
    let query = Sha256::digest(query.as_bytes());
    let inner = Sha256::new().chain_update(key).chain_update(query).chain_update(content).finalize();
    let whole = Sha256::new().chain_update(key).chain_update(inner).finalize();
    let mut signature = [0; SIGNATURE];
    for (to, from) in signature.iter_mut().zip(whole) {
        *to = from;
    }
    signature
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}
