//! An entry of the activity log as a sentence, as Workato's activity audit words it.

use crate::sandbox::account::{Account, ROLE_ATTRIBUTES, Roles};
use crate::sandbox::activity::{Actor, Change, Event};
use crate::scim::resource::urn;

/// What happened to a person, in words. For events that Workato has no sentence for, ours is built alike.
pub(in crate::sandbox) fn sentence(
    event: Event,
    actor: &Actor,
    account: &Account,
    changes: &[Change],
) -> String {
    let (by, whom) = (&actor.name, account.name());
    let role = Roles::of(&account.attributes).dev;
    let article =
        if role.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let new_roles = new_roles(changes);
    match event {
        Event::MemberInvited => format!("User {by} invited {whom} to join team as {article} {role}."),
        Event::InvitationAccepted => format!("User {by} joined team as {article} {role}."),
        Event::InvitationUpdated => match new_roles {
            Some(roles) => format!("User {by} modified role to {roles} invitation for {whom} to team."),
            None => format!("User {by} modified invitation for {whom} to team."),
        },
        Event::InvitationResent => format!("User {by} sent the invitation to join team to {whom} again."),
        Event::MemberUpdated => match new_roles {
            Some(roles) => format!("User {by} updated role to {roles} for {whom} in team."),
            None => format!("User {by} updated {whom} in team."),
        },
        Event::MemberDeactivated => format!("User {by} deactivated user {whom} in team."),
        Event::MemberReactivated => format!("User {by} reactivated user {whom} in team."),
        Event::MemberRemoved => format!("User {by} removed user {whom} from team."),
        Event::SignedIn => format!("User {by} logged in."),
        Event::GroupCreated | Event::GroupUpdated | Event::GroupDeleted => String::new(),
    }
}

/// The roles among the changes; the environment is named where it is not the first one.
fn new_roles(changes: &[Change]) -> Option<String> {
    let mut roles = Vec::new();
    for (attribute, environment) in ROLE_ATTRIBUTES {
        let name = format!("{}:{attribute}", urn::WORKATO_ROLE);
        let Some(change) = changes.iter().find(|change| change.attribute == name) else { continue };
        let role = change.after.as_str().unwrap_or(crate::sandbox::account::NO_ACCESS);
        roles.push(if environment == "dev" { role.to_owned() } else { format!("{role} ({environment})") });
    }
    (!roles.is_empty()).then(|| roles.join(", "))
}
