//! Filters (RFC 7644 section 3.4.2.2): text to tree, tree to text, and what a resource says to it.

mod eval;
mod parse;

use std::fmt;

use serde_json::Value;

use super::resource::AttrRef;

pub use parse::{FilterError, MAX_DEPTH, MAX_LENGTH};
pub(super) use parse::{attr_path_end, bracket_end};

/// A filter. `And` and `Or` hold two or more parts, so that a long chain is flat and not deep.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every part.
    And(Vec<Filter>),
    /// Some part.
    Or(Vec<Filter>),
    /// Not the part.
    Not(Box<Filter>),
    /// `attr pr`.
    Present(AttrRef),
    /// `attr op value`; the value is a string, number, boolean or null.
    Compare(AttrRef, Op, Value),
    /// `attr[filter]`: one element of the array says yes to the whole inner filter.
    Element(AttrRef, Box<Filter>),
}

/// Comparison operators (RFC 7644 table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// equal
    Eq,
    /// not equal
    Ne,
    /// contains
    Co,
    /// starts with
    Sw,
    /// ends with
    Ew,
    /// greater than
    Gt,
    /// greater than or equal
    Ge,
    /// less than
    Lt,
    /// less than or equal
    Le,
}

impl Op {
    const ALL: [(&'static str, Op); 9] = [
        ("eq", Op::Eq),
        ("ne", Op::Ne),
        ("co", Op::Co),
        ("sw", Op::Sw),
        ("ew", Op::Ew),
        ("gt", Op::Gt),
        ("ge", Op::Ge),
        ("lt", Op::Lt),
        ("le", Op::Le),
    ];

    /// The operator as written.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("eq", |(name, _)| name)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, op)| *op)
    }
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// The filter `attr eq "value"`, as clients ask it.
    pub fn eq(attr: AttrRef, value: &str) -> Self {
        Self::Compare(attr, Op::Eq, Value::String(value.to_owned()))
    }

    /// Whether the filter asks about the core attribute `name`, in any case.
    pub fn mentions(&self, name: &str) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(|part| part.mentions(name)),
            Self::Not(part) => part.mentions(name),
            Self::Present(attr) | Self::Compare(attr, ..) | Self::Element(attr, _) => {
                attr.extension().is_none() && attr.name.eq_ignore_ascii_case(name)
            }
        }
    }

    /// The attribute and the text where the whole filter is `attr eq "text"`: what an index can answer.
    pub fn simple_eq(&self) -> Option<(&AttrRef, &str)> {
        match self {
            Self::Compare(attr, Op::Eq, Value::String(text)) => Some((attr, text)),
            _ => None,
        }
    }
}

/// A string literal for a filter: quoted, with JSON's escapes.
pub fn quote(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Filter], word: &str| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::And(parts) => join(f, parts, "and"),
            Self::Or(parts) => join(f, parts, "or"),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Present(attr) => write!(f, "{attr} pr"),
            Self::Compare(attr, op, value) => write!(f, "{attr} {} {value}", op.as_str()),
            Self::Element(attr, part) => write!(f, "{attr}[{part}]"),
        }
    }
}

#[cfg(test)]
mod tests;
