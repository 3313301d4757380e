use super::*;
use crate::directory::{Change, Link};
use crate::domain::{
    Account, Assignment, Connection, ConnectionId, Origin, Person, RoleValues, Status, Time, TokenSource,
};
use crate::scim::resource::Resource;

const ANA: PersonId = PersonId(1);

fn roles(dev: &str) -> RoleValues {
    [("workato_role", dev)].into_iter().collect()
}

/// Ana, assigned as Analyst, on a connection with one required role attribute.
fn directory() -> Directory {
    let connection =
        Connection::new(ConnectionId(1), "w", "https://workato.com/scim/v2", TokenSource::Memory);
    let mut directory = Directory::new(connection);
    let assignment =
        Assignment { roles: roles("Analyst"), since: Time::default(), origin: Origin::BeforeScim };
    directory.apply_all(&[
        Change::Attribute(0, ProfileAttribute::workato("workato_role")),
        Change::Person(Person::new(ANA, "ana@example.com").into()),
        Change::Assigned(ANA, assignment),
    ]);
    directory
}

fn linked() -> Directory {
    let mut directory = directory();
    let sent = directory.get(ANA).unwrap().wanted();
    let link = Link {
        remote_id: "8f2c".into(),
        linked_at: Time::default(),
        settled: sent.clone(),
        sent,
        confirmed_at: Time::default(),
    };
    directory.apply(&Change::Link(ANA, link.into()));
    directory
}

fn found(values: AccountValues) -> Findings {
    let mut resource = Resource::new();
    resource.insert("id".into(), "8f2c".into());
    let account = Account { remote_id: "8f2c".into(), version: None, values };
    Findings([(ANA, Finding::Account(Box::new(Found { account, resource })))].into_iter().collect())
}

fn finding(finding: Finding) -> Findings {
    Findings([(ANA, finding)].into_iter().collect())
}

fn plan(directory: &Directory, findings: &Findings) -> Plan {
    let decision = Decision::touching("test", Vec::new(), vec![ANA]);
    make(directory, &decision, findings, &BrakeHistory::default())
}

#[test]
fn a_value_of_an_attribute_without_its_namespace_is_no_update_and_the_reason_is_given() {
    let mut directory = directory();
    let attribute =
        ProfileAttribute { external_namespace: None, ..ProfileAttribute::workato("workato_role") };
    directory.apply(&Change::Attribute(0, attribute));
    let sent = directory.get(ANA).unwrap().wanted();
    let link = Link {
        remote_id: "8f2c".into(),
        linked_at: Time::default(),
        settled: sent.clone(),
        sent: sent.clone(),
        confirmed_at: Time::default(),
    };
    directory.apply(&Change::Link(ANA, link.into()));
    let assignment = Assignment { roles: roles("Admin"), ..Default::default() };
    directory.apply(&Change::Assigned(ANA, assignment));
    let plan = plan(&directory, &found(sent));
    assert_eq!(plan.operations, []);
    assert!(plan.skipped[0].why.contains("workato_role moved here and is never sent"), "{:?}", plan.skipped);
}

#[test]
fn nobody_there_means_create_with_every_value_and_an_invitation() {
    let plan = plan(&directory(), &finding(Finding::Absent));
    let planned = &plan.operations[0];
    assert_eq!((planned.kind, planned.invitation), (OpKind::Create, Invitation::Goes));
    assert_eq!(planned.intent.base, Base::Absent);
    let lines: Vec<_> = planned.calls.iter().map(Call::line).collect();
    assert_eq!(lines[1], "POST /Users");
    assert!(lines[0].contains("userName eq \"ana@example.com\""));
    assert_eq!((plan.summary.create, plan.summary.invitations), (1, 1));
    let active = planned.changes.iter().find(|one| one.attribute == "active").expect("access");
    assert_eq!((&active.before, active.after.as_deref()), (&None, Some("true")), "nothing was before");
    assert!(planned.changes.iter().all(|one| one.before.is_none()), "{:?}", planned.changes);
}

#[test]
fn an_account_that_exists_is_linked_with_its_values_before_and_after() {
    let theirs = AccountValues {
        active: true,
        user_name: "Ana@Example.com".into(),
        roles: roles("Admin"),
        ..Default::default()
    };
    let plan = plan(&directory(), &found(theirs));
    let planned = &plan.operations[0];
    assert_eq!(planned.kind, OpKind::Link);
    let role = planned.changes.iter().find(|c| c.attribute == "workato_role").unwrap();
    assert_eq!((role.before.as_deref(), role.after.as_deref()), (Some("Admin"), Some("Analyst")));
    assert_eq!((plan.summary.link, plan.summary.lowered), (1, 1));
}

#[test]
fn an_end_of_access_waits_behind_a_create_that_is_on_its_way() {
    use crate::directory::OpMark;
    use crate::domain::{OpId, OpState};
    let mut directory = directory();
    let away = Person { status: Status::Deactivated, ..directory.get(ANA).unwrap().record() };
    directory.apply(&Change::Person(away.into()));
    for (state, kinds) in [
        (OpState::Inflight, vec![OpKind::Deactivate]),
        (OpState::InDoubt, vec![OpKind::Deactivate]),
        (OpState::Queued, vec![]),
        (OpState::Waiting, vec![]),
    ] {
        let mark = OpMark { id: OpId(1), kind: OpKind::Create, state, failure: None };
        directory.apply(&Change::Operation(ANA, mark));
        let plan = plan(&directory, &finding(Finding::Absent));
        assert_eq!(plan.operations.iter().map(|o| o.kind).collect::<Vec<_>>(), kinds, "{state:?}");
        assert_eq!(plan.cancel.is_empty(), !kinds.is_empty());
    }
}

#[test]
fn what_was_queued_is_given_up_only_where_a_look_found_no_account_that_we_made() {
    use crate::directory::OpMark;
    use crate::domain::{OpId, OpState};
    let mut directory = directory();
    let ours = directory.get(ANA).unwrap().wanted();
    let mark = OpMark { id: OpId(1), kind: OpKind::Create, state: OpState::Waiting, failure: None };
    let away = Person { status: Status::Suspended, ..directory.get(ANA).unwrap().record() };
    directory.apply_all(&[Change::Person(away.into()), Change::Operation(ANA, mark)]);
    let of_others = AccountValues { external_id: "00uOther".into(), ..ours.clone() };
    for (found, kinds) in [
        (finding(Finding::Absent), vec![]),
        (found(of_others), vec![]),
        (found(ours), vec![OpKind::Deactivate]),
        (finding(Finding::Unknown("no answer".into())), vec![OpKind::Deactivate]),
    ] {
        let plan = plan(&directory, &found);
        assert_eq!(plan.operations.iter().map(|o| o.kind).collect::<Vec<_>>(), kinds, "{found:?}");
        assert_eq!(plan.cancel.is_empty(), !kinds.is_empty());
    }
}

/// Linked as `status`, with an operation on its way.
fn on_its_way(status: Status, kind: OpKind) -> Directory {
    use crate::directory::OpMark;
    use crate::domain::{OpId, OpState};
    let mut directory = linked();
    let (_, settled, _) = directory.get(ANA).unwrap().known().unwrap();
    let active = kind == OpKind::Deactivate;
    let sent = AccountValues { active, ..settled };
    let link = Link {
        remote_id: "8f2c".into(),
        linked_at: Time::default(),
        settled: sent.clone(),
        sent,
        confirmed_at: Time::default(),
    };
    let mark = OpMark { id: OpId(1), kind, state: OpState::Inflight, failure: None };
    let person = Person { status, ..directory.get(ANA).unwrap().record() };
    directory.apply_all(&[
        Change::Person(person.into()),
        Change::Link(ANA, link.into()),
        Change::Operation(ANA, mark),
    ]);
    directory
}

#[test]
fn what_takes_back_something_that_is_on_its_way_goes_behind_it() {
    let back = on_its_way(Status::Active, OpKind::Deactivate);
    let planned = plan(&back, &finding(Finding::Unknown("moving".into()))).operations.remove(0);
    assert_eq!((planned.kind, planned.intent.owned.has(field::ACTIVE)), (OpKind::Reactivate, true));
    let away = on_its_way(Status::Suspended, OpKind::Reactivate);
    let planned = plan(&away, &finding(Finding::Unknown("moving".into()))).operations.remove(0);
    assert_eq!(planned.kind, OpKind::Deactivate);
    // Whatever an update on its way writes is written again as it is wanted now.
    let same = on_its_way(Status::Active, OpKind::Update);
    let plan = plan(&same, &finding(Finding::Unknown("moving".into())));
    assert_eq!((plan.operations.len(), plan.cancel.len()), (1, 0));
}

#[test]
fn whoever_is_to_lose_access_by_what_is_on_its_way_needs_no_more_and_what_waits_behind_it_is_given_up() {
    let mut directory = on_its_way(Status::Suspended, OpKind::Deactivate);
    let (_, settled, _) = directory.get(ANA).unwrap().known().unwrap();
    let sent = AccountValues { active: false, ..settled };
    let remote_id = "8f2c".to_owned();
    let link = Link {
        remote_id,
        linked_at: Time::default(),
        settled: sent.clone(),
        sent,
        confirmed_at: Time::default(),
    };
    directory.apply(&Change::Link(ANA, link.into()));
    let plan = plan(&directory, &finding(Finding::Unknown("moving".into())));
    assert_eq!((plan.operations.len(), plan.cancel.as_slice()), (0, [ANA].as_slice()));
}

#[test]
fn an_account_of_somebody_else_is_not_linked_without_a_decision() {
    let theirs = AccountValues { external_id: "00uOther".into(), ..Default::default() };
    let plan = plan(&directory(), &found(theirs));
    assert!(plan.operations.is_empty());
    assert!(plan.skipped[0].failed && plan.skipped[0].why.contains("00uOther"));
}

#[test]
fn a_required_role_that_is_missing_is_never_sent_with_a_default() {
    let mut directory = directory();
    directory.apply(&Change::Assigned(ANA, Assignment::default()));
    let plan = plan(&directory, &finding(Finding::Absent));
    assert!(plan.operations.is_empty());
    assert!(plan.skipped[0].why.starts_with("role missing: workato_role"));
}

#[test]
fn a_linked_person_whose_values_did_not_move_needs_nothing_and_drift_is_left_alone() {
    let directory = linked();
    let mut theirs = directory.get(ANA).unwrap().wanted();
    theirs.roles = roles("Operator");
    let plan = plan(&directory, &found(theirs));
    assert!(plan.operations.is_empty());
    assert!(!plan.skipped[0].failed);
}

#[test]
fn a_role_edit_writes_only_that_role() {
    let mut directory = linked();
    let theirs = AccountValues { title: "Theirs".into(), ..directory.get(ANA).unwrap().wanted() };
    let assignment = Assignment { roles: roles("Admin"), ..Default::default() };
    directory.apply(&Change::Assigned(ANA, assignment));
    let plan = plan(&directory, &found(theirs));
    let planned = &plan.operations[0];
    assert_eq!(planned.kind, OpKind::Update);
    assert_eq!(planned.intent.owned.iter().collect::<Vec<_>>(), ["workato_role"]);
    assert_eq!(planned.changes.len(), 1);
    assert_eq!(plan.summary.raised, 1);
}

/// Ana as Admin by now, planned by a role edit.
fn role_edited(directory: &mut Directory, findings: &Findings) -> Plan {
    let assignment = Assignment { roles: roles("Admin"), ..Default::default() };
    directory.apply(&Change::Assigned(ANA, assignment));
    let mut decision = Decision::touching("role", Vec::new(), vec![ANA]);
    decision.exactly.insert(ANA, vec!["workato_role".to_owned()]);
    make(directory, &decision, findings, &BrakeHistory::default())
}

#[test]
fn a_role_edit_of_somebody_whose_access_we_ended_gives_none_back() {
    let mut directory = linked();
    let sent = AccountValues { active: false, ..directory.get(ANA).unwrap().wanted() };
    let link = Link {
        remote_id: "8f2c".into(),
        linked_at: Time::default(),
        settled: sent.clone(),
        sent: sent.clone(),
        confirmed_at: Time::default(),
    };
    // Active here again, and that was not sent.
    directory.apply(&Change::Link(ANA, link.into()));
    let plan = role_edited(&mut directory, &found(sent));
    let planned = &plan.operations[0];
    assert_eq!((planned.kind, planned.changes.len()), (OpKind::Update, 1));
    assert_eq!(planned.intent.owned, Owned::of(["workato_role"]));
    assert!(planned.calls.iter().filter_map(|c| c.body.as_ref()).all(|body| body["active"] != true));
}

#[test]
fn a_role_edit_leaves_what_else_moved_here() {
    let mut directory = linked();
    let theirs = directory.get(ANA).unwrap().wanted();
    let titled = Person { title: "Boss".into(), ..directory.get(ANA).unwrap().record() };
    directory.apply(&Change::Person(titled.into()));
    let plan = role_edited(&mut directory, &found(theirs));
    assert_eq!(plan.operations[0].intent.owned, Owned::of(["workato_role"]));
    assert_eq!(plan.operations[0].changes.len(), 1);
}

#[test]
fn somebody_suspended_is_deactivated_and_read_back() {
    let mut directory = linked();
    let mut person = directory.get(ANA).unwrap().record();
    person.status = Status::Suspended;
    let theirs = directory.get(ANA).unwrap().wanted();
    directory.apply(&Change::Person(person.into()));
    let plan = plan(&directory, &found(theirs));
    let planned = &plan.operations[0];
    assert_eq!(planned.kind, OpKind::Deactivate);
    let methods: Vec<_> = planned.calls.iter().map(|c| c.method.word()).collect();
    assert_eq!(methods, ["GET", "PUT", "GET"]);
    assert_eq!(planned.calls[1].body.as_ref().unwrap()["active"], serde_json::json!(false));
}

#[test]
fn an_endpoint_that_cannot_be_read_still_gives_a_plan_that_says_so() {
    let plan = plan(&directory(), &finding(Finding::Unknown("no answer".into())));
    assert!(!plan.complete);
    assert_eq!(plan.operations[0].intent.base, Base::Unknown);
}

#[test]
fn more_than_ten_removals_are_held_with_their_number_and_batches_do_not_pass() {
    let mut directory = linked();
    let mut person = directory.get(ANA).unwrap().record();
    person.status = Status::Suspended;
    directory.apply(&Change::Person(person.into()));
    let decision = Decision::touching("suspended", Vec::new(), vec![ANA]);
    let history = BrakeHistory { removed: (100..110).map(PersonId).collect(), ..BrakeHistory::default() };
    let plan = make(&directory, &decision, &finding(Finding::Unknown("x".into())), &history);
    assert_eq!(plan.brake.held, Some(11));
    let calm = make(&directory, &decision, &finding(Finding::Unknown("x".into())), &BrakeHistory::default());
    assert_eq!(calm.brake.held, None);
}

#[test]
fn linking_an_account_without_access_counts_for_the_brake_and_adopting_one_as_it_is_does_not() {
    let as_wanted = directory().get(ANA).unwrap().wanted();
    let asleep = AccountValues { active: false, ..as_wanted.clone() };
    let changes = |theirs| plan(&directory(), &found(theirs)).brake.changes;
    assert_eq!((changes(asleep), changes(as_wanted)), (1, 0));
}
