//! Values that are read out of one word.

use crate::domain::{Flag, OpState, Time, UniqueIdentifier, WireProfile};

/// `VARIABLE=VALUE`; an empty value takes it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The attribute's variable name.
    pub variable: String,
    /// The value.
    pub value: String,
}

/// A moment, or so many milliseconds ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// This moment.
    At(Time),
    /// That long ago, in milliseconds.
    Ago(i64),
}

impl Since {
    /// The moment it means.
    pub fn time(self, now: Time) -> Time {
        match self {
            Self::At(time) => time,
            Self::Ago(ms) => now.plus_ms(-ms),
        }
    }
}

pub(super) fn given(text: &str) -> Result<Given, String> {
    match text.split_once('=') {
        Some((variable, value)) if !variable.trim().is_empty() => {
            Ok(Given { variable: variable.trim().to_owned(), value: value.to_owned() })
        }
        _ => Err("write it as ATTRIBUTE=VALUE, for example workato_role=Admin".to_owned()),
    }
}

pub(super) fn seats(text: &str) -> Result<(String, u64), String> {
    let wrong = || "write it as ROLE=NUMBER, for example Admin=5".to_owned();
    let (role, count) = text.rsplit_once('=').filter(|(role, _)| !role.is_empty()).ok_or_else(wrong)?;
    Ok((role.to_owned(), count.trim().parse().map_err(|_| wrong())?))
}

/// How many writes of a hundred are read back; none is as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(pub Option<u32>);

pub(super) fn share(text: &str) -> Result<Share, String> {
    match text {
        "usual" => Ok(Share(None)),
        _ => match text.parse() {
            Ok(percent @ 0..=100) => Ok(Share(Some(percent))),
            _ => Err("write a number from 0 to 100, or usual".to_owned()),
        },
    }
}

pub(super) fn flag(text: &str) -> Result<Flag, String> {
    Flag::parse(text).ok_or_else(|| format!("one of {}", Flag::ALL.map(Flag::key).join(", ")))
}

pub(super) fn profile(text: &str) -> Result<WireProfile, String> {
    WireProfile::parse(text)
        .ok_or_else(|| format!("one of {}", WireProfile::ALL.map(WireProfile::word).join(", ")))
}

pub(super) fn unique_identifier(text: &str) -> Result<UniqueIdentifier, String> {
    UniqueIdentifier::parse(text)
        .ok_or_else(|| format!("one of {}", UniqueIdentifier::ALL.map(UniqueIdentifier::word).join(", ")))
}

pub(super) fn since(text: &str) -> Result<Since, String> {
    let text = text.trim();
    let unit = match text.chars().last() {
        Some('s') => 1_000,
        Some('m') => 60_000,
        Some('h') => 3_600_000,
        Some('d') => 86_400_000,
        _ => 0_i64,
    };
    let ago = text.get(..text.len().saturating_sub(1)).and_then(|n| n.parse::<u32>().ok());
    match (unit, ago) {
        (1.., Some(n)) => Ok(Since::Ago(i64::from(n).saturating_mul(unit))),
        _ => text
            .parse()
            .map(Since::At)
            .map_err(|_| "write it as 15m, 2h, 7d or 2026-01-02T03:04:05Z".to_owned()),
    }
}

/// The state of an operation that is not settled.
pub(super) fn live_state(text: &str) -> Result<OpState, String> {
    let word = text.trim().to_lowercase().replace(['-', ' '], "_");
    let word = if word == "running" { "inflight".to_owned() } else { word };
    crate::engine::WORST_FIRST.into_iter().find(|state| state.word() == word).ok_or_else(|| {
        let all: Vec<_> = crate::engine::WORST_FIRST.iter().map(|state| state.word()).collect();
        format!("there is no such state; there are: {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_a_moment_or_a_time_ago() {
        assert_eq!(since("15m"), Ok(Since::Ago(900_000)));
        assert_eq!(since("7d").unwrap().time(Time::from_ms(700_000_000)), Time::from_ms(95_200_000));
        assert_eq!(since("1970-01-01T00:00:01Z"), Ok(Since::At(Time::from_ms(1000))));
        for bad in ["", "m", "-1m", "1y", "ü", "99999999999d"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_role_is_given_as_attribute_and_value() {
        assert_eq!(given("a=b=c"), Ok(Given { variable: "a".into(), value: "b=c".into() }));
        assert_eq!(given("a=").map(|g| g.value), Ok(String::new()));
        assert!(given("=x").is_err() && given("x").is_err());
    }
}
