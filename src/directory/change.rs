//! What a transaction did to the directory: the only way anything reaches it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    AccountState, AccountValues, Assignment, Connection, Failure, Group, GroupAssignment, GroupId, OpId,
    OpKind, OpState, Operation, Person, PersonId, ProfileAttribute, Push, Shared, Time, Unlinked,
};

/// Our record of a person's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The endpoint's `id`.
    pub remote_id: String,
    /// Since when it is linked.
    pub linked_at: Time,
    /// What we last pushed.
    pub sent: AccountValues,
    /// What the account was after that push: endpoints normalise and leave out, so drift is told from this.
    pub settled: AccountValues,
    /// When the app last confirmed a push.
    pub confirmed_at: Time,
}

/// What a look at the endpoint found for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Whether there is an account, and whether it has access.
    pub state: AccountState,
    /// Its attributes, where there is one.
    pub values: Option<AccountValues>,
    /// When.
    pub at: Time,
}

/// A note that puts a person on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The words.
    pub text: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
}

/// A person's latest operation, as far as the directory needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpMark {
    /// Which.
    pub id: OpId,
    /// What kind.
    pub kind: OpKind,
    /// Where it stands.
    pub state: OpState,
    /// Why it stands still.
    pub failure: Option<Failure>,
}

impl OpMark {
    /// What the directory hears of an operation.
    pub fn of(operation: &Operation) -> Self {
        Self {
            id: operation.id,
            kind: operation.kind,
            state: operation.state,
            failure: operation.failure.clone(),
        }
    }
}

/// A look at the endpoint that was meant to cover everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// When it ended.
    pub at: Time,
    /// Whether every page came and fitted together; absence is believed only then.
    pub complete: bool,
    /// Accounts found there.
    pub accounts: u64,
    /// Accounts there that nobody here has.
    pub strangers: u64,
}

/// One change. Each carries the whole new value, so applying it twice is the same as once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A person is new or has new values.
    Person(Shared<Person>),
    /// A person is forgotten, with all that hangs on them.
    PersonDropped(PersonId),
    /// A group is new or renamed.
    Group(Group),
    /// A group is forgotten, with its memberships and assignment.
    GroupDropped(GroupId),
    /// A person is in a group.
    Member(GroupId, PersonId),
    /// A person is no longer in a group.
    MemberDropped(GroupId, PersonId),
    /// A person has an Individual assignment with these values.
    Assigned(PersonId, Assignment),
    /// The Individual assignment ended.
    Unassigned(PersonId),
    /// A group is assigned.
    GroupAssigned(GroupId, GroupAssignment),
    /// A group is pushed, or its push moved.
    GroupPushed(GroupId, Push),
    /// A group is no longer pushed; what was to become of it there.
    GroupPushDropped(GroupId, Unlinked),
    /// A group's assignment ended.
    GroupUnassigned(GroupId),
    /// An attribute is new, has new fields, or stands at another place.
    Attribute(u32, ProfileAttribute),
    /// An attribute is forgotten, by its variable name.
    AttributeDropped(String),
    /// A person is linked, or the link has new values.
    Link(PersonId, Shared<Link>),
    /// A person is no longer linked.
    LinkDropped(PersonId),
    /// What a look found.
    Observed(PersonId, Shared<Observation>),
    /// A person's operation moved.
    Operation(PersonId, OpMark),
    /// A person is on the list with a note.
    Noted(PersonId, Note),
    /// The note is gone.
    NoteDropped(PersonId),
    /// The connection has new settings.
    Connection(Box<Connection>),
    /// A look at everybody ended.
    Swept(Sweep),
}
