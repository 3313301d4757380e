//! What a plan stands on: it is committed only while that is still so.

use super::wire::Wire;
use crate::directory::{Change, Directory, OpMark};
use crate::domain::{OpId, OpState, PersonId};

/// What a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basis {
    /// The number of the last change that was known. Whatever was decided after it was not planned for.
    pub change: u64,
    /// The leading operations of the people it is about.
    pub leading: Vec<Leading>,
}

/// An operation that a plan reckons with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leading {
    /// Which.
    pub operation: OpId,
    /// Whether a request of it may have reached the endpoint.
    pub sent: bool,
}

impl Basis {
    /// Of a plan that is about these people.
    pub fn of<'a>(
        directory: &Directory,
        people: impl IntoIterator<Item = &'a PersonId>,
        change: u64,
    ) -> Self {
        let leading = people.into_iter().filter_map(|id| leading(directory, *id)).collect();
        Self { change, leading }
    }
}

fn leading(directory: &Directory, id: PersonId) -> Option<Leading> {
    let (operation, _, state) = directory.get(id)?.operation()?;
    Some(Leading { operation, sent: state.sent() })
}

/// Whether a look at somebody that began at `before` says how they stand `here`: neither a push of ours nor a later
/// look came in between, and whoever is looked for without a link is still looked for by the same.
pub fn still_seen(before: &Directory, here: &Directory, id: PersonId) -> bool {
    let seen = |d: &Directory| {
        let person = d.get(id)?;
        let times = (person.confirmed_at(), person.observed_at());
        let by = match person.remote_id() {
            Some(remote_id) => Ok(remote_id.to_owned()),
            None => Err(Wire::of(d.connection()).identity(&person.wanted())),
        };
        Some((by, times, leading(d, id)))
    };
    seen(before) == seen(here)
}

/// Takes what is queued for these people for sent: a plan made so holds whether it is sent by then or not.
pub fn reckon_with_sending(directory: &mut Directory, people: &[PersonId]) {
    for id in people {
        if let Some((op, kind, state)) = directory.get(*id).and_then(|person| person.operation())
            && !state.sent()
        {
            let mark = OpMark { id: op, kind, state: OpState::InDoubt, failure: None };
            directory.apply(&Change::Operation(*id, mark));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Connection, ConnectionId, Person, TokenSource};

    #[test]
    fn whoever_was_renamed_here_during_a_look_by_name_was_not_seen_by_it() {
        let id = PersonId(1);
        let mut before = Directory::new(Connection::new(ConnectionId(1), "w", "", TokenSource::Memory));
        before.apply(&Change::Person(Person::new(id, "ana@example.com").into()));
        let renamed = |name: &str| {
            let mut here = before.clone();
            here.apply(&Change::Person(Person::new(id, name).into()));
            here
        };
        assert!(still_seen(&before, &renamed("ana@example.com"), id));
        assert!(!still_seen(&before, &renamed("ana.smith@example.com"), id));
    }
}
