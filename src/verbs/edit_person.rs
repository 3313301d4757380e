//! A new person, or new profile fields of one that is there.

use super::{Context, Decision, PersonFields, Refusal, named, reach, words};
use crate::directory::{Change, Directory};
use crate::domain::{Person, PersonId, Status};

pub(super) fn decide(
    directory: &Directory,
    id: Option<PersonId>,
    fields: &PersonFields,
    cause: &str,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    check(fields)?;
    let before = match id {
        Some(id) => Some(named::person(directory, id)?.record()),
        None => None,
    };
    if before.as_ref().is_some_and(|p| p.status == Status::Removed) {
        return Err(Refusal::bad(
            "removed",
            "This person was removed from the directory.",
            "Reactivate them first, or let their access end.",
        ));
    }
    let name = fields.user_name.as_deref().map(str::trim);
    let name = match (name, &before) {
        (Some(name), _) => name.to_owned(),
        (None, Some(person)) => person.user_name.clone(),
        (None, None) => String::new(),
    };
    check_user_name(&name)
        .map_err(|text| Refusal::bad("bad_user_name", text, "Give a user name, for example an e-mail."))?;
    free(directory, &name, id)?;
    let mut after = before.clone().unwrap_or_else(|| Person::new(context.ids.person(), &name));
    after.user_name = name;
    fill(&mut after, fields);
    free_external(directory, &after)?;
    if before.as_ref() == Some(&after) {
        let mut decision = Decision::here(cause, Vec::new());
        decision.say("All fields are as they were.");
        return Ok(decision);
    }
    let changes = vec![Change::Person(after.into())];
    let reached = reach::touched(directory, &changes);
    let mut decision = Decision::touching(cause, changes, reached.people);
    let away = before.filter(|p| p.status != Status::Active).map(|p| (p.id, p.user_name));
    if let Some((id, name)) = away.filter(|(id, _)| directory.get(*id).is_some_and(|p| p.assigned())) {
        decision.say_of(id, format!("{name} is not active here: the new fields are sent on reactivation."));
    }
    Ok(decision)
}

/// Whether a user name can be taken.
///
/// # Errors
/// The reason in one sentence.
pub fn check_user_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("The user name is empty.".to_owned());
    }
    if name.len() > words::MAX_TEXT {
        return Err(format!("The user name is longer than {} bytes.", words::MAX_TEXT));
    }
    if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("The user name has a space or a control character in it.".to_owned());
    }
    Ok(())
}

/// Whether a text fits a profile field, which is called `label`.
///
/// # Errors
/// The reason in one sentence.
pub fn check_text(label: &str, text: &str) -> Result<(), String> {
    if text.len() > words::MAX_TEXT {
        return Err(format!("The {label} is longer than {} bytes.", words::MAX_TEXT));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("The {label} has a control character in it."));
    }
    Ok(())
}

fn check(fields: &PersonFields) -> Result<(), Refusal> {
    let all = [
        ("given name", &fields.given_name),
        ("family name", &fields.family_name),
        ("display name", &fields.display_name),
        ("e-mail", &fields.email),
        ("title", &fields.title),
        ("department", &fields.department),
        ("external id", &fields.external_id),
    ];
    for (label, text) in all {
        if let Some(text) = text {
            check_text(label, text)
                .map_err(|text| Refusal::bad("bad_field", text, "Give a shorter, plain text."))?;
        }
    }
    let email = fields.email.as_deref().map(str::trim).unwrap_or_default();
    if !email.is_empty() && (!email.contains('@') || email.contains(char::is_whitespace)) {
        let text = format!("{email} is no e-mail address.");
        return Err(Refusal::bad("bad_field", text, "Give an address with an @ and without spaces."));
    }
    Ok(())
}

fn fill(person: &mut Person, fields: &PersonFields) {
    for (slot, text) in [
        (&mut person.given_name, &fields.given_name),
        (&mut person.family_name, &fields.family_name),
        (&mut person.display_name, &fields.display_name),
        (&mut person.email, &fields.email),
        (&mut person.title, &fields.title),
        (&mut person.department, &fields.department),
    ] {
        if let Some(text) = text {
            text.trim().clone_into(slot);
        }
    }
    if let Some(text) = &fields.external_id {
        person.external_id = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    }
}

/// A user name belongs to one person, whatever its case.
pub(super) fn free(directory: &Directory, name: &str, id: Option<PersonId>) -> Result<(), Refusal> {
    let Some(other) = directory.find(name).filter(|other| Some(other.id()) != id) else { return Ok(()) };
    let who = other.name();
    let (text, next) = match other.status() {
        Status::Removed => (
            format!(
                "{} was removed from the directory, and access there has not ended yet.",
                other.user_name()
            ),
            "Reactivate that person, or let their access end first.",
        ),
        _ if who == other.user_name() => {
            (format!("The user name {who} is taken."), "Give another, or edit that person.")
        }
        _ => (
            format!("The user name {} belongs to {who}.", other.user_name()),
            "Give another, or edit that person.",
        ),
    };
    Err(Refusal::bad("user_name_taken", text, next))
}

/// Two people with one external id would be matched to one account.
pub(super) fn free_external(directory: &Directory, person: &Person) -> Result<(), Refusal> {
    let Some(external) = person.external_id.as_deref() else { return Ok(()) };
    let other = directory.people().find(|p| p.id() != person.id && p.external_id() == Some(external));
    match other {
        None => Ok(()),
        Some(other) => Err(Refusal::bad(
            "external_id_taken",
            format!("The external id {external} belongs to {}.", other.user_name()),
            "Give another, or leave it empty.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use super::*;

    fn new(name: &str) -> PersonFields {
        PersonFields { user_name: Some(name.to_owned()), ..Default::default() }
    }

    fn set(person: Option<PersonId>, fields: PersonFields) -> Command {
        Command::PersonSet { person, fields }
    }

    #[test]
    fn a_new_person_touches_no_account() {
        let mut f = Fixture::new();
        let fields = PersonFields { given_name: Some(" Ana ".to_owned()), ..new(" ana@example.com ") };
        let decision = f.run(&set(None, fields));
        assert!(decision.people().is_empty() && !decision.confirm);
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.user_name(), ana.given_name()), ("ana@example.com", "Ana"));
    }

    #[test]
    fn a_user_name_must_be_given_plain_and_short() {
        let mut f = Fixture::new();
        for bad in ["", "  ", "ana maria", "ana\u{7}", &"a".repeat(1001)] {
            assert_eq!(f.decide(&set(None, new(bad))).unwrap_err().code, "bad_user_name", "{bad:?}");
        }
        assert!(f.decide(&set(None, PersonFields::default())).is_err());
    }

    #[test]
    fn a_user_name_that_is_taken_in_another_case_is_refused_naming_who_has_it() {
        let mut f = Fixture::new().person("ana").person("ben");
        let fields = PersonFields { display_name: Some("Ana Ng".to_owned()), ..Default::default() };
        f.run(&set(Some(f.id("ana")), fields));
        let refusal = f.decide(&set(Some(f.id("ben")), new("ANA@example.com"))).unwrap_err();
        assert_eq!(refusal.text, "The user name ana@example.com belongs to Ana Ng.");
        assert!(f.decide(&set(Some(f.id("ana")), new("ANA@example.com"))).is_ok());
    }

    #[test]
    fn an_edit_reaches_the_account_of_a_linked_person_only() {
        let mut f = Fixture::new().linked("ana", "Admin").assigned("ben", "Admin");
        let title = PersonFields { title: Some("Boss".to_owned()), ..Default::default() };
        assert_eq!(f.run(&set(Some(f.id("ana")), title.clone())).people(), [f.id("ana")]);
        assert!(f.run(&set(Some(f.id("ben")), title)).people().is_empty());
        assert_eq!(f.directory.get(f.id("ben")).unwrap().title(), "Boss");
    }

    #[test]
    fn an_empty_text_clears_and_none_leaves() {
        let mut f = Fixture::new().person("ana");
        let both = PersonFields {
            title: Some("Boss".to_owned()),
            department: Some("Sales".to_owned()),
            ..Default::default()
        };
        f.run(&set(Some(f.id("ana")), both));
        f.run(&set(Some(f.id("ana")), PersonFields { title: Some(String::new()), ..Default::default() }));
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.title(), ana.department()), ("", "Sales"));
    }

    #[test]
    fn an_external_id_belongs_to_one_person() {
        let mut f = Fixture::new().person("ana").person("ben");
        let external = PersonFields { external_id: Some("e1".to_owned()), ..Default::default() };
        f.run(&set(Some(f.id("ana")), external.clone()));
        assert_eq!(f.decide(&set(Some(f.id("ben")), external)).unwrap_err().code, "external_id_taken");
    }

    #[test]
    fn an_edit_that_changes_nothing_says_so() {
        let mut f = Fixture::new().person("ana");
        let decision = f.decide(&set(Some(f.id("ana")), new("ana@example.com"))).unwrap();
        assert!(decision.changes.is_empty() && said(&decision).contains("as they were"));
    }

    #[test]
    fn a_bad_address_or_a_control_character_is_refused() {
        let mut f = Fixture::new().person("ana");
        for fields in [
            PersonFields { email: Some("nobody".to_owned()), ..Default::default() },
            PersonFields { title: Some("a\u{1b}[2J".to_owned()), ..Default::default() },
            PersonFields { department: Some("d".repeat(1001)), ..Default::default() },
        ] {
            assert_eq!(f.decide(&set(Some(f.id("ana")), fields)).unwrap_err().code, "bad_field");
        }
    }
}
