//! The operator's own list, and the people who are protected.

use super::{Context, Decision, Refusal, edit_person, named, protect};
use crate::directory::{Change, Directory, Note};
use crate::domain::PersonId;

pub(super) fn flag(
    directory: &Directory,
    people: &[PersonId],
    note: &str,
    cause: &str,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let text = note.trim();
    edit_person::check_text("note", text)
        .map_err(|text| Refusal::bad("bad_note", text, "Give a shorter, plain note."))?;
    let text = if text.is_empty() { "put on the list" } else { text };
    let note = Note { text: text.to_owned(), by: context.actor.to_owned(), at: context.now };
    let people = named::people(directory, people)?;
    Ok(Decision::here(cause, people.iter().map(|p| Change::Noted(p.id(), note.clone())).collect()))
}

pub(super) fn unflag(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        match directory.note(person.id()) {
            Some(_) => decision.changes.push(Change::NoteDropped(person.id())),
            None => decision.left_out.push((person.id(), "has no note".to_owned())),
        }
    }
    Ok(decision)
}

pub(super) fn protect(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut list = directory.connection().protected.clone();
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        match list.contains(&person.id()) {
            true => decision.left_out.push((person.id(), "is protected already".to_owned())),
            false => list.push(person.id()),
        }
    }
    save(directory, list, &mut decision);
    Ok(decision)
}

pub(super) fn unprotect(
    directory: &Directory,
    people: &[PersonId],
    cause: &str,
) -> Result<Decision, Refusal> {
    let mut list = directory.connection().protected.clone();
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        match list.iter().position(|id| *id == person.id()) {
            Some(at) => {
                list.remove(at);
            }
            None => decision.left_out.push((person.id(), "is not protected".to_owned())),
        }
    }
    save(directory, list, &mut decision);
    Ok(decision)
}

fn save(directory: &Directory, list: Vec<PersonId>, decision: &mut Decision) {
    if list != directory.connection().protected {
        decision.changes.push(protect::settings(directory, list));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::domain::Flag;

    #[test]
    fn a_note_carries_who_and_when_and_is_taken_off_again() {
        let mut f = Fixture::new().person("ana");
        let people = vec![f.id("ana")];
        let decision = f.run(&Command::Flag { people: people.clone(), note: " ask Kim ".to_owned() });
        assert!(decision.people().is_empty());
        let note = f.directory.note(f.id("ana")).unwrap();
        assert_eq!((note.text.as_str(), note.by.as_str(), note.at), ("ask Kim", "kim", NOW));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().flag(), Some(Flag::Noted));
        f.run(&Command::Unflag(people.clone()));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().flag(), None);
        assert_eq!(left_out(&f.decide(&Command::Unflag(people)).unwrap()), "has no note");
    }

    #[test]
    fn a_note_with_a_control_character_is_refused() {
        let mut f = Fixture::new().person("ana");
        let command = Command::Flag { people: vec![f.id("ana")], note: "a\u{1b}b".to_owned() };
        assert_eq!(f.decide(&command).unwrap_err().code, "bad_note");
    }

    #[test]
    fn people_are_protected_and_released() {
        let mut f = Fixture::new().person("ana").person("ben");
        f.run(&Command::Protect(vec![f.id("ana"), f.id("ben")]));
        assert_eq!(
            left_out(&f.decide(&Command::Protect(vec![f.id("ana")])).unwrap()),
            "is protected already"
        );
        f.run(&Command::Unprotect(vec![f.id("ana")]));
        assert_eq!(f.directory.connection().protected, [f.id("ben")]);
        assert_eq!(left_out(&f.decide(&Command::Unprotect(vec![f.id("ana")])).unwrap()), "is not protected");
    }
}
