//! An operator had everything tried anew: answers to what was sent before stop nobody.

use std::collections::VecDeque;

use super::tests::{T0, answered, attributes, deactivate, role_edit};
use super::*;
use crate::domain::{FailureKind, PersonId};

const MANY: u64 = 4;

/// Grants every save; gives what was sent and why nothing is.
fn say(machine: &mut Machine, event: Event) -> (Vec<OpId>, Vec<FailureKind>) {
    let (mut sent, mut paused) = (Vec::new(), Vec::new());
    let mut effects: VecDeque<Effect> = machine.handle(T0, event).into();
    while let Some(effect) = effects.pop_front() {
        match effect {
            Effect::Save { ticket, .. } => effects.extend(machine.handle(T0, Event::Saved(ticket))),
            Effect::Send { op, .. } => sent.push(op),
            Effect::Paused { failure, .. } => paused.push(failure.kind),
            _ => {}
        }
    }
    (sent, paused)
}

/// Every one of them is being read.
fn reading(op: &Operation) -> Machine {
    let policy = Policy { concurrency: MANY as u32, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
    // One that is seen to be good opens all places.
    let rows = (0..=MANY).map(|n| Operation { id: OpId(n), person: PersonId(n), ..op.clone() });
    let (first, _) = say(&mut machine, Event::Committed(rows.collect()));
    for op in first {
        say(&mut machine, of(op, answered(StepKind::Read, 404, &serde_json::json!({}))));
    }
    let asking = |live: &Live| live.stage == Stage::Asking;
    assert_eq!(machine.ops.values().filter(|live| asking(live)).count() as u64, MANY);
    machine
}

fn of(op: OpId, event: Event) -> Event {
    match event {
        Event::Answered { step, answer, failure, .. } => Event::Answered { op, step, answer, failure },
        other => other,
    }
}

fn asking(machine: &Machine) -> Vec<OpId> {
    machine.ops.iter().filter(|(_, live)| live.stage == Stage::Asking).map(|(id, _)| *id).collect()
}

fn failed(kind: FailureKind) -> Failure {
    Failure { kind, text: format!("{kind:?}"), next: String::new() }
}

fn elsewhere(op: OpId) -> Event {
    Event::Elsewhere { op, step: StepKind::Read, failure: failed(FailureKind::Elsewhere) }
}

fn down(op: OpId) -> Event {
    let failure = failed(FailureKind::Unreachable);
    Event::Lost { op, step: StepKind::Read, maybe_sent: false, failure }
}

fn refused(op: OpId) -> Event {
    of(op, answered(StepKind::Read, 401, &serde_json::json!({})))
}

fn forbidden(op: OpId) -> Event {
    of(op, answered(StepKind::Read, 403, &serde_json::json!({})))
}

#[test]
fn what_was_sent_before_everything_was_tried_anew_stops_nobody_and_is_asked_again() {
    for answer in [elsewhere, down, refused, forbidden] {
        let mut machine = reading(&role_edit("Operator"));
        let before = asking(&machine);
        say(&mut machine, Event::TokenChanged);
        let mut again = VecDeque::new();
        for op in before {
            let (sent, stopped) = say(&mut machine, answer(op));
            assert_eq!(stopped, [], "{:?}", answer(op));
            again.extend(sent);
        }
        let mut stopped = Vec::new();
        while stopped.is_empty() {
            let op = again.pop_front().expect("an answer to what was sent after it stops");
            let (sent, why) = say(&mut machine, answer(op));
            stopped = why;
            again.extend(sent);
        }
    }
}

#[test]
fn the_look_of_what_was_dropped_meanwhile_stops_nobody() {
    let mut machine = reading(&deactivate());
    let dropped = asking(&machine)[0];
    let row = Operation { state: OpState::Cancelled, ..machine.ops[&dropped].op.clone() };
    say(&mut machine, Event::Committed(vec![row]));
    assert_eq!(say(&mut machine, elsewhere(dropped)).1, []);
    say(&mut machine, Event::TokenChanged);
    assert!(!asking(&machine).contains(&dropped), "nobody asks for it any more");
    assert_eq!(machine.places as usize, asking(&machine).len(), "its place is free");
}
