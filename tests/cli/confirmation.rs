//! When a command asks, what answers it, and what follows in the exit code.

use scimdeck::directory::Change;
use scimdeck::domain::{Failure, FailureKind, Group, GroupId, OpId, PersonId, Status};
use scimdeck::engine::{Approval, GroupResult, Outcome, Plan};
use scimdeck::verbs::{Command, Who};

use crate::fake::Fake;
use crate::ran::{run, run_attended};

fn asking() -> Fake {
    let mut fake = Fake::new();
    fake.decision.confirm = true;
    fake
}

fn braked() -> Fake {
    let mut fake = asking();
    fake.plan.brake.held = Some(12);
    fake.plan.brake.text = "12 people would lose access, more than 10.".into();
    fake
}

fn approvals(fake: &Fake) -> Vec<Approval> {
    fake.approved.borrow().clone()
}

#[test]
fn people_named_one_by_one_need_no_confirmation() {
    let fake = Fake::new();
    assert_eq!(run(&fake, "suspend bo@example.com").code, 0);
    assert_eq!(approvals(&fake), [Approval { confirmed: true, brake: None, reason: None }]);
    let asked = fake.asked.borrow();
    let Command::SetStatus { people, status } = &asked[0] else { panic!("{asked:?}") };
    assert_eq!((people.as_slice(), *status), (&[PersonId(2)][..], Status::Suspended));
}

#[test]
fn without_a_terminal_yes_is_needed() {
    let fake = asking();
    let ran = run(&fake, "provision");
    assert_eq!(ran.code, 7);
    assert!(ran.err.contains("--yes") && ran.err.contains("Nothing was changed or sent."), "{}", ran.err);
    assert_eq!(approvals(&fake), []);
    assert_eq!(run(&fake, "provision --yes").code, 0);
    assert_eq!(fake.asked.borrow()[0], Command::Provision(Who::NotProvisioned));
}

#[test]
fn what_is_queued_and_goes_on_is_not_implied() {
    let mut fake = asking();
    fake.plan = crate::made::going_on();
    let ran = run(&fake, "apply");
    assert_eq!((ran.code, approvals(&fake).len()), (7, 0), "{}", ran.err);
    let ran = run_attended(&fake, "apply", &["n"]);
    assert_eq!(ran.code, 7);
    assert!(ran.err.contains("2 operations of the queue go on"), "{}", ran.err);
    assert_eq!(run(&fake, "apply --yes").code, 0);
}

#[test]
fn members_of_a_pushed_group_are_taken_out_only_when_that_is_confirmed() {
    let mut fake = asking();
    let leaving = scimdeck::engine::PlannedGroup { removed: 3, added: 0, ..crate::made::pushed() };
    fake.plan = Plan { groups: vec![leaving], complete: true, ..Plan::default() };
    let group = Group { id: GroupId(10), name: "data".into() };
    fake.directory.apply(&Change::Group(group));
    for line in ["apply", "group push data"] {
        let ran = run(&fake, line);
        assert_eq!((ran.code, approvals(&fake).len()), (7, 0), "{line}: {}", ran.err);
    }
    assert_eq!(run(&fake, "group push data --yes").code, 0);
}

#[test]
fn at_a_terminal_the_plan_is_shown_and_yes_is_typed() {
    let fake = asking();
    let ran = run_attended(&fake, "provision", &["y"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("create      bo@example.com"), "{}", ran.err);
    for answer in [&["n"][..], &[""], &[]] {
        assert_eq!(run_attended(&fake, "provision", answer).code, 7);
    }
    assert_eq!(approvals(&fake).len(), 1);
}

#[test]
fn yes_never_answers_the_brake_and_only_its_number_does() {
    let fake = braked();
    let ran = run(&fake, "provision --yes");
    assert_eq!(ran.code, 7);
    assert!(ran.err.contains("--brake 12"), "{}", ran.err);
    assert!(ran.err.contains(". Nothing was changed or sent."), "{}", ran.err);
    for other in [0, 11, 13, 500] {
        let ran = run(&fake, &format!("provision --yes --brake {other}"));
        assert_eq!(ran.code, 7, "{other}: {}", ran.err);
        assert!(ran.err.contains(&format!("asks for 12, not {other}")), "{}", ran.err);
    }
    assert_eq!(approvals(&fake), []);
    assert_eq!(run(&fake, "provision --brake 12").code, 0);
    assert_eq!(approvals(&fake), [Approval { confirmed: true, brake: Some(12), reason: None }]);
    assert_eq!(run_attended(&fake, "provision --yes", &["y"]).code, 7);
    assert_eq!(run_attended(&fake, "provision", &["12"]).code, 0);
}

#[test]
fn a_protected_name_is_an_option_or_typed() {
    let mut fake = Fake::new();
    fake.protected = true;
    assert_eq!(run(&fake, "suspend ana@example.com").code, 7);
    assert_eq!(run(&fake, "suspend ana@example.com --confirm-name ana@example.com").code, 0);
    let ran = run_attended(&fake, "suspend ana@example.com", &["ana@example.com"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("Type the user name ana@example.com to go on"), "{}", ran.err);
    assert_eq!(run_attended(&fake, "suspend ana@example.com", &["bo"]).code, 7);
}

#[test]
fn a_plan_changes_nothing() {
    let fake = asking();
    let ran = run(&fake, "provision --plan");
    assert_eq!((ran.code, approvals(&fake).len()), (0, 0));
    assert!(ran.out.contains("an invitation goes out"));
    assert_eq!(run(&fake, "plan").code, 2);
    let mut nothing = Fake::new();
    nothing.plan = Default::default();
    assert_eq!(run(&nothing, "plan").code, 0);
}

#[test]
fn read_only_refuses_what_changes_and_still_shows_plans() {
    let fake = Fake::new();
    for line in ["suspend bo@example.com", "enable", "flag bo@example.com", "token --token-env T"] {
        assert_eq!(run(&fake, &format!("--read-only {line}")).code, 8, "{line}");
    }
    assert_eq!(run(&fake, "--read-only suspend bo@example.com --plan").code, 0);
    assert_eq!(run(&fake, "--read-only status").code, 0);
    assert_eq!(approvals(&fake), []);
}

#[test]
fn a_stopped_run_is_told_by_its_reason() {
    let mut fake = Fake::new();
    fake.report.results[1].outcome = Outcome::Held;
    fake.report.stopped = Some(Failure {
        kind: FailureKind::TokenRefused,
        text: "The endpoint refused the token.".into(),
        next: "Replace it.".into(),
    });
    let ran = run(&fake, "provision bo@example.com");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("kept in the queue"), "{}", ran.err);
    fake.report.results[0].outcome = Outcome::Failed;
    assert_eq!(run(&fake, "provision bo@example.com").code, 5);
}

#[test]
fn a_failed_test_exits_3() {
    let mut fake = Fake::new();
    fake.test = false;
    let ran = run(&fake, "test");
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("not configured successfully"));
}

#[test]
fn names_that_are_not_there_change_nothing_and_say_what_is_near() {
    let fake = Fake::new();
    for (line, said) in [
        ("suspend bo@exam", "Did you mean bo@example.com?"),
        ("show nobody", "scimdeck people"),
        ("assign --group nope", "Data Platform"),
        ("role bo@example.com", "ATTRIBUTE=VALUE"),
        ("role workato_role=Admin", "Nobody was named"),
        ("role bo@example.com a=1 a=2", "given twice"),
        ("attribute set nope --required", "workato_role"),
        ("person set bo@example.com", "No field"),
        ("trace xyz", "no operation id"),
        ("import people /nonexistent.csv", "cannot be read"),
    ] {
        let ran = run(&fake, line);
        assert_eq!(ran.code, 4, "{line}: {ran:?}");
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
    }
    assert_eq!(fake.asked.borrow().len(), 0);
}

#[test]
fn an_attribute_keeps_the_fields_that_are_not_given() {
    let fake = Fake::new();
    run(&fake, "attribute set workato_role --optional --member Admin --member Viewer=View");
    let asked = fake.asked.borrow();
    let Command::AttributeSet { attribute, .. } = &asked[0] else { panic!("{asked:?}") };
    assert!(!attribute.required);
    assert_eq!(attribute.members[1].display, "View");
    assert!(attribute.external_namespace.is_some());
}

#[test]
fn a_connection_that_asks_for_a_reason_gets_one_before_anybody_loses_access() {
    let mut fake = Fake::new();
    fake.plan.summary.deactivate = 1;
    let mut connection = fake.directory.connection().clone();
    connection.reason_required = true;
    fake.directory.apply(&scimdeck::directory::Change::Connection(Box::new(connection)));
    let ran = run(&fake, "suspend bo@example.com");
    assert_eq!(ran.code, 7);
    assert!(ran.err.contains("--reason TEXT") && ran.err.contains("Nothing was changed"), "{}", ran.err);
    assert_eq!(run_attended(&fake, "suspend bo@example.com", &[""]).code, 7);
    assert_eq!(approvals(&fake), []);
    assert_eq!(run_attended(&fake, "suspend bo@example.com", &["left on Friday"]).code, 0);
    assert_eq!(approvals(&fake)[0].reason.as_deref(), Some("left on Friday"));
}

#[test]
fn a_group_that_is_held_is_not_done() {
    let mut fake = Fake::new();
    let waits =
        Failure { kind: FailureKind::NotAllowed, text: "Sending waits.".into(), next: "Apply.".into() };
    let (group, name, operation) = (GroupId(1), "Team".to_owned(), OpId(9));
    let (outcome, error, kind) = (Outcome::Held, Some(waits), None);
    fake.report.results.clear();
    fake.report.groups = vec![GroupResult { group, name, operation, kind, outcome, error }];
    assert_eq!(run(&fake, "provision bo@example.com").code, 5);
}
