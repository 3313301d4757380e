//! Query strings: percent-decoding and the parameters of lists.

use serde_json::Value;

use crate::scim::error::{ScimError, ScimType};
use crate::scim::resource::Resource;

/// Rows in a page when the client does not say.
pub(super) const DEFAULT_COUNT: usize = 100;
/// The most rows in a page; a larger wish is cut silently, as real servers do.
pub(super) const MAX_COUNT: usize = 200;

/// The decoded parameters, in order.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))
        });
        Self(pairs.collect())
    }

    /// The parameters of a SearchRequest body (RFC 7644 section 3.4.3), as if they stood in a query. What is
    /// neither text, number nor a list of texts is not there.
    pub(super) fn of_search(body: &Resource) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(items) => {
                let names: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                (!names.is_empty()).then(|| names.join(","))
            }
            _ => None,
        };
        let known = body.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas"));
        Self(known.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect())
    }

    /// A parameter by name, without case (`startindex` is seen in the wild).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a repeated parameter (`include_event_types[]`).
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `startIndex` as a 0-based offset: less than 1 means 1 (RFC 7644 section 3.4.2.4).
    pub(super) fn offset(&self) -> Result<usize, ScimError> {
        Ok(usize::try_from(self.integer("startIndex")?.unwrap_or(1).max(1) - 1).unwrap_or(usize::MAX))
    }

    /// `count`: negative means 0, and never more than the server's most.
    pub(super) fn count(&self) -> Result<usize, ScimError> {
        let count = self.integer("count")?.map(|n| usize::try_from(n.max(0)).unwrap_or(usize::MAX));
        Ok(count.unwrap_or(DEFAULT_COUNT).min(MAX_COUNT))
    }

    /// `count` of a list by cursor: out of bounds is refused and not cut (RFC 9865).
    pub(super) fn page_size(&self) -> Result<usize, ScimError> {
        let wrong = || {
            let detail = format!("count must be an integer from 1 to {MAX_COUNT}");
            ScimError::typed(ScimType::InvalidCount, detail)
        };
        let Some(text) = self.get("count") else { return Ok(DEFAULT_COUNT) };
        let count = text.trim().parse().ok().filter(|count| (1..=MAX_COUNT).contains(count));
        count.ok_or_else(wrong)
    }

    fn integer(&self, name: &str) -> Result<Option<i64>, ScimError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let parsed = text.trim().parse().ok();
        let wrong = || ScimError::typed(ScimType::InvalidValue, format!("{name} must be an integer"));
        parsed.ok_or_else(wrong).map(Some)
    }
}

/// Percent-decodes; what is no valid escape stays, what is no UTF-8 becomes the replacement character.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        rest = match tail {
            [high, low, after @ ..] if *first == b'%' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    after
                }
                _ => {
                    bytes.push(*first);
                    tail
                }
            },
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_decoded() {
        let query = Query::parse("filter=userName+eq+%22a%2Bb%40c%22&page%5Bsize%5D=3&x&count=5");
        assert_eq!(query.get("filter"), Some("userName eq \"a+b@c\""));
        assert_eq!((query.get("page[size]"), query.get("x"), query.get("y")), (Some("3"), Some(""), None));
    }

    #[test]
    fn paging_follows_the_rfc_at_its_edges() {
        let page = |text: &str| {
            let query = Query::parse(text);
            (query.offset().ok(), query.count().ok())
        };
        assert_eq!(page(""), (Some(0), Some(DEFAULT_COUNT)));
        assert_eq!(page("startIndex=-5&count=-1"), (Some(0), Some(0)));
        assert_eq!(page("startIndex=101&count=0"), (Some(100), Some(0)));
        assert_eq!(page("startindex=2&count=99999"), (Some(1), Some(MAX_COUNT)));
        assert_eq!(page("startIndex=x&count=1.5"), (None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_decoded(text in "\\PC*") {
            let _ = Query::parse(&text);
            let _ = decode(&text);
        }
    }
}
