//! What one row of a people file changes.

use super::{ImportOptions, PersonRecord, Said};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{Assignment, Origin, Person, PersonId, RoleValues, Status, Time};

/// Whether the person was there, and changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    New,
    Matched,
    Unchanged,
}

/// A row and what it is about.
pub(super) struct Row<'a> {
    pub(super) directory: &'a Directory,
    pub(super) options: &'a ImportOptions,
    pub(super) record: &'a PersonRecord,
    pub(super) known: Option<PersonView<'a>>,
    pub(super) id: PersonId,
    pub(super) now: Time,
}

/// What follows from it.
pub(super) struct Outcome {
    pub(super) mark: Mark,
    pub(super) changes: Vec<Change>,
    pub(super) conflicts: u64,
    pub(super) said: Vec<Said>,
}

/// Values of the console that the file would have changed.
type Kept = Vec<String>;

impl Row<'_> {
    pub(super) fn decide(&self) -> Result<Outcome, String> {
        let mut kept = Kept::new();
        let mut changes = Vec::new();
        let before = self.known.map(|p| p.record());
        let after = self.person(before.clone(), &mut kept);
        let assignment = self.assignment(after.status, &mut kept)?;
        if before.as_ref() != Some(&after) {
            changes.push(Change::Person(after.into()));
        }
        changes.extend(assignment);
        let mark = match (&before, changes.is_empty()) {
            (None, _) => Mark::New,
            (Some(_), true) => Mark::Unchanged,
            (Some(_), false) => Mark::Matched,
        };
        let said = (!kept.is_empty()).then(|| Said {
            person: Some(self.id),
            text: format!("{} kept as set in the console: {}", self.record.user_name, kept.join(", ")),
        });
        Ok(Outcome { mark, changes, conflicts: kept.len() as u64, said: said.into_iter().collect() })
    }

    /// Whether the file may set this field; a value of the console stays and is remembered in `kept`.
    fn may(&self, field: &str, kept: &mut Kept) -> bool {
        let ours = !self.options.take_file && self.options.console_set.contains(&(self.id, field.to_owned()));
        if ours {
            kept.push(field.to_owned());
        }
        !ours
    }

    fn person(&self, before: Option<Person>, kept: &mut Kept) -> Person {
        let record = self.record;
        let mut person = before.unwrap_or_else(|| Person::new(self.id, &record.user_name));
        let fields = &record.fields;
        let texts = [
            ("user_name", Some(&record.user_name), &mut person.user_name),
            ("given_name", fields.given_name.as_ref(), &mut person.given_name),
            ("family_name", fields.family_name.as_ref(), &mut person.family_name),
            ("display_name", fields.display_name.as_ref(), &mut person.display_name),
            ("email", fields.email.as_ref(), &mut person.email),
            ("title", fields.title.as_ref(), &mut person.title),
            ("department", fields.department.as_ref(), &mut person.department),
        ];
        for (field, given, slot) in texts {
            if let Some(given) = given.filter(|given| *given != slot)
                && self.may(field, kept)
            {
                given.clone_into(slot);
            }
        }
        if let Some(given) = &fields.external_id {
            let given = Some(given.clone()).filter(|id| !id.is_empty());
            if given != person.external_id && self.may("external_id", kept) {
                person.external_id = given;
            }
        }
        // Somebody removed who is in a file again is back.
        let back = (person.status == Status::Removed).then_some(Status::Active);
        if let Some(status) = record.status.or(back)
            && status != person.status
            && self.may("status", kept)
        {
            person.status = status;
        }
        person
    }

    fn assignment(&self, status: Status, kept: &mut Kept) -> Result<Option<Change>, String> {
        let own = self.known.and_then(|p| Some((p.individual_roles()?, p.individual_origin()?)));
        let gives = self.record.roles.values().any(|value| !value.is_empty());
        if status == Status::Deactivated {
            if self.record.assigned == Some(true) {
                return Err("is deactivated and assigned = yes at once".to_owned());
            }
            return Ok(own.map(|_| Change::Unassigned(self.id)));
        }
        match (self.record.assigned, own) {
            (Some(false), _) if gives => Err("has role values and assigned = no at once".to_owned()),
            (Some(false), None) => Ok(None),
            (Some(false), Some(_)) => Ok(self.may("assigned", kept).then_some(Change::Unassigned(self.id))),
            (Some(true), None) => {
                if !self.may("assigned", kept) {
                    return Ok(None);
                }
                let roles = self.roles(&RoleValues::default(), kept);
                let assignment = Assignment { roles, since: self.now, origin: Origin::Imported };
                Ok(Some(Change::Assigned(self.id, assignment)))
            }
            (_, Some((roles, (origin, since)))) => {
                let new = self.roles(roles, kept);
                let assignment = || Assignment { roles: new.clone(), since, origin };
                Ok((new != *roles).then(|| Change::Assigned(self.id, assignment())))
            }
            (None, None) if gives => Err(match self.known.map(|p| p.kind()) {
                Some(AssignmentKind::Group(id)) => format!(
                    "has role values, but the app comes through {}; write assigned = yes for values of their own",
                    self.directory.group(id).map_or("a group", |g| &g.group.name)
                ),
                _ => "has role values, but is not assigned; write assigned = yes to assign".to_owned(),
            }),
            (None, None) => Ok(None),
        }
    }

    fn roles(&self, before: &RoleValues, kept: &mut Kept) -> RoleValues {
        let mut roles = before.clone();
        for (variable, value) in &self.record.roles {
            if roles.get(variable).unwrap_or("") != value && self.may(variable, kept) {
                roles.set(variable, value);
            }
        }
        roles
    }
}
