//! Whether role values fit their profile attributes.

use super::{Refusal, words};
use crate::directory::Directory;
use crate::domain::{ProfileAttribute, RoleValues};

/// Whether a value that is not empty may be given to an attribute.
///
/// # Errors
/// The reason in one sentence; a value that differs from a member only in case is told the right one.
pub fn check_role_value(attribute: &ProfileAttribute, value: &str) -> Result<(), String> {
    let name = &attribute.variable;
    if value.len() > words::MAX_TEXT {
        return Err(format!("The value of {name} is longer than {} bytes.", words::MAX_TEXT));
    }
    if value.chars().any(char::is_control) {
        return Err(format!("The value of {name} has a control character in it."));
    }
    if !attribute.data_type.accepts(value) {
        return Err(format!(
            "{name} takes a value of type {}, and {value} is none.",
            attribute.data_type.word()
        ));
    }
    if attribute.members.is_empty() || attribute.rank(value).is_some() {
        return Ok(());
    }
    if let Some(right) = attribute.near_miss(value) {
        return Err(format!("{name} has no value {value}; did you mean {right}? Values match exactly."));
    }
    let members: Vec<_> = attribute.members.iter().map(|m| m.value.as_str()).collect();
    Err(format!("{name} has no value {value}. It takes: {}.", words::names(&members)))
}

/// Checks values that an operator gave. An empty value stands for "none" and fits every attribute here; whether it
/// may be taken out is for the verb to say.
pub(super) fn check_given<'a>(
    directory: &Directory,
    values: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Result<(), Refusal> {
    for (variable, value) in values {
        let Some(attribute) = directory.attribute(variable) else {
            return Err(unknown(directory, variable));
        };
        if !value.is_empty() {
            check_role_value(attribute, value)
                .map_err(|text| Refusal::bad("bad_value", text, "Give a value that the attribute takes."))?;
        }
    }
    Ok(())
}

/// As [`check_given`], for an edit where an empty value takes a value out: a required one stays.
pub(super) fn check_edit(
    directory: &Directory,
    values: &std::collections::BTreeMap<String, String>,
) -> Result<(), Refusal> {
    if values.is_empty() {
        return Err(Refusal::bad(
            "no_values",
            "No role value is given.",
            "Give at least one attribute a value.",
        ));
    }
    check_given(directory, values)?;
    let cleared = values.iter().find(|(variable, value)| {
        value.is_empty() && directory.attribute(variable).is_some_and(|attribute| attribute.required)
    });
    match cleared {
        None => Ok(()),
        Some((variable, _)) => Err(Refusal::bad(
            "role_required",
            format!("{variable} is required, so its value cannot be taken out."),
            "Give it another value, or end the assignment.",
        )),
    }
}

/// The refusal of an attribute that the profile does not have.
pub(super) fn unknown(directory: &Directory, variable: &str) -> Refusal {
    let known: Vec<_> = directory.attributes().iter().map(|a| a.variable.as_str()).collect();
    let near = known.iter().find(|known| known.eq_ignore_ascii_case(variable));
    let next = match (near, known.is_empty()) {
        (Some(right), _) => format!("Did you mean {right}?"),
        (None, true) => "Add the profile attribute first.".to_owned(),
        (None, false) => format!("The profile has: {}.", words::names(&known)),
    };
    Refusal::bad("unknown_attribute", format!("The profile has no attribute {variable}."), next)
}

/// Why an account cannot be sent with these values: a required one is missing, or one is not taken any more.
/// Nothing is ever filled in for it.
pub fn lacking(directory: &Directory, roles: &RoleValues) -> Option<String> {
    directory.attributes().iter().find_map(|attribute| match roles.get(&attribute.variable) {
        None if attribute.required => Some(format!("role missing: {} needs a value", attribute.variable)),
        None => None,
        Some(value) => check_role_value(attribute, value).err().map(|_| {
            format!("{} has the value {value}, which it no longer takes; give another", attribute.variable)
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;
    use crate::domain::DataType;

    #[test]
    fn a_value_that_differs_only_in_case_is_refused_with_the_right_one_named() {
        let text = check_role_value(&ProfileAttribute::workato("workato_role"), "admin").unwrap_err();
        assert!(text.contains("did you mean Admin?"), "{text}");
    }

    #[test]
    fn a_value_outside_the_list_is_told_the_list() {
        let text = check_role_value(&ProfileAttribute::workato("workato_role"), "Boss").unwrap_err();
        assert!(text.contains("Admin, Analyst, Operator, No access"), "{text}");
    }

    #[test]
    fn a_value_must_be_of_the_data_type() {
        let mut seats = ProfileAttribute::workato("seats");
        seats.members.clear();
        seats.data_type = DataType::Integer;
        assert!(check_role_value(&seats, "12").is_ok());
        assert!(check_role_value(&seats, "twelve").unwrap_err().contains("type integer"));
    }

    #[test]
    fn an_unknown_attribute_is_refused_and_a_near_one_named() {
        let f = Fixture::new();
        let values = [("Workato_Role".to_owned(), "Admin".to_owned())].into_iter().collect();
        let refusal = check_edit(&f.directory, &values).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.next.as_str()),
            ("unknown_attribute", "Did you mean workato_role?")
        );
    }

    #[test]
    fn a_required_value_that_is_missing_is_named_and_never_filled_in() {
        let f = Fixture::new();
        let reason = lacking(&f.directory, &RoleValues::default()).unwrap();
        assert!(reason.starts_with("role missing: workato_role"), "{reason}");
        assert_eq!(lacking(&f.directory, &role("Analyst")), None);
    }

    #[test]
    fn a_value_that_left_the_list_is_asked_for() {
        let f = Fixture::new();
        assert!(lacking(&f.directory, &role("Boss")).unwrap().contains("no longer takes"));
    }

    #[test]
    fn every_verb_that_gives_the_app_asks_for_a_required_value() {
        use super::super::{Command, Who};
        use crate::domain::Status;
        let mut f = Fixture::new()
            .person("ana")
            .group("Team", &["ana"])
            .group("Old", &[])
            .group_gives("Old", "Analyst")
            .give("ana", RoleValues::default());
        let (ana, team, old) = (f.id("ana"), f.gid("Team"), f.gid("Old"));
        let none = RoleValues::default;
        let prod: RoleValues = [("workato_role_prod", "Admin")].into_iter().collect();
        let cleared = [("workato_role".to_owned(), String::new())];
        let commands = [
            Command::Assign { people: vec![ana], roles: none() },
            Command::AssignGroup { group: team, priority: None, roles: none() },
            Command::Role { people: vec![ana], values: prod.0.clone().into_iter().collect() },
            Command::GroupRole { group: old, values: cleared.into() },
            Command::Provision(Who::Named(vec![ana])),
        ];
        for command in commands {
            match f.decide(&command) {
                Ok(decision) => {
                    assert!(left_out(&decision).contains("role missing"), "{command:?}: {decision:?}");
                    assert!(decision.people().is_empty() && decision.changes.is_empty(), "{command:?}");
                }
                Err(refusal) => assert!(refusal.code.starts_with("role_"), "{command:?}: {refusal:?}"),
            }
        }
        f = f.status("ana", Status::Suspended);
        let back = Command::SetStatus { people: vec![ana], status: Status::Active };
        assert!(left_out(&f.decide(&back).unwrap()).contains("role missing"));
    }
}
