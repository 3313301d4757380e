//! The order of assigned groups: 1 to n without gaps or ties, new ones last.

use super::assign_group::reaching;
use super::{Decision, Refusal, move_words, named, reach, role_moves, words};
use crate::directory::{Change, Directory, GroupRow};
use crate::domain::{Difference, GroupAssignment, GroupId, Shift};

/// So many people are told one by one what changes for them; the others are counted.
const TOLD: usize = 20;

pub(super) fn decide(
    directory: &Directory,
    id: GroupId,
    wanted: u32,
    cause: &str,
) -> Result<Decision, Refusal> {
    let group = named::group(directory, id)?;
    let name = &group.group.name;
    let Some(assignment) = &group.assignment else {
        return Err(Refusal::bad(
            "group_not_assigned",
            format!("{name} is not assigned to the app, so it has no place in the order."),
            format!("Assign the app to {name} first."),
        ));
    };
    let changes = place(directory, id, Some(wanted), Some(assignment.clone()))?;
    let mut decision = reaching(directory, cause, changes, name);
    tell(directory, &mut decision);
    Ok(decision)
}

/// Says for whom the new order changes what, whether it is sent or not.
fn tell(directory: &Directory, decision: &mut Decision) {
    let mut after = directory.clone();
    after.apply_all(&decision.changes);
    let mut moved: Vec<(String, crate::domain::PersonId, Vec<Difference>)> =
        reach::concerned(directory, &decision.changes)
            .into_iter()
            .filter_map(|id| {
                let (old, new) = (directory.get(id)?, after.get(id)?);
                let moves = role_moves(directory.attributes(), old.roles(), new.roles());
                let giving = named::giving_group(&after, new.kind())?;
                let text = move_words(directory.attributes(), &moves);
                (!moves.is_empty())
                    .then(|| (format!("{}: {text} through {giving}.", new.user_name()), id, moves))
            })
            .collect();
    moved.sort_by_cached_key(|(text, ..)| text.to_lowercase());
    let rest = moved.split_off(moved.len().min(TOLD));
    for (text, id, _) in moved {
        decision.say_of(id, text);
    }
    if rest.is_empty() {
        return;
    }
    let with = |shift: Shift| {
        let shifted = |moves: &[Difference]| moves.iter().any(|m| m.shift(directory.attributes()) == shift);
        rest.iter().filter(|(.., moves)| shifted(moves)).count()
    };
    let (raised, lowered) = (with(Shift::Raised), with(Shift::Lowered));
    let who = words::people(rest.len());
    decision.say(format!("And {who} more: {raised} with a role raised, {lowered} with one lowered."));
}

/// The changes that put a group's assignment at a place, or take it out, and move the others along. Without a place
/// it stays where it is, and goes last when it is new.
///
/// # Errors
/// When the place is not in 1 to n.
pub(super) fn place(
    directory: &Directory,
    id: GroupId,
    wanted: Option<u32>,
    assignment: Option<GroupAssignment>,
) -> Result<Vec<Change>, Refusal> {
    let before = directory.assigned_groups();
    let present = before.iter().position(|g| g.group.id == id);
    let mut order: Vec<&GroupRow> = before.into_iter().filter(|g| g.group.id != id).collect();
    let mut changes = Vec::new();
    let Some(mut assignment) = assignment else {
        changes.push(Change::GroupUnassigned(id));
        renumber(&order, |at| at, &mut changes);
        return Ok(changes);
    };
    let last = order.len();
    let at = match wanted {
        None => present.unwrap_or(last),
        Some(n) => (n as usize).checked_sub(1).filter(|at| *at <= last).ok_or_else(|| {
            let text = format!("There is no place {n} among {}.", words::count(last + 1, "group", "groups"));
            Refusal::bad("bad_priority", text, format!("Give a place from 1 to {}.", last + 1))
        })?,
    };
    assignment.priority = number(at);
    if directory.group(id).and_then(|g| g.assignment.as_ref()) != Some(&assignment) {
        changes.push(Change::GroupAssigned(id, assignment));
    }
    renumber(&std::mem::take(&mut order), |n| if n < at { n } else { n + 1 }, &mut changes);
    Ok(changes)
}

fn renumber(order: &[&GroupRow], place: impl Fn(usize) -> usize, changes: &mut Vec<Change>) {
    for (n, group) in order.iter().enumerate() {
        let Some(assignment) = &group.assignment else { continue };
        let priority = number(place(n));
        if assignment.priority != priority {
            changes.push(Change::GroupAssigned(
                group.group.id,
                GroupAssignment { priority, ..assignment.clone() },
            ));
        }
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::fixture::*;

    fn three() -> Fixture {
        Fixture::new()
            .person("ana")
            .group("A", &["ana"])
            .group_gives("A", "Operator")
            .group("B", &[])
            .group_gives("B", "Analyst")
            .group("C", &["ana"])
            .group_gives("C", "Analyst")
            .confirm("ana")
    }

    fn order(f: &Fixture) -> Vec<(String, u32)> {
        let row = |g: &crate::directory::GroupRow| {
            (g.group.name.clone(), g.assignment.as_ref().map_or(0, |a| a.priority))
        };
        f.directory.assigned_groups().into_iter().map(row).collect()
    }

    #[test]
    fn moving_a_group_moves_the_others_along_without_ties() {
        let mut f = three();
        let decision = f.run(&Command::Priority(f.gid("C"), 1));
        assert_eq!(order(&f), [("C".to_owned(), 1), ("A".to_owned(), 2), ("B".to_owned(), 3)]);
        assert_eq!(decision.people(), [f.id("ana")]);
        assert!(decision.confirm);
        f.run(&Command::Priority(f.gid("C"), 3));
        assert_eq!(order(&f), [("A".to_owned(), 1), ("B".to_owned(), 2), ("C".to_owned(), 3)]);
    }

    #[test]
    fn a_new_order_says_for_whom_what_changes() {
        let mut f = three();
        let decision = f.decide(&Command::Priority(f.gid("C"), 1)).unwrap();
        let text = said(&decision);
        assert!(
            text.contains("ana@example.com: workato_role Operator -> Analyst (raised) through C."),
            "{text}"
        );
    }

    #[test]
    fn many_people_are_counted_after_the_first_twenty() {
        let names: Vec<String> = (10..35).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut f = names.iter().fold(Fixture::new(), |f, name| f.person(name));
        f = f.group("A", &names).group_gives("A", "Admin").group("B", &names).group_gives("B", "Operator");
        let decision = f.decide(&Command::Priority(f.gid("B"), 1)).unwrap();
        assert_eq!(decision.said.iter().filter(|s| s.person.is_some()).count(), 20);
        let text = said(&decision);
        assert!(text.contains("And 5 people more: 0 with a role raised, 5 with one lowered."), "{text}");
    }

    #[test]
    fn the_place_it_has_changes_nothing() {
        let mut f = three();
        let decision = f.decide(&Command::Priority(f.gid("B"), 2)).unwrap();
        assert!(decision.changes.is_empty() && !decision.confirm);
    }

    #[test]
    fn a_place_outside_of_the_list_is_refused_with_the_range() {
        let mut f = three();
        for n in [0, 4] {
            let refusal = f.decide(&Command::Priority(f.gid("B"), n)).unwrap_err();
            assert_eq!((refusal.code, refusal.next.as_str()), ("bad_priority", "Give a place from 1 to 3."));
        }
    }
}
