//! Nouns: person, group, attribute, assignment, roles (who gives which value and why), account values,
//! operation, exchange, connection, ids. Imports nothing from the crate.

mod account;
mod account_ref;
mod assignment;
mod attribute;
mod connection;
mod exchange;
mod failure;
mod finding;
mod flag;
mod given_token;
mod ids;
mod operation;
mod ours;
mod pairs;
mod person;
mod push;
mod rehearsal;
mod reported;
mod request_class;
mod roles;
mod secret;
mod shared;
mod time;
mod typed;
mod undoable;
pub(crate) mod unseen;
mod weighed;

pub use account::{Account, AccountState, AccountValues, Difference, Shift, field};
pub use account_ref::{AccountRef, TEXTS};
pub use assignment::{Assignment, GroupAssignment, Origin};
pub use attribute::{DataType, Member, ProfileAttribute, WORKATO_ROLE_URN};
pub use connection::{
    Badge, BrakeLimits, Connection, Feed, ImportRules, SupportedActions, ToApp, TokenSource,
    UniqueIdentifier, WireProfile,
};
pub use exchange::{Answer, Call, Exchange, Method, Outcome, RetryAfter};
pub use failure::{Failure, FailureKind, TRIED_AGAIN};
pub use finding::{ProbeLine, ProbeVerdict};
pub use flag::{Flag, FlagSet};
pub use given_token::GivenToken;
pub use ids::{ConnectionId, GroupId, Ids, OpId, PersonId};
pub use operation::{Base, Intent, OpKind, OpState, Operation, Owned};
pub use ours::Ours;
pub use pairs::Pairs;
pub use person::{Group, Person, Status};
pub use push::{Push, Unlinked};
pub use rehearsal::{FaultKind, FaultSet, Rehearsal, RehearsalChange};
pub use reported::ReportedValue;
pub use request_class::{LONGEST_WAIT_MS, RequestClass};
pub use roles::{RoleValues, Winner, winner};
pub use secret::{Secret, Zeroizing};
pub use shared::Shared;
pub use time::{SETTLE_MS, Time};
pub use typed::typed;
pub use undoable::{Decided, Undoable};
