//! Groups of the directory: add, remove, and who is in them.

use super::{Context, Decision, Refusal, edit_person, named, reach, words};
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{Group, GroupId, PersonId, Status};

pub(super) fn add(
    directory: &Directory,
    name: &str,
    cause: &str,
    context: &mut Context<'_>,
) -> Result<Decision, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::bad("bad_group_name", "The group's name is empty.", "Give the group a name."));
    }
    edit_person::check_text("group's name", name)
        .map_err(|text| Refusal::bad("bad_group_name", text, "Give a shorter, plain name."))?;
    if let Some(other) = directory.group_named(name) {
        let text = format!("There is a group {} already.", other.group.name);
        return Err(Refusal::bad("group_name_taken", text, "Give another name, or use that group."));
    }
    let group = Group { id: context.ids.group(), name: name.to_owned() };
    Ok(Decision::here(cause, vec![Change::Group(group)]))
}

pub(super) fn remove(directory: &Directory, id: GroupId, cause: &str) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    if group.assignment.is_some() {
        return Err(Refusal::bad(
            "group_assigned",
            format!("{name} is assigned to the app."),
            format!("End the assignment of {name} first; its plan shows who loses access."),
        ));
    }
    if group.push.is_some() {
        return Err(Refusal::bad(
            "group_pushed",
            format!("{name} is pushed to the app."),
            "End its push first, so that it is left there or deleted there: scimdeck group unpush",
        ));
    }
    let mut decision = Decision::here(cause, vec![Change::GroupDropped(id)]);
    if !group.members.is_empty() {
        decision.confirm = true;
        decision
            .say(format!("{name} has {}; they stay in the directory.", words::people(group.members.len())));
    }
    Ok(decision)
}

pub(super) fn member_add(
    directory: &Directory,
    id: GroupId,
    people: &[PersonId],
    cause: &str,
) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    let (mut joined, mut left_out) = (Vec::new(), Vec::new());
    for person in named::people(directory, people)? {
        if person.status() == Status::Removed {
            left_out.push((person.id(), "was removed from the directory".to_owned()));
        } else if group.members.contains(&person.id()) {
            left_out.push((person.id(), format!("is in {name} already")));
        } else {
            joined.push(person.id());
        }
    }
    let changes: Vec<Change> = joined.iter().map(|person| Change::Member(id, *person)).collect();
    let reached = reach::touched(directory, &changes);
    let mut decision = Decision { left_out, ..Decision::touching(cause, changes, reached.people) };
    if group.assignment.is_some() {
        for person in joined.iter().filter_map(|id| reached.after.get(*id)) {
            decision.say_of(person.id(), gets(&reached.after, id, name, &person));
        }
    }
    Ok(decision)
}

/// What somebody has once they are in an assigned group.
fn gets(after: &Directory, id: GroupId, group: &str, person: &PersonView<'_>) -> String {
    let (name, values) = (person.user_name(), words::roles(person.roles()));
    let when = match person.status() {
        Status::Active => String::new(),
        status => format!(" once active again ({} here)", status.word()),
    };
    match person.kind() {
        AssignmentKind::Individual => format!("{name} keeps the Individual assignment: {values}."),
        AssignmentKind::Group(giving) if giving == id => {
            format!("{name} has the app through {group}{when}: {values}.")
        }
        kind => {
            let giving = named::giving_group(after, kind).unwrap_or_default();
            format!("{name} keeps what {giving} gives, which comes before {group}: {values}.")
        }
    }
}

pub(super) fn member_remove(
    directory: &Directory,
    id: GroupId,
    people: &[PersonId],
    cause: &str,
) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    let (mut leaving, mut left_out) = (Vec::new(), Vec::new());
    for person in named::people(directory, people)? {
        match group.members.contains(&person.id()) {
            true => leaving.push(person.id()),
            false => left_out.push((person.id(), format!("is not in {name}"))),
        }
    }
    let changes: Vec<Change> = leaving.iter().map(|person| Change::MemberDropped(id, *person)).collect();
    let reached = reach::touched(directory, &changes);
    let mut decision = Decision { left_out, ..Decision::touching(cause, changes, reached.people) };
    for before in leaving.iter().filter_map(|id| directory.get(*id)) {
        let Some(after) = reached.after.get(before.id()) else { continue };
        if before.kind() != AssignmentKind::Group(id) {
            continue;
        }
        let (who, values) = (before.user_name(), words::roles(after.roles()));
        let text = match named::giving_group(&reached.after, after.kind()) {
            Some(other) => {
                format!("{who} is still assigned through {other}: roles become {values}; access remains.")
            }
            None => format!("{who} has no assignment any more; access ends."),
        };
        decision.say_of(before.id(), text);
    }
    // An empty group that gives or is something in the app is more than its last member leaving.
    let matters = group.assignment.is_some() || group.push.is_some();
    if matters && !leaving.is_empty() && leaving.len() == group.members.len() {
        decision.confirm = true;
        decision.say(format!("{name} is empty then."));
    }
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;

    #[test]
    fn emptying_an_assigned_group_asks_and_one_member_less_does_not() {
        let mut f = Fixture::new()
            .person("ana")
            .person("ben")
            .group("Team", &["ana", "ben"])
            .group_gives("Team", "Operator")
            .confirm("ana")
            .confirm("ben");
        let remove = |f: &Fixture, who: &[&str]| {
            Command::MemberRemove(f.gid("Team"), who.iter().map(|name| f.id(name)).collect())
        };
        let one = remove(&f, &["ana"]);
        assert!(!f.decide(&one).unwrap().confirm);
        let all = remove(&f, &["ana", "ben"]);
        let decision = f.decide(&all).unwrap();
        assert!(decision.confirm && said(&decision).contains("Team is empty then."));
    }

    #[test]
    fn a_group_needs_a_name_that_nobody_has_in_any_case() {
        let mut f = Fixture::new();
        f.run(&Command::GroupAdd(" Team ".to_owned()));
        assert_eq!(f.directory.group(f.gid("team")).unwrap().group.name, "Team");
        assert_eq!(f.decide(&Command::GroupAdd("TEAM".to_owned())).unwrap_err().code, "group_name_taken");
        assert_eq!(f.decide(&Command::GroupAdd("  ".to_owned())).unwrap_err().code, "bad_group_name");
    }

    #[test]
    fn an_assigned_group_is_not_removed() {
        let mut f = Fixture::new().group("Team", &[]).group_gives("Team", "Analyst");
        assert_eq!(f.decide(&Command::GroupRemove(f.gid("Team"))).unwrap_err().code, "group_assigned");
    }

    #[test]
    fn a_group_with_members_is_removed_after_asking() {
        let mut f = Fixture::new().person("ana").group("Team", &["ana"]).group("Empty", &[]);
        assert!(!f.decide(&Command::GroupRemove(f.gid("Empty"))).unwrap().confirm);
        let decision = f.run(&Command::GroupRemove(f.gid("Team")));
        assert!(decision.confirm && said(&decision).contains("1 person"));
        assert!(f.directory.group_named("Team").is_none());
    }

    #[test]
    fn a_new_member_of_an_assigned_group_gets_the_app_and_it_is_said() {
        let mut f = Fixture::new()
            .person("ana")
            .linked("ben", "Admin")
            .group("Team", &[])
            .group_gives("Team", "Operator");
        let decision = f.run(&Command::MemberAdd(f.gid("Team"), vec![f.id("ana"), f.id("ben")]));
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(!decision.confirm);
        let text = said(&decision);
        assert!(text.contains("ana@example.com has the app through Team: workato_role Operator."), "{text}");
        assert!(text.contains("ben@example.com keeps the Individual assignment"), "{text}");
    }

    #[test]
    fn a_new_member_whom_another_group_serves_first_keeps_its_values() {
        let mut f = Fixture::new()
            .person("ana")
            .group("First", &["ana"])
            .group_gives("First", "Operator")
            .group("Second", &[])
            .group_gives("Second", "Analyst")
            .confirm("ana");
        let decision = f.run(&Command::MemberAdd(f.gid("Second"), vec![f.id("ana")]));
        assert!(decision.people().is_empty());
        assert!(said(&decision).contains("keeps what First gives, which comes before Second"));
    }

    #[test]
    fn a_member_who_leaves_falls_to_the_next_group_or_loses_access() {
        let mut f = Fixture::new()
            .person("ana")
            .person("ben")
            .group("First", &["ana", "ben"])
            .group_gives("First", "Operator")
            .group("Second", &["ben"])
            .group_gives("Second", "Analyst")
            .confirm("ana")
            .confirm("ben");
        let decision = f.run(&Command::MemberRemove(f.gid("First"), vec![f.id("ana"), f.id("ben")]));
        assert_eq!(decision.people(), [f.id("ana"), f.id("ben")]);
        let text = said(&decision);
        assert!(text.contains("ana@example.com has no assignment any more; access ends."), "{text}");
        assert!(text.contains("still assigned through Second: roles become workato_role Analyst"), "{text}");
    }

    #[test]
    fn who_is_in_it_already_or_not_in_it_is_left_out() {
        let mut f = Fixture::new().person("ana").person("ben").group("Team", &["ana"]);
        let team = f.gid("Team");
        assert!(
            left_out(&f.decide(&Command::MemberAdd(team, vec![f.id("ana")])).unwrap()).contains("already")
        );
        assert!(
            left_out(&f.decide(&Command::MemberRemove(team, vec![f.id("ben")])).unwrap()).contains("not in")
        );
    }
}
