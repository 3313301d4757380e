//! What the directory derives, told as changes arrive.

use super::*;
use crate::domain::{
    AccountState, AccountValues, Assignment, ConnectionId, Flag, Group, GroupAssignment, OpId, OpKind,
    OpState, Origin, Person, RoleValues, SETTLE_MS, Status, Time, TokenSource,
};

fn connection() -> Connection {
    Connection::new(ConnectionId(1), "workato", "https://workato.com/scim/v2", TokenSource::Memory)
}

fn roles(value: &str) -> RoleValues {
    [("workato_role", value)].into_iter().collect()
}

fn assigned(value: &str) -> Assignment {
    Assignment { roles: roles(value), since: Time::from_ms(1), origin: Origin::BeforeScim }
}

const ANA: PersonId = PersonId(1);
const TEAM: GroupId = GroupId(7);

fn with_ana() -> Directory {
    let mut directory = Directory::new(connection());
    directory.apply(&Change::Person(Person::new(ANA, "Ana@Example.com").into()));
    directory
}

fn link(sent: AccountValues) -> Change {
    Change::Link(
        ANA,
        Link {
            remote_id: "8f2c".into(),
            linked_at: Time::from_ms(5),
            settled: sent.clone(),
            sent,
            confirmed_at: Time::from_ms(5),
        }
        .into(),
    )
}

fn linked_ana() -> Directory {
    let mut directory = with_ana();
    directory.apply(&Change::Assigned(ANA, assigned("Analyst")));
    let wanted = directory.get(ANA).unwrap().wanted();
    directory.apply(&link(wanted));
    directory
}

fn flags(directory: &Directory) -> Vec<Flag> {
    directory.get(ANA).unwrap().flags().iter().collect()
}

#[test]
fn assigned_and_not_linked_is_the_red_mark_with_its_reason() {
    let mut directory = with_ana();
    assert_eq!(flags(&directory), []);
    directory.apply(&Change::Assigned(ANA, assigned("Admin")));
    assert_eq!(flags(&directory), [Flag::NotProvisioned]);
    let reason = &directory.get(ANA).unwrap().reasons()[0];
    assert_eq!(reason.text, "assigned before SCIM was enabled");
    assert_eq!(directory.counters().worst(Flag::NotProvisioned), 1);
}

#[test]
fn a_push_that_the_app_confirmed_clears_every_flag() {
    let directory = linked_ana();
    assert_eq!(flags(&directory), []);
    assert_eq!(directory.counters().flagged(), 0);
    assert_eq!(directory.counters().with_access, 1);
}

#[test]
fn a_person_is_found_without_regard_to_case() {
    assert_eq!(with_ana().find("ANA@example.COM").map(|p| p.id()), Some(ANA));
}

#[test]
fn a_role_changed_here_is_unsent_until_pushed_and_back_again_is_not() {
    let mut directory = linked_ana();
    directory.apply(&Change::Assigned(ANA, assigned("Admin")));
    assert_eq!(flags(&directory), [Flag::Unsent]);
    assert!(directory.get(ANA).unwrap().reasons()[0].text.contains("workato_role"));
    directory.apply(&Change::Assigned(ANA, assigned("Analyst")));
    assert_eq!(flags(&directory), []);
}

#[test]
fn a_role_changed_there_is_drift_even_after_ours_moved_too() {
    let mut directory = linked_ana();
    let mut theirs = directory.get(ANA).unwrap().wanted();
    theirs.roles = roles("Operator");
    let seen = Observation { state: AccountState::Active, values: Some(theirs), at: Time::from_ms(9) };
    directory.apply(&Change::Observed(ANA, seen.into()));
    assert_eq!(flags(&directory), [Flag::Drift]);
    directory.apply(&Change::Assigned(ANA, assigned("Admin")));
    assert_eq!(flags(&directory), [Flag::Drift, Flag::Unsent]);
}

#[test]
fn an_endpoint_that_normalises_what_we_sent_is_not_drift() {
    let mut directory = with_ana();
    directory.apply(&Change::Assigned(ANA, assigned("Analyst")));
    let sent = directory.get(ANA).unwrap().wanted();
    let settled = AccountValues { user_name: "ana@example.com".into(), title: String::new(), ..sent.clone() };
    let change = Link {
        remote_id: "1".into(),
        linked_at: Time::from_ms(1),
        sent,
        settled: settled.clone(),
        confirmed_at: Time::from_ms(1),
    };
    directory.apply(&Change::Link(ANA, change.into()));
    let seen = Observation { state: AccountState::Active, values: Some(settled), at: Time::from_ms(2) };
    directory.apply(&Change::Observed(ANA, seen.into()));
    assert_eq!(flags(&directory), []);
}

#[test]
fn suspended_here_and_active_there_is_the_worst_flag_until_confirmed() {
    let mut directory = linked_ana();
    let mut person = directory.get(ANA).unwrap().record();
    person.status = Status::Suspended;
    directory.apply(&Change::Person(person.into()));
    assert_eq!(directory.get(ANA).unwrap().flag(), Some(Flag::AccessRemains));
    let wanted = directory.get(ANA).unwrap().wanted();
    assert!(!wanted.active);
    directory.apply(&link(wanted));
    assert_eq!(flags(&directory), []);
    assert_eq!(directory.counters().with_access, 0);
}

#[test]
fn roles_are_remembered_when_the_assignment_ends() {
    let mut directory = linked_ana();
    directory.apply(&Change::Unassigned(ANA));
    let ana = directory.get(ANA).unwrap();
    assert_eq!(ana.roles(), &roles("Analyst"));
    assert_eq!(ana.flag(), Some(Flag::AccessRemains));
}

#[test]
fn individual_beats_group_and_ending_it_falls_back_to_the_group() {
    let mut directory = linked_ana();
    directory.apply(&Change::Group(Group { id: TEAM, name: "Team".into() }));
    directory.apply(&Change::Member(TEAM, ANA));
    let group = GroupAssignment { priority: 1, roles: roles("Operator"), since: Time::from_ms(2) };
    directory.apply(&Change::GroupAssigned(TEAM, group));
    assert_eq!(directory.get(ANA).unwrap().kind(), AssignmentKind::Individual);
    directory.apply(&Change::Unassigned(ANA));
    let ana = directory.get(ANA).unwrap();
    assert_eq!(ana.kind(), AssignmentKind::Group(TEAM));
    assert_eq!(ana.roles(), &roles("Operator"));
    assert_eq!(flags(&directory), [Flag::Unsent]);
    directory.apply(&Change::GroupDropped(TEAM));
    assert_eq!(directory.get(ANA).unwrap().kind(), AssignmentKind::None);
}

#[test]
fn a_404_on_the_linked_id_is_account_gone() {
    let mut directory = linked_ana();
    let gone = Observation { state: AccountState::Gone, values: None, at: Time::from_ms(3) };
    directory.apply(&Change::Observed(ANA, gone.into()));
    assert_eq!(flags(&directory), [Flag::AccountGone]);
}

#[test]
fn a_404_right_after_a_push_of_ours_may_be_late_and_ends_nobodys_access() {
    let mut directory = linked_ana();
    let mut person = directory.get(ANA).unwrap().record();
    person.status = Status::Suspended;
    directory.apply(&Change::Person(person.into()));
    let confirmed = directory.get(ANA).unwrap().confirmed_at().unwrap();
    let mut seen_after = |ms| {
        let gone = Observation { state: AccountState::Gone, values: None, at: confirmed.plus_ms(ms) };
        directory.apply(&Change::Observed(ANA, gone.into()));
        let ana = directory.get(ANA).unwrap();
        (ana.flag(), ana.reasons().into_iter().any(|reason| reason.text.contains("may be late")))
    };
    assert_eq!(seen_after(SETTLE_MS - 1), (Some(Flag::AccessRemains), true));
    assert_eq!(seen_after(SETTLE_MS), (None, false));
    assert_eq!(seen_after(-1), (None, false), "the clock was set back");
}

#[test]
fn a_late_word_about_an_older_operation_does_not_hide_the_newer() {
    let mut directory = linked_ana();
    let mark = |id, state| {
        Change::Operation(ANA, OpMark { id: OpId(id), kind: OpKind::Update, state, failure: None })
    };
    directory.apply(&mark(2, OpState::Queued));
    directory.apply(&mark(1, OpState::Cancelled));
    assert_eq!(directory.queue().queued, 1);
    directory.apply(&mark(2, OpState::Done));
    assert_eq!(directory.queue().total(), 0);
}

#[test]
fn a_snapshot_does_not_see_later_changes() {
    let mut directory = with_ana();
    let snapshot = directory.clone();
    directory.apply(&Change::PersonDropped(ANA));
    assert_eq!(snapshot.len(), 1);
    assert_eq!(directory.len(), 0);
}

fn exclude_user_name(directory: &mut Directory, exclude: bool) {
    let mut connection = directory.connection().clone();
    connection.to_app.exclude_user_name = exclude;
    directory.apply(&Change::Connection(Box::new(connection)));
}

#[test]
fn a_user_name_whose_updates_are_excluded_is_neither_unsent_nor_drift_and_is_not_forgotten() {
    let mut directory = with_ana();
    let person = Person { email: "ana@example.com".into(), ..directory.get(ANA).unwrap().record() };
    directory.apply_all(&[Change::Person(person.into()), Change::Assigned(ANA, assigned("Analyst"))]);
    let mut theirs = directory.get(ANA).unwrap().wanted();
    directory.apply(&link(theirs.clone()));
    let renamed = Person { user_name: "ruiz@example.com".into(), ..directory.get(ANA).unwrap().record() };
    directory.apply(&Change::Person(renamed.into()));
    theirs.user_name = "theirs@example.com".into();
    let seen =
        Observation { state: AccountState::Active, values: Some(theirs.clone()), at: Time::from_ms(9) };
    directory.apply(&Change::Observed(ANA, seen.into()));
    assert_eq!(flags(&directory), [Flag::Drift, Flag::Unsent]);
    exclude_user_name(&mut directory, true);
    assert_eq!(flags(&directory), []);
    assert_eq!(directory.get(ANA).unwrap().unsent(), []);
    // Anything else counts as before, and is named alone.
    theirs.title = "Boss".into();
    let seen = Observation { state: AccountState::Active, values: Some(theirs), at: Time::from_ms(9) };
    directory.apply(&Change::Observed(ANA, seen.into()));
    assert_eq!(flags(&directory), [Flag::Drift]);
    assert!(directory.get(ANA).unwrap().reasons()[0].text.ends_with(": title"));
    exclude_user_name(&mut directory, false);
    assert_eq!(flags(&directory), [Flag::Drift, Flag::Unsent]);
    assert_eq!(directory.counters().any(Flag::Unsent), 1);
}
