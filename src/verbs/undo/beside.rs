//! What a decision changed here without an operation: nobody keeps what was there before, so most of it has no inverse
//! and is taken back by a command of its own, which is named.

use std::collections::BTreeMap;

use super::super::assign::individual;
use super::super::{Command, Context, Convertees, Decision, Refusal, reach, words};
use super::membership;
use crate::directory::{AssignmentKind, Change, Directory};
use crate::domain::{Decided, PersonId, typed};

/// So many are named.
const NAMED: usize = 3;

/// Takes back what can be: a conversion to the group that moved no value, and a membership that gives nobody anything.
/// Says of the rest that it stays.
///
/// # Errors
/// Nothing of it can be, and there is nothing else to undo.
pub(super) fn take_back(
    directory: &Directory,
    beside: &[Decided],
    alone: bool,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Refusal> {
    let mut stays: BTreeMap<&str, Vec<&Decided>> = BTreeMap::new();
    for one in beside {
        match one.person.filter(|_| one.cause == converted()) {
            Some(id) if back_to_individual(directory, id, context, decision) => {}
            _ if back_into_groups(directory, one, decision) => {}
            _ => stays.entry(&one.cause).or_default().push(one),
        }
    }
    if alone && decision.changes.is_empty() {
        return Err(no_inverse(&stays));
    }
    for (cause, all) in stays {
        decision.say(format!(
            "What was changed here without a request stays ({cause}: {}). {}",
            names(&all),
            instead(cause, &all)
        ));
    }
    Ok(())
}

/// The cause of a conversion to the group.
fn converted() -> &'static str {
    Command::Convert(Convertees::All).cause()
}

fn back_to_individual(
    directory: &Directory,
    id: PersonId,
    context: &Context<'_>,
    decision: &mut Decision,
) -> bool {
    let Some(person) = directory.get(id).filter(|p| matches!(p.kind(), AssignmentKind::Group(_))) else {
        return false;
    };
    let assignment = individual(directory, &person, context);
    decision.say_of(
        id,
        format!(
            "{} has an Individual assignment again: {}; nothing is sent.",
            person.user_name(),
            words::roles(&assignment.roles)
        ),
    );
    decision.changes.push(Change::Assigned(id, assignment));
    true
}

/// Membership that neither gives nor takes the app, nor a value of it: it goes back.
fn back_into_groups(directory: &Directory, one: &Decided, decision: &mut Decision) -> bool {
    let Some(person) = one.person.and_then(|id| directory.get(id)) else { return false };
    let (id, joins) = match &one.cause {
        cause if cause == membership::removed() => (person.id(), true),
        cause if cause == membership::added() => (person.id(), false),
        _ => return false,
    };
    let groups = one.groups.iter().filter_map(|name| directory.group_named(name));
    let groups: Vec<_> = groups.filter(|row| row.members.contains(&id) != joins).collect();
    let changes: Vec<Change> = groups
        .iter()
        .map(|row| match joins {
            true => Change::Member(row.group.id, id),
            false => Change::MemberDropped(row.group.id, id),
        })
        .collect();
    if changes.is_empty() || !reach::touched(directory, &changes).people.is_empty() {
        return false;
    }
    let names: Vec<&str> = groups.iter().map(|row| row.group.name.as_str()).collect();
    let way = if joins { "is put back into" } else { "leaves" };
    decision.say_of(
        id,
        format!("{} {way} {}; nothing changes on their account.", person.user_name(), names.join(", ")),
    );
    decision.changes.extend(changes);
    true
}

fn no_inverse(stays: &BTreeMap<&str, Vec<&Decided>>) -> Refusal {
    let one = |(cause, all): (&&str, &Vec<&Decided>)| format!("{cause}: {}", names(all));
    let what: Vec<String> = stays.iter().map(one).collect();
    let at = stays.values().flatten().next().map(|one| format!(", {}", one.at)).unwrap_or_default();
    let mut next = vec!["To take back what was sent before it, name the user or the operation.".to_owned()];
    next.extend(stays.iter().map(|(cause, all)| instead(cause, all)));
    Refusal::bad(
        "no_inverse",
        format!("Your last decision ({}{at}) sent nothing that could be taken back.", what.join("; ")),
        next.join(" "),
    )
}

fn names(all: &[&Decided]) -> String {
    let mut named: Vec<&str> = all.iter().take(NAMED).map(|one| one.subject.as_str()).collect();
    let more = format!("{} more", all.len().saturating_sub(NAMED));
    if all.len() > NAMED {
        named.push(&more);
    }
    named.join(", ")
}

/// What to type instead, for what a decision changed here.
fn instead(cause: &str, all: &[&Decided]) -> String {
    let named: Vec<_> = all.iter().take(NAMED).map(|one| typed(&one.subject)).collect();
    let who = if all.len() > NAMED { "USER...".to_owned() } else { named.join(" ") };
    let mut groups = all.iter().flat_map(|one| &one.groups);
    let group = match groups.next() {
        Some(first) if groups.all(|other| other == first) => typed(first),
        _ => "GROUP".into(),
    };
    let command = match cause {
        "attribute added" => format!("attribute remove {who}"),
        "attribute removed" => format!("attribute add {who}, then role USER {who}=VALUE"),
        "attribute changed" => format!("attribute set {who} with what it was"),
        "group added" => format!("group remove {who}"),
        "group removed" => format!("group add {who}, then member add {who} USER..."),
        "group pushed" => format!("group unpush {who}"),
        "group push ended" => format!("group push {who}"),
        "group priority" => format!("priority {who} N"),
        "group assigned" => format!("unassign --group {who}"),
        "group assignment ended" => format!("assign --group {who} --role ATTRIBUTE=VALUE"),
        "group role edit" => format!("role --group {who} ATTRIBUTE=VALUE"),
        "added to group" => format!("member remove {group} {who}"),
        "removed from group" => format!("member add {group} {who}"),
        "assigned" => format!("unassign {who}"),
        "app access removed" | "converted to group" => format!("assign {who}"),
        "converted to individual" => format!("convert {who}"),
        "role edit" | "value replaced" | "drift adopted" => format!("role {who} ATTRIBUTE=VALUE"),
        "suspended" | "deactivated" => format!("reactivate {who}"),
        "reactivated" => format!("suspend {who}"),
        "profile edit" => format!("person set {who} with what it was"),
        "removed from the directory" => format!("person add {who}"),
        "flagged" => format!("unflag {who}"),
        "unflagged" => format!("flag {who}"),
        "protected" => format!("unprotect {who}"),
        "no longer protected" => format!("protect {who}"),
        "SCIM enabled" => "disable".to_owned(),
        "SCIM disabled" => "enable".to_owned(),
        _ => return "What was there before is told by: scimdeck audit".to_owned(),
    };
    format!("To take that back, type: scimdeck {command}")
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::*;
    use super::*;
    use crate::domain::{Status, Time, Undoable};

    fn decided(cause: &str, subject: &str) -> Decided {
        Decided {
            cause: cause.to_owned(),
            at: Time::from_ms(8),
            person: None,
            subject: subject.to_owned(),
            groups: Vec::new(),
        }
    }

    fn undo(f: &mut Fixture, beside: Vec<Decided>) -> Result<Decision, Refusal> {
        f.decide(&Command::Undo(Undoable { operations: Vec::new(), beside }))
    }

    #[test]
    fn what_has_no_inverse_names_the_command_that_takes_it_back() {
        let mut f = Fixture::new();
        let refusal = undo(&mut f, vec![decided("group pushed", "Team A")]).unwrap_err();
        assert_eq!(refusal.code, "no_inverse");
        assert!(refusal.text.contains("group pushed: Team A, 1970-01-01T00:00:00.008Z"), "{}", refusal.text);
        assert!(refusal.next.ends_with("type: scimdeck group unpush 'Team A'"), "{}", refusal.next);
        let out = Decided { groups: vec!["Team A".to_owned()], ..decided("removed from group", "ana") };
        let refusal = undo(&mut f, vec![out]).unwrap_err();
        assert!(refusal.next.ends_with("type: scimdeck member add 'Team A' ana"), "{}", refusal.next);
        let imported = undo(&mut f, vec![decided("people import", "a.csv")]).unwrap_err();
        assert!(imported.next.ends_with("scimdeck audit"), "{}", imported.next);
        let many = (1..=5).map(|n| decided("flagged", &format!("p{n}"))).collect();
        let many = undo(&mut f, many).unwrap_err();
        assert!(
            many.text.contains("p1, p2, p3, 2 more") && many.next.ends_with("unflag USER..."),
            "{many:?}"
        );
    }

    #[test]
    fn the_words_of_a_decision_are_those_that_the_commands_have() {
        let people = Vec::new;
        let set = |status| Command::SetStatus { people: people(), status };
        for (command, typed) in [
            (Command::Unflag(people()), "flag x"),
            (Command::Protect(people()), "unprotect x"),
            (Command::Unassign(people()), "assign x"),
            (Command::ConvertBack(people()), "convert x"),
            (Command::DriftAdopt(people()), "role x ATTRIBUTE=VALUE"),
            (Command::AttributeRemove("x".into()), "attribute add x, then role USER x=VALUE"),
            (set(Status::Suspended), "reactivate x"),
            (set(Status::Active), "suspend x"),
            (Command::Enable, "disable"),
        ] {
            let one = decided(command.cause(), "x");
            assert_eq!(instead(&one.cause, &[&one]), format!("To take that back, type: scimdeck {typed}"));
        }
    }

    #[test]
    fn a_membership_that_gave_nothing_goes_back_and_one_that_gives_something_by_now_does_not() {
        let mut f = Fixture::new().linked("ana", "Operator").group("Team", &["ana"]);
        let (team, ana) = (f.gid("Team"), f.id("ana"));
        let command = Command::MemberRemove(team, vec![ana]);
        f.run(&command);
        let one = Decided {
            person: Some(ana),
            groups: vec!["Team".to_owned()],
            ..decided(command.cause(), "ana@example.com")
        };
        let decision = undo(&mut f, vec![one.clone()]).unwrap();
        assert_eq!(decision.changes, [Change::Member(team, ana)]);
        assert!(decision.people().is_empty() && decision.confirm);
        // By now it would give somebody the app who does not have it.
        f.run(&Command::Unassign(vec![ana]));
        let mut f = f.confirm("ana").group_gives("Team", "Operator");
        let refusal = undo(&mut f, vec![one]).unwrap_err();
        assert!(refusal.next.ends_with("scimdeck member add Team ana@example.com"), "{}", refusal.next);
    }

    #[test]
    fn a_conversion_that_moved_no_value_is_taken_back() {
        let f = Fixture::new().linked("ana", "Operator").group("Team", &["ana"]);
        let mut f = f.group_gives("Team", "Operator");
        f.run(&Command::Convert(Convertees::All));
        let person = Some(f.id("ana"));
        let one = Decided { person, ..decided(converted(), "ana@example.com") };
        let decision = f.run(&Command::Undo(Undoable { operations: Vec::new(), beside: vec![one] }));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().kind(), AssignmentKind::Individual);
        assert_eq!(f.role_of("ana"), "Operator");
        assert!(decision.people().is_empty(), "nothing is sent");
    }
}
