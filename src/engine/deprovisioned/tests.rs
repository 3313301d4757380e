use super::*;
use crate::directory::{Change, Link};
use crate::domain::{AccountValues, Connection, ConnectionId, FailureKind, Person, Status, TokenSource};
use crate::engine::machine::sample;

const HOUR: i64 = 3_600_000;

/// What an entry says, and at what hour.
fn says(person: u64, access: Access, hours: i64) -> AuditEntry {
    AuditEntry {
        time: Time::from_ms(hours * HOUR),
        event: "suspended".into(),
        person: Some(PersonId(person)),
        subject: format!("p{person}"),
        actor: "kim".into(),
        access: Some(access),
        reason: Some("left".into()),
        ..AuditEntry::default()
    }
}

fn ended(person: u64, hours: i64) -> AuditEntry {
    says(person, Access::Ended, hours)
}

fn imported(person: u64, hours: i64) -> AuditEntry {
    AuditEntry { source: Source::Import, event: "people import".into(), ..ended(person, hours) }
}

/// An operation of ours that ends access went through.
fn went_through(person: u64, hours: i64) -> AuditEntry {
    let operation = Some(OpId(u64::try_from(hours).unwrap()));
    AuditEntry { access: None, event: "deactivate".into(), operation, ..ended(person, hours) }
}

fn queued(person: u64) -> Operation {
    let mut op = sample(person);
    (op.person, op.kind, op.state) = (PersonId(person), OpKind::Deactivate, OpState::Waiting);
    op
}

fn nobody() -> Directory {
    Directory::new(Connection::new(ConnectionId(1), "w", "https://w.example", TokenSource::Memory))
}

fn list(entries: &[AuditEntry], live: Vec<Operation>, directory: &Directory) -> Vec<EndOfAccess> {
    let mut ends = EndsOfAccess::default();
    entries.iter().for_each(|entry| ends.take(entry));
    ends.list(live, directory)
}

/// Hours each took, by what and by whom.
fn counted(entries: &[AuditEntry]) -> Vec<(Option<i64>, String, String)> {
    let hours = |end: &EndOfAccess| end.took_ms(Time::from_ms(99 * HOUR)).map(|ms| ms / HOUR);
    let ends = list(entries, vec![], &nobody());
    ends.iter().map(|end| (hours(end), end.way.clone(), end.by.clone())).collect()
}

#[test]
fn a_leaver_by_file_counts_from_the_import_however_late_the_apply_and_through_a_drop() {
    let told = (Some(4), "import".to_owned(), "kim".to_owned());
    let late = [imported(1, 1), ended(1, 4), went_through(1, 5)];
    assert_eq!(counted(&late), std::slice::from_ref(&told));
    let dropped = [imported(1, 1), ended(1, 2), says(1, Access::Dropped, 3), ended(1, 4), went_through(1, 5)];
    assert_eq!(counted(&dropped), [told]);
}

#[test]
fn an_end_is_confirmed_by_the_first_operation_or_look_that_finds_no_access() {
    let seen = [ended(1, 1), says(1, Access::Dropped, 2), says(1, Access::NotThere, 3), went_through(1, 9)];
    assert_eq!(counted(&seen), [(Some(2), "suspend".into(), "kim".into())]);
    let ends = list(&seen, vec![], &nobody());
    assert_eq!((ends[0].operation, ends[0].dropped.clone()), (None, None), "a look confirmed it");
    let done = [ended(1, 1), went_through(1, 3), says(1, Access::NotThere, 9)];
    assert_eq!(list(&done, vec![], &nobody())[0].operation, Some(OpId(3)));
    assert_eq!(counted(&done)[0].0, Some(2));
}

#[test]
fn a_failed_end_is_none_and_a_look_at_somebody_who_was_to_have_access_neither() {
    let failed = AuditEntry { event: "deactivate failed".into(), ..went_through(1, 2) };
    let echo = AuditEntry { source: Source::ScimAutoSync, ..went_through(1, 2) };
    let ends = list(&[ended(1, 1), failed, echo], vec![], &nobody());
    assert_eq!((ends.len(), ends[0].confirmed_at), (1, None));
    assert_eq!(counted(&[says(1, Access::NotThere, 1)]), []);
}

#[test]
fn the_last_drop_is_told_while_nothing_is_queued_again() {
    let entries = [ended(1, 1), says(1, Access::Dropped, 2), says(1, Access::Dropped, 3)];
    let at = |live| list(&entries, live, &nobody())[0].dropped.clone().map(|dropped| dropped.at);
    assert_eq!(at(vec![]), Some(Time::from_ms(3 * HOUR)));
    assert_eq!(at(vec![queued(1)]), None);
}

#[test]
fn a_decision_counts_until_access_is_given_again_or_the_end_is_confirmed() {
    let mut entries = vec![ended(1, 1), says(1, Access::Given, 2), imported(1, 6), went_through(1, 8)];
    assert_eq!(counted(&entries), [(Some(2), "import".into(), "kim".into())]);
    // Another hand gave the app back: that end was confirmed, this one is new.
    entries.extend([AuditEntry { actor: "root".into(), ..ended(1, 50) }, went_through(1, 51)]);
    assert_eq!(counted(&entries)[0], (Some(1), "suspend".into(), "root".into()));
}

#[test]
fn an_end_that_was_taken_back_while_it_was_sent_counts_when_it_went_through_and_else_not() {
    let taken_back = [ended(1, 1), says(1, Access::Given, 2)];
    assert_eq!(counted(&taken_back), []);
    let [first, back] = taken_back;
    assert_eq!(counted(&[first, back, went_through(1, 3)]), [(Some(2), "suspend".into(), "kim".into())]);
}

#[test]
fn open_ends_come_first_and_count_until_now() {
    let entries = [ended(1, 1), ended(2, 2), ended(3, 3), went_through(1, 3), went_through(3, 9)];
    let mut op = queued(2);
    op.failure = Some(Failure { kind: FailureKind::NotApplied, text: "not".into(), next: String::new() });
    let ends = list(&entries, vec![op.clone()], &nobody());
    let names: Vec<_> = ends.iter().map(|end| end.user_name.as_str()).collect();
    assert_eq!(names, ["p2", "p3", "p1"]);
    let took: Vec<_> = ends.iter().map(|end| end.took_ms(Time::from_ms(10 * HOUR)).unwrap() / HOUR).collect();
    assert_eq!(took, [8, 6, 2]);
    assert_eq!((ends[0].operation, ends[0].state), (Some(op.id), Some(OpState::Waiting)));
    assert_eq!(ends[0].failure, op.failure);
}

#[test]
fn access_that_remains_without_any_decision_is_open_and_first() {
    let mut directory = nobody();
    let person = Person { status: Status::Suspended, ..Person::new(PersonId(7), "p7") };
    directory.apply(&Change::Person(person.into()));
    let active = AccountValues { active: true, ..AccountValues::default() };
    let link = Link {
        remote_id: "r".into(),
        linked_at: Time::default(),
        sent: active.clone(),
        settled: active,
        confirmed_at: Time::default(),
    };
    directory.apply(&Change::Link(PersonId(7), link.into()));
    let ends = list(&[ended(1, 1)], vec![], &directory);
    assert_eq!((ends.len(), ends[0].user_name.as_str(), ends[0].way.as_str()), (2, "p7", "nothing queued"));
    assert_eq!((ends[0].decided_at, ends[0].confirmed_at), (None, None));
}

#[test]
fn an_end_of_which_no_entry_tells_the_decision_has_no_time_of_it() {
    let ends = list(&[went_through(1, 3)], vec![], &nobody());
    assert_eq!((ends[0].decided_at, ends[0].confirmed_at), (None, Some(Time::from_ms(3 * HOUR))));
}
