//! Forms of the directory itself: people, groups, and who is in which group.

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use super::forms::count;
use crate::directory::{Directory, PersonView};
use crate::domain::{GroupId, Person, PersonId};
use crate::verbs::{Command, PersonFields, check_text, check_user_name};

/// More people than this are not written out in a sentence.
const NAMED: usize = 5;

/// The form of a new person, or of one who is there.
pub(super) fn person(person: Option<&PersonView<'_>>) -> Form {
    let text = |name: &str, label: &str, value: &str, help: &str| Field::text(name, label, value).help(help);
    let present = person.map(|p| p.record());
    let of = |get: fn(&Person) -> &String| present.as_ref().map(get).map(String::as_str).unwrap_or_default();
    let fields = vec![
        text("user_name", "User name", of(|p| &p.user_name), "Mostly the e-mail address"),
        text("given_name", "Given name", of(|p| &p.given_name), ""),
        text("family_name", "Family name", of(|p| &p.family_name), ""),
        text("display_name", "Display name", of(|p| &p.display_name), "Empty: given and family name"),
        text("email", "E-mail", of(|p| &p.email), "Empty: the user name, where it is an address"),
        text("title", "Title", of(|p| &p.title), ""),
        text("department", "Department", of(|p| &p.department), ""),
        text(
            "external_id",
            "External id",
            person.and_then(|p| p.external_id()).unwrap_or_default(),
            "The source's own id, sent as externalId; empty: ours",
        ),
    ];
    let (title, intro) = match person {
        None => ("New person", "Nothing is sent until the app is assigned."),
        Some(_) => ("Edit person", "Saved values are pushed to the app at once."),
    };
    Form::new(Purpose::Person(person.map(|p| p.id())), title, vec![Line::of(Tone::Dim, intro)], fields)
}

/// The form of a new group.
pub(super) fn new_group() -> Form {
    let intro = vec![Line::of(Tone::Dim, "Nothing is sent until the app is assigned to it.")];
    let field = Field::text("group_name", "Name", "").help("As operators know it");
    Form::new(Purpose::NewGroup, "New group", intro, vec![field])
}

/// The form that asks who goes into this group, or out of it.
pub(super) fn members_of(group: GroupId, add: bool, directory: &Directory) -> Option<Form> {
    let row = directory.group(group)?;
    let words = match &row.assignment {
        Some(_) => "The app is assigned to it: who goes in gets it, who goes out may lose it.",
        None => "The app is not assigned to it: nothing is sent.",
    };
    let intro = vec![
        Line::plain(format!("{} · {}", row.group.name, count(row.members.len(), "member"))),
        Line::of(Tone::Dim, words),
    ];
    let field = Field::text("people", "User names", "").help("One or more, with spaces or commas between");
    let purpose = Purpose::Members { group: Some(group), people: Vec::new(), add };
    Some(Form::new(purpose, if add { "Add members" } else { "Remove members" }, intro, vec![field]))
}

/// The form that asks into which group these people go, or out of which.
pub(super) fn group_for(people: Vec<PersonId>, add: bool, directory: &Directory) -> Form {
    let choice = |name: &str, id: GroupId| Choice { shown: name.to_owned(), value: Some(id.to_string()) };
    let has_some = |row: &crate::directory::GroupRow| people.iter().any(|id| row.members.contains(id));
    let choices: Vec<Choice> = directory
        .groups()
        .into_iter()
        .filter(|row| add || has_some(row))
        .map(|row| choice(&row.group.name, row.group.id))
        .collect();
    let names: Vec<&str> =
        people.iter().take(NAMED).filter_map(|id| directory.get(*id)).map(|p| p.user_name()).collect();
    let more = people.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let intro = vec![Line::plain(format!("{}{more}", names.join(", ")))];
    let field = Field::choice("group", "Group", choices, None).help("left and right, or a letter");
    let title = if add { "Put into a group" } else { "Take out of a group" };
    Form::new(Purpose::Members { group: None, people, add }, title, intro, vec![field])
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form, directory: &Directory) {
    let purpose = form.purpose.clone();
    for field in &mut form.fields {
        let value = field.value().unwrap_or_default();
        let name = field.label.to_lowercase();
        field.error = match (field.name.as_str(), &purpose) {
            ("user_name", Purpose::Person(who)) => {
                let taken = directory.find(&value).filter(|p| Some(p.id()) != *who);
                let taken = taken.map(|p| format!("{} has this user name", p.name()));
                check_user_name(&value).err().or(taken)
            }
            ("email", _) if !value.is_empty() && !value.contains('@') => {
                Some("an address has an @ in it".to_owned())
            }
            ("group_name", _) if value.is_empty() => Some("this is needed".to_owned()),
            ("group_name", _) if directory.group_named(&value).is_some() => {
                Some("there is a group with this name".to_owned())
            }
            ("people", _) => typed(directory, &value).err(),
            ("group", _) => value.is_empty().then(|| "there is no group".to_owned()),
            _ => check_text(&name, &value).err(),
        };
    }
}

/// The people whose user names are typed.
fn typed(directory: &Directory, text: &str) -> Result<Vec<PersonId>, String> {
    let names = text.split([' ', ',', ';', '\t', '\n']).filter(|name| !name.is_empty());
    let people: Result<Vec<PersonId>, String> = names
        .map(|name| {
            directory.find(name).map(|p| p.id()).ok_or_else(|| format!("nobody has the user name {name}"))
        })
        .collect();
    people.and_then(|people| if people.is_empty() { Err("this is needed".to_owned()) } else { Ok(people) })
}

/// The decision the form stands for; none when nothing in it was changed.
pub(super) fn command(form: &Form, directory: &Directory) -> Option<Command> {
    match &form.purpose {
        Purpose::Person(person) => {
            let value = |name: &str| {
                let field = form.fields.iter().find(|f| f.name == name)?;
                field.value().filter(|v| field.touched && (person.is_some() || !v.is_empty()))
            };
            let fields = PersonFields {
                user_name: value("user_name"),
                given_name: value("given_name"),
                family_name: value("family_name"),
                display_name: value("display_name"),
                email: value("email"),
                title: value("title"),
                department: value("department"),
                external_id: value("external_id"),
            };
            (fields != PersonFields::default()).then_some(Command::PersonSet { person: *person, fields })
        }
        Purpose::NewGroup => form.value("group_name").map(Command::GroupAdd),
        Purpose::Members { group, people, add } => {
            let chosen = form.value("group");
            let by_choice =
                || directory.groups().into_iter().find(|g| Some(g.group.id.to_string()) == chosen);
            let group = group.or_else(|| by_choice().map(|g| g.group.id))?;
            let people = match people.is_empty() {
                true => typed(directory, &form.value("people").unwrap_or_default()).ok()?,
                false => people.clone(),
            };
            Some(if *add { Command::MemberAdd(group, people) } else { Command::MemberRemove(group, people) })
        }
        _ => None,
    }
}
