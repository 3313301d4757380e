//! The operator's decisions as plain data: the console and the command line build the same ones.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

use crate::domain::{
    Connection, GroupId, ImportRules, PersonId, ProfileAttribute, RoleValues, Status, Undoable, Unlinked,
};

/// Whom a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// These, named one by one.
    Named(Vec<PersonId>),
    /// All that are not provisioned and carry no other flag.
    NotProvisioned,
}

/// A person's fields as an operator or a file gives them; `None` leaves what is there, an empty text clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonFields {
    /// New user name.
    pub user_name: Option<String>,
    /// SCIM `name.givenName`.
    pub given_name: Option<String>,
    /// SCIM `name.familyName`.
    pub family_name: Option<String>,
    /// SCIM `displayName`.
    pub display_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// SCIM `title`.
    pub title: Option<String>,
    /// Enterprise `department`.
    pub department: Option<String>,
    /// The source's own id.
    pub external_id: Option<String>,
}

/// One row of a people file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRecord {
    /// Line in the file, 1 is the header.
    pub line: u64,
    /// Never empty.
    pub user_name: String,
    /// The other fields.
    pub fields: PersonFields,
    /// Column `status`.
    pub status: Option<Status>,
    /// Column `assigned`.
    pub assigned: Option<bool>,
    /// Attribute columns by variable name; an empty text clears.
    pub roles: BTreeMap<String, String>,
}

/// One row of a groups file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRecord {
    /// Line in the file, 1 is the header.
    pub line: u64,
    /// The group's name.
    pub group: String,
    /// A member's user name.
    pub user_name: String,
}

/// Which file it was that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    /// Its name as it was given.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// How a file is taken in, and what is known about it besides its good rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// The file is everybody: those absent from it are put on the list.
    pub whole: bool,
    /// Take the good rows of a file that has bad ones.
    pub skip_bad: bool,
    /// Let the file win over values set in the console since the last import.
    pub take_file: bool,
    /// Rows that could not be read at all.
    pub bad: Vec<Rejected>,
    /// Columns that nobody here knows.
    pub ignored: u64,
    /// Values set in the console since the last import: whose, and which field (a column name of the people
    /// file or an attribute's variable name).
    pub console_set: HashSet<(PersonId, String)>,
    /// The file, for the audit log.
    pub file: Option<FileSeen>,
}

/// Whose Individual assignments are converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Convertees {
    /// These, named one by one.
    Named(Vec<PersonId>),
    /// All who are in an assigned group.
    All,
}

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Provision User.
    Provision(Who),
    /// Assign the app to people, with role values for all of them.
    Assign {
        /// To whom.
        people: Vec<PersonId>,
        /// Values by variable name.
        roles: RoleValues,
    },
    /// Assign the app to a group.
    AssignGroup {
        /// Which.
        group: GroupId,
        /// Its place; new ones go last.
        priority: Option<u32>,
        /// Values by variable name.
        roles: RoleValues,
    },
    /// End Individual assignments.
    Unassign(Vec<PersonId>),
    /// End a group's assignment.
    UnassignGroup(GroupId),
    /// Individual assignments become group assignments: the roles then follow the group.
    Convert(Convertees),
    /// Group assignments become Individual ones, with the present values copied.
    ConvertBack(Vec<PersonId>),
    /// Change role values; an empty value is taken out.
    Role {
        /// Of whom.
        people: Vec<PersonId>,
        /// Only the attributes the operator changed.
        values: BTreeMap<String, String>,
    },
    /// Change the role values of a group's assignment.
    GroupRole {
        /// Of which group.
        group: GroupId,
        /// Only the attributes the operator changed.
        values: BTreeMap<String, String>,
    },
    /// Suspend, deactivate, or make active again.
    SetStatus {
        /// Whom.
        people: Vec<PersonId>,
        /// To what.
        status: Status,
    },
    /// A new person, or new fields of one that is there.
    PersonSet {
        /// Who; none for a new person.
        person: Option<PersonId>,
        /// The fields.
        fields: PersonFields,
    },
    /// Take people out of the directory.
    PersonRemove(Vec<PersonId>),
    /// A new group.
    GroupAdd(String),
    /// Take a group out; refused while it is assigned.
    GroupRemove(GroupId),
    /// Put people into a group.
    MemberAdd(GroupId, Vec<PersonId>),
    /// Take people out of a group.
    MemberRemove(GroupId, Vec<PersonId>),
    /// Write our values over what was changed in the app by another hand.
    DriftPush(Vec<PersonId>),
    /// Take over what was changed in the app by another hand; nothing is sent.
    DriftAdopt(Vec<PersonId>),
    /// Forget which account is theirs; nothing is sent.
    Unlink(Vec<PersonId>),
    /// The linked account is gone: look for another by the unique identifier, else make a new one. One person at a
    /// time, never in bulk.
    Recreate(PersonId),
    /// Make undone what these operations did, and what the decision behind them changed besides.
    Undo(Undoable),
    /// New settings of the connection; its name, number and base URL stay.
    ConnectionSet(Box<Connection>),
    /// Push a group with its members to the endpoint, and keep it so.
    PushGroup(GroupId),
    /// No longer push a group.
    UnpushGroup(GroupId, Unlinked),
    /// Replace a value of an attribute's enumerated list by another, for all who have it.
    MemberReplace {
        /// The attribute's variable name.
        variable: String,
        /// The value that goes.
        from: String,
        /// The value that takes its place.
        to: String,
    },
    /// Give an assigned group another place; the others move along.
    Priority(GroupId, u32),
    /// A new profile attribute.
    AttributeAdd(ProfileAttribute),
    /// New fields of an attribute, which may get a new variable name.
    AttributeSet {
        /// The present variable name.
        variable: String,
        /// All fields.
        attribute: ProfileAttribute,
    },
    /// Take an attribute out; people keep their present value in the app.
    AttributeRemove(String),
    /// Give attributes that are not sent the namespace they lack, and push the values that were never sent.
    AttributeRepair {
        /// Variable names; none means all that are not sent for want of one.
        variables: Vec<String>,
        /// The namespace, a URN.
        namespace: String,
    },
    /// Put people on the list.
    Flag {
        /// Whom.
        people: Vec<PersonId>,
        /// With these words.
        note: String,
    },
    /// Take people off the list.
    Unflag(Vec<PersonId>),
    /// Name people who are never removed without their name being typed.
    Protect(Vec<PersonId>),
    /// No longer protect them.
    Unprotect(Vec<PersonId>),
    /// Allow sending on this connection.
    Enable,
    /// Freeze the queue; nothing is sent.
    Disable,
    /// Take in a people file.
    ImportPeople(Vec<PersonRecord>, ImportOptions),
    /// Take in a groups file.
    ImportGroups(Vec<GroupRecord>, ImportOptions),
    /// Take in accounts found at the endpoint.
    ImportAccounts(Box<super::AccountsImport>),
    /// How accounts found at the endpoint are matched with people.
    ImportRules(ImportRules),
    /// Send what is unsent, failed or waiting.
    Apply,
    /// Try parked operations again.
    Retry(Vec<PersonId>),
    /// Give up operations that were never sent.
    Drop(Vec<PersonId>),
}

impl Command {
    /// The name in audit entries and causes.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Provision(_) => "Provision User",
            Self::Assign { .. } => "assigned",
            Self::AssignGroup { .. } => "group assigned",
            Self::Unassign(_) => "app access removed",
            Self::UnassignGroup(_) => "group assignment ended",
            Self::Convert(_) => "converted to group",
            Self::ConvertBack(_) => "converted to individual",
            Self::Role { .. } => "role edit",
            Self::GroupRole { .. } => "group role edit",
            Self::SetStatus { status: Status::Suspended, .. } => "suspended",
            Self::SetStatus { status: Status::Active, .. } => "reactivated",
            Self::SetStatus { .. } => "deactivated",
            Self::PersonSet { .. } => "profile edit",
            Self::PersonRemove(_) => "removed from the directory",
            Self::GroupAdd(_) => "group added",
            Self::GroupRemove(_) => "group removed",
            Self::MemberAdd(..) => "added to group",
            Self::MemberRemove(..) => "removed from group",
            Self::DriftPush(_) => "drift pushed over",
            Self::DriftAdopt(_) => "drift adopted",
            Self::Unlink(_) => "unlinked",
            Self::Recreate(_) => "account created again",
            Self::Undo(_) => "undo",
            Self::ConnectionSet(_) => "connection settings",
            Self::PushGroup(_) => "group pushed",
            Self::UnpushGroup(..) => "group push ended",
            Self::MemberReplace { .. } => "value replaced",
            Self::Priority(..) => "group priority",
            Self::AttributeAdd(_) => "attribute added",
            Self::AttributeSet { .. } => "attribute changed",
            Self::AttributeRemove(_) => "attribute removed",
            Self::AttributeRepair { .. } => "attribute repaired",
            Self::Flag { .. } => "flagged",
            Self::Unflag(_) => "unflagged",
            Self::Protect(_) => "protected",
            Self::Unprotect(_) => "no longer protected",
            Self::Enable => "SCIM enabled",
            Self::Disable => "SCIM disabled",
            Self::ImportPeople(..) => "people import",
            Self::ImportGroups(..) => "groups import",
            Self::ImportAccounts(_) => "import from the app",
            Self::ImportRules(_) => "import rules",
            Self::Apply => "apply",
            Self::Retry(_) => "retry",
            Self::Drop(_) => "drop",
        }
    }

    /// Whether it may change anything at the endpoint; read-only mode refuses all, these or not.
    pub fn sends(&self) -> bool {
        !matches!(
            self,
            Self::GroupAdd(_)
                | Self::GroupRemove(_)
                | Self::Flag { .. }
                | Self::Unflag(_)
                | Self::Protect(_)
                | Self::Unprotect(_)
                | Self::Enable
                | Self::Disable
                | Self::AttributeAdd(_)
                | Self::AttributeSet { .. }
                | Self::AttributeRemove(_)
                | Self::DriftAdopt(_)
                | Self::Unlink(_)
                | Self::ConnectionSet(_)
                | Self::ImportPeople(..)
                | Self::ImportGroups(..)
                | Self::ImportAccounts(_)
                | Self::ImportRules(_)
                | Self::Drop(_)
        )
    }
}

/// An import's counts; rows refused come with line and reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportReport {
    /// People or memberships that were not there before.
    pub new: u64,
    /// Those that were there and changed.
    pub matched: u64,
    /// Those that were there and stay as they are.
    pub unchanged: u64,
    /// Here and absent from the file.
    pub absent: u64,
    /// Values kept because they were set in the console after the last import.
    pub conflict: u64,
    /// Columns or cells passed over.
    pub ignored: u64,
    /// Rows refused.
    pub rejected: Vec<Rejected>,
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Line in the file, 1 is the header.
    pub line: u64,
    /// Why, in one sentence.
    pub reason: String,
}
