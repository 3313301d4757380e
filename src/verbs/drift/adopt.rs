//! Theirs becomes ours: what another hand changed in the app is taken over here, and nothing is sent.

use super::super::assign::individual;
use super::super::{
    Context, Decision, Refusal, check_role_value, check_text, check_user_name, edit_person, named, words,
};
use super::{undrifted, value};
use crate::directory::{AssignmentKind, Change, Directory, Link, Observation, PersonView};
use crate::domain::{AccountValues, Person, PersonId, RoleValues, Status, field};

pub(in crate::verbs) fn adopt(
    directory: &Directory,
    people: &[PersonId],
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    // Two people who took one user name there cannot both take it here: each sees what the ones before them took.
    let mut after = directory.clone();
    let mut taken = 0;
    for person in named::people(directory, people)? {
        if let Some(reason) = undrifted(&person) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        let operation = person.operation();
        if operation.is_some_and(|(.., state)| state.sent()) {
            let reason = "has a request on its way; what became of it is looked up first";
            decision.left_out.push((person.id(), reason.to_owned()));
            continue;
        }
        if person.drift_may_be_ours() {
            let reason = "was looked at in the moment after our own push, and the app may have shown what was before it: \
                          compare again, then adopt";
            decision.left_out.push((person.id(), reason.to_owned()));
            continue;
        }
        let Some(adoption) = Adoption::of(&after, &person) else { continue };
        if !adoption.refused.is_empty() {
            let rest = if adoption.took.is_empty() { "" } else { "; the rest is adopted" };
            let reason = format!("keeps drift: {}{rest}", adoption.refused.join("; "));
            decision.left_out.push((person.id(), reason));
        }
        if adoption.took.is_empty() {
            continue;
        }
        taken += 1;
        // What is queued would write over what is taken here.
        if operation.is_some() {
            decision.cancel.push(person.id());
        }
        let from = decision.changes.len();
        adoption.into_decision(&after, &person, context, &mut decision);
        after.apply_all(&decision.changes[from..]);
    }
    decision.confirm |= taken > 1;
    decision.done = (taken > 0)
        .then(|| format!("Adopted what the app has of {}; nothing was sent.", words::people(taken)));
    Ok(decision)
}

/// What is taken over of one person.
struct Adoption {
    record: Person,
    roles: RoleValues,
    sent: AccountValues,
    settled: AccountValues,
    theirs: AccountValues,
    /// Attributes taken, with the words for each.
    took: Vec<String>,
    /// Columns of the people file that were set by it.
    columns: Vec<&'static str>,
    variables: Vec<String>,
    refused: Vec<String>,
}

impl Adoption {
    fn of(directory: &Directory, person: &PersonView<'_>) -> Option<Self> {
        let (sent, settled, theirs) = person.known()?;
        let mut adoption = Self {
            record: person.record(),
            roles: person.roles().clone(),
            sent,
            settled,
            theirs,
            took: Vec::new(),
            columns: Vec::new(),
            variables: Vec::new(),
            refused: Vec::new(),
        };
        for difference in adoption.settled.differences(&adoption.theirs) {
            let there = difference.after.as_deref().unwrap_or_default();
            match adoption.take(directory, person, &difference.attribute, there) {
                Ok(words) => adoption.took.push(words),
                Err(reason) => adoption.refused.push(reason),
            }
        }
        Some(adoption)
    }

    fn take(
        &mut self,
        directory: &Directory,
        person: &PersonView<'_>,
        name: &str,
        there: &str,
    ) -> Result<String, String> {
        let words = if name == field::ACTIVE {
            self.active(person)?
        } else if let Some((_, column)) = TEXTS.into_iter().find(|(text, _)| *text == name) {
            self.text(directory, person, name, there)?;
            self.columns.push(column);
            self.sent.set_text(name, there);
            self.settled.set_text(name, there);
            String::new()
        } else {
            self.role(directory, name, there)?;
            String::new()
        };
        let ours = value(&person.wanted(), name).unwrap_or_else(|| "no value".to_owned());
        let there = if there.is_empty() { "no value" } else { there };
        Ok(if words.is_empty() { format!("{name} {ours} -> {there}") } else { words })
    }

    /// Access that another hand ended or gave: a suspension here, or the end of one.
    fn active(&mut self, person: &PersonView<'_>) -> Result<String, String> {
        let (here, there) = (person.shall_have_access(), self.theirs.active);
        let words = match (here, there) {
            (true, false) => {
                self.record.status = Status::Suspended;
                "suspended here, for the account there was made inactive"
            }
            (false, true) if person.status() == Status::Suspended && person.assigned() => {
                self.record.status = Status::Active;
                "active here again, for the account there was made active"
            }
            (false, true) => {
                return Err(
                    "the account is active there, and nothing gives the app here: assign it, or push over"
                        .to_owned(),
                );
            }
            _ => "the access there is as it is here",
        };
        if self.record.status != person.status() {
            self.columns.push("status");
        }
        self.sent.active = there;
        self.settled.active = there;
        Ok(words.to_owned())
    }

    fn text(
        &mut self,
        directory: &Directory,
        person: &PersonView<'_>,
        name: &str,
        there: &str,
    ) -> Result<(), String> {
        check_text(name, there)?;
        let refusal = |refusal: Refusal| refusal.text;
        match name {
            field::USER_NAME => {
                check_user_name(there)?;
                edit_person::free(directory, there, Some(person.id())).map_err(refusal)?;
                // The address that was the user name until now stays the address.
                if self.record.email.is_empty() {
                    self.record.email = person.wanted().email;
                }
                there.clone_into(&mut self.record.user_name);
            }
            field::EXTERNAL_ID if there.is_empty() => {
                return Err("externalId was cleared there, and ours is never empty".to_owned());
            }
            field::EXTERNAL_ID => {
                let record = Person { external_id: Some(there.to_owned()), ..self.record.clone() };
                edit_person::free_external(directory, &record).map_err(refusal)?;
                self.record = record;
            }
            field::EMAIL if there.is_empty() && self.record.user_name.contains('@') => {
                return Err("the e-mail was cleared there, and here it is the user name then".to_owned());
            }
            field::EMAIL if !there.is_empty() && !there.contains('@') => {
                return Err(format!("{there} is no e-mail address"));
            }
            field::EMAIL => there.clone_into(&mut self.record.email),
            field::GIVEN_NAME => there.clone_into(&mut self.record.given_name),
            field::FAMILY_NAME => there.clone_into(&mut self.record.family_name),
            field::DISPLAY_NAME => there.clone_into(&mut self.record.display_name),
            field::TITLE => there.clone_into(&mut self.record.title),
            _ => there.clone_into(&mut self.record.department),
        }
        Ok(())
    }

    fn role(&mut self, directory: &Directory, variable: &str, there: &str) -> Result<(), String> {
        if let Some(attribute) = directory.attribute(variable) {
            if there.is_empty() && attribute.required {
                return Err(format!("{variable} has no value there, and it is required"));
            }
            if !there.is_empty() {
                check_role_value(attribute, there).map_err(|text| text.trim_end_matches('.').to_owned())?;
            }
            self.roles.set(variable, there);
            self.variables.push(variable.to_owned());
        }
        self.sent.roles.set(variable, there);
        self.settled.roles.set(variable, there);
        Ok(())
    }

    fn into_decision(
        self,
        directory: &Directory,
        person: &PersonView<'_>,
        context: &Context<'_>,
        decision: &mut Decision,
    ) {
        let (id, name) = (person.id(), person.user_name());
        let mut text = format!("{name}: {}", self.took.join(", "));
        let status = self.record.status != person.status();
        if self.record != person.record() {
            decision.changes.push(Change::Person(self.record.into()));
        }
        let moved = self.roles != *person.roles();
        if moved && person.kind() != AssignmentKind::None {
            let assignment = individual(directory, person, context);
            decision
                .changes
                .push(Change::Assigned(id, crate::domain::Assignment { roles: self.roles, ..assignment }));
            if let Some(group) = named::giving_group(directory, person.kind()) {
                text.push_str(&format!(
                    "; this makes an Individual assignment, and {group} no longer decides the values"
                ));
                decision.confirm = true;
                decision.set.push((id, "assigned".to_owned()));
            }
        }
        decision.confirm |= status;
        let columns = self.columns.into_iter().map(str::to_owned).chain(self.variables);
        decision.set.extend(columns.map(|column| (id, column)));
        decision.say_of(id, format!("{text}."));
        let left = self.settled != self.theirs;
        decision.changes.push(Change::Link(
            id,
            Link {
                remote_id: person.remote_id().unwrap_or_default().to_owned(),
                linked_at: person.linked_at().unwrap_or(context.now),
                sent: self.sent,
                settled: self.settled,
                confirmed_at: person.confirmed_at().unwrap_or_default(),
            }
            .into(),
        ));
        if left {
            // What could not be adopted is still seen there.
            decision.changes.push(Change::Observed(
                id,
                Observation {
                    state: person.account(),
                    values: Some(self.theirs),
                    at: person.observed_at().unwrap_or(context.now),
                }
                .into(),
            ));
        }
    }
}

/// The text attributes with their columns in the people file.
const TEXTS: [(&str, &str); 8] = [
    (field::USER_NAME, "user_name"),
    (field::EXTERNAL_ID, "external_id"),
    (field::GIVEN_NAME, "given_name"),
    (field::FAMILY_NAME, "family_name"),
    (field::DISPLAY_NAME, "display_name"),
    (field::EMAIL, "email"),
    (field::TITLE, "title"),
    (field::DEPARTMENT, "department"),
];
