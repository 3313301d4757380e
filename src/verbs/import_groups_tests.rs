//! The rules of a groups file, told by rows.

use super::*;
use crate::domain::{Assignment, Connection, ConnectionId, GroupAssignment, Ids, Person, Time, TokenSource};

const ANA: PersonId = PersonId(1);
const BO: PersonId = PersonId(2);
const OPS: GroupId = GroupId(5);

fn directory() -> Directory {
    let connection = Connection::new(ConnectionId(1), "w", "http://127.0.0.1:1/scim/v2", TokenSource::Memory);
    let mut directory = Directory::new(connection);
    directory.apply(&Change::Person(Person::new(ANA, "ana").into()));
    directory.apply(&Change::Person(Person::new(BO, "bo").into()));
    directory.apply(&Change::Group(Group { id: OPS, name: "Ops".into() }));
    directory.apply(&Change::Member(OPS, BO));
    directory
}

fn row(line: u64, group: &str, user_name: &str) -> GroupRecord {
    GroupRecord { line, group: group.into(), user_name: user_name.into() }
}

fn run(before: &Directory, rows: &[GroupRecord], whole: bool) -> Result<(Directory, Decision), Refusal> {
    let mut ids = Ids::new(1);
    let mut context = Context { now: Time::from_ms(9), actor: "op", ids: &mut ids, typed: &[] };
    let options = ImportOptions { whole, ..Default::default() };
    let decision = decide(before, rows, &options, &mut context)?;
    let mut after = before.clone();
    after.apply_all(&decision.changes);
    Ok((after, decision))
}

#[test]
fn new_groups_are_made_once_and_absent_members_stay() {
    let rows = [row(2, "Data", "ANA"), row(3, "data", "bo"), row(4, "ops", "ana"), row(5, "Ops", "ana")];
    let (after, decision) = run(&directory(), &rows, false).unwrap();
    assert_eq!(after.group_named("Data").unwrap().members.len(), 2);
    assert_eq!(after.group(OPS).unwrap().members.len(), 2);
    let report = decision.import.unwrap();
    assert_eq!((report.new, report.unchanged, report.absent), (3, 1, 1));
}

#[test]
fn a_row_for_somebody_who_is_not_here_refuses_the_file() {
    let refusal = run(&directory(), &[row(2, "Ops", "who")], false).unwrap_err();
    assert_eq!(refusal.rejected[0].reason, "nobody here has the user_name who");
}

#[test]
fn a_whole_file_takes_absent_members_out() {
    let (after, decision) = run(&directory(), &[row(2, "Ops", "ana")], true).unwrap();
    assert_eq!(after.get(BO).unwrap().groups(), []);
    assert_eq!(decision.import.unwrap().matched, 1);
}

#[test]
fn a_whole_file_keeps_and_notes_those_whose_access_would_end() {
    let mut before = directory();
    before.apply(&Change::GroupAssigned(OPS, GroupAssignment { priority: 1, ..Default::default() }));
    let rows = [row(2, "Ops", "ana")];
    let (after, decision) = run(&before, &rows, true).unwrap();
    assert_eq!(after.get(BO).unwrap().groups(), [OPS]);
    assert!(after.note(BO).is_some());
    assert_eq!(decision.said.len(), 1);
    // Whoever has the app by another way may leave.
    before.apply(&Change::Assigned(BO, Assignment::default()));
    assert_eq!(run(&before, &rows, true).unwrap().0.get(BO).unwrap().groups(), []);
}

#[test]
fn of_two_assigned_groups_one_is_kept() {
    let mut before = directory();
    before.apply(&Change::Group(Group { id: GroupId(6), name: "Data".into() }));
    before.apply(&Change::Member(GroupId(6), BO));
    for (id, priority) in [(OPS, 1), (GroupId(6), 2)] {
        before.apply(&Change::GroupAssigned(id, GroupAssignment { priority, ..Default::default() }));
    }
    let (after, _) = run(&before, &[row(2, "Ops", "ana"), row(3, "Data", "ana")], true).unwrap();
    assert_eq!(after.get(BO).unwrap().groups().len(), 1);
    assert!(after.get(BO).unwrap().assigned());
}
