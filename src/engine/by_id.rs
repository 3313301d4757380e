//! What the answer to a read by id shows, and when it is no evidence of anything.

use super::Found;
use super::push_group::{self, FoundGroup};
use super::wire::{self, Reader};
use crate::domain::{Answer, Failure, FailureKind};
use crate::scim::repeated::{Names, repeated};
use crate::scim::resource::{self, Resource};

/// Why nothing of an answer is believed, and nothing written over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no resource with an id.
    NoResource,
    /// It holds bytes that are no text, for which others stand now.
    NotText,
    /// A name that counts comes twice.
    Twice(String),
    /// It is about another one, with this id.
    Another(String),
}

impl Unreadable {
    /// In words, of a `user` or a `group`.
    pub fn words(&self, of: &str) -> String {
        match self {
            Self::NoResource => format!("the answer is no {of}"),
            Self::NotText => "the answer holds text that is no UTF-8".to_owned(),
            Self::Twice(name) => format!("it has {name} twice"),
            Self::Another(id) => {
                let of = if of == "user" { "account" } else { of };
                format!("the app answered with another {of} (id {id})")
            }
        }
    }

    /// As a failure of one look, which says nothing of the next.
    pub fn failure(&self, text: String) -> Failure {
        let (kind, next) = match self {
            Self::NoResource => {
                (FailureKind::NotScim, "Look at the trace; retry when the endpoint answers as SCIM.")
            }
            Self::NotText | Self::Twice(_) => {
                (FailureKind::Unreadable, "Look at the trace; retry once the app answers otherwise.")
            }
            Self::Another(_) => (
                FailureKind::Unreadable,
                "Look at the trace, and at what stands in front of the app and may mix up its answers; then retry.",
            ),
        };
        Failure { kind, text, next: next.to_owned() }
    }
}

/// The account that was asked for by this id.
pub fn account(answer: &Answer, asked: &str, reader: &Reader) -> Result<Found, Unreadable> {
    let resource = asked_for(answer, asked, reader.names())?;
    let account = wire::account(&resource, answer.etag.as_deref(), reader.attributes());
    let account = account.ok_or(Unreadable::NoResource)?;
    Ok(Found { account, resource })
}

/// The group that was asked for by this id.
pub fn group(answer: &Answer, asked: &str) -> Result<FoundGroup, Unreadable> {
    let resource = asked_for(answer, asked, &push_group::names())?;
    push_group::found(resource, answer.etag.as_deref()).ok_or(Unreadable::NoResource)
}

/// Ids are compared as the texts they are read as (RFC 7643, 3.1: case counts).
fn asked_for(answer: &Answer, asked: &str, names: &Names) -> Result<Resource, Unreadable> {
    let resource = whole(answer, names)?;
    match resource::id(&resource) {
        None => Err(Unreadable::NoResource),
        Some(id) if id == asked => Ok(resource),
        Some(id) => Err(Unreadable::Another(id)),
    }
}

/// The resource in an answer that can be read in one way only.
pub fn whole(answer: &Answer, names: &Names) -> Result<Resource, Unreadable> {
    if answer.lossy {
        return Err(Unreadable::NotText);
    }
    if let Some(name) = repeated(&answer.body, names) {
        return Err(Unreadable::Twice(name));
    }
    serde_json::from_str(&answer.body).map_err(|_| Unreadable::NoResource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, lossy: bool) -> Result<String, Unreadable> {
        let answer = Answer { status: 200, body: body.to_owned(), lossy, ..Answer::default() };
        account(&answer, "7", &Reader::new(&[])).map(|found| found.account.remote_id)
    }

    #[test]
    fn only_the_one_that_was_asked_for_is_believed_by_the_text_of_its_id() {
        for body in [r#"{"id":"7"}"#, r#"{"id":7}"#, r#"{"ID":"7","other":1,"other":2}"#] {
            assert_eq!(read(body, false).as_deref(), Ok("7"), "{body}");
        }
        let another = |id: &str| Err(Unreadable::Another(id.to_owned()));
        assert_eq!(read(r#"{"id":"07"}"#, false), another("07"));
        assert_eq!(read(r#"{"id":"A7"}"#, false), another("A7"));
        assert_eq!(read(r#"{"userName":"ana"}"#, false), Err(Unreadable::NoResource), "none says nothing");
        assert_eq!(read(r#"{"id":"7"}"#, true), Err(Unreadable::NotText));
        assert_eq!(
            read(r#"{"id":"7","active":true,"Active":false}"#, false),
            Err(Unreadable::Twice("active".into()))
        );
    }
}
