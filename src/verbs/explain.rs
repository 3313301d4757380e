//! Why somebody has these roles: who gives each value, who else would, and what another order would change.

use super::named;
use crate::directory::{AssignmentKind, Directory, GroupRow, PersonView};
use crate::domain::{Difference, GroupAssignment, GroupId, Shift};

/// Who gives a person's role values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleSource {
    /// Nobody: not assigned; the values are remembered from before.
    Remembered,
    /// Their own assignment.
    Individual,
    /// A group.
    Group {
        /// Which.
        id: GroupId,
        /// Its name.
        name: String,
        /// Its place; 1 is first.
        priority: u32,
    },
}

/// A group that would give a value and does not, because another one comes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRole {
    /// Which.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Its place; 1 is first.
    pub priority: u32,
    /// What it would give; none is "no value", for nothing falls through.
    pub value: Option<String>,
    /// Whether that gives more or less than the value in force.
    pub shift: Shift,
}

/// Why one role attribute has its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleWhy {
    /// The attribute's variable name.
    pub attribute: String,
    /// The value in force.
    pub value: Option<String>,
    /// Who gives it.
    pub source: RoleSource,
    /// Who else would, in order of priority.
    pub others: Vec<OtherRole>,
}

impl RoleSource {
    /// "Individual", "Engineering, priority 1", or that the values are remembered.
    pub fn words(&self) -> String {
        match self {
            Self::Remembered => "remembered; not assigned".to_owned(),
            Self::Individual => "Individual, before every group".to_owned(),
            Self::Group { name, priority, .. } => format!("{name}, priority {priority}"),
        }
    }
}

impl OtherRole {
    /// What this group would give, and by which decision it would.
    pub fn words(&self, source: &RoleSource, value: Option<&str>) -> String {
        let theirs = self.value.as_deref().unwrap_or("no value");
        let place = format!("{}, priority {}, gives {theirs}", self.name, self.priority);
        let how = match source {
            RoleSource::Individual => "after converting",
            _ => "if it came first",
        };
        match self.shift {
            _ if self.value.as_deref() == value => format!("{place}: the same"),
            Shift::Raised => format!("{place}: raised {how}"),
            Shift::Lowered => format!("{place}: lowered {how}"),
            Shift::Other => format!("{place}: changed {how}"),
        }
    }
}

/// Why each role attribute of the profile has its value.
pub fn why_roles(directory: &Directory, person: &PersonView<'_>) -> Vec<RoleWhy> {
    let source = source(directory, person);
    let winner = match &source {
        RoleSource::Group { id, .. } => Some(*id),
        _ => None,
    };
    let mut others: Vec<(&GroupRow, &GroupAssignment)> = person
        .groups()
        .iter()
        .filter(|id| Some(**id) != winner)
        .filter_map(|id| directory.group(*id))
        .filter_map(|row| Some((row, row.assignment.as_ref()?)))
        .collect();
    others.sort_by_key(|(row, assignment)| (assignment.priority, row.group.id));
    let why = |variable: &str| {
        let value = person.roles().get(variable).map(str::to_owned);
        let other = |(row, assignment): &(&GroupRow, &GroupAssignment)| {
            let theirs = assignment.roles.get(variable).map(str::to_owned);
            let difference =
                Difference { attribute: variable.to_owned(), before: value.clone(), after: theirs.clone() };
            OtherRole {
                id: row.group.id,
                name: row.group.name.clone(),
                priority: assignment.priority,
                value: theirs,
                shift: difference.shift(directory.attributes()),
            }
        };
        RoleWhy {
            attribute: variable.to_owned(),
            others: others.iter().map(other).collect(),
            value,
            source: source.clone(),
        }
    };
    directory.attributes().iter().map(|attribute| why(&attribute.variable)).collect()
}

fn source(directory: &Directory, person: &PersonView<'_>) -> RoleSource {
    match person.kind() {
        AssignmentKind::None => RoleSource::Remembered,
        AssignmentKind::Individual => RoleSource::Individual,
        AssignmentKind::Group(id) => RoleSource::Group {
            id,
            name: named::giving_group(directory, person.kind()).unwrap_or_default().to_owned(),
            priority: directory.group(id).and_then(|g| g.assignment.as_ref()).map_or(0, |a| a.priority),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;

    fn role_why(f: &Fixture, name: &str) -> RoleWhy {
        why_roles(&f.directory, &f.directory.get(f.id(name)).unwrap()).remove(0)
    }

    #[test]
    fn the_winning_group_and_the_ones_that_lose_are_named_with_their_values() {
        let f = Fixture::new()
            .person("ana")
            .group("First", &["ana"])
            .group_gives("First", "Operator")
            .group("Second", &["ana"])
            .group_gives("Second", "Admin")
            .group("Club", &["ana"]);
        let why = role_why(&f, "ana");
        assert_eq!(
            (why.value.as_deref(), why.source.words().as_str()),
            (Some("Operator"), "First, priority 1")
        );
        let others: Vec<_> =
            why.others.iter().map(|other| other.words(&why.source, why.value.as_deref())).collect();
        assert_eq!(others, ["Second, priority 2, gives Admin: raised if it came first"]);
    }

    #[test]
    fn an_individual_assignment_comes_before_every_group() {
        let f = Fixture::new().linked("ana", "Admin").group("Team", &["ana"]).group_gives("Team", "Analyst");
        let why = role_why(&f, "ana");
        assert_eq!(why.source, RoleSource::Individual);
        assert_eq!(
            why.others[0].words(&why.source, why.value.as_deref()),
            "Team, priority 1, gives Analyst: lowered after converting"
        );
    }

    #[test]
    fn somebody_who_is_not_assigned_has_what_is_remembered() {
        let mut f = Fixture::new().linked("ana", "Analyst");
        f.run(&super::super::Command::Unassign(vec![f.id("ana")]));
        let why = role_why(&f, "ana");
        assert_eq!((why.value.as_deref(), why.source), (Some("Analyst"), RoleSource::Remembered));
    }
}
