//! What is wrong with the profile although it can be saved: values that are never sent, or not understood there.

use super::words;
use crate::directory::Directory;
use crate::domain::{Member, ProfileAttribute, ReportedValue, WORKATO_ROLE_URN};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintCode {
    /// No external namespace and no core attribute: its values are never sent.
    NoNamespace,
    /// A value of the list that the endpoint does not know.
    NotThere,
    /// Two values that look like one.
    NearDuplicate,
    /// A value with a stray sign at its start, as the guide's `<No access`.
    StraySign,
    /// Required, and any text is taken.
    AnyText,
    /// Its name in the app is not its variable name.
    OtherName,
}

impl LintCode {
    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoNamespace => "no_namespace",
            Self::NotThere => "value_not_there",
            Self::NearDuplicate => "near_duplicate",
            Self::StraySign => "stray_sign",
            Self::AnyText => "any_text",
            Self::OtherName => "other_name",
        }
    }

    /// Whether a value is lost or refused for it; the others are for the operator to know.
    pub fn grave(self) -> bool {
        !matches!(self, Self::AnyText | Self::OtherName)
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintFinding {
    /// The attribute's variable name.
    pub variable: String,
    /// What it is about.
    pub code: LintCode,
    /// What is the matter, in one sentence.
    pub text: String,
    /// What repairs it.
    pub repair: String,
    /// Assigned people whose values are concerned.
    pub people: usize,
}

/// Looks at every attribute; grave findings of an attribute come first. `reported` are the values that the endpoint
/// says it takes; they are compared for attributes in Workato's role namespace, which they belong to.
pub fn lint(directory: &Directory, reported: Option<&[ReportedValue]>) -> Vec<LintFinding> {
    directory.attributes().iter().flat_map(|attribute| one(directory, attribute, reported)).collect()
}

fn one(
    directory: &Directory,
    attribute: &ProfileAttribute,
    reported: Option<&[ReportedValue]>,
) -> Vec<LintFinding> {
    let name = attribute.variable.as_str();
    let mut findings = Vec::new();
    let mut find = |code, text: String, repair: String, people| {
        findings.push(LintFinding { variable: name.to_owned(), code, text, repair, people });
    };
    if !attribute.sendable() {
        let people = having(directory, name, |_| true);
        let who = match people {
            0 => String::new(),
            n => format!(" {} a value of it.", words::count(n, "person has", "people have")),
        };
        let text = format!("{name} has no external namespace: it is kept here and never sent.{who}");
        find(
            LintCode::NoNamespace,
            text,
            format!("attribute repair {name} gives it {WORKATO_ROLE_URN}"),
            people,
        );
    }
    for member in reported.map(|r| unknown(attribute, r)).unwrap_or_default() {
        let people = having(directory, name, |value| value == member.value);
        let text = format!("The app reports no value {} for {name}.", member.value);
        let repair = format!("attribute replace {name} {:?} OTHER, or attribute values {name}", member.value);
        find(LintCode::NotThere, text, repair, people);
    }
    for (first, second) in look_alike(&attribute.members) {
        let text = format!("{name} has the values {first} and {second}, which look like one.");
        let people = having(directory, name, |value| value == second);
        find(LintCode::NearDuplicate, text, format!("attribute replace {name} {second:?} {first:?}"), people);
    }
    for member in attribute.members.iter().filter(|m| stray(&m.value)) {
        let value = &member.value;
        let clean = value.trim_start_matches(is_stray).trim();
        let text = format!("{name} has the value {value} with a stray sign; the app's is likely {clean}.");
        let people = having(directory, name, |has| has == value);
        find(LintCode::StraySign, text, format!("attribute replace {name} {value:?} {clean:?}"), people);
    }
    if attribute.required && attribute.members.is_empty() && attribute.data_type == Default::default() {
        let text =
            format!("{name} is required and takes any text: a misspelt value is found only by the app.");
        find(LintCode::AnyText, text, format!("attribute set {name} --member VALUE..."), 0);
    }
    if attribute.sendable() && attribute.external_name != *name {
        let text = format!("{name} is called {} in the app.", attribute.external_name);
        find(
            LintCode::OtherName,
            text,
            format!("attribute set {name} --external-name NAME, if that is wrong"),
            0,
        );
    }
    findings
}

/// Assigned people whose value of an attribute fits.
fn having(directory: &Directory, variable: &str, fits: impl Fn(&str) -> bool) -> usize {
    directory.people().filter(|p| p.assigned() && p.roles().get(variable).is_some_and(&fits)).count()
}

fn unknown<'a>(attribute: &'a ProfileAttribute, reported: &[ReportedValue]) -> Vec<&'a Member> {
    if reported.is_empty() || attribute.external_namespace.as_deref() != Some(WORKATO_ROLE_URN) {
        return Vec::new();
    }
    let known = |m: &&Member| reported.iter().any(|r| r.value == m.value && r.supported);
    attribute.members.iter().filter(|m| !known(m)).collect()
}

/// Values that are the same but for case, spaces and signs: the first of the list, and the later one.
fn look_alike(members: &[Member]) -> Vec<(&str, &str)> {
    let mut first = std::collections::HashMap::new();
    let mut pairs = Vec::new();
    for member in members {
        let letters: String =
            member.value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if letters.is_empty() {
            continue;
        }
        match first.get(&letters) {
            Some(earlier) => pairs.push((*earlier, member.value.as_str())),
            None => drop(first.insert(letters, member.value.as_str())),
        }
    }
    pairs
}

fn is_stray(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | '\'')
}

fn stray(value: &str) -> bool {
    value.starts_with(is_stray) && !value.trim_start_matches(is_stray).trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;
    use crate::directory::Change;

    fn with(change: impl FnOnce(&mut ProfileAttribute)) -> Fixture {
        let mut f = Fixture::new().assigned("ana", "Operator").assigned("ben", "Admin");
        let mut attribute = ProfileAttribute::workato("workato_role");
        change(&mut attribute);
        f.directory.apply(&Change::Attribute(0, attribute));
        f
    }

    fn codes(f: &Fixture, reported: Option<&[ReportedValue]>) -> Vec<LintCode> {
        lint(&f.directory, reported).into_iter().map(|f| f.code).collect()
    }

    fn reported(values: &[&str]) -> Vec<ReportedValue> {
        let one = |v: &&str| ReportedValue {
            value: (*v).into(),
            display: (*v).into(),
            used: None,
            permitted: None,
            supported: true,
        };
        values.iter().map(one).collect()
    }

    #[test]
    fn the_attributes_of_the_guide_have_no_finding() {
        assert_eq!(lint(&Fixture::new().directory, None), []);
    }

    #[test]
    fn an_attribute_made_before_scim_is_found_with_its_people_and_its_repair() {
        let f = with(|a| a.external_namespace = None);
        let found = lint(&f.directory, None);
        assert_eq!((found.len(), found[0].code, found[0].people), (1, LintCode::NoNamespace, 2));
        assert!(found[0].text.contains("never sent. 2 people have a value"), "{}", found[0].text);
        assert!(found[0].code.grave() && found[0].repair.starts_with("attribute repair workato_role"));
    }

    #[test]
    fn a_value_the_app_does_not_report_is_found_with_who_has_it() {
        let f = with(|_| {});
        let there = reported(&["Admin", "Analyst", "No access"]);
        let found: Vec<_> =
            lint(&f.directory, Some(&there)).into_iter().filter(|f| f.variable == "workato_role").collect();
        assert_eq!((found.len(), found[0].code, found[0].people), (1, LintCode::NotThere, 1));
        assert_eq!(codes(&f, Some(&[])), [], "an endpoint that reports nothing proves nothing");
    }

    #[test]
    fn values_that_look_like_one_and_a_stray_sign_are_found() {
        let f = with(|a| a.members.extend([Member::plain("no-access"), Member::plain("<Guest")]));
        assert_eq!(codes(&f, None), [LintCode::NearDuplicate, LintCode::StraySign]);
        let repair = &lint(&f.directory, None)[0].repair;
        assert_eq!(repair, "attribute replace workato_role \"no-access\" \"No access\"");
    }

    #[test]
    fn another_name_there_and_any_text_are_notes_only() {
        let f = with(|a| {
            a.external_name = "role".into();
            a.members.clear();
        });
        assert_eq!(codes(&f, None), [LintCode::AnyText, LintCode::OtherName]);
        assert!(lint(&f.directory, None).iter().all(|f| !f.code.grave()));
    }

    #[test]
    fn after_the_repair_nothing_is_found() {
        let mut f = with(|a| a.external_namespace = None);
        f.run(&Command::AttributeRepair { variables: vec![], namespace: WORKATO_ROLE_URN.into() });
        assert_eq!(lint(&f.directory, None), []);
    }
}
