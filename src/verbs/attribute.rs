//! Whether a profile attribute is well formed: asked by the form while it is typed, and by the verb.

use super::words;
use crate::domain::{DataType, ProfileAttribute, field};

/// Most values an enumerated list may have.
const MAX_MEMBERS: usize = 1000;
/// Longest variable name, in characters.
const MAX_VARIABLE: usize = 100;

/// Names that already stand for something else: owned attributes of an account, and columns of a people file.
const TAKEN: [&str; 16] = [
    field::ACTIVE,
    field::EXTERNAL_ID,
    field::USER_NAME,
    field::DISPLAY_NAME,
    field::TITLE,
    field::DEPARTMENT,
    "user_name",
    "given_name",
    "family_name",
    "display_name",
    "email",
    "external_id",
    "status",
    "assigned",
    "group",
    "id",
];

/// Core attributes (RFC 7643, 3.1 and 4.1) that are written from the person, by the endpoint, or never.
const CORE: [&str; 12] = [
    "id",
    "schemas",
    "meta",
    "externalId",
    "userName",
    "active",
    "name",
    "displayName",
    "emails",
    "title",
    "groups",
    "password",
];

const CORE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What is wrong with one field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// `display_name`, `variable`, `external_name`, `external_namespace` or `members`.
    pub field: &'static str,
    /// The reason in one sentence.
    pub text: String,
}

/// Everything that is wrong with an attribute; empty when it can be saved. `others` are the attributes of the
/// profile, and `editing` is the present variable name of the one that is edited, so that it is not its own rival.
pub fn check_attribute(
    attribute: &ProfileAttribute,
    others: &[ProfileAttribute],
    editing: Option<&str>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut say = |field, text: Option<String>| errors.extend(text.map(|text| FieldError { field, text }));
    let others: Vec<_> = others.iter().filter(|o| Some(o.variable.as_str()) != editing).collect();
    say("display_name", plain("display name", &attribute.display_name));
    say("variable", variable(&attribute.variable, &others));
    say("external_name", external_name(attribute, &others));
    say("external_namespace", attribute.external_namespace.as_deref().and_then(namespace));
    members(attribute).into_iter().for_each(|text| say("members", Some(text)));
    errors
}

/// What the operator should know about an attribute that can be saved all the same.
pub fn attribute_warning(attribute: &ProfileAttribute) -> Option<String> {
    (!attribute.sendable()).then(|| {
        format!("{} has no external namespace, so it is kept here and never sent.", attribute.variable)
    })
}

fn plain(label: &str, text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some(format!("The {label} is empty."));
    }
    super::check_text(label, text).err()
}

fn variable(name: &str, others: &[&ProfileAttribute]) -> Option<String> {
    if name.is_empty() {
        return Some("The variable name is empty.".to_owned());
    }
    let good = |(n, c): (usize, char)| c == '_' || c.is_ascii_alphabetic() || (n > 0 && c.is_ascii_digit());
    if !name.chars().enumerate().all(good) {
        return Some(
            "The variable name takes letters, digits and underscores, and does not start with a digit."
                .to_owned(),
        );
    }
    if name.len() > MAX_VARIABLE {
        return Some(format!("The variable name is longer than {MAX_VARIABLE} characters."));
    }
    if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(name)) {
        return Some(format!("The variable name {name} stands for a field every person has."));
    }
    others
        .iter()
        .find(|o| o.variable.eq_ignore_ascii_case(name))
        .map(|o| format!("There is an attribute with the variable name {} already.", o.variable))
}

fn external_name(attribute: &ProfileAttribute, others: &[&ProfileAttribute]) -> Option<String> {
    let name = attribute.external_name.as_str();
    if let Some(text) = plain("external name", name) {
        return Some(text);
    }
    if name.contains(char::is_whitespace) {
        return Some("The external name has a space in it.".to_owned());
    }
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let under = attribute.external_namespace.as_deref().unwrap_or(CORE_URN);
    if under.eq_ignore_ascii_case(CORE_URN) && CORE.into_iter().any(is) {
        return Some(format!("{name} is not written through a profile attribute."));
    }
    if under.eq_ignore_ascii_case(ENTERPRISE_URN) && is(field::DEPARTMENT) {
        return Some("department is written from the person's own department.".to_owned());
    }
    others
        .iter()
        .find(|o| o.path().eq_ignore_ascii_case(&attribute.path()))
        .map(|o| format!("{} writes the same attribute of the app.", o.variable))
}

/// `urn:NID:NSS` (RFC 8141, 2): the identifier is letters, digits and hyphens, the rest has no spaces.
fn namespace(urn: &str) -> Option<String> {
    let mut parts = urn.splitn(3, ':');
    let (scheme, id, rest) = (parts.next(), parts.next(), parts.next());
    let good = scheme.is_some_and(|s| s.eq_ignore_ascii_case("urn"))
        && id.is_some_and(|id| {
            (2..=32).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with(':'))
        && urn.len() <= words::MAX_TEXT
        && urn.chars().all(|c| c.is_ascii_graphic());
    (!good).then(|| {
        format!("The external namespace is no URN. Workato's is {}.", crate::domain::WORKATO_ROLE_URN)
    })
}

fn members(attribute: &ProfileAttribute) -> Vec<String> {
    let list = &attribute.members;
    if list.is_empty() {
        return Vec::new();
    }
    if attribute.data_type == DataType::Boolean {
        return vec!["A boolean takes true or false and no list of values.".to_owned()];
    }
    if list.len() > MAX_MEMBERS {
        return vec![format!("The list has more than {MAX_MEMBERS} values.")];
    }
    let mut seen = std::collections::HashSet::new();
    let mut errors = Vec::new();
    for member in list {
        let value = member.value.as_str();
        if value.trim().is_empty() {
            errors.push("A value of the list is empty.".to_owned());
        } else if !seen.insert(value) {
            errors.push(format!("The value {value} is in the list twice."));
        } else if let Err(text) = super::check_role_value(attribute, value) {
            errors.push(text);
        } else if let Err(text) = super::check_text("label of a value", &member.display) {
            errors.push(text);
        }
    }
    errors.dedup();
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Member;

    fn wrong(change: impl FnOnce(&mut ProfileAttribute)) -> Vec<&'static str> {
        let mut attribute = ProfileAttribute::workato("workato_role_test");
        change(&mut attribute);
        let others = [ProfileAttribute::workato("workato_role")];
        check_attribute(&attribute, &others, None).into_iter().map(|e| e.field).collect()
    }

    #[test]
    fn the_attribute_of_the_guide_is_well_formed() {
        assert_eq!(wrong(|_| {}), [""; 0]);
        assert_eq!(attribute_warning(&ProfileAttribute::workato("workato_role")), None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let fields = wrong(|a| {
            a.display_name.clear();
            a.variable = "1st".to_owned();
            a.external_name.clear();
            a.external_namespace = Some("http://x".to_owned());
            a.members.push(Member::plain(""));
        });
        assert_eq!(fields, ["display_name", "variable", "external_name", "external_namespace", "members"]);
    }

    #[test]
    fn a_variable_name_is_a_plain_word_nobody_else_uses() {
        for bad in [
            "",
            "with space",
            "né",
            "a-b",
            "workato_role",
            "Workato_Role",
            "title",
            "email",
            &"a".repeat(101),
        ] {
            assert_eq!(wrong(|a| a.variable = bad.to_owned()), ["variable"], "{bad:?}");
        }
        assert_eq!(wrong(|a| a.variable = "_a1".to_owned()), [""; 0]);
    }

    #[test]
    fn the_attribute_being_edited_is_not_its_own_rival() {
        let present = [ProfileAttribute::workato("workato_role")];
        assert_eq!(check_attribute(&present[0], &present, Some("workato_role")), []);
        assert!(!check_attribute(&present[0], &present, None).is_empty());
    }

    #[test]
    fn two_attributes_do_not_write_the_same_one_of_the_app() {
        assert_eq!(wrong(|a| a.external_name = "workato_role".to_owned()), ["external_name"]);
    }

    #[test]
    fn what_a_person_already_has_and_the_password_are_not_profile_attributes() {
        for name in ["password", "active", "userName"] {
            let none = |a: &mut ProfileAttribute| {
                a.external_name = name.to_owned();
                a.external_namespace = None;
            };
            assert_eq!(wrong(none), ["external_name"], "{name}");
        }
    }

    #[test]
    fn a_namespace_looks_like_a_urn_and_without_one_it_is_said_that_nothing_is_sent() {
        for bad in ["", "urn:", "urn:x", "urn:ietf:", "urn:ietf:a b", "urn:a_b:c", "workato"] {
            assert_eq!(
                wrong(|a| a.external_namespace = Some(bad.to_owned())),
                ["external_namespace"],
                "{bad:?}"
            );
        }
        let mut attribute = ProfileAttribute::workato("workato_role");
        attribute.external_namespace = None;
        assert!(attribute_warning(&attribute).unwrap().contains("never sent"));
    }

    #[test]
    fn members_are_not_empty_twice_or_of_another_type() {
        assert_eq!(wrong(|a| a.members.push(Member::plain("Admin"))), ["members"]);
        assert_eq!(wrong(|a| a.members.push(Member::plain("admin"))), [""; 0]);
        assert_eq!(wrong(|a| a.data_type = DataType::Boolean), ["members"]);
        let numbers = |a: &mut ProfileAttribute| {
            a.data_type = DataType::Integer;
            a.members = vec![Member::plain("1"), Member::plain("two")];
        };
        assert_eq!(wrong(numbers), ["members"]);
    }
}
