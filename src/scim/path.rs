//! PATCH paths (RFC 7644 section 3.5.2): `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, each with or
//! without a URN, and a bare URN.

use std::fmt;

use super::filter::{Filter, MAX_LENGTH, attr_path_end, bracket_end};
use super::resource::{AttrRef, is_name};

/// A PATCH path. A bare extension URN is read as a reference too; see [`AttrRef::full`].
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The attribute. Its own `sub` is only set where there is no filter.
    pub attr: AttrRef,
    /// The elements meant, of a multi-valued attribute.
    pub filter: Option<Filter>,
    /// The sub-attribute after the filter.
    pub sub: Option<String>,
}

impl Path {
    /// Reads a path; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return None;
        }
        let end = attr_path_end(text);
        let attr = AttrRef::parse(text.get(..end)?)?;
        let rest = text.get(end..)?;
        if rest.is_empty() {
            return Some(Self { attr, filter: None, sub: None });
        }
        let inner = rest.strip_prefix('[')?;
        let close = bracket_end(inner)?;
        let filter = Filter::parse(inner.get(..close)?).ok()?;
        let sub = match inner.get(close + 1..)? {
            "" => None,
            tail => Some(tail.strip_prefix('.').filter(|sub| is_name(sub))?.to_owned()),
        };
        let flat = attr.sub.is_none() && !has_element(&filter);
        flat.then_some(Self { attr, filter: Some(filter), sub })
    }

    /// The sub-attribute meant, wherever it stands.
    pub fn sub(&self) -> Option<&str> {
        self.sub.as_deref().or(self.attr.sub.as_deref())
    }
}

/// A value path within a value path has no meaning.
fn has_element(filter: &Filter) -> bool {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(has_element),
        Filter::Not(part) => has_element(part),
        Filter::Element(..) => true,
        Filter::Present(_) | Filter::Compare(..) => false,
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attr)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_of_the_rfc_is_read() {
        for text in [
            "userName",
            "name.givenName",
            "members[value eq \"2819]c223\"]",
            "emails[type eq \"work\" and primary eq true].value",
            "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role",
            "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        ] {
            assert_eq!(Path::parse(text).map(|p| p.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in
            ["", "a[", "a[]", "a[b pr", "a[b pr]c", "a[b pr].", "a.b[c pr]", "a[b[c pr]]", "a b", "[a pr]"]
        {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = Path::parse(&text);
        }

        #[test]
        fn a_read_path_reads_back_the_same(text in "[a-c]{1,2}(\\[[a-c] (pr|eq \"[\\]\\[\"]?\")\\])?(\\.[a-c]{1,2})?") {
            if let Some(path) = Path::parse(&text) {
                prop_assert_eq!(Path::parse(&path.to_string()), Some(path));
            }
        }
    }
}
