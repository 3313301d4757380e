//! The enumerated list of an attribute beside the values that the endpoint reports, and how they are taken over.

use crate::directory::Directory;
use crate::domain::{Member, ProfileAttribute, ReportedValue};

/// What becomes of a value when the endpoint's list is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In both lists.
    Both,
    /// There only: it is added, at the end.
    Added,
    /// Here only, and nobody has it: it is taken out.
    TakenOut,
    /// Here only, and in use: it stays until it is replaced.
    InUse,
    /// There, and not to be given any more; here it stays while it is in use.
    Unsupported,
}

impl Fate {
    /// The JSON word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Added => "there_only",
            Self::TakenOut => "here_only",
            Self::InUse => "here_only_in_use",
            Self::Unsupported => "not_supported",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Both => "in both",
            Self::Added => "there only: added",
            Self::TakenOut => "here only: taken out",
            Self::InUse => "here only, in use: stays until it is replaced",
            Self::Unsupported => "not given by the app any more",
        }
    }
}

/// A value of either list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRow {
    /// The value.
    pub value: String,
    /// How it is shown: ours, else the app's words.
    pub display: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Assignments that give it here: people's own, and groups.
    pub here: usize,
    /// Seats in use there, where it tells.
    pub used: Option<u64>,
    /// Seats there are, where they are limited.
    pub permitted: Option<u64>,
}

impl ValueRow {
    /// `4 of 5 used`, `4 used`; nothing where the endpoint does not count.
    pub fn seats(&self) -> Option<String> {
        match (self.used, self.permitted) {
            (Some(used), Some(permitted)) => Some(format!("{used} of {permitted} used")),
            (Some(used), None) => Some(format!("{used} used")),
            (None, Some(permitted)) => Some(format!("at most {permitted}")),
            (None, None) => None,
        }
    }
}

/// Both lists side by side: ours in our order, then those that are there only.
pub fn compare_values(
    directory: &Directory,
    attribute: &ProfileAttribute,
    reported: &[ReportedValue],
) -> Vec<ValueRow> {
    let uses = |value: &str| {
        let has = |roles: &crate::domain::RoleValues| roles.get(&attribute.variable) == Some(value);
        let people = directory.people().filter(|p| p.individual_roles().is_some_and(has)).count();
        let groups = directory.assigned_groups();
        people + groups.iter().filter(|g| g.assignment.as_ref().is_some_and(|a| has(&a.roles))).count()
    };
    let ours = attribute.members.iter().map(|member| {
        let here = uses(&member.value);
        let there = reported.iter().find(|r| r.value == member.value);
        let fate = match (there, here) {
            (Some(r), _) if r.supported => Fate::Both,
            (Some(_), 1..) => Fate::Unsupported,
            (None, 1..) => Fate::InUse,
            (_, 0) => Fate::TakenOut,
        };
        let (used, permitted) = (there.and_then(|r| r.used), there.and_then(|r| r.permitted));
        ValueRow { value: member.value.clone(), display: member.display.clone(), fate, here, used, permitted }
    });
    let mut rows: Vec<ValueRow> = ours.collect();
    for r in reported {
        if rows.iter().any(|row| row.value == r.value) || r.value.trim().is_empty() {
            continue;
        }
        let fate = if r.supported { Fate::Added } else { Fate::Unsupported };
        let display = if r.display.trim().is_empty() { &r.value } else { &r.display };
        let here = uses(&r.value);
        rows.push(ValueRow {
            value: r.value.clone(),
            display: display.clone(),
            fate,
            here,
            used: r.used,
            permitted: r.permitted,
        });
    }
    rows
}

/// The attribute with the endpoint's list: what is there only goes to the end, since the endpoint tells no order of
/// strength; what is here only goes, unless it is in use.
pub fn take_values(attribute: &ProfileAttribute, rows: &[ValueRow]) -> ProfileAttribute {
    let known = |row: &&ValueRow| attribute.rank(&row.value).is_some();
    let stays = |row: &&ValueRow| match row.fate {
        Fate::Both | Fate::Added | Fate::InUse => true,
        Fate::TakenOut => false,
        Fate::Unsupported => known(row),
    };
    let member = |row: &ValueRow| Member { display: row.display.clone(), value: row.value.clone() };
    ProfileAttribute { members: rows.iter().filter(stays).map(member).collect(), ..attribute.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;

    fn reported(value: &str, supported: bool) -> ReportedValue {
        ReportedValue {
            value: value.into(),
            display: String::new(),
            used: Some(4),
            permitted: Some(5),
            supported,
        }
    }

    #[test]
    fn a_list_is_taken_over_and_a_value_in_use_is_never_taken_out() {
        let mut f =
            Fixture::new().assigned("ana", "Operator").group("Team", &[]).group_gives("Team", "Analyst");
        let there = [reported("Builder", true), reported("Admin", true), reported("Old", false)];
        let attribute = f.directory.attributes()[0].clone();
        let rows = compare_values(&f.directory, &attribute, &there);
        let fates: Vec<_> = rows.iter().map(|r| (r.value.as_str(), r.fate, r.here)).collect();
        assert_eq!(
            fates,
            [
                ("Admin", Fate::Both, 0),
                ("Analyst", Fate::InUse, 1),
                ("Operator", Fate::InUse, 1),
                ("No access", Fate::TakenOut, 0),
                ("Builder", Fate::Added, 0),
                ("Old", Fate::Unsupported, 0),
            ]
        );
        assert_eq!(rows[0].seats().as_deref(), Some("4 of 5 used"));
        let taken = take_values(&attribute, &rows);
        let values: Vec<_> = taken.members.iter().map(|m| m.value.as_str()).collect();
        assert_eq!(values, ["Admin", "Analyst", "Operator", "Builder"]);
        let command = Command::AttributeSet { variable: "workato_role".into(), attribute: taken };
        assert!(f.decide(&command).is_ok());
    }
}
