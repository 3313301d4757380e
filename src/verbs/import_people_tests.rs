//! The rules of a people file, told by rows.

use super::*;
use crate::directory::Directory;
use crate::domain::{
    Assignment, Connection, ConnectionId, Group, GroupAssignment, GroupId, Ids, Origin, Person,
    ProfileAttribute, Time, TokenSource,
};
use crate::verbs::{PersonFields, Scope};

const ANA: PersonId = PersonId(1);
const BO: PersonId = PersonId(2);

fn directory() -> Directory {
    let connection = Connection::new(ConnectionId(1), "w", "http://127.0.0.1:1/scim/v2", TokenSource::Memory);
    let mut directory = Directory::new(connection);
    directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
    let mut ana = Person::new(ANA, "Ana@example.com");
    ana.external_id = Some("17".into());
    ana.title = "Lead".into();
    directory.apply(&Change::Person(ana.into()));
    directory.apply(&Change::Person(Person::new(BO, "bo@example.com").into()));
    directory
}

fn row(line: u64, user_name: &str) -> PersonRecord {
    PersonRecord { line, user_name: user_name.into(), ..Default::default() }
}

fn with_id(mut record: PersonRecord, id: &str) -> PersonRecord {
    record.fields.external_id = Some(id.into());
    record
}

fn titled(mut record: PersonRecord, title: &str) -> PersonRecord {
    record.fields.title = Some(title.into());
    record
}

fn run(
    directory: &Directory,
    records: &[PersonRecord],
    options: &ImportOptions,
) -> Result<(Directory, Decision), Refusal> {
    let mut ids = Ids::new(1);
    let mut context = Context { now: Time::from_ms(9), actor: "op", ids: &mut ids, typed: &[] };
    let decision = decide(directory, records, options, &mut context)?;
    let mut after = directory.clone();
    after.apply_all(&decision.changes);
    Ok((after, decision))
}

fn reasons(refusal: Refusal) -> Vec<(u64, String)> {
    refusal.rejected.into_iter().map(|r| (r.line, r.reason)).collect()
}

#[test]
fn a_row_is_matched_by_external_id_first_and_may_rename() {
    let (after, decision) = run(
        &directory(),
        &[with_id(row(2, "ana.souza@example.com"), "17"), row(3, "BO@example.com"), row(4, "cy@example.com")],
        &ImportOptions::default(),
    )
    .unwrap();
    assert_eq!(after.get(ANA).unwrap().user_name(), "ana.souza@example.com");
    assert_eq!(after.len(), 3);
    let report = decision.import.unwrap();
    assert_eq!((report.new, report.matched, report.unchanged, report.absent), (1, 2, 0, 0));
    assert_eq!(decision.scope, Scope::Nobody);
}

#[test]
fn a_row_that_points_at_two_people_is_refused() {
    let rows = [with_id(row(2, "bo@example.com"), "17"), with_id(row(3, "ana@example.com"), "99")];
    let refusal = run(&directory(), &rows, &ImportOptions::default()).unwrap_err();
    let reasons = reasons(refusal);
    assert_eq!(reasons[0], (2, "external_id points at Ana@example.com, user_name at bo@example.com".into()));
    assert_eq!(reasons[1].0, 3);
    assert!(reasons[1].1.contains("17") && reasons[1].1.contains("99"));
}

#[test]
fn two_rows_for_one_person_are_refused_both() {
    let rows =
        [with_id(row(2, "new@example.com"), "17"), row(3, "ana@example.com"), row(4, "x"), row(5, "X")];
    let refusal = run(&directory(), &rows, &ImportOptions::default()).unwrap_err();
    let lines: Vec<_> = refusal.rejected.iter().map(|r| r.line).collect();
    assert_eq!(lines, [2, 3, 4, 5]);
    assert_eq!(refusal.text, "4 of 4 rows are bad.");
}

#[test]
fn missing_leaves_empty_clears_and_absent_people_stay() {
    let (after, decision) =
        run(&directory(), &[titled(row(2, "ana@example.com"), "")], &ImportOptions::default()).unwrap();
    let ana = after.get(ANA).unwrap();
    assert_eq!((ana.title(), ana.external_id()), ("", Some("17")));
    assert_eq!(ana.user_name(), "ana@example.com");
    assert!(after.get(BO).unwrap().flags().is_empty());
    assert_eq!(decision.import.unwrap().absent, 1);
}

#[test]
fn a_whole_file_flags_the_absent_and_must_not_have_a_bad_row() {
    let whole = ImportOptions { whole: true, skip_bad: true, ..Default::default() };
    let (after, _) = run(&directory(), &[row(2, "ana@example.com")], &whole).unwrap();
    assert_eq!(after.get(BO).unwrap().flag(), Some(crate::domain::Flag::Noted));
    let bad = ImportOptions { bad: vec![Rejected { line: 3, reason: "is bad".into() }], ..whole };
    assert_eq!(run(&directory(), &[row(2, "ana@example.com")], &bad).unwrap_err().code, "bad_rows");
}

#[test]
fn a_bad_row_refuses_the_file_unless_it_is_to_be_skipped() {
    let mut options =
        ImportOptions { bad: vec![Rejected { line: 3, reason: "is bad".into() }], ..Default::default() };
    let rows = [titled(row(2, "ana@example.com"), "Boss")];
    let refusal = run(&directory(), &rows, &options).unwrap_err();
    assert_eq!(reasons(refusal), [(3, "is bad".to_owned())]);
    options.skip_bad = true;
    let (after, decision) = run(&directory(), &rows, &options).unwrap();
    assert_eq!(after.get(ANA).unwrap().title(), "Boss");
    assert_eq!(decision.import.unwrap().rejected.len(), 1);
}

#[test]
fn a_value_set_in_the_console_is_kept_and_counted_unless_the_file_is_to_win() {
    let mut options = ImportOptions::default();
    options.console_set.insert((ANA, "title".into()));
    let rows = [titled(row(2, "Ana@example.com"), "Boss")];
    let (after, decision) = run(&directory(), &rows, &options).unwrap();
    assert_eq!(after.get(ANA).unwrap().title(), "Lead");
    assert_eq!(decision.said[0].text, "Ana@example.com kept as set in the console: title");
    let report = decision.import.unwrap();
    assert_eq!((report.conflict, report.unchanged), (1, 1));
    options.take_file = true;
    let (after, decision) = run(&directory(), &rows, &options).unwrap();
    assert_eq!(after.get(ANA).unwrap().title(), "Boss");
    assert_eq!(decision.import.unwrap().conflict, 0);
    // The same value on both sides is no conflict.
    options.take_file = false;
    let same = [titled(row(2, "Ana@example.com"), "Lead")];
    assert_eq!(run(&directory(), &same, &options).unwrap().1.import.unwrap().conflict, 0);
}

fn role(mut record: PersonRecord, value: &str, assigned: Option<bool>) -> PersonRecord {
    record.roles.insert("workato_role".into(), value.into());
    PersonRecord { assigned, ..record }
}

#[test]
fn assigned_yes_makes_an_imported_assignment_with_the_rows_roles() {
    let rows = [role(row(2, "bo@example.com"), "Analyst", Some(true))];
    let (after, _) = run(&directory(), &rows, &ImportOptions::default()).unwrap();
    let bo = after.get(BO).unwrap();
    assert_eq!(bo.individual_origin(), Some((Origin::Imported, Time::from_ms(9))));
    assert_eq!(bo.roles().get("workato_role"), Some("Analyst"));
    // The same file again changes nothing, the date of the assignment included.
    let (_, decision) = run(&after, &rows, &ImportOptions::default()).unwrap();
    assert_eq!((decision.changes.len(), decision.import.unwrap().unchanged), (0, 1));
}

#[test]
fn role_values_without_assigned_never_assign() {
    let rows = [role(row(2, "bo@example.com"), "Analyst", None)];
    let refusal = run(&directory(), &rows, &ImportOptions::default()).unwrap_err();
    assert!(reasons(refusal)[0].1.contains("assigned = yes"));
    let mut through = directory();
    through.apply(&Change::Group(Group { id: GroupId(5), name: "Ops".into() }));
    through.apply(&Change::Member(GroupId(5), BO));
    through.apply(&Change::GroupAssigned(GroupId(5), GroupAssignment { priority: 1, ..Default::default() }));
    assert!(reasons(run(&through, &rows, &ImportOptions::default()).unwrap_err())[0].1.contains("Ops"));
    let cleared = [role(row(2, "bo@example.com"), "", None)];
    assert_eq!(run(&directory(), &cleared, &ImportOptions::default()).unwrap().1.changes, []);
}

#[test]
fn deactivated_ends_the_assignment_and_remembers_nothing_is_sent() {
    let mut before = directory();
    before.apply(&Change::Assigned(BO, Assignment::default()));
    let gone = PersonRecord { status: Some(Status::Deactivated), ..row(2, "bo@example.com") };
    let (after, decision) = run(&before, std::slice::from_ref(&gone), &ImportOptions::default()).unwrap();
    let bo = after.get(BO).unwrap();
    assert_eq!((bo.status(), bo.assigned()), (Status::Deactivated, false));
    assert_eq!(decision.scope, Scope::Nobody);
    let both = PersonRecord { assigned: Some(true), ..gone };
    assert!(run(&before, &[both], &ImportOptions::default()).is_err());
}

#[test]
fn a_protected_person_does_not_lose_access_by_a_file() {
    let mut before = directory();
    let mut connection = before.connection().clone();
    connection.protected = vec![BO];
    before.apply(&Change::Connection(Box::new(connection)));
    before.apply(&Change::Assigned(BO, Assignment::default()));
    let away = PersonRecord { status: Some(Status::Suspended), ..row(2, "bo@example.com") };
    let command = crate::verbs::Command::ImportPeople(vec![away], ImportOptions::default());
    let mut ids = Ids::new(1);
    let mut decide = |typed: &[String]| {
        let mut context = Context { now: Time::from_ms(9), actor: "op", ids: &mut ids, typed };
        crate::verbs::decide(&before, &command, &mut context)
    };
    assert_eq!(decide(&[]).unwrap_err().code, "protected");
    assert!(decide(&["bo@example.com".to_owned()]).is_ok());
}

#[test]
fn a_new_person_gets_all_fields() {
    let fields = PersonFields { given_name: Some("Cy".into()), ..Default::default() };
    let record = PersonRecord { fields, status: Some(Status::Suspended), ..row(2, "cy@example.com") };
    let (after, _) = run(&directory(), &[record], &ImportOptions::default()).unwrap();
    let cy = after.find("CY@example.com").unwrap();
    assert_eq!((cy.given_name(), cy.status()), ("Cy", Status::Suspended));
}
