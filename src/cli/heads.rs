//! The heads of the audit chains, said at the end for whoever keeps them elsewhere: `audit verify --head` finds with one
//! what the chain alone cannot tell.

use std::time::Duration;

use super::args::{
    AttributeCommand, AuditArgs, Command, ConnectionCommand, Consent, DriftCommand, GroupCommand,
    ImportCommand, MemberCommand, PersonCommand,
};
use super::face::Face;
use super::text::visible;
use crate::audit::chain::Head;
use crate::drive::Drive;

/// A store that another process holds keeps nobody from leaving.
const WITHIN: Duration = Duration::from_secs(2);

/// Whether a command says the head when it is done: those that decide something, and one that may run for long. One
/// that a signal ends says it in any case.
pub(super) fn said_after(command: &Command) -> bool {
    match command {
        Command::Audit(AuditArgs { follow, .. }) => *follow,
        Command::Attribute(AttributeCommand::Values { apply: false, .. }) => false,
        other => consent(other).is_some_and(|consent| !consent.plan),
    }
}

/// How a command is allowed; none for one that needs no leave.
fn consent(command: &Command) -> Option<&Consent> {
    match command {
        Command::Provision { consent, .. }
        | Command::Priority { consent, .. }
        | Command::Enable(consent)
        | Command::Disable(consent)
        | Command::Apply { consent, .. }
        | Command::Retry { consent, .. }
        | Command::Undo { consent, .. }
        | Command::Drop { consent, .. }
        | Command::Recreate { consent, .. } => Some(consent),
        Command::Assign(args) => Some(&args.consent),
        Command::Unassign(args) => Some(&args.consent),
        Command::Convert(args) => Some(&args.consent),
        Command::Role(args) => Some(&args.consent),
        Command::Suspend(who)
        | Command::Deactivate(who)
        | Command::Reactivate(who)
        | Command::Unlink(who)
        | Command::Person(PersonCommand::Remove(who))
        | Command::Member(MemberCommand::Add { who, .. } | MemberCommand::Remove { who, .. }) => {
            Some(&who.consent)
        }
        Command::Drift(DriftCommand::Push(args) | DriftCommand::Adopt(args)) => Some(&args.consent),
        Command::Person(PersonCommand::Add { consent, .. } | PersonCommand::Set { consent, .. }) => {
            Some(consent)
        }
        Command::Group(
            GroupCommand::Push { consent, .. }
            | GroupCommand::Unpush { consent, .. }
            | GroupCommand::Remove { consent, .. },
        ) => Some(consent),
        Command::Attribute(
            AttributeCommand::Set { consent, .. }
            | AttributeCommand::Repair { consent, .. }
            | AttributeCommand::Replace { consent, .. }
            | AttributeCommand::Values { consent, .. }
            | AttributeCommand::Remove { consent, .. },
        ) => Some(consent),
        Command::Connection(ConnectionCommand::Set(args)) => Some(&args.consent),
        Command::Import(ImportCommand::People(args) | ImportCommand::Groups(args)) => Some(&args.consent),
        Command::Import(ImportCommand::Endpoint(args)) => Some(&args.consent),
        _ => None,
    }
}

/// The head of the connection that a command was on.
pub(super) async fn of_one(drive: &Drive, face: &mut Face<'_>) {
    if let Ok(Ok(Some(head))) = tokio::time::timeout(WITHIN, drive.audit_head()).await {
        face.say(&line(&drive.directory().connection().name, head));
    }
}

/// The heads of all connections that a console was on.
pub(super) async fn of_all(drive: &Drive) -> String {
    match tokio::time::timeout(WITHIN, drive.audit_heads()).await {
        Ok(Ok(heads)) => heads.iter().map(|(name, head)| line(name, *head)).collect(),
        _ => String::new(),
    }
}

fn line(name: &str, head: Head) -> String {
    format!("audit head of {} {head}\n", visible(name))
}
