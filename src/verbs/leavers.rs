//! People without access here whose account was seen to have it all the same.

use super::Command;
use crate::directory::{Directory, PersonView};
use crate::domain::{AccountState, PersonId, Status};

/// Somebody who shall have no access and has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// Who.
    pub person: PersonId,
    /// Why they shall have none, in words.
    pub why: String,
    /// Whether the account is linked: only then it can be deactivated from here.
    pub linked: bool,
    status: Status,
}

impl Leaver {
    /// The decision that ends their access: the one that was made here, once more. None for an account that is not
    /// linked, which an import does first.
    pub fn fix(&self) -> Option<Command> {
        let people = vec![self.person];
        self.linked.then(|| match self.status {
            Status::Active => Command::Unassign(people),
            Status::Removed => Command::PersonRemove(people),
            status => Command::SetStatus { people, status },
        })
    }

    /// The words of the command line that does it.
    pub fn fix_words(&self) -> &'static str {
        match self.status {
            _ if !self.linked => "import endpoint",
            Status::Active => "unassign",
            Status::Removed => "person remove",
            Status::Suspended => "suspend",
            Status::Deactivated => "deactivate",
        }
    }
}

/// Why this is a leaver who still has access; none where it is none. An account that nobody looked at yet is no
/// evidence: only one that was seen active counts.
pub fn leaver(person: &PersonView<'_>) -> Option<Leaver> {
    let seen = matches!(person.account(), AccountState::Active | AccountState::Invited);
    if person.shall_have_access() || !seen {
        return None;
    }
    let here = match (person.status(), person.assigned()) {
        (Status::Active, _) => "not assigned here",
        (status, _) => status.word(),
    };
    let linked = person.remote_id().is_some();
    let why = if linked {
        format!("{here}, but the account there is active")
    } else {
        format!("{here}, but an account that fits is active there; it is not linked")
    };
    Some(Leaver { person: person.id(), why, linked, status: person.status() })
}

/// All of them, in user name order.
pub fn leavers(directory: &Directory) -> Vec<Leaver> {
    directory.people().filter_map(|person| leaver(&person)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Change, Link, Observation};
    use crate::domain::{Assignment, Connection, ConnectionId, Person, Time, TokenSource};

    fn directory(status: Status, assigned: bool, linked: bool, account: AccountState) -> Directory {
        let connection = Connection::new(ConnectionId(1), "app", "http://127.0.0.1", TokenSource::Memory);
        let mut directory = Directory::new(connection);
        let id = PersonId(1);
        directory.apply(&Change::Person(Person { status, ..Person::new(id, "ana@example.com") }.into()));
        if assigned {
            directory.apply(&Change::Assigned(id, Assignment::default()));
        }
        if linked {
            let sent = directory.get(id).unwrap().wanted();
            let now = Time::from_ms(1);
            let link = Link {
                remote_id: "9".to_owned(),
                linked_at: now,
                settled: sent.clone(),
                sent,
                confirmed_at: now,
            };
            directory.apply(&Change::Link(id, link.into()));
        }
        let seen = Observation { state: account, values: None, at: Time::from_ms(1) };
        directory.apply(&Change::Observed(id, seen.into()));
        directory
    }

    #[test]
    fn whoever_left_and_was_seen_active_there_still_has_access() {
        for (status, assigned) in
            [(Status::Suspended, true), (Status::Deactivated, false), (Status::Active, false)]
        {
            let all = leavers(&directory(status, assigned, true, AccountState::Active));
            assert_eq!((all.len(), all[0].linked), (1, true), "{status:?}");
            let fix = all[0].fix();
            assert_eq!(matches!(fix, Some(Command::Unassign(_))), status == Status::Active, "{fix:?}");
        }
        let unlinked = leavers(&directory(Status::Deactivated, false, false, AccountState::Active));
        assert_eq!((unlinked[0].fix(), unlinked[0].fix_words()), (None, "import endpoint"));
        assert!(!unlinked[0].linked && unlinked[0].why.ends_with("it is not linked"), "{unlinked:?}");
    }

    #[test]
    fn an_account_that_was_not_seen_or_is_without_access_or_wanted_is_no_leavers() {
        for account in [AccountState::Unknown, AccountState::Inactive, AccountState::Gone, AccountState::None]
        {
            assert_eq!(leavers(&directory(Status::Deactivated, false, true, account)), [], "{account:?}");
        }
        assert_eq!(leavers(&directory(Status::Active, true, true, AccountState::Active)), []);
    }
}
