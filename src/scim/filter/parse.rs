//! The filter's reader: one pass, bounded in depth and length, so that hostile text costs nothing.

use serde_json::Value;

use super::{Filter, Op};
use crate::scim::resource::AttrRef;

/// How deep brackets, parentheses and `not` may nest.
pub const MAX_DEPTH: usize = 32;
/// How many bytes a filter may have.
pub const MAX_LENGTH: usize = 64 * 1024;

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at character {at} of the filter")]
pub struct FilterError {
    /// Where, in bytes from the start.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    if text.len() > MAX_LENGTH {
        return Err(parser.error("too many characters"));
    }
    let filter = parser.or(false)?;
    parser.blanks();
    if parser.rest().is_empty() { Ok(filter) } else { Err(parser.error("something left over")) }
}

/// Where the attribute path at the start of `text` ends.
pub(in crate::scim) fn attr_path_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || "$-_:.".contains(c))).unwrap_or(text.len())
}

/// Where the `]` is that closes a filter starting at the beginning of `text`: strings are skipped over.
pub(in crate::scim) fn bracket_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn error(&self, reason: &'static str) -> FilterError {
        FilterError { at: self.at, reason }
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, c: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    /// Takes `word` if it comes next as a whole word.
    fn keyword(&mut self, word: &str) -> bool {
        self.blanks();
        let rest = self.rest();
        let found = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && attr_path_end(rest) == word.len();
        if found {
            self.at += word.len();
        }
        found
    }

    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, FilterError>,
    ) -> Result<T, FilterError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("nested too deep"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self, inside: bool) -> Result<Filter, FilterError> {
        let mut parts = vec![self.and(inside)?];
        while self.keyword("or") {
            parts.push(self.and(inside)?);
        }
        Ok(one_or(parts, Filter::Or))
    }

    fn and(&mut self, inside: bool) -> Result<Filter, FilterError> {
        let mut parts = vec![self.term(inside)?];
        while self.keyword("and") {
            parts.push(self.term(inside)?);
        }
        Ok(one_or(parts, Filter::And))
    }

    /// `inside` is true within `attr[...]`, where no further value path may stand (RFC 7644 `valFilter`).
    fn term(&mut self, inside: bool) -> Result<Filter, FilterError> {
        if self.take('(') {
            let filter = self.nested(|p| p.or(inside))?;
            return if self.take(')') { Ok(filter) } else { Err(self.error("expected )")) };
        }
        let start = self.at;
        if self.keyword("not") {
            if self.take('(') {
                let filter = self.nested(|p| p.or(inside))?;
                return if self.take(')') {
                    Ok(Filter::Not(Box::new(filter)))
                } else {
                    Err(self.error("expected )"))
                };
            }
            self.at = start;
        }
        self.blanks();
        let end = attr_path_end(self.rest());
        let attr = self.rest().get(..end).and_then(AttrRef::parse);
        let attr = attr.ok_or_else(|| self.error("expected an attribute"))?;
        self.at += end;
        if self.rest().starts_with('[') {
            if inside {
                return Err(self.error("a value path within a value path"));
            }
            self.at += 1;
            let filter = self.nested(|p| p.or(true))?;
            return if self.take(']') {
                Ok(Filter::Element(attr, Box::new(filter)))
            } else {
                Err(self.error("expected ]"))
            };
        }
        if self.keyword("pr") {
            return Ok(Filter::Present(attr));
        }
        self.blanks();
        let end = attr_path_end(self.rest());
        let op = self.rest().get(..end).and_then(Op::parse);
        let op = op.ok_or_else(|| self.error("expected one of eq ne co sw ew gt ge lt le pr"))?;
        self.at += end;
        self.blanks();
        let value = self.value()?;
        Ok(Filter::Compare(attr, op, value))
    }

    fn value(&mut self) -> Result<Value, FilterError> {
        let rest = self.rest();
        let end = match rest.strip_prefix('"') {
            Some(inner) => string_end(inner).map(|end| end + 2),
            None => Some(rest.find([' ', '\t', '\r', '\n', ')', ']', '(', '[']).unwrap_or(rest.len())),
        };
        let literal = end.and_then(|end| rest.get(..end)).ok_or_else(|| self.error("string without end"))?;
        let lower = literal.to_ascii_lowercase();
        // True and False come from clients written in Python; reading them harms nobody.
        let json = if matches!(lower.as_str(), "true" | "false") { lower.as_str() } else { literal };
        match serde_json::from_str::<Value>(json) {
            Ok(value) if !value.is_array() && !value.is_object() => {
                self.at += literal.len();
                Ok(value)
            }
            _ => Err(self.error("expected a string in quotes, a number, true, false or null")),
        }
    }
}

/// Where the closing quote is, counted from behind the opening one.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}
