//! The linked account is gone (its id answers 404): forget it, or search again and create. Both only then, so that a
//! healthy account is never left without its owner or made twice.

use super::{Decision, Refusal, named, values, words};
use crate::directory::{Change, Directory, PersonView};
use crate::domain::{AccountState, PersonId};

pub(super) fn decide(directory: &Directory, people: &[PersonId], cause: &str) -> Result<Decision, Refusal> {
    let mut decision = Decision::here(cause, Vec::new());
    for person in named::people(directory, people)? {
        if let Some(reason) = not_gone(&person) {
            decision.left_out.push((person.id(), reason));
            continue;
        }
        forget(&mut decision, &person);
        let after =
            if person.shall_have_access() { "; Provision User looks for another or makes one" } else { "" };
        let text = format!("{} is no longer linked{after}. Nothing is sent.", person.user_name());
        decision.say_of(person.id(), text);
    }
    let n = decision.changes.len();
    decision.confirm = n > 1;
    decision.done = (n > 0).then(|| format!("{} unlinked; nothing was sent.", words::people(n)));
    Ok(decision)
}

pub(super) fn recreate(directory: &Directory, id: PersonId, cause: &str) -> Result<Decision, Refusal> {
    let person = named::person(directory, id)?;
    let name = person.user_name();
    if let Some(reason) = not_gone(&person) {
        return Err(Refusal::bad(
            "not_gone",
            format!("{name} {reason}."),
            "Only an account that answers 404 is searched for or created again; check looks now.",
        ));
    }
    if !person.shall_have_access() {
        return Err(Refusal::bad(
            "no_access_here",
            format!("{name} shall have no access here, so no account is made."),
            "Reactivate or assign first, or unlink.",
        ));
    }
    if let Some(reason) = values::lacking(directory, person.roles()) {
        return Err(Refusal::bad("role_missing", format!("{name}: {reason}."), "Give that value first."));
    }
    let mut decision = Decision::touching(cause, Vec::new(), vec![id]);
    forget(&mut decision, &person);
    // What the lost account was owed is made anew with the new one.
    decision.cancel.clear();
    decision.say_of(
        id,
        format!("{name} is looked up by the user name first: an account that is there is linked, else one is made."),
    );
    Ok(decision)
}

/// Drops the link, and with it what was queued for the account that is gone.
fn forget(decision: &mut Decision, person: &PersonView<'_>) {
    decision.changes.push(Change::LinkDropped(person.id()));
    if person.operation().is_some_and(|(.., state)| !state.sent()) {
        decision.cancel.push(person.id());
    }
}

fn not_gone(person: &PersonView<'_>) -> Option<String> {
    match (person.remote_id(), person.account()) {
        (None, _) => Some("is not linked to any account".to_owned()),
        (Some(_), AccountState::Gone) => None,
        (Some(id), state) => {
            Some(format!("is linked to the account {id}, which is {} and not gone", state.word()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;
    use crate::directory::{Change, Observation};
    use crate::domain::{AccountState, Flag, OpState, Status};

    fn gone(mut f: Fixture, name: &str) -> Fixture {
        let seen = Observation { state: AccountState::Gone, values: None, at: NOW };
        f.directory.apply(&Change::Observed(f.id(name), seen.into()));
        f
    }

    #[test]
    fn unlinking_forgets_the_account_and_leaves_somebody_not_provisioned() {
        let mut f = gone(Fixture::new().linked("ana", "Analyst"), "ana").operation("ana", OpState::Parked);
        let decision = f.run(&Command::Unlink(vec![f.id("ana")]));
        assert!(decision.people().is_empty() && !decision.confirm);
        assert_eq!(decision.cancel, [f.id("ana")]);
        let ana = f.directory.get(f.id("ana")).unwrap();
        assert_eq!((ana.remote_id(), ana.flag()), (None, Some(Flag::NotProvisioned)));
        assert_eq!(f.role_of("ana"), "Analyst");
    }

    #[test]
    fn a_healthy_account_is_neither_unlinked_nor_made_again() {
        let mut f = Fixture::new().linked("ana", "Analyst").assigned("ben", "Analyst");
        let decision = f.decide(&Command::Unlink(vec![f.id("ana")])).unwrap();
        assert_eq!(left_out(&decision), "is linked to the account remote-ana, which is active and not gone");
        let refusal = f.decide(&Command::Recreate(f.id("ana"))).unwrap_err();
        assert_eq!(refusal.code, "not_gone");
        let refusal = f.decide(&Command::Recreate(f.id("ben"))).unwrap_err();
        assert!(refusal.text.contains("is not linked"), "{}", refusal.text);
    }

    #[test]
    fn an_account_is_made_again_for_one_person_who_shall_have_it() {
        let mut f = gone(Fixture::new().linked("ana", "Analyst"), "ana");
        let decision = f.run(&Command::Recreate(f.id("ana")));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(!decision.confirm);
        assert_eq!(f.directory.get(f.id("ana")).unwrap().remote_id(), None);
        let mut f = gone(Fixture::new().linked("ana", "Analyst"), "ana").status("ana", Status::Suspended);
        assert_eq!(f.decide(&Command::Recreate(f.id("ana"))).unwrap_err().code, "no_access_here");
    }

    #[test]
    fn many_are_unlinked_only_after_asking() {
        let f = Fixture::new().linked("ana", "Analyst").linked("ben", "Analyst");
        let mut f = gone(gone(f, "ana"), "ben");
        assert!(f.decide(&Command::Unlink(vec![f.id("ana"), f.id("ben")])).unwrap().confirm);
    }
}
