//! What would be sent of one person, attribute by attribute: the value, where it comes from, the path it is sent
//! under, and whether it can be sent.

use super::check_role_value;
use crate::directory::{AssignmentKind, Directory, PersonView};
use crate::domain::{ProfileAttribute, field};

/// Whether a value can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It can.
    Valid,
    /// It cannot, for this reason.
    Invalid(String),
    /// There is none, and none is needed.
    Blank,
}

impl Verdict {
    /// The JSON word.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid(_) => "invalid",
            Self::Blank => "blank",
        }
    }
}

/// One attribute of a person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its name on our side.
    pub name: String,
    /// The value; empty means none.
    pub value: String,
    /// Where it comes from.
    pub source: String,
    /// The path it is sent under; empty when it is never sent.
    pub path: String,
    /// Whether it can be sent.
    pub verdict: Verdict,
}

/// The attributes of a person's account as they shall be: what every person has, then the profile's.
pub fn outgoing(directory: &Directory, person: &PersonView<'_>) -> Vec<Outgoing> {
    let wanted = person.wanted();
    let mut rows = vec![Outgoing {
        name: field::ACTIVE.to_owned(),
        value: wanted.active.to_string(),
        source: "status and assignment".to_owned(),
        path: field::ACTIVE.to_owned(),
        verdict: Verdict::Valid,
    }];
    for (name, value) in wanted.texts() {
        let own = match name {
            field::EMAIL if person.email().is_empty() => "the user name",
            field::EXTERNAL_ID if person.external_id().is_none() => "our own id",
            _ => "the person",
        };
        let verdict = if value.is_empty() { Verdict::Blank } else { Verdict::Valid };
        let source = if verdict == Verdict::Blank { "-" } else { own };
        rows.push(Outgoing {
            name: name.to_owned(),
            value: value.to_owned(),
            source: source.to_owned(),
            path: core_path(name).to_owned(),
            verdict,
        });
    }
    if directory.connection().to_app.exclude_user_name && person.remote_id().is_some() {
        for row in rows.iter_mut().filter(|row| row.name == field::USER_NAME) {
            row.source = "kept as it is there: Exclude Username Updates is on".to_owned();
            row.path.clear();
            row.verdict = Verdict::Blank;
        }
    }
    let source = source(directory, person);
    rows.extend(directory.attributes().iter().map(|attribute| role(attribute, person, &source)));
    rows
}

fn core_path(name: &'static str) -> &'static str {
    match name {
        field::EMAIL => "emails[primary eq true].value",
        field::DEPARTMENT => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        other => other,
    }
}

fn source(directory: &Directory, person: &PersonView<'_>) -> String {
    match person.kind() {
        AssignmentKind::Individual => "Individual".to_owned(),
        AssignmentKind::Group(id) => {
            let group = directory.group(id);
            let name = group.map(|g| g.group.name.as_str()).unwrap_or_default();
            match group.and_then(|g| g.assignment.as_ref()) {
                Some(assignment) => format!("Group {name} (priority {})", assignment.priority),
                None => format!("Group {name}"),
            }
        }
        AssignmentKind::None => "remembered".to_owned(),
    }
}

fn role(attribute: &ProfileAttribute, person: &PersonView<'_>, source: &str) -> Outgoing {
    let value = person.roles().get(&attribute.variable);
    let verdict = match value {
        None if attribute.required => Verdict::Invalid("role missing: a value is required".to_owned()),
        None => Verdict::Blank,
        Some(value) => match check_role_value(attribute, value) {
            Err(why) => Verdict::Invalid(why),
            Ok(()) if !attribute.sendable() => {
                Verdict::Invalid("no external namespace: kept here, never sent".to_owned())
            }
            Ok(()) => Verdict::Valid,
        },
    };
    Outgoing {
        name: attribute.variable.clone(),
        value: value.unwrap_or_default().to_owned(),
        source: if value.is_some() { source } else { "-" }.to_owned(),
        path: if attribute.sendable() { attribute.path() } else { String::new() },
        verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;
    use crate::directory::Change;
    use crate::domain::WORKATO_ROLE_URN;

    fn row(f: &Fixture, person: &str, name: &str) -> Outgoing {
        let person = f.directory.get(f.id(person)).unwrap();
        outgoing(&f.directory, &person).into_iter().find(|r| r.name == name).unwrap()
    }

    #[test]
    fn a_valid_value_names_its_source_and_its_path() {
        let f = Fixture::new().person("ana").group("Team", &["ana"]).group_gives("Team", "Operator");
        let sent = row(&f, "ana", "workato_role");
        assert_eq!((sent.value.as_str(), sent.verdict), ("Operator", Verdict::Valid));
        assert_eq!(sent.source, "Group Team (priority 1)");
        assert_eq!(sent.path, format!("{WORKATO_ROLE_URN}:workato_role"));
        assert_eq!(row(&f, "ana", "workato_role_prod").verdict, Verdict::Blank);
        assert_eq!(row(&f, "ana", "title").verdict, Verdict::Blank);
        assert_eq!(row(&f, "ana", "emails.value").source, "the user name");
    }

    #[test]
    fn what_cannot_be_sent_says_why() {
        let mut f = Fixture::new().assigned("ana", "Boss").person("ben");
        let Verdict::Invalid(why) = row(&f, "ana", "workato_role").verdict else { panic!("valid") };
        assert!(why.contains("no value Boss"), "{why}");
        let Verdict::Invalid(why) = row(&f, "ben", "workato_role").verdict else { panic!("valid") };
        assert!(why.contains("role missing"), "{why}");
        let mut attribute = f.directory.attributes()[0].clone();
        attribute.external_namespace = None;
        attribute.members.clear();
        f.directory.apply(&Change::Attribute(0, attribute));
        let sent = row(&f, "ana", "workato_role");
        assert_eq!(sent.path, "");
        assert!(matches!(sent.verdict, Verdict::Invalid(why) if why.contains("never sent")));
    }
}
