//! A Workato-like workspace that plays the other side.
//!
//! [`Workspace`] is the whole behaviour and pure: a request and the time go in, an answer comes out; ids come
//! from a seed. [`serve()`] puts the faults around it, still pure. [`Sandbox`] is the shell: a socket, a clock
//! and a state file.
//!
//! What is documented about Workato is followed: the role extension, invitations for new people, access taken
//! with `active: false` and given back with the earlier roles, the activity log and `scim_auto_sync`. Workato
//! does not document its groups, schemas, error texts or event names: those answers are our invention, and the
//! item that makes one says so.

mod account;
mod activity;
mod activity_api;
mod answer;
mod bulk;
mod calls;
mod connection;
mod control;
mod cursor;
mod deaf;
mod discovery_calls;
mod faults;
mod file;
mod group_calls;
mod groups;
mod http;
mod ids;
mod late;
mod me;
mod people;
mod post;
mod presets;
mod query;
mod render;
mod roles;
mod search;
mod serve;
mod shell;
mod snapshot;
mod team;
mod user_calls;
mod workspace;

pub use account::{Account, Collaborator, LastActivity, NO_ACCESS, Roles, Standing};
pub use activity::{Actor, Change, Entry, Event, RequestInfo, SCIM_AUTO_SYNC, Target};
pub use control::ControlError;
pub use cursor::Paging;
pub use faults::{
    After, Fault, FaultError, FaultPlan, FaultState, KINDS, Kind, KindWords, Quirks, Wait, help as fault_help,
};
pub use groups::{Group, Member};
pub use http::{Method, Request, Response};
pub use post::{MailConfig, Smtp};
pub use presets::Preset;
pub use roles::RolesForm;
pub use serve::{Outcome, Served, serve, settle};
pub use shell::{Sandbox, SandboxConfig, SandboxError};
pub use snapshot::SnapshotError;
pub use team::{Asset, AssetKind, Invitation, Mail};
pub use workspace::{Pending, Settings, Workspace};

#[cfg(test)]
mod faults_tests;
#[cfg(test)]
mod offers_tests;
#[cfg(test)]
mod tests;
