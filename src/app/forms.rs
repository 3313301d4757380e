//! The forms of the console: their fields, and the decision each one stands for.

use std::collections::BTreeMap;

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use super::{attribute_form, connection_form, people_forms, replace_form, token_form};
use crate::directory::{AssignmentKind, Directory};
use crate::domain::{DataType, GroupId, PersonId, ProfileAttribute, RoleValues};
use crate::verbs::Command;

/// Prefix of the fields that hold a role value, so that no attribute can be named like another field.
const ROLE: &str = "role:";

/// The form of role values for people who have the app.
pub(super) fn roles(people: Vec<PersonId>, directory: &Directory) -> Form {
    let held: Vec<&RoleValues> =
        people.iter().filter_map(|id| directory.get(*id)).map(|p| p.roles()).collect();
    let fields = directory.attributes().iter().map(|a| role_field(a, &held, true)).collect();
    let mut intro = vec![about(&people, directory)];
    let through: Vec<_> = people
        .iter()
        .filter_map(|id| directory.get(*id))
        .filter(|p| matches!(p.kind(), AssignmentKind::Group(_)))
        .collect();
    if !through.is_empty() {
        let who =
            if people.len() == 1 { "This person has".to_owned() } else { format!("{} have", through.len()) };
        let text = format!("{who} the app through a group: saving makes an Individual assignment.");
        intro.push(Line::of(Tone::Warn, text));
    }
    intro.push(Line::of(Tone::Dim, "Saved values are pushed to the app at once."));
    Form::new(Purpose::Roles(people), "Edit roles", intro, fields)
}

/// The form that assigns the app to people.
pub(super) fn assign(people: Vec<PersonId>, directory: &Directory) -> Form {
    let held: Vec<&RoleValues> =
        people.iter().filter_map(|id| directory.get(*id)).map(|p| p.roles()).collect();
    let fields = directory.attributes().iter().map(|a| role_field(a, &held, false)).collect();
    let intro = vec![
        about(&people, directory),
        Line::of(Tone::Dim, "They get an account with these values; the app invites new people by e-mail."),
    ];
    Form::new(Purpose::Assign(people), "Assign the app", intro, fields)
}

/// The form of a group's role values: to assign it, or to change what it gives.
pub(super) fn group(id: GroupId, directory: &Directory) -> Option<Form> {
    let row = directory.group(id)?;
    let held: Vec<&RoleValues> = row.assignment.iter().map(|a| &a.roles).collect();
    let assigned = row.assignment.is_some();
    let fields = directory.attributes().iter().map(|a| role_field(a, &held, assigned)).collect();
    let intro = vec![
        Line::plain(format!("{} · {}", row.group.name, count(row.members.len(), "member"))),
        Line::of(Tone::Dim, "Members without an Individual assignment get these values."),
    ];
    Some(if assigned {
        Form::new(Purpose::GroupRoles(id), "Edit the group's roles", intro, fields)
    } else {
        Form::new(Purpose::AssignGroup(id), "Assign the app to a group", intro, fields)
    })
}

/// The form of a note that puts people on the list.
pub(super) fn note(people: Vec<PersonId>, directory: &Directory) -> Form {
    let intro = vec![about(&people, directory)];
    let field = Field::text("note", "Note", "").help("Why they are on the list, for whoever looks next");
    Form::new(Purpose::Note(people), "Flag", intro, vec![field])
}

/// The form that allows the removal of a protected person. The name to type stands first: whatever else there is to
/// say may be long.
pub(super) fn type_name(command: Command, typed: Vec<String>, left: Vec<String>, why: &str) -> Form {
    let mut ask = Line::plain("Type ").and(Tone::Strong, left.first().cloned().unwrap_or_default());
    let all = typed.len() + left.len();
    if all > 1 {
        ask = ask.and(Tone::Plain, format!(" ({} of {all})", typed.len() + 1));
    }
    let intro =
        vec![ask.and(Tone::Plain, " to go on, or leave with esc."), Line::of(Tone::Bad, why.to_owned())];
    let field = Field::text("name", "User name", "");
    Form::new(Purpose::TypeName { command: Box::new(command), typed, left }, "Protected", intro, vec![field])
}

/// Whether one of the names is in the field; they may be typed in any order, and upper case is no other name.
fn check_name(form: &mut Form, left: &[String]) {
    for field in &mut form.fields {
        let value = field.value().unwrap_or_default().to_lowercase();
        let wrong = !left.iter().any(|name| name.to_lowercase() == value);
        field.error = left.first().filter(|_| wrong).map(|name| format!("type {name}"));
    }
}

fn about(people: &[PersonId], directory: &Directory) -> Line {
    match people {
        [one] => {
            let person = directory.get(*one);
            let name = person.map(|p| p.name()).unwrap_or_default();
            Line::plain(name).and(Tone::Dim, format!("  {}", person.map_or("", |p| p.user_name())))
        }
        many => Line::plain(count(many.len(), "person")),
    }
}

/// A number and its noun.
pub(super) fn count(n: usize, noun: &str) -> String {
    match (n, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "person") => format!("{n} people"),
        _ => format!("{n} {noun}s"),
    }
}

/// The field of one attribute. `held` are the present values; with `keep`, people may keep different ones.
fn role_field(attribute: &ProfileAttribute, held: &[&RoleValues], keep: bool) -> Field {
    let name = format!("{ROLE}{}", attribute.variable);
    let mut values: Vec<Option<&str>> = held.iter().map(|roles| roles.get(&attribute.variable)).collect();
    values.sort_unstable();
    values.dedup();
    let mixed = values.len() > 1;
    let present = if mixed { None } else { values.first().copied().flatten() };
    let choice = |shown: &str, value: Option<&str>| Choice {
        shown: shown.to_owned(),
        value: value.map(str::to_owned),
    };
    let mut offered: Vec<(String, String)> =
        attribute.members.iter().map(|m| (m.display.clone(), m.value.clone())).collect();
    if attribute.data_type == DataType::Boolean {
        offered = ["true", "false"].map(|v| (v.to_owned(), v.to_owned())).to_vec();
    }
    if offered.is_empty() {
        let help = format!("Any {}", attribute.data_type.word());
        return Field::text(&name, &attribute.display_name, present.unwrap_or("")).help(&help);
    }
    let mut choices = Vec::new();
    if mixed && keep {
        choices.push(choice("keep each one's value", None));
    }
    choices.extend(offered.iter().map(|(shown, value)| choice(shown, Some(value))));
    if let Some(odd) = present.filter(|p| attribute.rank(p).is_none() && !attribute.members.is_empty()) {
        choices.push(choice(&format!("{odd} (not in the list)"), Some(odd)));
    }
    if !attribute.required || present.is_none() {
        let words = if attribute.required { "choose" } else { "no value" };
        choices.insert(usize::from(mixed && keep), choice(words, Some("")));
    }
    let mark = if mixed && keep { None } else { Some(present.unwrap_or("")) };
    Field::choice(&name, &attribute.display_name, choices, mark).help("left and right, or a letter")
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form, directory: &Directory) {
    if let Purpose::Attribute(variable) = form.purpose.clone() {
        attribute_form::check(form, variable.as_deref(), directory);
        return;
    }
    match form.purpose.clone() {
        Purpose::Connection(present) => return connection_form::check(form, &present),
        Purpose::Token | Purpose::Unlock | Purpose::Connect(_) => return token_form::check(form),
        Purpose::Fault => return super::rehearsal::check(form),
        Purpose::SavePlan | Purpose::OpenPlan => return super::plan_files::check(form),
        Purpose::Replace(variable) => return replace_form::check(form, &variable, directory),
        Purpose::TypeName { left, .. } => return check_name(form, &left),
        _ => {}
    }
    if matches!(form.purpose, Purpose::Person(_) | Purpose::NewGroup | Purpose::Members { .. }) {
        people_forms::check(form, directory);
        return;
    }
    for field in &mut form.fields {
        let value = field.value();
        field.error = match field.name.strip_prefix(ROLE) {
            Some(variable) => directory.attribute(variable).and_then(|a| role_fault(a, value.as_deref())),
            None if value.as_deref() == Some("") => Some("this is needed".to_owned()),
            None => None,
        };
    }
}

fn role_fault(attribute: &ProfileAttribute, value: Option<&str>) -> Option<String> {
    match value {
        None => None,
        Some("") => attribute.required.then(|| "this role is required: choose a value".to_owned()),
        Some(value) if !attribute.data_type.accepts(value) => {
            Some(format!("not a valid {}", attribute.data_type.word()))
        }
        Some(_) => None,
    }
}

/// The decision the form stands for; none when nothing in it was changed.
pub(super) fn command(form: &Form, directory: &Directory) -> Option<Command> {
    let all = || -> BTreeMap<String, String> {
        form.fields.iter().filter_map(|f| Some((f.name.strip_prefix(ROLE)?.to_owned(), f.value()?))).collect()
    };
    let changed = || -> BTreeMap<String, String> {
        let touched: Vec<_> =
            form.fields.iter().filter(|f| f.touched).map(|f| f.name.replacen(ROLE, "", 1)).collect();
        all().into_iter().filter(|(name, _)| touched.contains(name)).collect()
    };
    let set = || -> RoleValues { all().into_iter().filter(|(_, value)| !value.is_empty()).collect() };
    match &form.purpose {
        Purpose::Roles(people) => Some(changed())
            .filter(|v| !v.is_empty())
            .map(|values| Command::Role { people: people.clone(), values }),
        Purpose::GroupRoles(group) => Some(changed())
            .filter(|v| !v.is_empty())
            .map(|values| Command::GroupRole { group: *group, values }),
        Purpose::Assign(people) => Some(Command::Assign { people: people.clone(), roles: set() }),
        Purpose::AssignGroup(group) => {
            Some(Command::AssignGroup { group: *group, priority: None, roles: set() })
        }
        Purpose::Note(people) => {
            Some(Command::Flag { people: people.clone(), note: form.value("note").unwrap_or_default() })
        }
        Purpose::Attribute(variable) => attribute_form::command(form, variable.as_deref()),
        Purpose::Connection(present) => connection_form::command(form, present),
        // These carry a token, which no command does.
        Purpose::Token | Purpose::Unlock | Purpose::Connect(_) => None,
        // Nothing of ours changes.
        Purpose::Fault | Purpose::SavePlan | Purpose::OpenPlan => None,
        Purpose::Replace(variable) => replace_form::command(form, variable),
        Purpose::Person(_) | Purpose::NewGroup | Purpose::Members { .. } => {
            people_forms::command(form, directory)
        }
        Purpose::TypeName { command, .. } => Some((**command).clone()),
    }
}
