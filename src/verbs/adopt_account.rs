//! How an account becomes a person's by import: theirs becomes ours, nothing is sent.
//!
//! Texts of the account that are not empty are taken over the person's, and so are the role values of an Individual
//! assignment. What was set in the console stays and shows as not sent yet, as do the values that a group gives: who
//! has the app through a group keeps the group's values. A role value that the profile does not know is told and not
//! taken.

use std::collections::HashSet;

use super::edit_person::check_text;
use super::{check_role_value, lacking};
use crate::directory::{AssignmentKind, Change, Directory, Link, PersonView};
use crate::domain::{
    Account, AccountValues, Assignment, Origin, Person, PersonId, RoleValues, Status, Time, field,
};

/// The owned texts that an import may take over: column of a people file, and name of the attribute.
pub(super) const PROFILE: [(&str, &str); 6] = [
    ("given_name", field::GIVEN_NAME),
    ("family_name", field::FAMILY_NAME),
    ("display_name", field::DISPLAY_NAME),
    ("email", field::EMAIL),
    ("title", field::TITLE),
    ("department", field::DEPARTMENT),
];

/// What adopting needs to know.
pub(super) struct Adopting<'a> {
    pub(super) directory: &'a Directory,
    pub(super) console_set: &'a HashSet<(PersonId, String)>,
    pub(super) now: Time,
}

/// What follows from it.
pub(super) struct Adopted {
    pub(super) changes: Vec<Change>,
    /// What an operator should know of this person.
    pub(super) said: Vec<String>,
}

/// Sets a profile text of a person from an account's; an e-mail that the user name says already is left out.
pub(super) fn set_text(person: &mut Person, attribute: &str, text: &str) {
    let slot = match attribute {
        field::GIVEN_NAME => &mut person.given_name,
        field::FAMILY_NAME => &mut person.family_name,
        field::DISPLAY_NAME => &mut person.display_name,
        field::TITLE => &mut person.title,
        field::DEPARTMENT => &mut person.department,
        field::EMAIL => {
            let said = person.user_name.to_lowercase() == text.to_lowercase();
            person.email = if said { String::new() } else { text.to_owned() };
            return;
        }
        _ => return,
    };
    text.clone_into(slot);
}

/// Whether an account's text can be a person's.
pub(super) fn takes(attribute: &str, text: &str) -> bool {
    let address = |text: &str| text.contains('@') && !text.contains(char::is_whitespace);
    check_text(attribute, text).is_ok() && (attribute != field::EMAIL || text.is_empty() || address(text))
}

/// The value of an owned text.
pub(super) fn text_of<'a>(values: &'a AccountValues, attribute: &str) -> &'a str {
    values.texts().into_iter().find(|(name, _)| *name == attribute).map_or("", |(_, text)| text)
}

/// The link of an account that was adopted. What we would only derive (an externalId made from our id, an e-mail
/// that is the user name, another case) counts as sent: there is nothing an operator should send because of it.
fn link(person: &Person, account: &Account, now: Time) -> Link {
    let theirs = &account.values;
    let mut sent = theirs.clone();
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    if theirs.external_id.is_empty() {
        sent.external_id = person.external_id();
    }
    if same(&theirs.user_name, &person.user_name) {
        person.user_name.clone_into(&mut sent.user_name);
    }
    if person.email.is_empty() || same(&theirs.email, &person.email) {
        person.address().clone_into(&mut sent.email);
    }
    Link {
        remote_id: account.remote_id.clone(),
        linked_at: now,
        settled: theirs.clone(),
        sent,
        confirmed_at: Time::default(),
    }
}

impl Adopting<'_> {
    fn set_here(&self, id: PersonId, field: &str) -> bool {
        self.console_set.contains(&(id, field.to_owned()))
    }

    /// A new person made from an account whose texts were looked at.
    pub(super) fn new_person(&self, id: PersonId, account: &Account) -> Adopted {
        let mut person = Person::new(id, &account.values.user_name);
        for (_, attribute) in PROFILE {
            let text = text_of(&account.values, attribute);
            if takes(attribute, text) {
                set_text(&mut person, attribute, text);
            }
        }
        person.external_id = Some(account.values.external_id.clone()).filter(|id| !id.is_empty());
        let mut said = Vec::new();
        let roles = self.roles(&person, None, &account.values.roles, &mut said);
        let assignment = Assignment { roles, since: self.now, origin: Origin::Imported };
        let link = link(&person, account, self.now);
        Adopted {
            changes: vec![
                Change::Person(person.into()),
                Change::Assigned(id, assignment),
                Change::Link(id, link.into()),
            ],
            said,
        }
    }

    /// An account becomes that of somebody who is here and has none.
    pub(super) fn known_person(&self, view: &PersonView<'_>, account: &Account, free_id: bool) -> Adopted {
        let (before, id) = (view.record(), view.id());
        let mut person = before.clone();
        for (column, attribute) in PROFILE {
            let text = text_of(&account.values, attribute);
            if !text.is_empty() && takes(attribute, text) && !self.set_here(id, column) {
                set_text(&mut person, attribute, text);
            }
        }
        let theirs = &account.values.external_id;
        if free_id && before.external_id.is_none() && *theirs != before.external_id() {
            person.external_id =
                Some(theirs.clone()).filter(|id| !id.is_empty() && check_text("externalId", id).is_ok());
        }
        let mut said = Vec::new();
        let assigned = self.assignment(view, &person, account, &mut said);
        let link = link(&person, account, self.now);
        let mut changes = Vec::new();
        if person != before {
            changes.push(Change::Person(person.into()));
        }
        changes.extend(assigned.map(|assignment| Change::Assigned(id, assignment)));
        changes.push(Change::Link(id, link.into()));
        Adopted { changes, said }
    }

    fn assignment(
        &self,
        view: &PersonView<'_>,
        person: &Person,
        account: &Account,
        said: &mut Vec<String>,
    ) -> Option<Assignment> {
        let theirs = &account.values.roles;
        let name = &person.user_name;
        if view.status() != Status::Active {
            said.push(format!(
                "{name} is {} here and has access there: shown as access remains",
                view.status().word()
            ));
            return None;
        }
        if let AssignmentKind::Group(group) = view.kind() {
            if view.roles() != theirs {
                let group = self.directory.group(group).map_or("a group", |g| g.group.name.as_str());
                said.push(format!(
                    "{name} has the app through {group}: the group's values stay, and are not sent yet"
                ));
            }
            return None;
        }
        let own = view.individual_roles();
        let roles = self.roles(person, own, theirs, said);
        let (origin, since) = view.individual_origin().unwrap_or((Origin::Imported, self.now));
        (own != Some(&roles)).then_some(Assignment { roles, since, origin })
    }

    /// The role values of the Individual assignment: the account's, but for what was set in the console and what the
    /// profile does not know.
    fn roles(
        &self,
        person: &Person,
        own: Option<&RoleValues>,
        theirs: &RoleValues,
        said: &mut Vec<String>,
    ) -> RoleValues {
        let name = &person.user_name;
        let mut roles = own.cloned().unwrap_or_default();
        for attribute in self.directory.attributes() {
            let variable = &attribute.variable;
            let Some(value) = theirs.get(variable) else { continue };
            let ours = roles.get(variable);
            if ours == Some(value) {
                continue;
            }
            if check_role_value(attribute, value).is_err() {
                said.push(format!("{name}: {variable} is {value} there, which the profile does not know"));
            } else if ours.is_some() && self.set_here(person.id, variable) {
                said.push(format!("{name}: {variable} stays as set in the console, {value} there"));
            } else {
                if let Some(ours) = ours {
                    said.push(format!("{name}: {variable} {ours} becomes {value}, as it is there"));
                }
                roles.set(variable, value);
            }
        }
        if let Some(why) = lacking(self.directory, &roles) {
            said.push(format!("{name}: {why}"));
        }
        roles
    }
}
