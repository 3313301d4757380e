//! The filter of Assignments: words, and terms with a field. Worked out once per key press, never per frame.

use std::collections::BTreeSet;

use crate::directory::{AssignmentKind, Directory, PersonView};
use crate::domain::{Flag, GroupId};

/// What one term asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// In names, e-mail, title or department.
    Word(String),
    /// Among the flags.
    Flag(Flag),
    /// Any flag at all.
    Flagged,
    /// In one of these groups.
    Groups(BTreeSet<GroupId>),
    /// A role value, of this attribute or of any.
    Role(Option<String>, String),
    /// `individual`, `group`, `none`.
    Kind(String),
    /// Status here.
    Status(String),
    /// Account there.
    Account(String),
}

/// A filter; all terms must hold. `!` before a term turns it around.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    tests: Vec<(bool, Test)>,
}

impl Filter {
    /// Reads a filter; a field that is not known is looked for as a word.
    pub(super) fn parse(text: &str, directory: &Directory) -> Self {
        let tests = text.split_whitespace().filter_map(|term| {
            let (want, term) = match term.strip_prefix('!') {
                Some(rest) => (false, rest),
                None => (true, term),
            };
            (!term.is_empty()).then(|| (want, test(&term.to_lowercase(), directory)))
        });
        Self { tests: tests.collect() }
    }

    /// Whether this person is to be shown.
    pub(super) fn shows(&self, person: &PersonView<'_>) -> bool {
        self.tests.iter().all(|(want, test)| holds(test, person) == *want)
    }
}

fn test(term: &str, directory: &Directory) -> Test {
    let word = || Test::Word(term.to_owned());
    let Some((field, value)) = term.split_once(':') else { return word() };
    match field {
        "flag" => match Flag::ALL.into_iter().find(|f| !value.is_empty() && f.key().starts_with(value)) {
            Some(flag) => Test::Flag(flag),
            None => Test::Flagged,
        },
        "group" => {
            let named = |name: &str| name.to_lowercase().contains(value);
            let groups = directory.groups();
            Test::Groups(groups.iter().filter(|g| named(&g.group.name)).map(|g| g.group.id).collect())
        }
        "role" => Test::Role(None, value.to_owned()),
        "type" => Test::Kind(value.to_owned()),
        "status" => Test::Status(value.to_owned()),
        "account" => Test::Account(value.to_owned()),
        other => match directory.attributes().iter().find(|a| a.variable.to_lowercase() == other) {
            Some(attribute) => Test::Role(Some(attribute.variable.clone()), value.to_owned()),
            None => word(),
        },
    }
}

fn holds(test: &Test, person: &PersonView<'_>) -> bool {
    match test {
        Test::Word(word) => person.haystack().contains(word.as_str()),
        Test::Flag(flag) => person.flags().contains(*flag),
        Test::Flagged => !person.flags().is_empty(),
        Test::Groups(groups) => person.groups().iter().any(|id| groups.contains(id)),
        Test::Role(variable, value) => person
            .roles()
            .0
            .iter()
            .filter(|(name, _)| variable.as_ref().is_none_or(|v| v == *name))
            .any(|(_, has)| has.to_lowercase().contains(value.as_str())),
        Test::Kind(kind) => match person.kind() {
            AssignmentKind::None => "none".starts_with(kind.as_str()),
            AssignmentKind::Individual => "individual".starts_with(kind.as_str()),
            AssignmentKind::Group(_) => "group".starts_with(kind.as_str()),
        },
        Test::Status(status) => person.status().word().starts_with(status.as_str()),
        Test::Account(account) => person.account().word().starts_with(account.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn shown(text: &str) -> Vec<String> {
        let directory = fixture::directory();
        let filter = Filter::parse(text, &directory);
        directory.people().filter(|p| filter.shows(p)).map(|p| p.user_name().to_owned()).collect()
    }

    #[test]
    fn words_and_fields_must_all_hold() {
        assert_eq!(shown("flag:drift"), ["dora@example.com"]);
        assert_eq!(shown("group:eng role:operator"), ["eve@example.com"]);
        assert_eq!(shown("workato_role_prod:admin"), Vec::<String>::new());
        assert_eq!(shown("ANA"), ["ana@example.com"]);
        assert_eq!(shown("flag:drift ana"), Vec::<String>::new());
    }

    #[test]
    fn a_bang_turns_a_term_around() {
        assert!(!shown("!flag:any").contains(&"dora@example.com".to_owned()));
        assert_eq!(shown("type:none"), ["hugo@example.com"]);
    }
}
