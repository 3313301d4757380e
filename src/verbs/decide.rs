//! Which verb decides a command, and the check that holds for all of them.

use super::*;
use crate::directory::Directory;
use crate::domain::Status;

/// Decides a command against the directory as it is. Nothing is changed here.
///
/// # Errors
/// As [`propose`], and a [`Refusal`] when a protected person would be removed or the last Admin lowered and the user
/// name was not typed.
pub fn decide(
    directory: &Directory,
    command: &Command,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    let decision = propose(directory, command, context)?;
    match decision.protected {
        Some(refusal) => Err(refusal),
        None => Ok(decision),
    }
}

/// The same to be looked at: what protected people stand in the way of is decided too, and held for their names
/// ([`Decision::protected`]).
///
/// # Errors
/// A [`Refusal`] when the input is bad as a whole. A single person who cannot be served is no error: see
/// [`Decision::left_out`].
pub fn propose(
    directory: &Directory,
    command: &Command,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    let cause = command.cause();
    let mut decision = match command {
        Command::Provision(who) => provision_user::decide(directory, who, cause),
        Command::Assign { people, roles } => assign::decide(directory, people, roles, cause, context),
        Command::AssignGroup { group, priority, roles } => {
            assign_group::assign(directory, *group, *priority, roles, cause, context)
        }
        Command::Unassign(people) => unassign::decide(directory, people, cause),
        Command::UnassignGroup(group) => assign_group::unassign(directory, *group, cause),
        Command::Convert(whom) => convert_assignments::decide(directory, whom, cause),
        Command::ConvertBack(people) => convert_assignments::back(directory, people, cause, context),
        Command::DriftPush(people) => drift::push(directory, people, cause),
        Command::DriftAdopt(people) => drift::adopt(directory, people, cause, context),
        Command::Unlink(people) => unlink::decide(directory, people, cause),
        Command::Recreate(person) => unlink::recreate(directory, *person, cause),
        Command::Undo(operations) => undo::decide(directory, operations, cause, context),
        Command::ConnectionSet(connection) => connection_set::decide(directory, connection, cause),
        Command::PushGroup(group) => push_group::push(directory, *group, cause, context),
        Command::UnpushGroup(group, what) => push_group::unpush(directory, *group, *what, cause),
        Command::MemberReplace { variable, from, to } => {
            member_replace::decide(directory, variable, from, to, cause, context)
        }
        Command::Role { people, values } => update_roles::people(directory, people, values, cause, context),
        Command::GroupRole { group, values } => update_roles::group(directory, *group, values, cause),
        Command::SetStatus { people, status: Status::Active } => {
            reactivate::decide(directory, people, cause, context)
        }
        Command::SetStatus { people, status: Status::Removed } | Command::PersonRemove(people) => {
            person_remove::decide(directory, people, cause)
        }
        Command::SetStatus { people, status } => deprovision::decide(directory, people, *status, cause),
        Command::PersonSet { person, fields } => {
            edit_person::decide(directory, *person, fields, cause, context)
        }
        Command::GroupAdd(name) => groups::add(directory, name, cause, context),
        Command::GroupRemove(group) => groups::remove(directory, *group, cause),
        Command::MemberAdd(group, people) => groups::member_add(directory, *group, people, cause),
        Command::MemberRemove(group, people) => groups::member_remove(directory, *group, people, cause),
        Command::Priority(group, place) => priority::decide(directory, *group, *place, cause),
        Command::AttributeAdd(attribute) => edit_profile::add(directory, attribute, cause),
        Command::AttributeSet { variable, attribute } => {
            edit_profile::set(directory, variable, attribute, cause)
        }
        Command::AttributeRemove(variable) => edit_profile::remove(directory, variable, cause),
        Command::AttributeRepair { variables, namespace } => {
            repair_attribute::decide(directory, variables, namespace, cause)
        }
        Command::Flag { people, note } => flag::flag(directory, people, note, cause, context),
        Command::Unflag(people) => flag::unflag(directory, people, cause),
        Command::Protect(people) => flag::protect(directory, people, cause),
        Command::Unprotect(people) => flag::unprotect(directory, people, cause),
        Command::Enable => Ok(enable_scim::decide(directory, cause, context)),
        Command::Disable => Ok(disable_scim::decide(directory, cause)),
        Command::ImportPeople(records, options) => {
            import_people::decide(directory, records, options, context)
        }
        Command::ImportGroups(records, options) => {
            import_groups::decide(directory, records, options, context)
        }
        Command::ImportAccounts(import) => import_accounts::decide(directory, import, cause, context),
        Command::ImportRules(rules) => import_rules::decide(directory, *rules, cause),
        Command::Apply => Ok(apply::apply(directory, cause)),
        Command::Retry(people) => apply::retry(directory, people, cause),
        Command::Drop(people) => apply::drop(directory, people, cause),
    }?;
    // These let go on what is queued.
    let resumes = matches!(command, Command::Apply | Command::Enable);
    decision.protected = protect::guard(directory, &decision, resumes, context.typed).err();
    Ok(decision)
}
