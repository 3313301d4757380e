//! The Profile Editor's form, with every field of the seed, checked as it is filled in.

use std::collections::HashSet;

use super::doc::{Line, Tone};
use super::field::{Choice, Field};
use super::form::{Form, Purpose};
use crate::directory::Directory;
use crate::domain::{DataType, Member, ProfileAttribute, RoleValues, WORKATO_ROLE_URN};
use crate::verbs::{Command, check_attribute};

/// The form of a new attribute, or of one that is there.
pub(super) fn form(attribute: Option<&ProfileAttribute>) -> Form {
    let fresh = ProfileAttribute {
        variable: String::new(),
        display_name: String::new(),
        external_name: String::new(),
        external_namespace: Some(WORKATO_ROLE_URN.to_owned()),
        data_type: DataType::String,
        members: Vec::new(),
        required: true,
    };
    let a = attribute.unwrap_or(&fresh);
    let types = DataType::ALL
        .map(|t| Choice { shown: t.word().to_owned(), value: Some(t.word().to_owned()) })
        .to_vec();
    let fields = vec![
        Field::choice("data_type", "Data type", types, Some(a.data_type.word())).help("left and right"),
        Field::text("display_name", "Display name", &a.display_name).help("What operators read"),
        Field::text("variable", "Variable name", &a.variable).help("Letters, digits and underscore"),
        Field::text("external_name", "External name", &a.external_name).help("Its name in the app"),
        Field::text("namespace", "External namespace", a.external_namespace.as_deref().unwrap_or(""))
            .help("The extension's URN; empty for a core attribute"),
        Field::lines("members", "Attribute members", member_lines(&a.members))
            .help("One a line, strongest first; display = value where they differ; empty: any value"),
        Field::toggle("required", "Attribute required", a.required).help("space changes it"),
    ];
    let (title, intro) = match attribute {
        Some(a) => ("Edit attribute", Line::plain(a.variable.clone())),
        None => {
            ("Add attribute", Line::of(Tone::Dim, "Nothing is sent until an assignment gives it a value."))
        }
    };
    Form::new(Purpose::Attribute(attribute.map(|a| a.variable.clone())), title, vec![intro], fields)
}

/// A member a line: its value, with the words for it where they differ. A value with an equals sign is always written
/// with its words, so that it is read back as it was.
pub(super) fn member_lines(members: &[Member]) -> Vec<String> {
    let line = |m: &Member| match m.display == m.value && !m.value.contains('=') {
        true => m.value.clone(),
        false => format!("{} = {}", m.display, m.value),
    };
    members.iter().map(line).collect()
}

/// Names follow the display name until they are typed themselves.
fn follow(form: &mut Form) {
    let display = form.value("display_name").unwrap_or_default();
    let name: String = display
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect();
    for field in &mut form.fields {
        if matches!(field.name.as_str(), "variable" | "external_name") && !field.touched {
            field.set(&name);
        }
    }
}

/// Looks at every field as it is now.
pub(super) fn check(form: &mut Form, present: Option<&str>, directory: &Directory) {
    if present.is_none() {
        follow(form);
    }
    let kind = data_type(form);
    for field in &mut form.fields {
        let value = field.value().unwrap_or_default();
        field.error = match field.name.as_str() {
            "display_name" | "external_name" if value.is_empty() => Some("this is needed".to_owned()),
            "external_name" if value.contains(char::is_whitespace) => Some("no spaces, please".to_owned()),
            "variable" => variable_fault(&value, present, directory),
            "namespace" if !value.is_empty() && !value.to_lowercase().starts_with("urn:") => {
                Some("a namespace starts with urn:".to_owned())
            }
            "members" => {
                let members = members(&value);
                members_fault(&members, kind).or_else(|| in_use(present, &members, directory))
            }
            _ => None,
        };
    }
    whole(form, present, directory);
}

/// A value of the list that somebody has is replaced, not taken out.
fn in_use(present: Option<&str>, members: &[Member], directory: &Directory) -> Option<String> {
    let attribute = directory.attribute(present?)?;
    // With an empty list any value is taken.
    let gone = |m: &&Member| !members.is_empty() && members.iter().all(|n| n.value != m.value);
    attribute.members.iter().filter(gone).find_map(|member| {
        let has = |roles: &RoleValues| roles.get(&attribute.variable) == Some(member.value.as_str());
        let groups = directory.assigned_groups();
        let used = directory.people().any(|p| p.individual_roles().is_some_and(has))
            || groups.iter().any(|g| g.assignment.as_ref().is_some_and(|a| has(&a.roles)));
        used.then(|| format!("{} is in use: leave this form, then m replaces it", member.value))
    })
}

/// What only the whole attribute shows: another one that writes the same place, a name that is taken.
fn whole(form: &mut Form, present: Option<&str>, directory: &Directory) {
    let errors = check_attribute(&attribute(form), directory.attributes(), present);
    for error in errors {
        let name = if error.field == "external_namespace" { "namespace" } else { error.field };
        if let Some(field) = form.fields.iter_mut().find(|f| f.name == name && f.error.is_none()) {
            field.error = Some(error.text);
        }
    }
}

fn variable_fault(value: &str, present: Option<&str>, directory: &Directory) -> Option<String> {
    if value.is_empty() {
        return Some("this is needed".to_owned());
    }
    if !value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Some("letters, digits and underscore only".to_owned());
    }
    let taken = present != Some(value) && directory.attribute(value).is_some();
    taken.then(|| format!("there is an attribute {value} already"))
}

fn members_fault(members: &[Member], kind: DataType) -> Option<String> {
    if kind == DataType::Boolean && !members.is_empty() {
        return Some("a boolean takes true or false and has no list".to_owned());
    }
    let mut seen = HashSet::new();
    for member in members {
        if member.value.is_empty() {
            return Some("a value is empty".to_owned());
        }
        if !kind.accepts(&member.value) {
            return Some(format!("{} is not a valid {}", member.value, kind.word()));
        }
        if !seen.insert(member.value.to_lowercase()) {
            return Some(format!("{} is there twice", member.value));
        }
    }
    None
}

fn members(text: &str) -> Vec<Member> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| match line.split_once(" = ").or_else(|| line.split_once('=')) {
            Some((display, value)) => {
                Member { display: display.trim().to_owned(), value: value.trim().to_owned() }
            }
            None => Member::plain(line),
        })
        .collect()
}

fn data_type(form: &Form) -> DataType {
    let word = form.value("data_type").unwrap_or_default();
    DataType::ALL.into_iter().find(|t| t.word() == word).unwrap_or_default()
}

/// The decision the form stands for.
pub(super) fn command(form: &Form, present: Option<&str>) -> Option<Command> {
    let attribute = attribute(form);
    match present {
        Some(_) if !form.dirty() => None,
        Some(variable) => Some(Command::AttributeSet { variable: variable.to_owned(), attribute }),
        None => Some(Command::AttributeAdd(attribute)),
    }
}

fn attribute(form: &Form) -> ProfileAttribute {
    let value = |name: &str| form.value(name).unwrap_or_default();
    ProfileAttribute {
        variable: value("variable"),
        display_name: value("display_name"),
        external_name: value("external_name"),
        external_namespace: Some(value("namespace")).filter(|urn| !urn.is_empty()),
        data_type: data_type(form),
        members: members(&value("members")),
        required: value("required") == "true",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn faults(form: &Form) -> Vec<(&str, &str)> {
        form.fields.iter().filter_map(|f| Some((f.name.as_str(), f.error.as_deref()?))).collect()
    }

    #[test]
    fn the_seed_attribute_is_entered_by_its_display_name_and_members() {
        let directory = fixture::directory();
        let mut form = form(None);
        form.fields[1].paste("Workato Role Test");
        form.fields[5].paste("Admin\nNone = No access");
        check(&mut form, None, &directory);
        assert_eq!(faults(&form), []);
        let Some(Command::AttributeAdd(attribute)) = command(&form, None) else { panic!("no command") };
        assert_eq!(attribute.variable, "workato_role_test");
        assert_eq!(attribute.external_namespace.as_deref(), Some(WORKATO_ROLE_URN));
        assert_eq!(attribute.members[1], Member { display: "None".into(), value: "No access".into() });
        assert!(attribute.required);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let directory = fixture::directory();
        let mut form = form(None);
        form.fields[2].paste("workato_role");
        form.fields[2].touched = true;
        form.fields[4].paste("x");
        form.fields[4].set("workato");
        form.fields[5].paste("Admin\nadmin");
        check(&mut form, None, &directory);
        let fields: Vec<_> = faults(&form).into_iter().map(|(name, _)| name).collect();
        assert_eq!(fields, ["display_name", "variable", "external_name", "namespace", "members"]);
    }
}
