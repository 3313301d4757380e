//! Role values, and which assignment gives them.

use serde::{Deserialize, Serialize};

use super::{Assignment, GroupAssignment, GroupId, Pairs};

/// Values by the attribute's variable name; a missing key is "no value", never an empty text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleValues(pub Pairs);

impl RoleValues {
    /// The value of one attribute.
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }

    /// Sets a value; an empty one takes it out.
    pub fn set(&mut self, variable: &str, value: &str) {
        if value.is_empty() {
            self.0.remove(variable);
        } else {
            self.0.insert(variable.to_owned(), value.to_owned());
        }
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for RoleValues {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

/// The assignment that gives a person all of their role values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner<'a> {
    /// The Individual one: it beats every group.
    Individual(&'a Assignment),
    /// The group with the lowest priority number.
    Group(GroupId, &'a GroupAssignment),
}

impl<'a> Winner<'a> {
    /// The values it gives.
    pub fn roles(&self) -> &'a RoleValues {
        match self {
            Self::Individual(a) => &a.roles,
            Self::Group(_, a) => &a.roles,
        }
    }
}

/// Decides who gives the values: Individual beats Group, priority 1 is first, and the winner gives all values,
/// none falls through. `groups` are the assigned groups the person is in.
pub fn winner<'a>(
    individual: Option<&'a Assignment>,
    groups: impl IntoIterator<Item = (GroupId, &'a GroupAssignment)>,
) -> Option<Winner<'a>> {
    if let Some(assignment) = individual {
        return Some(Winner::Individual(assignment));
    }
    groups.into_iter().min_by_key(|(id, a)| (a.priority, *id)).map(|(id, a)| Winner::Group(id, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(priority: u32, role: &str) -> GroupAssignment {
        GroupAssignment {
            priority,
            roles: [("workato_role", role)].into_iter().collect(),
            ..Default::default()
        }
    }

    #[test]
    fn the_group_with_the_lowest_number_wins_and_nothing_falls_through() {
        let (first, second) = (group(1, "Operator"), group(2, "Admin"));
        let groups = [(GroupId(9), &second), (GroupId(8), &first)];
        assert_eq!(winner(None, groups), Some(Winner::Group(GroupId(8), &first)));
    }

    #[test]
    fn an_individual_assignment_without_a_value_still_beats_the_group() {
        let (own, group) = (Assignment::default(), group(1, "Admin"));
        assert!(winner(Some(&own), [(GroupId(1), &group)]).is_some_and(|w| w.roles().is_empty()));
    }
}
