//! Undo, one kind of operation after the other.

use super::super::Command;
use super::super::fixture::*;
use super::*;
use crate::domain::{Base, Failure, FailureKind, Intent, OpId, Owned, Time, field};

mod groups;

/// The operation that brought somebody's account from `before` to what is pushed now, confirmed when the link was.
fn done(f: &Fixture, name: &str, kind: OpKind, owned: &[&str], before: Option<AccountValues>) -> Operation {
    let person = f.directory.get(f.id(name)).unwrap();
    Operation {
        id: OpId(900 + person.id().0),
        person: person.id(),
        user_name: address(name),
        kind,
        cause: "role edit".into(),
        intent: Intent {
            wanted: person.wanted(),
            owned: Owned::of(owned.iter().copied()),
            remote_id: person.remote_id().map(str::to_owned),
            base: Base::Unknown,
            before,
            linked_at: person.linked_at(),
            settled: None,
            ours: None,
        }
        .into(),
        state: OpState::Done,
        not_before: None,
        attempts: 1,
        failure: None,
        created_at: Time::from_ms(8),
        updated_at: Time::from_ms(9),
        actor: "kim".into(),
        reason: None,
    }
}

/// As [`done`], of a decision that found our side as it is in `f`: the command is decided and confirmed.
fn decided(
    mut f: Fixture,
    name: &str,
    kind: OpKind,
    owned: &[&str],
    command: &Command,
) -> (Fixture, Operation) {
    let (ours, before) = (f.directory.get(f.id(name)).unwrap().ours(), pushed(&f, name));
    f.run(command);
    let f = f.confirm(name);
    let mut op = done(&f, name, kind, owned, Some(before));
    // Whatever led to it in the end: a second try says only "retry".
    op.cause = "retry".into();
    op.intent.ours = Some(Box::new(ours));
    (f, op)
}

fn pushed(f: &Fixture, name: &str) -> AccountValues {
    f.directory.get(f.id(name)).unwrap().known().unwrap().0
}

/// Ana was an Analyst; her role was edited to Operator and that was confirmed.
fn edited() -> (Fixture, Operation) {
    let f = Fixture::new().linked("ana", "Analyst");
    let before = pushed(&f, "ana");
    let f = f.give("ana", role("Operator")).confirm("ana");
    let op = done(&f, "ana", OpKind::Update, &["workato_role"], Some(before));
    (f, op)
}

#[test]
fn a_role_edit_goes_back_to_the_role_before_and_is_pushed() {
    let (mut f, op) = edited();
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.role_of("ana"), "Analyst");
    assert_eq!(decision.people(), [f.id("ana")]);
    assert!(decision.confirm, "an undo is always shown first");
    assert!(said(&decision).contains("goes back to: workato_role Analyst"), "{}", said(&decision));
}

#[test]
fn who_was_changed_since_is_left_out() {
    let (f, op) = edited();
    let mut f = f.give("ana", role("Admin")).confirm("ana");
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("pushed again since"));
    let (f, op) = edited();
    let mut f = f.give("ana", role("Admin"));
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("not sent yet"));
    let (f, op) = edited();
    let mut f = f.operation("ana", OpState::Queued);
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("update queued since"));
}

#[test]
fn a_later_confirmation_with_the_same_values_counts_as_a_later_change() {
    let (mut f, op) = edited();
    let op = Operation { updated_at: Time::from_ms(5), ..op };
    assert!(
        left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("undo the later change first")
    );
}

#[test]
fn profile_fields_go_back_too_and_a_user_name_that_is_taken_is_refused() {
    let f = Fixture::new().linked("ana", "Analyst");
    let before = pushed(&f, "ana");
    let mut f = f;
    let mut person = f.directory.get(f.id("ana")).unwrap().record();
    (person.title, person.user_name) = ("Boss".into(), "ana2@example.com".into());
    f.directory.apply(&Change::Person(person.into()));
    let id = f.directory.find("ana2@example.com").unwrap().id();
    let mut op = done(&edited().0, "ana", OpKind::Update, &["title", "userName"], Some(before.clone()));
    let sent = f.directory.get(id).unwrap().wanted();
    op.intent.wanted = sent.clone();
    let link = crate::directory::Link {
        remote_id: "r".into(),
        linked_at: Time::from_ms(9),
        settled: sent.clone(),
        sent,
        confirmed_at: Time::from_ms(9),
    };
    f.directory.apply(&Change::Link(id, link.into()));
    op.intent.owned = Owned::of([field::TITLE, field::USER_NAME]);
    let decision = f.decide(&Command::Undo(vec![op.clone()].into())).unwrap();
    let back = |d: &Decision| {
        d.changes.iter().find_map(|c| if let Change::Person(p) = c { Some(p.clone()) } else { None })
    };
    let record = back(&decision).unwrap();
    assert_eq!((record.user_name.as_str(), record.title.as_str()), ("ana@example.com", ""));
    let mut f = f.person("ana");
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("is taken by now"));
}

#[test]
fn an_account_that_was_made_loses_its_access_again() {
    let mut f = Fixture::new().linked("ana", "Analyst");
    let op = done(&f, "ana", OpKind::Create, &["active", "workato_role"], None);
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert!(!f.access("ana"));
    assert_eq!(decision.people(), [f.id("ana")]);
}

#[test]
fn a_deactivation_is_undone_with_the_earlier_values() {
    for status in [Status::Suspended, Status::Deactivated] {
        let mut f = Fixture::new().linked("ana", "Operator");
        let before = pushed(&f, "ana");
        f.run(&Command::SetStatus { people: vec![f.id("ana")], status });
        let mut f = f.confirm("ana");
        let mut op = done(&f, "ana", OpKind::Deactivate, &["active"], Some(before));
        op.cause = "deactivated".into();
        f.run(&Command::Undo(vec![op].into()));
        assert!(f.access("ana"), "{status:?}");
        assert_eq!(f.role_of("ana"), "Operator");
    }
}

#[test]
fn an_ended_assignment_is_given_back_whatever_command_got_the_operation_through() {
    let f = Fixture::new().linked("ana", "Operator");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let command = Command::Unassign(vec![f.id("ana")]);
    let (mut f, op) = decided(f, "ana", OpKind::Deactivate, &["active"], &command);
    f.run(&Command::Undo(vec![op].into()));
    assert!(f.access("ana"));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().ours(), was, "since when and from where are kept too");
}

#[test]
fn access_that_another_hand_had_given_is_not_given_here_by_an_undo() {
    let f = Fixture::new().linked("ana", "Operator").status("ana", Status::Deactivated).confirm("ana");
    let command = Command::DriftPush(vec![f.id("ana")]);
    let f = f.there("ana", |there| there.active = true);
    let (mut f, op) = decided(f, "ana", OpKind::Deactivate, &["active"], &command);
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("before either"));
}

#[test]
fn a_reactivation_becomes_what_it_was_before_again() {
    for status in [Status::Suspended, Status::Deactivated] {
        let mut f = Fixture::new().linked("ana", "Operator");
        f.run(&Command::SetStatus { people: vec![f.id("ana")], status });
        let command = Command::SetStatus { people: vec![f.id("ana")], status: Status::Active };
        let was = f.directory.get(f.id("ana")).unwrap().ours();
        let (mut f, op) = decided(f.confirm("ana"), "ana", OpKind::Reactivate, &["active"], &command);
        assert!(f.access("ana"));
        f.run(&Command::Undo(vec![op].into()));
        assert_eq!(f.directory.get(f.id("ana")).unwrap().ours(), was, "{status:?}");
    }
    let mut f = Fixture::new().linked("ana", "Operator");
    let op = done(&f, "ana", OpKind::Reactivate, &["active"], Some(pushed(&f, "ana")));
    f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().status(), Status::Suspended, "where it was not kept");
}

/// As [`decided`], where a file changed our side before it: the operation was decided with that already so.
fn applied(
    f: Fixture,
    name: &str,
    kind: OpKind,
    file: impl FnOnce(Fixture) -> Fixture,
) -> (Fixture, Operation) {
    let before = pushed(&f, name);
    let f = file(f);
    let ours = f.directory.get(f.id(name)).unwrap().ours();
    let f = f.confirm(name);
    let mut op = done(&f, name, kind, &["active"], Some(before));
    op.intent.ours = Some(Box::new(ours));
    (f, op)
}

#[test]
fn access_that_a_file_ended_before_it_was_applied_is_given_back() {
    let f = Fixture::new().linked("ana", "Operator");
    let was = f.directory.get(f.id("ana")).unwrap().ours();
    let (mut f, op) = applied(f, "ana", OpKind::Deactivate, |f| f.status("ana", Status::Suspended));
    f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().ours(), was);
}

#[test]
fn an_assignment_that_a_file_ended_comes_back_with_the_values_last_sent_and_that_is_said() {
    let f = Fixture::new().linked("ana", "Operator");
    let (mut f, op) = applied(f, "ana", OpKind::Deactivate, |mut f| {
        f.directory.apply(&Change::Unassigned(f.id("ana")));
        f
    });
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert!(f.access("ana"));
    assert_eq!(f.role_of("ana"), "Operator");
    assert!(said(&decision).contains("or through a group was not kept"), "{}", said(&decision));
}

#[test]
fn access_that_a_file_gave_back_before_it_was_applied_ends_again_and_what_is_not_known_is_said() {
    let f = Fixture::new().linked("ana", "Operator").status("ana", Status::Deactivated).confirm("ana");
    let (mut f, op) = applied(f, "ana", OpKind::Reactivate, |f| f.status("ana", Status::Active));
    let decision = f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.directory.get(f.id("ana")).unwrap().status(), Status::Suspended);
    assert!(said(&decision).contains("before was not kept"), "{}", said(&decision));
}

#[test]
fn an_assignment_that_gave_access_again_ends_again() {
    let mut f = Fixture::new().linked("ana", "Operator");
    f.run(&Command::Unassign(vec![f.id("ana")]));
    let command = Command::Assign { people: vec![f.id("ana")], roles: role("Operator") };
    let (mut f, op) = decided(f.confirm("ana"), "ana", OpKind::Reactivate, &["active"], &command);
    f.run(&Command::Undo(vec![op].into()));
    let ana = f.directory.get(f.id("ana")).unwrap();
    assert_eq!((ana.kind(), ana.status()), (AssignmentKind::None, Status::Active));
}

#[test]
fn what_another_hand_had_written_there_comes_back_when_a_push_over_it_is_undone() {
    let f = Fixture::new().linked("ana", "Operator").there("ana", |there| there.roles = role("Analyst"));
    let theirs = f.directory.get(f.id("ana")).unwrap().known().unwrap().2;
    let command = Command::DriftPush(vec![f.id("ana")]);
    let (mut f, mut op) = decided(f, "ana", OpKind::Update, &["workato_role"], &command);
    op.intent.base = Base::Account(Box::new(theirs));
    f.run(&Command::Undo(vec![op].into()));
    assert_eq!(f.role_of("ana"), "Analyst");
}

#[test]
fn an_account_that_was_linked_gets_its_own_values_back_and_keeps_its_access() {
    let f = Fixture::new().linked("ana", "Operator");
    let mut theirs = pushed(&f, "ana");
    (theirs.roles, theirs.title) = (role("Analyst"), "Boss".into());
    let mut op = done(&f, "ana", OpKind::Link, &["title", "workato_role"], None);
    op.intent.base = Base::Account(Box::new(theirs.clone()));
    let mut f = f;
    f.run(&Command::Undo(vec![op.clone()].into()));
    assert!(f.access("ana"), "it had access before it was linked");
    assert_eq!(f.role_of("ana"), "Analyst");
    assert_eq!(f.directory.get(f.id("ana")).unwrap().title(), "Boss");
    let f = Fixture::new().linked("ana", "Operator");
    op.intent.base = Base::Account(Box::new(pushed(&f, "ana")));
    let mut f = f;
    assert!(
        left_out(&f.decide(&Command::Undo(vec![op.clone()].into())).unwrap()).contains("unlink it instead")
    );
    theirs.active = false;
    op.intent.base = Base::Account(Box::new(theirs));
    f.run(&Command::Undo(vec![op].into()));
    assert!(!f.access("ana"), "one without access loses it again");
}

#[test]
fn of_a_run_it_is_said_which_one_and_what_was_not_done_is_left_out() {
    let (f, op) = edited();
    let mut f = f.linked("ben", "Analyst").linked("cleo", "Analyst");
    let mut parked = done(&f, "ben", OpKind::Update, &["workato_role"], None);
    parked.state = OpState::Parked;
    let mut replaced = done(&f, "cleo", OpKind::Update, &["workato_role"], None);
    replaced.state = OpState::Cancelled;
    let decision = f.decide(&Command::Undo(vec![op, parked, replaced].into())).unwrap();
    assert!(said(&decision).contains("What the run of 1970-01-01T00:00:00.008Z did (role edit, kim)"));
    let why: Vec<&str> = decision.left_out.iter().map(|(_, why)| why.as_str()).collect();
    assert!(why[0].contains("drop it instead") && why[1].contains("before it was sent"), "{why:?}");
    assert_eq!(decision.people(), [f.id("ana")]);
}

#[test]
fn what_was_not_done_is_dropped_and_not_undone_and_nothing_is_no_undo() {
    let (mut f, mut op) = edited();
    op.state = OpState::Parked;
    op.failure = Some(Failure { kind: FailureKind::Refused, text: String::new(), next: String::new() });
    assert!(left_out(&f.decide(&Command::Undo(vec![op].into())).unwrap()).contains("drop it instead"));
    assert_eq!(f.decide(&Command::Undo(vec![].into())).unwrap_err().code, "nothing_to_undo");
}

#[test]
fn of_two_operations_of_one_person_only_the_last_is_undone() {
    let (mut f, op) = edited();
    let older = Operation { id: OpId(1), kind: OpKind::Create, ..op.clone() };
    let decision = f.run(&Command::Undo(vec![older, op].into()));
    assert_eq!(decision.people().len(), 1);
    assert_eq!(f.role_of("ana"), "Analyst");
}

#[test]
fn what_cannot_be_undone_names_the_exact_command_that_takes_it_back() {
    let f = Fixture::new().linked("ana", "Operator");
    let (variable, from, to) = ("workato_role".to_owned(), "Operator".to_owned(), "Boss".to_owned());
    let replace = Command::MemberReplace { variable, from, to };
    let (mut f, op) = decided(f, "ana", OpKind::Update, &["workato_role"], &replace);
    let decision = f.decide(&Command::Undo(vec![op].into())).unwrap();
    let why = left_out(&decision);
    assert!(why.ends_with("scimdeck attribute replace workato_role Boss Operator"), "{why}");

    let f = Fixture::new()
        .person("ana")
        .group("Team A", &["ana"])
        .group_gives("Team A", "Operator")
        .confirm("ana");
    let group = f.directory.group_named("Team A").unwrap().group.id;
    let values = [("workato_role".to_owned(), "Analyst".to_owned())].into();
    let edit = Command::GroupRole { group, values };
    let (mut f, op) = decided(f, "ana", OpKind::Update, &["workato_role"], &edit);
    let decision = f.decide(&Command::Undo(vec![op].into())).unwrap();
    let why = left_out(&decision);
    assert!(why.contains("scimdeck role --group 'Team A' workato_role=Operator"), "{why}");
}
