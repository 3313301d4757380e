//! Arguments into decisions: what the console's dialogs build, built from words.

use std::collections::BTreeMap;

use super::args::{
    AttributeArgs, AttributeCommand, Command as Typed, ConnectionCommand, Consent, DriftCommand, Given,
    GroupCommand, MemberCommand, PersonCommand, UsersArgs,
};
use super::names::{bad, group, people, person};
use crate::directory::Directory;
use crate::domain::{Flag, Member, PersonId, ProfileAttribute, Status, Unlinked, WORKATO_ROLE_URN};
use crate::engine::Problem;
use crate::verbs::{Command, Convertees, Who};

type Built = Result<Option<(Command, Consent)>, Problem>;

/// The decision a command stands for; none for one that only looks or needs more than words.
pub(super) fn decision(directory: &Directory, typed: &Typed) -> Built {
    let of = |names: &[String]| people(directory, names);
    let status = |who: &UsersArgs, status| -> Built {
        let people = of(&who.users)?;
        Ok(Some((Command::SetStatus { people, status }, who.consent.clone())))
    };
    let (command, consent) = match typed {
        Typed::Provision { users, consent, .. } => {
            let who = if users.is_empty() { Who::NotProvisioned } else { Who::Named(of(users)?) };
            (Command::Provision(who), consent.clone())
        }
        Typed::Assign(args) => {
            let roles = given(&args.role)?.into_iter().filter(|(_, v)| !v.is_empty()).collect();
            let command = match &args.group {
                Some(name) => {
                    let group = group(directory, name)?.group.id;
                    Command::AssignGroup { group, priority: args.priority, roles }
                }
                None => Command::Assign { people: of(&args.users)?, roles },
            };
            (command, args.consent.clone())
        }
        Typed::Unassign(args) => {
            let command = match &args.group {
                Some(name) => Command::UnassignGroup(group(directory, name)?.group.id),
                None => Command::Unassign(of(&args.users)?),
            };
            (command, args.consent.clone())
        }
        Typed::Convert(args) => {
            let command = match (args.all, args.back) {
                (true, _) => Command::Convert(Convertees::All),
                (false, false) => Command::Convert(Convertees::Named(of(&args.users)?)),
                (false, true) => Command::ConvertBack(of(&args.users)?),
            };
            (command, args.consent.clone())
        }
        Typed::Drift(command) => {
            let (DriftCommand::Push(args) | DriftCommand::Adopt(args)) = command;
            let who = if args.all { drifted(directory)? } else { of(&args.users)? };
            let made = match command {
                DriftCommand::Push(_) => Command::DriftPush(who),
                DriftCommand::Adopt(_) => Command::DriftAdopt(who),
            };
            (made, args.consent.clone())
        }
        Typed::Unlink(who) => (Command::Unlink(of(&who.users)?), who.consent.clone()),
        Typed::Recreate { user, consent } => (Command::Recreate(person(directory, user)?), consent.clone()),
        Typed::Role(args) => {
            let (users, values) = args.split();
            let values = given(&values)?;
            if values.is_empty() {
                return Err(bad("no_value", "No role value was given.", "Write it as ATTRIBUTE=VALUE."));
            }
            let command = match (&args.group, users.as_slice()) {
                (Some(name), []) => Command::GroupRole { group: group(directory, name)?.group.id, values },
                (Some(_), _) => {
                    return Err(bad("group_and_people", "Both a group and people were named.", "Name one."));
                }
                (None, []) => return Err(bad("nobody", "Nobody was named.", "Name a user or --group.")),
                (None, users) => Command::Role { people: of(users)?, values },
            };
            (command, args.consent.clone())
        }
        Typed::Suspend(who) => return status(who, Status::Suspended),
        Typed::Deactivate(who) => return status(who, Status::Deactivated),
        Typed::Reactivate(who) => return status(who, Status::Active),
        Typed::Person(command) => return person_command(directory, command).map(Some),
        Typed::Group(GroupCommand::Add { name }) => (Command::GroupAdd(name.clone()), Consent::default()),
        Typed::Group(GroupCommand::Push { name, consent }) => {
            (Command::PushGroup(group(directory, name)?.group.id), consent.clone())
        }
        Typed::Group(GroupCommand::Unpush { name, delete, consent }) => {
            let what = if *delete { Unlinked::Deleted } else { Unlinked::Left };
            (Command::UnpushGroup(group(directory, name)?.group.id, what), consent.clone())
        }
        Typed::Group(GroupCommand::Remove { name, consent }) => {
            (Command::GroupRemove(group(directory, name)?.group.id), consent.clone())
        }
        Typed::Member(command) => {
            let (MemberCommand::Add { group: name, who } | MemberCommand::Remove { group: name, who }) =
                command;
            let (id, who_ids) = (group(directory, name)?.group.id, of(&who.users)?);
            let made = match command {
                MemberCommand::Add { .. } => Command::MemberAdd(id, who_ids),
                MemberCommand::Remove { .. } => Command::MemberRemove(id, who_ids),
            };
            (made, who.consent.clone())
        }
        Typed::Priority { group: name, place, consent } => {
            (Command::Priority(group(directory, name)?.group.id, *place), consent.clone())
        }
        Typed::Attribute(command) => return attribute_command(directory, command).map(Some),
        Typed::Flag { users, note } => {
            (Command::Flag { people: of(users)?, note: note.clone() }, Consent::default())
        }
        Typed::Unflag(who) => (Command::Unflag(of(&who.users)?), Consent::default()),
        Typed::Protect(who) => (Command::Protect(of(&who.users)?), Consent::default()),
        Typed::Unprotect(who) => (Command::Unprotect(of(&who.users)?), Consent::default()),
        Typed::Connection(ConnectionCommand::Set(args)) => {
            (super::connections::settings(directory.connection(), args)?, args.consent.clone())
        }
        Typed::Enable(consent) => (Command::Enable, consent.clone()),
        Typed::Disable(consent) => (Command::Disable, consent.clone()),
        Typed::Apply { consent, .. } => (Command::Apply, consent.clone()),
        Typed::Retry { users, consent } => {
            let who = if users.is_empty() { standing_still(directory) } else { of(users)? };
            (Command::Retry(who), consent.clone())
        }
        Typed::Drop { users, all, consent } => {
            (Command::Drop(if *all { with_operations(directory) } else { of(users)? }), consent.clone())
        }
        _ => return Ok(None),
    };
    Ok(Some((command, consent)))
}

/// Values by attribute; one that is given twice is refused.
fn given(values: &[Given]) -> Result<BTreeMap<String, String>, Problem> {
    let mut out = BTreeMap::new();
    for Given { variable, value } in values {
        if out.insert(variable.clone(), value.clone()).is_some() {
            return Err(bad("given_twice", format!("{variable} was given twice."), "Give it once."));
        }
    }
    Ok(out)
}

fn standing_still(directory: &Directory) -> Vec<PersonId> {
    let still = |p: &crate::directory::PersonView<'_>| p.operation().is_some_and(|(.., s)| !s.moving());
    directory.people().filter(still).map(|p| p.id()).collect()
}

fn drifted(directory: &Directory) -> Result<Vec<PersonId>, Problem> {
    let flagged = |p: &crate::directory::PersonView<'_>| p.flags().contains(Flag::Drift);
    let people: Vec<PersonId> = directory.people().filter(flagged).map(|p| p.id()).collect();
    if people.is_empty() {
        let next = "check compares with the app now.";
        return Err(bad("no_drift", "Nobody is flagged drift, and nothing was sent.", next));
    }
    Ok(people)
}

fn with_operations(directory: &Directory) -> Vec<PersonId> {
    directory.people().filter(|p| p.operation().is_some()).map(|p| p.id()).collect()
}

fn person_command(directory: &Directory, typed: &PersonCommand) -> Result<(Command, Consent), Problem> {
    Ok(match typed {
        PersonCommand::Add { user, fields, consent } => {
            (Command::PersonSet { person: None, fields: fields.fields(Some(user)) }, consent.clone())
        }
        PersonCommand::Set { user, user_name, fields, consent } => {
            let fields = fields.fields(user_name.as_ref());
            if fields == crate::verbs::PersonFields::default() {
                return Err(bad("no_field", "No field was given.", "Give one, for example --title TEXT."));
            }
            (Command::PersonSet { person: Some(person(directory, user)?), fields }, consent.clone())
        }
        PersonCommand::Remove(who) => {
            (Command::PersonRemove(people(directory, &who.users)?), who.consent.clone())
        }
    })
}

fn attribute_command(directory: &Directory, typed: &AttributeCommand) -> Result<(Command, Consent), Problem> {
    Ok(match typed {
        AttributeCommand::Add { variable, fields } => {
            let blank = ProfileAttribute {
                variable: variable.clone(),
                display_name: variable.clone(),
                external_name: variable.clone(),
                external_namespace: None,
                data_type: crate::domain::DataType::String,
                members: Vec::new(),
                required: false,
            };
            (Command::AttributeAdd(with(blank, fields)), Consent::default())
        }
        AttributeCommand::Set { variable, rename, fields, consent } => {
            let mut attribute = with(present(directory, variable)?.clone(), fields);
            if let Some(name) = rename {
                name.clone_into(&mut attribute.variable);
            }
            (Command::AttributeSet { variable: variable.clone(), attribute }, consent.clone())
        }
        AttributeCommand::Repair { variables, external_namespace, consent } => (
            Command::AttributeRepair {
                variables: variables.clone(),
                namespace: external_namespace.clone().unwrap_or_else(|| WORKATO_ROLE_URN.to_owned()),
            },
            consent.clone(),
        ),
        AttributeCommand::Replace { variable, from, to, consent } => (
            Command::MemberReplace { variable: variable.clone(), from: from.clone(), to: to.clone() },
            consent.clone(),
        ),
        AttributeCommand::Values { variable, consent, .. } => {
            let attribute = present(directory, variable)?.clone();
            (Command::AttributeSet { variable: variable.clone(), attribute }, consent.clone())
        }
        AttributeCommand::Remove { variable, consent } => {
            (Command::AttributeRemove(present(directory, variable)?.variable.clone()), consent.clone())
        }
    })
}

pub(super) fn present<'a>(directory: &'a Directory, variable: &str) -> Result<&'a ProfileAttribute, Problem> {
    directory.attribute(variable).ok_or_else(|| {
        let names: Vec<_> = directory.attributes().iter().map(|a| a.variable.as_str()).collect();
        let next = format!("There are: {}.", if names.is_empty() { "none".into() } else { names.join(", ") });
        bad("no_such_attribute", format!("There is no attribute {variable}."), next)
    })
}

fn with(mut attribute: ProfileAttribute, fields: &AttributeArgs) -> ProfileAttribute {
    let set = |given: &Option<String>, slot: &mut String| {
        if let Some(given) = given {
            given.clone_into(slot);
        }
    };
    set(&fields.display_name, &mut attribute.display_name);
    set(&fields.external_name, &mut attribute.external_name);
    if let Some(urn) = &fields.external_namespace {
        attribute.external_namespace = Some(urn.clone()).filter(|urn| !urn.is_empty());
    }
    if let Some(kind) = fields.data_type {
        attribute.data_type = kind;
    }
    if !fields.member.is_empty() {
        attribute.members = fields
            .member
            .iter()
            .map(|m| match m.split_once('=') {
                Some((value, display)) => Member { display: display.to_owned(), value: value.to_owned() },
                None => Member::plain(m),
            })
            .collect();
    }
    attribute.required = (attribute.required || fields.required) && !fields.optional;
    attribute
}
