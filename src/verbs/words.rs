//! Small words that many verbs need: counts, lists of names, role values.

use crate::domain::RoleValues;

/// Longest text taken for any one field, in bytes.
pub(super) const MAX_TEXT: usize = 1000;

/// "1 person", "3 people".
pub(super) fn people(n: usize) -> String {
    count(n, "person", "people")
}

/// "1 group", "3 groups": the number with the word that fits it.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The first five names, and how many more there are.
pub(super) fn names<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<_> = names.iter().take(5).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// "workato_role Admin, workato_role_prod Operator".
pub(super) fn roles(roles: &RoleValues) -> String {
    if roles.is_empty() {
        return "no role values".to_owned();
    }
    let pairs: Vec<_> = roles.0.iter().map(|(variable, value)| format!("{variable} {value}")).collect();
    pairs.join(", ")
}
