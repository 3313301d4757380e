//! Names that come twice in one object: readers differ in which of the two they believe (RFC 8259, 4), so that what
//! comes so is no evidence of either.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Names that are looked at, each with those that are looked at in the objects below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Vec<(String, Names)>);

impl Names {
    /// These, with nothing below them.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        names.into_iter().fold(Self::default(), |all, name| all.with(name, Self::default()))
    }

    /// With one more, or with more below one that is there already.
    #[must_use]
    pub fn with(mut self, name: &str, below: Self) -> Self {
        match self.place(name) {
            Some(at) => {
                let known = std::mem::take(&mut self.0[at].1);
                self.0[at].1 = below.0.into_iter().fold(known, |all, (name, below)| all.with(&name, below));
            }
            None => self.0.push((name.to_owned(), below)),
        }
        self
    }

    /// Attribute names have no case (RFC 7643, 2.1).
    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// The first of these names that comes twice, with the names above it: `name.givenName`. None in what is no JSON.
pub fn repeated(text: &str, names: &Names) -> Option<String> {
    let mut first = None;
    // An error is how it ends when one was found.
    let _ = Look { names, first: &mut first }.deserialize(&mut serde_json::Deserializer::from_str(text));
    first
}

struct Look<'n, 'f> {
    names: &'n Names,
    first: &'f mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Look<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Look { names: self.names, first: &mut *self.first })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut came = vec![false; self.names.0.len()];
        while let Some(name) = map.next_key::<String>()? {
            let known =
                self.names.place(&name).and_then(|at| Some((self.names.0.get(at)?, came.get_mut(at)?)));
            let Some(((name, below), came)) = known else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if std::mem::replace(came, true) {
                *self.first = Some(name.clone());
                return Err(A::Error::custom("it comes twice"));
            }
            let ended = map.next_value_seed(Look { names: below, first: &mut *self.first });
            if let (Err(_), Some(inner)) = (&ended, self.first.as_mut()) {
                let between = if name.contains(':') { ':' } else { '.' };
                *inner = format!("{name}{between}{inner}");
            }
            ended?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> Names {
        Names::of(["id", "userName"])
            .with("emails", Names::of(["value"]))
            .with("urn:x:User", Names::of(["department"]))
            .with("urn:x:User", Names::of(["role"]))
    }

    #[test]
    fn a_name_that_comes_twice_is_found_wherever_it_is_looked_at() {
        for (text, first) in [
            (r#"{"id":"a","userName":"b","id":"a"}"#, Some("id")),
            (r#"{"userName":"b","x":{"a":1},"USERNAME":null}"#, Some("userName")),
            (r#"{"emails":[{"value":"a"},{"value":"b","Value":"c"}]}"#, Some("emails.value")),
            (r#"{"urn:x:User":{"department":1,"role":"a","role":"b"}}"#, Some("urn:x:User:role")),
            (r#"{"id":"a","emails":[{"value":"a"},{"value":"b"}],"other":1,"other":2}"#, None),
            (r#"{"other":{"id":1,"id":2},"id":-1.5,"userName":true}"#, None),
            (r#"{"id":"a","id"#, None),
            ("[]", None),
        ] {
            assert_eq!(repeated(text, &names()).as_deref(), first, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = repeated(&text, &names());
        }
    }
}
