//! A page in one pass: its members by name, its rows one after the other. A row that its reader knows is not looked
//! through a second time to find its end, which costs as much again as reading it.
//!
//! It goes on only while everything is as it mostly is: what comes otherwise, and what is wrong, is told by the rule that
//! all pages have, which reads such a page from its beginning.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{MOST_ROWS, Members};

/// The members of a page; none where something is out of the ordinary.
pub(super) fn members<'a, R>(
    body: &'a str,
    mut first: impl FnMut(&'a str) -> Option<(R, usize)>,
    mut read: impl FnMut(&'a str) -> R,
) -> Option<Members<'a, R>> {
    let mut walk = Walk(body);
    let (mut members, mut has_rows) = (Members::default(), false);
    walk.pass('{')?;
    loop {
        let name: String = walk.value()?;
        walk.pass(':')?;
        if !Members::<R>::holds_rows(&name) {
            members.take(&name, walk.value()?);
        } else if std::mem::replace(&mut has_rows, true) {
            return None;
        } else {
            members.page.resources = walk.rows(&mut first, &mut read)?;
            members.is_list = true;
        }
        if walk.pass(',').is_none() {
            break;
        }
    }
    walk.pass('}')?;
    walk.rest().is_empty().then_some(members)
}

/// What is left of the page.
struct Walk<'a>(&'a str);

impl<'a> Walk<'a> {
    /// The same without the white space before it (RFC 8259, 2).
    fn rest(&mut self) -> &'a str {
        self.0 = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
        self.0
    }

    /// Goes past this sign; none where another one stands there.
    fn pass(&mut self, sign: char) -> Option<()> {
        self.0 = self.rest().strip_prefix(sign)?;
        Some(())
    }

    fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut json = serde_json::Deserializer::from_str(self.rest());
        let value = T::deserialize(&mut json).ok()?;
        self.0 = self.0.get(json.into_iter::<IgnoredAny>().byte_offset()..)?;
        Some(value)
    }

    fn rows<R>(
        &mut self,
        mut first: impl FnMut(&'a str) -> Option<(R, usize)>,
        mut read: impl FnMut(&'a str) -> R,
    ) -> Option<Vec<R>> {
        let mut rows = Vec::new();
        self.pass('[')?;
        if self.pass(']').is_some() {
            return Some(rows);
        }
        while rows.len() < MOST_ROWS {
            let row = match first(self.rest()) {
                Some((row, length)) => {
                    self.0 = self.0.get(length..)?;
                    row
                }
                None => read(self.value::<&RawValue>()?.get()),
            };
            rows.push(row);
            if self.pass(',').is_none() {
                return self.pass(']').map(|()| rows);
            }
        }
        None
    }
}
