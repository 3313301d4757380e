//! ListResponse (RFC 7644 section 3.4.2): the server's writer, and a client's reader that takes what real
//! servers send: totals missing or as strings, `Resources` absent when empty or spelled otherwise.

mod rows;
mod walk;

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::MapAccess;
use serde_json::{Value, json, value::RawValue};

use super::resource::urn;
pub(crate) use rows::Rows;

/// The body of one page. `start` is 1-based; `items` is what this page holds.
pub fn write(total: usize, start: usize, items: Vec<Value>) -> Value {
    json!({
        "schemas": [urn::LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": items.len(),
        "Resources": items,
    })
}

/// The body of one page by cursor (RFC 9865): no start index, and on the last page no cursor.
pub fn write_cursor(total: usize, next: Option<String>, items: Vec<Value>) -> Value {
    let mut page = json!({
        "schemas": [urn::LIST_RESPONSE],
        "totalResults": total,
        "itemsPerPage": items.len(),
    });
    if let Some(map) = page.as_object_mut() {
        map.extend(next.map(|next| ("nextCursor".to_owned(), Value::String(next))));
        map.insert("Resources".to_owned(), Value::Array(items));
    }
    page
}

/// A page as a client reads it. The resources stay raw, so that each is parsed on its own and one bad user does
/// not spoil the page.
#[derive(Debug, Default)]
pub struct ListPage {
    /// `totalResults`; absent with cursor paging and on some servers.
    pub total: Option<u64>,
    /// `startIndex` as echoed: not to be trusted, some servers echo 0 or a negative number.
    pub start_index: Option<u64>,
    /// `itemsPerPage`: some servers give what was asked for, not what is there. Count `resources` instead.
    pub items_per_page: Option<u64>,
    /// `nextCursor` (RFC 9865).
    pub next_cursor: Option<String>,
    /// The resources, unparsed.
    pub resources: Vec<Box<RawValue>>,
}

/// Why a body is not a page.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Not JSON, or not a JSON object.
    #[error("the answer is not a JSON object: {0}")]
    NotJson(#[source] serde_json::Error),
    /// A JSON object without any of the members of a list.
    #[error("the answer is a JSON object, but not a list of resources")]
    NotAList,
    /// More than [`MOST_ROWS`] resources.
    #[error("the answer holds more than {MOST_ROWS} resources in one page")]
    TooMany,
}

/// Resources taken from one page. Hundreds are asked for; servers that know no pages give all they have, and a page
/// of two-byte rows would cost a hundred times its size.
pub const MOST_ROWS: usize = 50_000;

/// A page whose resources are still where they came: nothing of a user is copied to find out where it ends.
#[derive(Debug)]
pub struct PageRef<'a, R = &'a RawValue> {
    /// `totalResults`.
    pub total: Option<u64>,
    /// `startIndex` as echoed.
    pub start_index: Option<u64>,
    /// `itemsPerPage` as echoed.
    pub items_per_page: Option<u64>,
    /// `nextCursor` (RFC 9865).
    pub next_cursor: Option<String>,
    /// The resources, unparsed or as they were read in passing.
    pub resources: Vec<R>,
    body: PhantomData<&'a str>,
}

impl<R> Default for PageRef<'_, R> {
    fn default() -> Self {
        let (total, start_index, items_per_page, next_cursor) = (None, None, None, None);
        Self { total, start_index, items_per_page, next_cursor, resources: Vec::new(), body: PhantomData }
    }
}

impl ListPage {
    /// Reads a page.
    pub fn read(body: &[u8]) -> Result<Self, ListError> {
        let body = std::str::from_utf8(body);
        let page = PageRef::read(body.map_err(|e| ListError::NotJson(serde::de::Error::custom(e)))?)?;
        Ok(Self {
            total: page.total,
            start_index: page.start_index,
            items_per_page: page.items_per_page,
            next_cursor: page.next_cursor,
            resources: page.resources.into_iter().map(RawValue::to_owned).collect(),
        })
    }
}

impl<'a> PageRef<'a> {
    /// Reads a page.
    pub fn read(body: &'a str) -> Result<Self, ListError> {
        serde_json::from_str::<Members<'a, _>>(body).map_err(ListError::NotJson)?.page()
    }
}

impl<'a, R> PageRef<'a, R> {
    /// Reads a page and its rows: those that `first` knows in passing, the others with `read`. `first` reads the row that
    /// begins the text and says how many bytes it has.
    pub fn read_rows(
        body: &'a str,
        first: impl FnMut(&'a str) -> Option<(R, usize)>,
        mut read: impl FnMut(&'a str) -> R,
    ) -> Result<Self, ListError> {
        if let Some(members) = walk::members(body, first, &mut read) {
            return members.page();
        }
        let PageRef { total, start_index, items_per_page, next_cursor, resources, body } =
            PageRef::read(body)?;
        let resources = resources.into_iter().map(|raw| read(raw.get())).collect();
        Ok(Self { total, start_index, items_per_page, next_cursor, resources, body })
    }
}

/// The members of the object as far as they make a page, and whether any of them does. Of duplicates the last one
/// counts: a derived reader would refuse the whole page for one.
struct Members<'a, R> {
    page: PageRef<'a, R>,
    is_list: bool,
    too_many: bool,
}

impl<R> Default for Members<'_, R> {
    fn default() -> Self {
        Self { page: PageRef::default(), is_list: false, too_many: false }
    }
}

impl<'a, R> Members<'a, R> {
    /// The name of the member that holds the rows, which are read apart.
    fn holds_rows(name: &str) -> bool {
        name.eq_ignore_ascii_case("resources")
    }

    /// Any other member.
    fn take(&mut self, name: &str, raw: &RawValue) {
        match name.to_ascii_lowercase().as_str() {
            "totalresults" => self.page.total = number(raw),
            "startindex" => self.page.start_index = number(raw),
            "itemsperpage" => self.page.items_per_page = number(raw),
            "nextcursor" => {
                self.page.next_cursor =
                    serde_json::from_str::<String>(raw.get()).ok().filter(|c| !c.is_empty());
            }
            "schemas" if raw.get().contains("ListResponse") => {}
            _ => return,
        }
        self.is_list = true;
    }

    fn page(self) -> Result<PageRef<'a, R>, ListError> {
        match (self.is_list, self.too_many) {
            (false, _) => Err(ListError::NotAList),
            (true, true) => Err(ListError::TooMany),
            (true, false) => Ok(self.page),
        }
    }
}

impl<'de> Deserialize<'de> for Members<'de, &'de RawValue> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de, &'de RawValue>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Self::Value::default();
                while let Some(name) = map.next_key::<String>()? {
                    if Self::Value::holds_rows(&name) {
                        let rows = map.next_value::<Rows<'de>>()?;
                        (members.page.resources, members.too_many) = (rows.rows, rows.too_many);
                        members.is_list = true;
                    } else {
                        members.take(&name, map.next_value()?);
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// A count, from a number or from a string of digits.
fn number(raw: &RawValue) -> Option<u64> {
    match serde_json::from_str::<Value>(raw.get()).ok()? {
        Value::Number(number) => number.as_u64().or_else(|| {
            let value = number.as_f64().filter(|v| v.fract() == 0.0 && (0.0..9e15).contains(v))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just above")]
            let whole = value as u64;
            Some(whole)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    #[test]
    fn what_the_server_writes_a_client_reads() {
        let body = write(7, 3, vec![json!({"id": "a"}), json!({"id": "b"})]);
        let page = ListPage::read(body.to_string().as_bytes()).expect("a page");
        assert_eq!((page.total, page.start_index, page.items_per_page), (Some(7), Some(3), Some(2)));
        assert_eq!(page.resources.len(), 2);
    }

    #[test]
    fn totals_may_be_missing_or_strings_and_resources_in_another_case_or_absent() {
        let page = ListPage::read(br#"{"totalResults":"12","startIndex":-5,"resources":[{"id":1}]}"#);
        let page = page.expect("a page");
        assert_eq!((page.total, page.start_index, page.resources.len()), (Some(12), None, 1));
        let empty = ListPage::read(br#"{"totalResults":0}"#).expect("a page");
        assert!(empty.resources.is_empty());
        let cursor = ListPage::read(br#"{"Resources":[],"nextCursor":"x"}"#).expect("a page");
        assert_eq!((cursor.total, cursor.next_cursor.as_deref()), (None, Some("x")));
        assert_eq!(ListPage::read(br#"{"totalResults":12.0}"#).expect("a page").total, Some(12));
    }

    #[test]
    fn one_bad_user_does_not_spoil_the_page() {
        let page = ListPage::read(br#"{"Resources":[{"id":"a"},42,{"id":["x"]},null]}"#).expect("a page");
        let readable = page
            .resources
            .iter()
            .filter(|raw| serde_json::from_str::<serde_json::Map<String, Value>>(raw.get()).is_ok());
        assert_eq!((page.resources.len(), readable.count()), (4, 2));
    }

    #[test]
    fn a_page_of_more_rows_than_anybody_asks_for_is_refused() {
        let page = |rows: usize| format!("{{\"Resources\":[{}1]}}", "1,".repeat(rows - 1));
        assert_eq!(PageRef::read(&page(MOST_ROWS)).expect("a page").resources.len(), MOST_ROWS);
        assert!(matches!(PageRef::read(&page(MOST_ROWS + 1)), Err(ListError::TooMany)));
    }

    #[test]
    fn other_bodies_are_no_page() {
        assert!(matches!(ListPage::read(b"<html>"), Err(ListError::NotJson(_))));
        assert!(matches!(ListPage::read(b""), Err(ListError::NotJson(_))));
        assert!(matches!(ListPage::read(b"[]"), Err(ListError::NotJson(_))));
        assert!(matches!(ListPage::read(br#"{"id":"x"}"#), Err(ListError::NotAList)));
        let deep = format!("{{\"Resources\":{}", "[".repeat(100_000));
        assert!(ListPage::read(deep.as_bytes()).is_err());
    }

    /// A page with its rows as text, read in passing where `plain`.
    fn in_passing(body: &str, plain: bool) -> Result<PageRef<'_, String>, ListError> {
        let first = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            // As a reader of rows: it knows objects only, and not each of them.
            let row = serde_json::Map::<String, Value>::deserialize(&mut json).ok()?;
            let end = json.into_iter::<IgnoredAny>().byte_offset();
            (plain && !row.contains_key("odd")).then(|| (text[..end].to_owned(), end))
        };
        PageRef::read_rows(body, first, str::to_owned)
    }

    fn same_in_passing(body: &str) {
        let told = |page: Result<PageRef<'_, String>, ListError>| {
            let page = page.map_err(|error| error.to_string())?;
            Ok::<_, String>((
                (page.total, page.start_index, page.items_per_page, page.next_cursor),
                page.resources,
            ))
        };
        let apart = PageRef::read(body).map(|page| PageRef {
            total: page.total,
            start_index: page.start_index,
            items_per_page: page.items_per_page,
            next_cursor: page.next_cursor,
            resources: page.resources.iter().map(|raw| raw.get().to_owned()).collect(),
            body: page.body,
        });
        let apart = told(apart);
        assert_eq!(told(in_passing(body, true)), apart, "{body}");
        assert_eq!(told(in_passing(body, false)), apart, "{body}");
    }

    #[test]
    fn rows_read_in_passing_are_those_that_are_read_apart() {
        for body in [
            r#" { "totalResults" : 3 , "Resources" : [ {"id":"a"} , {"odd":1,"id":"]"} ,42, [] ] , "startIndex":"1" } "#,
            r#"{"resources":[{"id":"a"}],"Resources":[{"id":"b"}],"nextCursor":"x"}"#,
            r#"{"Resources":null,"totalResults":0}"#,
            r#"{"Resources":[],"Resources":7}"#,
            r#"{"Resources":[{"id":"a"},],"totalResults":1}"#,
            r#"{"Resources":[{"id":"a"}"#,
            r#"{"Resources":[{"id":"a"} {"id":"b"}]}"#,
            r#"{"Resources":[{"id":"a"}]} x"#,
            r#"{"Resources":[{"id":"a"}],}"#,
            r#"{"totalResults":12abc,"Resources":[]}"#,
            r#"{,"Resources":[]}"#,
            r#"{"id":"x"}"#,
            "{}",
            "{ ",
            "[]",
            "",
        ] {
            same_in_passing(body);
        }
        let page = |rows: usize| format!("{{\"Resources\":[{}{{}}]}}", "{},".repeat(rows - 1));
        assert_eq!(in_passing(&page(MOST_ROWS), true).expect("a page").resources.len(), MOST_ROWS);
        assert!(matches!(in_passing(&page(MOST_ROWS + 1), true), Err(ListError::TooMany)));
    }

    proptest! {
        #[test]
        fn a_page_with_a_piece_cut_out_or_doubled_is_read_in_passing_as_it_is_apart(from in 0_usize..120, to in 0_usize..120, twice: bool) {
            let body = r#"{"totalResults":2, "Resources":[{"id":"a","é":[1]}, {"odd":"}"} ,3], "nextCursor":"x"}"#;
            let (from, to) = (from.min(to).min(body.len()), to.max(from).min(body.len()));
            if let (Some(before), Some(piece), Some(after)) = (body.get(..from), body.get(from..to), body.get(to..)) {
                same_in_passing(&format!("{before}{}{after}", if twice { piece.repeat(2) } else { String::new() }));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = ListPage::read(&bytes);
        }

        #[test]
        fn any_members_are_read_or_refused(total in "\\PC{0,6}", start in any::<f64>()) {
            let body = json!({"totalResults": total, "startIndex": start, "Resources": total});
            prop_assert!(ListPage::read(body.to_string().as_bytes()).is_ok());
        }
    }
}
