//! What goes wrong, and how it is written.

use std::time::Duration;

use crate::sandbox::account::ROLE_ATTRIBUTES;
use crate::scim::schema;

/// When a request that was answered with 504 is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// So long after it came.
    Time(Duration),
    /// When so many other requests have come.
    Requests(u64),
}

/// What `Retry-After` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The header is missing.
    Missing,
    /// Seconds.
    Seconds(u64),
    /// An HTTP date so many seconds from now.
    Date(u32),
    /// An HTTP date that is over.
    Past,
    /// What is neither.
    Garbage,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Answered late.
    Slow(Duration),
    /// The body comes in small pieces over this time.
    Drip(Duration),
    /// Done, never answered.
    Lose,
    /// Not done; the connection is reset.
    Reset,
    /// Not done, as everything else for so long: connections are reset.
    Down(Duration),
    /// Done, answered without end.
    Hang,
    /// Done, the answer ends in the middle.
    Truncate,
    /// Answered with 504 now and done later.
    Late(After),
    /// Done, and answered with 500.
    Failed,
    /// Not done; refused with this status and `scimType`.
    Refused(u16, Option<&'static str>),
    /// A proxy's 502 or 504.
    Gateway(u16),
    /// A page with status 200.
    Html,
    /// 429 or 503.
    Wait(u16, Wait),
    /// At most so many thousandths of a request a second and so many at once, for each class of methods.
    Bucket {
        /// Thousandths of a request a second.
        rate: u64,
        /// How many may come at once.
        burst: u64,
    },
    /// Token refused.
    Unauthorized,
    /// Sent elsewhere with this status.
    Redirect(u16),
    /// Done, answered without id.
    NoId,
    /// Done, answered with the user name of somebody else.
    WrongName,
    /// Another client makes this account first.
    Taken,
    /// Errors come without `scimType`.
    Untyped,
    /// This attribute cannot be changed, and the answer says so.
    Ignore(String),
    /// Answered as asked; this attribute, or everything, is not stored.
    Lie(Option<String>),
    /// Reads answer what was before the last write, for so long after it where that is said.
    Stale(Option<Duration>),
    /// Filters have no effect.
    IgnoreFilter,
    /// `active` has no effect on accounts that exist.
    IgnoreActive,
    /// Names of users and groups need not be unique.
    SameNames,
    /// Lists and searches find nobody.
    Blind,
    /// Filters are refused.
    NoFilter,
    /// Pages after the first fail.
    PageFail,
    /// Pages after the first are the first again.
    PageRepeat,
    /// The total gets smaller from page to page.
    PageShrink,
    /// Pages have a total and no rows.
    PageEmpty,
    /// People come and go while the list is read: somebody is never shown, and the total fits.
    PageChurn,
    /// Booleans are texts.
    StringBooleans,
    /// Groups are answered without members.
    DropMembers,
    /// A small body that unfolds to a huge one.
    GzipBomb,
    /// A body nested 200,000 deep.
    DeepJson,
    /// A body that is no UTF-8.
    BadUtf8,
    /// A body with keys that come twice.
    DuplicateKeys,
}

/// Reads a kind; `None` when there is no such kind or its value is not what it takes.
pub(super) fn parse(text: &str) -> Option<Kind> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    Some(match value {
        Some(value) => valued(name, value)?,
        None => bare(name)?,
    })
}

fn bare(name: &str) -> Option<Kind> {
    Some(match name {
        "lose" => Kind::Lose,
        "reset" => Kind::Reset,
        "hang" => Kind::Hang,
        "truncate" => Kind::Truncate,
        "500" => Kind::Failed,
        "400" => Kind::Refused(400, Some("invalidValue")),
        "401" => Kind::Unauthorized,
        "403" => Kind::Refused(403, None),
        "404" => Kind::Refused(404, None),
        "409" => Kind::Refused(409, None),
        "412" => Kind::Refused(412, None),
        "429" => Kind::Wait(429, Wait::Missing),
        "502" => Kind::Gateway(502),
        "503" => Kind::Wait(503, Wait::Missing),
        "504" => Kind::Gateway(504),
        "html" => Kind::Html,
        "redirect" => Kind::Redirect(302),
        "no-id" => Kind::NoId,
        "wrong-name" => Kind::WrongName,
        "taken" => Kind::Taken,
        "untyped" => Kind::Untyped,
        "lie" => Kind::Lie(None),
        "stale" => Kind::Stale(None),
        "ignore-filter" => Kind::IgnoreFilter,
        "ignore-active" => Kind::IgnoreActive,
        "same-names" => Kind::SameNames,
        "blind" => Kind::Blind,
        "no-filter" => Kind::NoFilter,
        "page-fail" => Kind::PageFail,
        "page-repeat" => Kind::PageRepeat,
        "page-shrink" => Kind::PageShrink,
        "page-empty" => Kind::PageEmpty,
        "page-churn" => Kind::PageChurn,
        "string-booleans" => Kind::StringBooleans,
        "drop-members" => Kind::DropMembers,
        "gzip-bomb" => Kind::GzipBomb,
        "deep-json" => Kind::DeepJson,
        "bad-utf8" => Kind::BadUtf8,
        "duplicate-keys" => Kind::DuplicateKeys,
        _ => return None,
    })
}

fn valued(name: &str, value: &str) -> Option<Kind> {
    let milliseconds = || value.parse::<u32>().ok().map(|ms| Duration::from_millis(ms.into()));
    let attribute = || (value.len() <= 200 && known(value)).then(|| value.to_owned());
    Some(match name {
        "slow" => Kind::Slow(milliseconds()?),
        "drip" => Kind::Drip(milliseconds()?),
        "down" => Kind::Down(milliseconds().filter(|time| !time.is_zero())?),
        "stale" => Kind::Stale(Some(milliseconds()?)),
        "late" => Kind::Late(match value.strip_suffix('r') {
            Some(requests) => After::Requests(requests.parse().ok()?),
            None => After::Time(milliseconds()?),
        }),
        "409" if value == "uniqueness" => Kind::Refused(409, Some("uniqueness")),
        "429" => Kind::Wait(429, wait(value)?),
        "503" => Kind::Wait(503, wait(value)?),
        "redirect" => {
            Kind::Redirect(value.parse().ok().filter(|s| matches!(s, 301 | 302 | 303 | 307 | 308))?)
        }
        "ignore" => Kind::Ignore(attribute()?),
        "lie" => Kind::Lie(Some(attribute()?)),
        "bucket" => {
            let (rate, burst) = value.split_once('/')?;
            let rate = thousandths(rate)?;
            let burst = burst.parse().ok().filter(|n| (1..=1_000_000).contains(n))?;
            Kind::Bucket { rate, burst }
        }
        _ => return None,
    })
}

/// Whether users or groups can have such an attribute; one of an extension is named with its URN.
fn known(name: &str) -> bool {
    let enterprise = schema::enterprise_user();
    name.to_lowercase().starts_with("urn:")
        || ROLE_ATTRIBUTES.iter().any(|(role, _)| role.eq_ignore_ascii_case(name))
        || enterprise.attribute(name).is_some()
        || schema::user_with(vec![enterprise]).top(name).is_some()
        || schema::group_alone().top(name).is_some()
}

fn wait(text: &str) -> Option<Wait> {
    Some(match text {
        "none" => Wait::Missing,
        "past" => Wait::Past,
        "garbage" => Wait::Garbage,
        _ => match text.strip_prefix("date+") {
            Some(seconds) => Wait::Date(seconds.parse().ok()?),
            None => Wait::Seconds(text.parse().ok()?),
        },
    })
}

/// A number with up to three decimals, more than nothing and at most a million.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = whole.parse().ok().filter(|n| *n <= 1_000_000)?;
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    Some(whole * 1_000 + part).filter(|n| *n > 0)
}
