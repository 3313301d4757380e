//! One operation at a time through the machine, its neighbours played by hand.

use serde_json::{Value, json};

use super::super::wire;
use super::*;
use crate::directory::Change;
use crate::domain::{
    AccountValues, Answer, FailureKind, Intent, Method, OpKind, Owned, PersonId, ProfileAttribute,
    WORKATO_ROLE_URN,
};

pub(super) const T0: Time = Time::from_ms(1_000_000);
pub(super) const OP: OpId = OpId(7);

pub(super) fn attributes() -> Vec<ProfileAttribute> {
    vec![ProfileAttribute::workato("workato_role")]
}

pub(super) fn values(active: bool, role: &str) -> AccountValues {
    AccountValues {
        active,
        external_id: "sd1".into(),
        user_name: "ana@example.com".into(),
        roles: [("workato_role", role)].into_iter().collect(),
        ..Default::default()
    }
}

pub(super) fn create() -> Operation {
    let wanted = values(true, "Admin");
    Operation {
        id: OP,
        person: PersonId(1),
        user_name: "ana@example.com".into(),
        kind: OpKind::Create,
        cause: "Provision User".into(),
        intent: Intent {
            owned: wire::everything(&wanted, &attributes()),
            wanted,
            remote_id: None,
            base: Base::Absent,
            before: None,
            linked_at: None,
            settled: None,
            ours: None,
        }
        .into(),
        state: OpState::Queued,
        not_before: None,
        attempts: 0,
        failure: None,
        created_at: T0,
        updated_at: T0,
        actor: "ops".into(),
        reason: None,
    }
}

/// An operation of which only the id matters.
pub(crate) fn sample(id: u64) -> Operation {
    Operation { id: OpId(id), person: PersonId(id), ..create() }
}

pub(super) fn role_edit(base: &str) -> Operation {
    let mut op = create();
    op.kind = OpKind::Update;
    op.intent.owned = Owned::of(["workato_role"]);
    op.intent.remote_id = Some("8f2c".into());
    op.intent.base = Base::Account(Box::new(values(true, base)));
    op.intent.before = Some(values(true, base));
    op
}

pub(super) fn deactivate() -> Operation {
    let mut op = role_edit("Admin");
    op.kind = OpKind::Deactivate;
    op.intent.wanted.active = false;
    op.intent.owned = Owned::of([crate::domain::field::ACTIVE]);
    op
}

pub(super) fn user(active: bool, role: &str) -> Value {
    json!({"schemas": [], "id": "8f2c", "externalId": "sd1", "userName": "ana@example.com", "active": active,
        WORKATO_ROLE_URN: {"workato_role": role}})
}

pub(super) fn answered(step: StepKind, status: u16, body: &Value) -> Event {
    let failure = (!(200..300).contains(&status)).then(|| {
        let kind = match status {
            401 => FailureKind::TokenRefused,
            404 => FailureKind::AccountGone,
            429 => FailureKind::SlowDown,
            500.. => FailureKind::Unreachable,
            _ => FailureKind::Refused,
        };
        Failure { kind, text: format!("answered {status}"), next: String::new() }
    });
    let answer = Answer { status, body: body.to_string(), ..Default::default() };
    Event::Answered { op: OP, step, answer, failure }
}

pub(super) fn lost(step: StepKind, maybe_sent: bool) -> Event {
    let failure = Failure { kind: FailureKind::Unreachable, text: "no answer".into(), next: String::new() };
    Event::Lost { op: OP, step, maybe_sent, failure }
}

/// The machine with its neighbours: every save is granted at once unless told otherwise.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) machine: Machine,
    pub(super) now: Time,
    pub(super) sent: Vec<Step>,
    pub(super) saved: Vec<OpState>,
    pub(super) changes: Vec<Change>,
    pub(super) settled: Vec<(Outcome, Option<FailureKind>)>,
    pub(super) advice: String,
    pub(super) said: String,
    pub(super) paused: Vec<Option<Time>>,
    pub(super) wake: Option<Time>,
}

impl Bench {
    pub(super) fn with(op: Operation) -> Self {
        Self::under(op, wire::Wire::default())
    }

    pub(super) fn under(op: Operation, wire: wire::Wire) -> Self {
        let policy = Policy { attributes: attributes(), wire, ..Default::default() };
        let mut bench = Self {
            machine: Machine::new(policy),
            now: T0,
            sent: Vec::new(),
            saved: Vec::new(),
            changes: Vec::new(),
            settled: Vec::new(),
            advice: String::new(),
            said: String::new(),
            paused: Vec::new(),
            wake: None,
        };
        bench.say(Event::Committed(vec![op]));
        bench
    }

    pub(super) fn say(&mut self, event: Event) {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.machine.handle(self.now, event) {
                match effect {
                    Effect::Save { ticket, moves, changes, .. } => {
                        self.saved.extend(moves.iter().map(|m| m.to.state));
                        self.changes.extend(changes);
                        events.push_back(Event::Saved(ticket));
                    }
                    Effect::Send { step, .. } => self.sent.push(step),
                    Effect::Settled { outcome, failure, .. } => {
                        self.advice = failure.as_ref().map(|f| f.next.clone()).unwrap_or_default();
                        self.said = failure.as_ref().map(|f| f.text.clone()).unwrap_or_default();
                        self.settled.push((outcome, failure.map(|f| f.kind)));
                    }
                    Effect::Paused { until, .. } => self.paused.push(until),
                    Effect::WakeAt(at) => self.wake = Some(at),
                    Effect::Going => {}
                }
            }
        }
    }

    /// Lets the time come that the machine asked for.
    pub(super) fn wait(&mut self) {
        self.now = self.wake.take().expect("the machine asked to be woken");
        self.say(Event::Tick);
    }

    pub(super) fn words(&self) -> Vec<&'static str> {
        self.sent.iter().map(word).collect()
    }

    pub(super) fn writes(&self) -> usize {
        self.sent.iter().filter(|s| matches!(s, Step::Write(..))).count()
    }
}

fn word(step: &Step) -> &'static str {
    match step {
        Step::LookUp { fresh: true, .. } => "fresh look-up",
        Step::LookUp { .. } => "look-up",
        Step::Read(_) => "read",
        Step::Write(_, call) if call.method == Method::Post => "POST",
        Step::Write(_, call) if call.method == Method::Patch => "PATCH",
        Step::Write(..) => "PUT",
        Step::Verify(_) => "verify",
    }
}

pub(super) fn one(active: bool, role: &str, external_id: &str) -> Event {
    let mut resource = user(active, role).as_object().unwrap().clone();
    resource["externalId"] = json!(external_id);
    let account = wire::account(&resource, None, &attributes()).unwrap();
    Event::Found(OP, Evidence::One(Box::new(Found { account, resource })))
}

#[test]
fn a_write_leaves_only_after_the_journal_has_it() {
    let mut machine = Machine::new(Policy { attributes: attributes(), ..Default::default() });
    let effects = machine.handle(T0, Event::Committed(vec![create()]));
    let [Effect::Save { ticket, moves, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((moves[0].from, moves[0].to.state), (OpState::Queued, OpState::Inflight));
    let effects = machine.handle(T0, Event::Saved(*ticket));
    assert!(matches!(effects.as_slice(), [Effect::Send { step: Step::Write(..), .. }]));
}

#[test]
fn a_refused_save_sends_nothing() {
    let mut machine = Machine::new(Policy::default());
    let effects = machine.handle(T0, Event::Committed(vec![create()]));
    let [Effect::Save { ticket, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(machine.handle(T0, Event::SaveRefused(*ticket)), []);
    assert!(!machine.busy());
}

#[test]
fn a_create_that_is_answered_with_its_values_is_done_and_linked() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 201, &user(true, "Admin")));
    assert_eq!(bench.words(), ["POST"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
    assert!(matches!(&bench.changes[..], [Change::Link(_, link)] if link.remote_id == "8f2c"));
    assert!(!bench.machine.busy());
}

#[test]
fn a_plan_that_is_no_longer_fresh_is_looked_up_before_it_creates() {
    let mut op = create();
    op.created_at = T0.plus_ms(-61_000);
    let mut bench = Bench::with(op);
    assert_eq!(bench.words(), ["look-up"]);
    bench.say(Event::Found(OP, Evidence::Absent));
    assert_eq!(bench.words(), ["look-up", "POST"]);
}

#[test]
fn a_lost_create_waits_is_looked_up_and_never_posted_again_when_it_is_there() {
    let mut bench = Bench::with(create());
    bench.say(lost(StepKind::Write, true));
    assert_eq!(bench.saved, [OpState::Inflight, OpState::InDoubt]);
    bench.wait(); // the pause after a lost answer
    if bench.writes() == 1 && bench.words().last() != Some(&"fresh look-up") {
        bench.wait(); // the settle time
    }
    assert_eq!(bench.words(), ["POST", "fresh look-up"]);
    bench.say(one(true, "Admin", "sd1"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.words(), ["POST", "fresh look-up", "read"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn what_was_inflight_before_a_crash_is_in_doubt_after_it() {
    let mut op = create();
    op.state = OpState::Inflight;
    op.attempts = 1;
    let policy = Policy { attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
    let effects = machine.handle(T0, Event::Boot(vec![op]));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Send { .. })));
    let later = T0.plus_ms(2_000);
    let effects = machine.handle(later, Event::Tick);
    assert!(
        matches!(&effects[..], [Effect::Send { step: Step::LookUp { fresh: true, .. }, .. }]),
        "{effects:?}"
    );
}

#[test]
fn a_409_on_a_create_is_a_question_and_the_account_found_is_linked() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 409, &json!({})));
    assert_eq!(bench.words(), ["POST", "fresh look-up"]);
    bench.say(one(true, "Operator", ""));
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(answered(StepKind::Write, 200, &user(true, "Admin")));
    assert_eq!(bench.words(), ["POST", "fresh look-up", "read", "PUT"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn a_409_while_nobody_is_found_ends_parked_after_one_more_try() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 409, &json!({})));
    bench.say(Event::Found(OP, Evidence::Absent));
    bench.say(answered(StepKind::Write, 409, &json!({})));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Refused))]);
    assert_eq!(bench.writes(), 2);
}

#[test]
fn an_account_with_another_external_id_is_a_conflict_and_nothing_is_sent() {
    let mut op = create();
    op.intent.base = Base::Unknown;
    let mut bench = Bench::with(op);
    bench.say(one(true, "Admin", "00uOther"));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Conflict))]);
    assert_eq!((bench.writes(), bench.saved.as_slice()), (0, &[OpState::Conflict][..]));
}

#[test]
fn a_role_that_is_already_so_sends_no_write() {
    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.words(), ["read"]);
    assert_eq!(bench.settled, [(Outcome::Unchanged, None)]);
}

#[test]
fn g06_an_account_that_moved_since_the_plan_is_stale_and_never_written() {
    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Analyst")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::Stale))]);
    assert_eq!(bench.writes(), 0);
}

#[test]
fn accepted_and_not_applied_is_not_done_and_stays_unsent() {
    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 200, &user(true, "Operator")));
    bench.say(answered(StepKind::Write, 200, &user(true, "Operator")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotApplied))]);
    assert!(matches!(&bench.changes[..], [Change::Link(_, link)]
        if link.sent.roles.get("workato_role") == Some("Operator")));
}

#[test]
fn a_text_that_stayed_as_it_was_is_not_applied_and_one_that_the_app_does_not_keep_is_no_failure() {
    let titled = |title: &str| {
        let mut there = user(true, "Operator");
        there["title"] = json!(title);
        there
    };
    let mut op = role_edit("Operator");
    op.intent.owned = Owned::of([crate::domain::field::TITLE]);
    op.intent.base = Base::Unknown;
    for (wanted, before, after, outcome) in [
        ("Chief", "Clerk", "Clerk", Outcome::Failed),
        ("", "Clerk", "Clerk", Outcome::Failed),
        ("Chief", "Clerk", "CHIEF", Outcome::Done),
        ("Chief", "", "", Outcome::Done),
    ] {
        op.intent.wanted.title = wanted.into();
        let mut bench = Bench::with(op.clone());
        bench.say(answered(StepKind::Read, 200, &titled(before)));
        bench.say(answered(StepKind::Write, 200, &titled(after)));
        assert_eq!(bench.settled[0].0, outcome, "{before:?} to {wanted:?}: {after:?}");
    }
}

#[test]
fn a_deactivation_is_believed_only_when_read_back() {
    let mut bench = Bench::with(deactivate());
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    assert_eq!(bench.words(), ["read", "PUT", "verify"]);
    assert_eq!(bench.settled, []);
    bench.say(answered(StepKind::Verify, 200, &user(true, "Admin")));
    assert_eq!((&bench.settled[..], bench.saved.last()), (&[][..], Some(&OpState::InDoubt)));
    bench.wait();
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::NotApplied))]);
}

#[test]
fn a_copy_that_lags_behind_is_not_believed_that_somebody_whose_access_ends_is_gone() {
    let mut bench = Bench::with(deactivate());
    bench.say(answered(StepKind::Read, 404, &json!({})));
    assert_eq!(bench.settled, []);
    bench.wait();
    bench.say(answered(StepKind::Read, 200, &user(true, "Admin")));
    bench.say(answered(StepKind::Write, 200, &user(false, "Admin")));
    bench.say(answered(StepKind::Verify, 200, &user(false, "Admin")));
    assert_eq!(bench.words(), ["read", "read", "PUT", "verify"]);
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
}

#[test]
fn a_404_is_success_for_a_deactivation_and_account_gone_for_all_else() {
    let mut bench = Bench::with(deactivate());
    bench.say(answered(StepKind::Read, 404, &json!({})));
    bench.wait();
    bench.say(answered(StepKind::Read, 404, &json!({})));
    assert_eq!(bench.settled, [(Outcome::Done, None)]);
    assert_eq!(bench.words(), ["read", "read"]);
    let mut bench = Bench::with(role_edit("Operator"));
    bench.say(answered(StepKind::Read, 404, &json!({})));
    assert_eq!(bench.settled, [(Outcome::Failed, Some(FailureKind::AccountGone))]);
}
