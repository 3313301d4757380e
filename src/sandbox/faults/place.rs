//! Which requests a fault is for.

use crate::sandbox::http::{Method, Request};
use crate::sandbox::workspace::SCIM_ROOT;

/// Which of the requests at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// From the first to the last, counted from 1.
    Range(u64, u64),
    /// So many in ten thousand, chosen by a seed.
    Chance(u32, u64),
}

impl Which {
    pub(super) const ALL: Self = Self::Range(1, u64::MAX);

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (share, seed) = text.split_once('/').unwrap_or((text, "0"));
        if let Some(share) = share.strip_suffix('%') {
            let share: f64 = share.parse().ok().filter(|share| (0.01..=100.0).contains(share))?;
            return Some(Self::Chance((share * 100.0).round() as u32, seed.parse().ok()?));
        }
        let (first, last) = match text.split_once('-') {
            None => (text.parse().ok()?, text.parse().ok()?),
            Some((first, "")) => (first.parse().ok()?, u64::MAX),
            Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
        };
        (first >= 1 && first <= last).then_some(Self::Range(first, last))
    }

    /// Whether the `n`th request is hit. `salt` keeps two faults with one seed from choosing the same ones.
    pub(super) fn hits(self, n: u64, salt: u64) -> bool {
        match self {
            Self::Range(first, last) => (first..=last).contains(&n),
            Self::Chance(share, seed) => {
                mixed(seed ^ salt.rotate_left(17) ^ mixed(n)) % 10_000 < share.into()
            }
        }
    }

    /// How many of the requests to come can be hit when `seen` have come; none where there is no end.
    pub(super) fn left(self, seen: u64) -> Option<u64> {
        match self {
            Self::Range(_, u64::MAX) | Self::Chance(..) => None,
            Self::Range(first, last) => Some((last + 1).saturating_sub(first.max(seen + 1))),
        }
    }
}

/// splitmix64: as good as needed, and the same everywhere.
fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

/// A number of a text, the same in every run.
pub(super) fn salt(text: &str) -> u64 {
    text.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// What there is below the SCIM root (RFC 7644, 3.2).
const PATHS: [&str; 7] =
    ["/Users", "/Groups", "/Me", "/Bulk", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig"];

/// The same for an error.
pub(super) fn paths() -> String {
    PATHS.join(", ")
}

/// A method, a path, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place {
    method: Option<Method>,
    path: Option<String>,
    /// The path itself and nothing below it.
    whole: bool,
}

impl Place {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (method, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let method = match method {
            "" => None,
            name => Some(Method::parse(name).filter_other()?),
        };
        if method.is_none() && path.is_empty() {
            return None;
        }
        let (path, whole) = match path.strip_suffix('$') {
            Some(path) => (path, true),
            None => (path, false),
        };
        Some(Self { method, path: (!path.is_empty()).then(|| path.to_owned()), whole })
    }

    /// Whether a request can have such a path; below `/api/` and `/sandbox/` more is there than is known here.
    pub(super) fn is_there(&self) -> bool {
        let host = |path: &str| path.starts_with("/api/") || path.starts_with("/sandbox/");
        let below = |path: &str| PATHS.iter().any(|there| there.starts_with(path) || path.starts_with(there));
        self.path.as_deref().is_none_or(|path| host(path) || below(path))
    }

    pub(super) fn lets(&self, request: &Request) -> bool {
        let fits = |path: &str, wanted: &str| match self.whole {
            true => path.trim_end_matches('/') == wanted.trim_end_matches('/'),
            false => path.starts_with(wanted),
        };
        let below_root = request.path.strip_prefix(SCIM_ROOT);
        let path = match &self.path {
            None => below_root.is_some(),
            Some(path) if path.starts_with("/api/") || path.starts_with("/sandbox/") => {
                fits(&request.path, path)
            }
            Some(path) => below_root.is_some_and(|rest| fits(rest, path)),
        };
        path && self.method.is_none_or(|method| method == request.method)
    }
}

impl Method {
    fn filter_other(self) -> Option<Self> {
        (self != Self::Other).then_some(self)
    }
}
