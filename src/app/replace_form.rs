//! The form that replaces a value of an enumerated list, for all who have it.

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use super::forms::count;
use crate::directory::Directory;
use crate::domain::ProfileAttribute;
use crate::verbs::{Command, check_role_value};

/// The form, with the values of the list and those in use that left it.
pub(super) fn form(attribute: &ProfileAttribute, directory: &Directory) -> Form {
    let uses = uses(attribute, directory);
    let gone = uses.iter().filter(|(value, _)| attribute.rank(value).is_none());
    let used = |value: &str| uses.iter().find(|(v, _)| v == value).map_or(0, |(_, n)| *n);
    let shown = |value: &str| match used(value) {
        0 => format!("{value} (nobody)"),
        n => format!("{value} ({})", count(n, "person")),
    };
    let choice = |value: &str| Choice { shown: shown(value), value: Some(value.to_owned()) };
    let going: Vec<Choice> =
        attribute.members.iter().map(|m| choice(&m.value)).chain(gone.map(|(v, _)| choice(v))).collect();
    let mut coming: Vec<Choice> =
        vec![Choice { shown: "a new value".to_owned(), value: Some(String::new()) }];
    coming.extend(attribute.members.iter().map(|m| choice(&m.value)));
    let fields = vec![
        Field::choice("from", "Value that goes", going, None).help("left and right, or a letter"),
        Field::choice("to", "Value that comes", coming, Some("")).help("left and right, or a letter"),
        Field::text("new", "New value", "").help("It takes the other's place in the list, exactly as typed"),
    ];
    let intro = vec![
        Line::plain(attribute.variable.clone()),
        Line::of(Tone::Dim, "All who have it get the other; the plan is shown first."),
    ];
    Form::new(Purpose::Replace(attribute.variable.clone()), "Replace a value", intro, fields)
}

/// Assigned people by value, in order of value.
fn uses(attribute: &ProfileAttribute, directory: &Directory) -> Vec<(String, usize)> {
    let mut uses = std::collections::BTreeMap::new();
    for person in directory.people().filter(|p| p.assigned()) {
        if let Some(value) = person.roles().get(&attribute.variable) {
            *uses.entry(value).or_insert(0) += 1;
        }
    }
    uses.into_iter().map(|(value, n)| (value.to_owned(), n)).collect()
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form, variable: &str, directory: &Directory) {
    let value = |name: &str| form.value(name).unwrap_or_default();
    let (from, to, new) = (value("from"), value("to"), value("new"));
    let errors = [
        from.is_empty().then(|| "there is no value".to_owned()),
        (to == from && !to.is_empty()).then(|| "this is the value that goes".to_owned()),
        match (to.is_empty(), new.as_str()) {
            (true, "") => Some("type the new value, or choose one above".to_owned()),
            (false, "") => None,
            (false, _) => Some("a value is chosen above: empty this".to_owned()),
            (true, new) => fault(directory, variable, new, &from),
        },
    ];
    for (field, error) in form.fields.iter_mut().zip(errors) {
        field.error = error;
    }
}

fn fault(directory: &Directory, variable: &str, new: &str, from: &str) -> Option<String> {
    if new == from {
        return Some("this is the value that goes".to_owned());
    }
    let open = ProfileAttribute { members: Vec::new(), ..directory.attribute(variable)?.clone() };
    check_role_value(&open, new).err()
}

/// The decision the form stands for.
pub(super) fn command(form: &Form, variable: &str) -> Option<Command> {
    let to = form.value("to").filter(|to| !to.is_empty()).or_else(|| form.value("new"))?;
    Some(Command::MemberReplace { variable: variable.to_owned(), from: form.value("from")?, to })
}
