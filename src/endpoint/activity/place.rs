//! How far a log is known, as it is kept between two looks.

use serde::{Deserialize, Serialize};

use super::Unread;
use crate::domain::Time;

/// A row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its id.
    pub id: String,
    /// Its time, or an earlier row's; asked for, it spares the endpoint the older ones.
    pub at: Option<Time>,
}

/// How far the log is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// The newest row that was passed.
    pub newest: Option<Mark>,
    /// What is still to be read below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
}

/// Rows between two known ones that no look has reached yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// The row above them.
    pub below: Mark,
    /// The row below them; none when the log was never read before.
    pub above: Option<Mark>,
}

impl Rest {
    pub(super) fn unread(self) -> Unread {
        Unread { below: self.below, above: self.above, rows: None }
    }
}

impl Place {
    /// Reads what [`Self::text`] wrote, or the time and the id of the newest row, as they were kept at first.
    pub fn read(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        let (at, id) = text.split_once(' ')?;
        Some(Self { newest: Some(Mark { id: id.to_owned(), at: at.parse().ok() }), rest: None })
    }

    /// As text to keep.
    pub fn text(&self) -> String {
        // Texts and times only: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// With no time after this one. A row that claims to be of the future would hide all that come until then.
    #[must_use]
    pub fn not_after(mut self, now: Time) -> Self {
        if let Some(at) = self.newest.as_mut().and_then(|newest| newest.at.as_mut()) {
            *at = (*at).min(now);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_kept_the_first_form_too() {
        let at = Some(Time::from_ms(1_700_000_000_000));
        let mark = |id: &str| Mark { id: id.to_owned(), at };
        let plain = Place { newest: Some(mark("a b")), rest: None };
        let rest = Some(Rest { below: mark("9"), above: Some(mark("2")) });
        for place in [Place::default(), plain.clone(), Place { rest, ..plain.clone() }] {
            assert_eq!(Place::read(&place.text()), Some(place));
        }
        assert_eq!(Place::read("2023-11-14T22:13:20.000Z a b"), Some(plain));
        assert_eq!(Place::read("- 7").and_then(|p| p.newest), Some(Mark { id: "7".to_owned(), at: None }));
    }

    #[test]
    fn a_row_of_the_future_does_not_hide_those_until_then() {
        let now = Time::from_ms(5_000);
        let place = Place { newest: Some(Mark { id: "1".into(), at: Some(now.plus_ms(1_000)) }), rest: None };
        assert_eq!(place.not_after(now).newest.and_then(|newest| newest.at), Some(now));
    }
}
