//! The machine under other wire profiles, identifiers and switches than those a connection begins with.

use serde_json::json;

use super::tests::*;
use super::*;
use crate::directory::Change;
use crate::domain::{
    FailureKind, OpKind, Owned, ToApp, UniqueIdentifier, WORKATO_ROLE_URN, WireProfile, field,
};
use crate::engine::wire::Wire;

fn rfc() -> Wire {
    Wire { profile: WireProfile::Rfc, etags: true, ..Wire::default() }
}

fn allowed(change: impl FnOnce(&mut ToApp)) -> Wire {
    let mut wire = Wire::default();
    change(&mut wire.allowed);
    wire
}

/// The account with a version, as it was read.
fn version(n: u32, role: &str) -> serde_json::Value {
    let mut user = user(true, role);
    user["meta"] = json!({"version": format!("W/\"{n}\"")});
    user
}

fn if_match(bench: &Bench) -> Option<&str> {
    match bench.sent.last() {
        Some(Step::Write(_, call)) => call.if_match.as_deref(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_patch_that_is_answered_without_a_body_is_read_back() {
    let mut bench = Bench::under(role_edit("Operator"), rfc());
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    assert_eq!((bench.words(), if_match(&bench)), (vec!["read", "PATCH"], Some("W/\"1\"")));
    bench.say(empty(204));
    assert_eq!(bench.words(), ["read", "PATCH", "verify"]);
    assert_eq!(bench.settled, []);
    bench.say(answered(StepKind::Verify, 200, &user(true, "Admin")));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

fn empty(status: u16) -> Event {
    let answer = crate::domain::Answer { status, ..Default::default() };
    Event::Answered { op: OpId(7), step: StepKind::Write, answer, failure: None }
}

#[test]
fn a_patch_that_was_accepted_and_not_applied_is_not_done() {
    let mut bench = Bench::under(role_edit("Operator"), rfc());
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    bench.say(empty(204));
    bench.say(answered(StepKind::Verify, 200, &user(true, "Operator")));
    assert_eq!(bench.settled, []);
    bench.wait();
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotApplied))]);
    assert_eq!(bench.words(), ["read", "PATCH", "verify", "read"]);
}

#[test]
fn a_copy_that_lags_behind_at_the_read_back_does_not_make_a_liar_of_the_app_and_nothing_is_written_twice() {
    let mut bench = Bench::under(role_edit("Operator"), rfc());
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    bench.say(empty(204));
    bench.say(answered(StepKind::Verify, 200, &user(true, "Operator")));
    bench.wait();
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
    assert_eq!((bench.words(), bench.machine.lies()), (vec!["read", "PATCH", "verify", "read"], 0));
}

#[test]
fn a_412_is_read_and_merged_once_more_with_the_new_version_and_then_it_is_stale() {
    let mut bench = Bench::under(role_edit("Operator"), rfc());
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    bench.say(answered(StepKind::Write, 412, &json!({})));
    assert_eq!(bench.words(), ["read", "PATCH", "read"]);
    bench.say(answered(StepKind::Read, 200, &version(2, "Operator")));
    assert_eq!(if_match(&bench), Some("W/\"2\""));
    let mut good = bench.clone();
    good.say(answered(StepKind::Write, 200, &user(true, "Admin")));
    assert_eq!(good.settled, [(Outcome::Done, None)]);
    bench.say(answered(StepKind::Write, 412, &json!({})));
    assert_eq!((bench.writes(), bench.saved.last()), (2, Some(&OpState::Stale)));
    assert!(!bench.machine.busy());
}

#[test]
fn g06_a_412_for_a_change_of_ours_by_somebody_else_is_stale_and_not_overwritten() {
    let mut bench = Bench::under(role_edit("Operator"), rfc());
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    bench.say(answered(StepKind::Write, 412, &json!({})));
    bench.say(answered(StepKind::Read, 200, &version(2, "Analyst")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Stale))]);
    assert_eq!(bench.writes(), 1);
}

#[test]
fn an_endpoint_without_patch_is_told_apart_and_the_profile_is_named() {
    for status in [405, 501] {
        let mut bench = Bench::under(role_edit("Operator"), rfc());
        bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
        bench.say(answered(StepKind::Write, status, &json!({})));
        assert_eq!((bench.settled.len(), bench.saved.last()), (1, Some(&OpState::Parked)));
        assert!(bench.advice.contains("okta-classic"), "{}", bench.advice);
    }
    let mut classic = Bench::with(role_edit("Operator"));
    classic.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    classic.say(answered(StepKind::Write, 501, &json!({})));
    assert_eq!(classic.saved.last(), Some(&OpState::InDoubt), "a PUT that fails so is in doubt, as any 5xx");
}

#[test]
fn okta_oin_patches_a_deactivation_and_reads_it_back() {
    let wire = Wire { profile: WireProfile::OktaOin, ..Wire::default() };
    let mut bench = Bench::under(deactivate(), wire);
    bench.say(answered(StepKind::Read, 200, &version(1, "Admin")));
    assert_eq!((bench.words(), if_match(&bench)), (vec!["read", "PATCH"], None));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(answered(StepKind::Verify, 200, &user(false, "Admin")));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn somebody_is_looked_for_by_the_connections_field() {
    let mut op = create();
    op.intent.base = Base::Unknown;
    let wire = Wire { unique_identifier: UniqueIdentifier::ExternalId, ..Wire::default() };
    let bench = Bench::under(op.clone(), wire);
    let Some(Step::LookUp { who, .. }) = bench.sent.first() else { panic!("{:?}", bench.sent) };
    assert_eq!((who.by, who.value.as_str()), (UniqueIdentifier::ExternalId, "sd1"));
    let wire = Wire { unique_identifier: UniqueIdentifier::Email, ..Wire::default() };
    let bench = Bench::under(op, wire);
    assert_eq!((bench.sent.len(), bench.saved.last()), (0, Some(&OpState::Parked)), "no address to look for");
}

#[test]
fn what_was_queued_before_a_switch_went_off_is_not_sent() {
    let bench = Bench::under(create(), allowed(|to_app| to_app.create = false));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotAllowed))]);
    let mut bench = Bench::under(role_edit("Operator"), allowed(|to_app| to_app.update = false));
    bench.say(answered(StepKind::Read, 200, &version(1, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotAllowed))]);
    let mut bench = Bench::under(deactivate(), allowed(|to_app| to_app.deactivate = false));
    bench.say(answered(StepKind::Read, 200, &version(1, "Admin")));
    assert_eq!((bench.settled.len(), bench.writes()), (1, 0));
}

#[test]
fn an_account_found_late_keeps_its_user_name_where_its_updates_are_excluded() {
    let mut op = create();
    op.intent.base = Base::Unknown;
    let mut bench = Bench::under(op, allowed(|to_app| to_app.exclude_user_name = true));
    let mut theirs = user(true, "Operator");
    theirs["userName"] = json!("Ana@Example.com");
    let resource = theirs.as_object().cloned().unwrap();
    let account = crate::engine::wire::account(&resource, None, &attributes()).unwrap();
    bench.say(Event::Found(OpId(7), Evidence::One(Box::new(Found { account, resource }))));
    bench.say(answered(StepKind::Read, 200, &theirs));
    let Some(Step::Write(_, call)) = bench.sent.last() else { panic!("{:?}", bench.words()) };
    assert_eq!(call.body.as_ref().unwrap()["userName"], json!("Ana@Example.com"));
    theirs[crate::domain::WORKATO_ROLE_URN]["workato_role"] = json!("Admin");
    bench.say(answered(StepKind::Write, 200, &theirs));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
    // The first link is of the account as it was found.
    let [_, Change::Link(_, link)] = &bench.changes[..] else { panic!("{:?}", bench.changes) };
    assert_eq!(link.sent.user_name, "Ana@Example.com", "it is not recorded as sent");
    assert!(link.sent.differences(&values(true, "Admin")).iter().all(|d| d.attribute == field::USER_NAME));
}

fn body(bench: &Bench) -> serde_json::Value {
    match bench.sent.last() {
        Some(Step::Write(_, call)) => call.body.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_switch_turned_off_after_the_plan_keeps_the_roles_out_of_a_reactivation() {
    let mut op = role_edit("Operator");
    op.kind = OpKind::Reactivate;
    op.intent.owned = Owned::of([field::ACTIVE, "workato_role"]);
    op.intent.base = Base::Unknown;
    let mut bench = Bench::under(op.clone(), allowed(|a| a.update = false));
    bench.say(answered(StepKind::Read, 200, &user(false, "Operator")));
    let sent = body(&bench);
    assert_eq!(
        (&sent["active"], &sent[WORKATO_ROLE_URN]["workato_role"]),
        (&json!(true), &json!("Operator"))
    );
    bench.say(answered(StepKind::Write, 200, &user(true, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
    assert!(
        matches!(&bench.changes[..], [Change::Link(_, link)] if link.sent.roles.get("workato_role") == Some("Operator")),
        "what was not sent stays unsent: {:?}",
        bench.changes
    );
    let neither = allowed(|a| (a.update, a.deactivate) = (false, false));
    let mut bench = Bench::under(op, neither);
    bench.say(answered(StepKind::Read, 200, &user(false, "Operator")));
    assert_eq!(
        (bench.writes(), &bench.settled[..]),
        (0, &[(Outcome::Failed, Some(FailureKind::NotAllowed))][..])
    );
}

#[test]
fn a_user_name_excluded_after_the_plan_is_not_sent() {
    let mut op = role_edit("Operator");
    op.intent.wanted.user_name = "ana.new@example.com".into();
    op.intent.owned = Owned::of([field::USER_NAME, "workato_role"]);
    let mut bench = Bench::under(op, allowed(|a| a.exclude_user_name = true));
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    let sent = body(&bench);
    assert_eq!(sent["userName"], "ana@example.com");
    assert_eq!(sent[WORKATO_ROLE_URN]["workato_role"], "Admin");
}

#[test]
fn what_another_hand_moved_stays_drift_after_a_push_of_something_else() {
    let mut op = role_edit("Operator");
    op.intent.wanted.title = "Chief".into();
    op.intent.owned = Owned::of([field::TITLE]);
    op.intent.settled = Some(values(true, "Admin"));
    let mut bench = Bench::under(op, Wire::default());
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    let mut there = user(true, "Operator");
    there["title"] = json!("Chief");
    bench.say(answered(StepKind::Write, 200, &there));
    let [Change::Link(_, link), Change::Observed(_, seen)] = &bench.changes[..] else {
        panic!("{:?}", bench.changes)
    };
    assert_eq!(seen.values.as_ref().and_then(|v| v.roles.get("workato_role")), Some("Operator"));
    assert_eq!(
        (link.settled.title.as_str(), link.settled.roles.get("workato_role")),
        ("Chief", Some("Admin"))
    );
}

fn creates_off() -> Policy {
    let wire = allowed(|a| a.create = false);
    Policy { attributes: attributes(), wire, ..Policy::default() }
}

#[test]
fn a_switch_that_is_off_holds_for_what_is_in_the_journal_and_has_not_left() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 201, &user(true, "Admin")));
    bench.say(Event::Committed((10..30).map(sample).collect()));
    let left = bench.writes();
    assert!(bench.saved.iter().filter(|state| **state == OpState::Inflight).count() > left, "marks ahead");
    bench.machine.set_policy(creates_off());
    for id in 10..30 {
        let mut answer = answered(StepKind::Write, 201, &user(true, "Admin"));
        if let Event::Answered { op, .. } = &mut answer {
            *op = OpId(id);
        }
        bench.say(answer);
    }
    assert_eq!(bench.writes(), left, "only what was under way when it went off");
    assert!(bench.settled.contains(&(Outcome::Failed, Some(FailureKind::NotAllowed))));
}

#[test]
fn a_switch_that_goes_off_while_the_journal_is_told_of_a_write_holds_it() {
    let mut machine = Machine::new(Policy { attributes: attributes(), ..Policy::default() });
    let effects = machine.handle(T0, Event::Committed(vec![create()]));
    let [Effect::Save { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    machine.set_policy(creates_off());
    let effects = machine.handle(T0, Event::Saved(*ticket));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send { .. })), "{effects:?}");
    let moves = effects.iter().filter_map(|effect| match effect {
        Effect::Save { moves, .. } => moves.last(),
        _ => None,
    });
    let states: Vec<_> = moves.map(|moved| (moved.from, moved.to.state)).collect();
    assert_eq!(
        states,
        [(OpState::Inflight, OpState::Queued), (OpState::Queued, OpState::Parked)],
        "the mark is taken back, and what may not be sent stands still"
    );
}
