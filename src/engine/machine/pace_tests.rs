//! How much is under way, and what is taken back when nothing may go.

use std::collections::VecDeque;

use super::tests::{Bench, T0, answered, attributes, create, user};
use super::*;
use crate::domain::PersonId;

#[test]
fn a_frozen_machine_starts_nothing_and_drops_nothing() {
    let mut bench = Bench::with(create());
    bench.say(answered(StepKind::Write, 201, &user(true, "Admin")));
    bench.say(Event::Freeze);
    let mut second = create();
    second.id = OpId(8);
    bench.say(Event::Committed(vec![second]));
    assert_eq!(bench.writes(), 1);
    bench.say(Event::Thaw);
    assert_eq!(bench.writes(), 2);
}

#[test]
fn never_more_under_way_than_allowed_and_the_journal_is_only_a_little_ahead() {
    let policy = Policy { concurrency: 3, ahead: 5, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
    let rows = (0..20).map(|n| Operation { id: OpId(n), person: PersonId(n), ..create() }).collect();
    let mut effects: VecDeque<Effect> = machine.handle(T0, Event::Committed(rows)).into();
    assert_eq!(effects.len(), 5);
    let (mut sent, mut saves) = (0, 0);
    while let Some(effect) = effects.pop_front() {
        match effect {
            Effect::Save { ticket, .. } => {
                saves += 1;
                effects.extend(machine.handle(T0, Event::Saved(ticket)));
            }
            Effect::Send { .. } => sent += 1,
            _ => {}
        }
    }
    assert_eq!((sent, saves), (3, 8));
}

#[test]
fn what_the_journal_knew_ahead_is_taken_back_when_nothing_may_go() {
    let policy = Policy { concurrency: 1, ahead: 4, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(Policy { concurrency: 2, ..policy });
    let rows = (0..4).map(|n| Operation { id: OpId(n), person: PersonId(n), ..create() }).collect();
    let effects = machine.handle(T0, Event::Committed(rows));
    for effect in effects {
        if let Effect::Save { ticket, .. } = effect {
            machine.handle(T0, Event::Saved(ticket));
        }
    }
    let back: Vec<_> = machine
        .handle(T0, Event::Freeze)
        .into_iter()
        .filter_map(|e| match e {
            Effect::Save { moves, .. } => Some((moves[0].from, moves[0].to.state, moves[0].to.attempts)),
            _ => None,
        })
        .collect();
    assert_eq!(back, [(OpState::Inflight, OpState::Queued, 0); 2]);
}

#[test]
fn an_operation_replaced_by_another_process_is_forgotten() {
    let mut op = create();
    op.state = OpState::Waiting;
    op.not_before = Some(T0.plus_ms(5_000));
    let mut bench = Bench::with(op.clone());
    op.state = OpState::Cancelled;
    bench.say(Event::Committed(vec![op]));
    assert!(!bench.machine.busy());
}

fn said(op: u64, step: StepKind, status: u16) -> Event {
    let Event::Answered { step, answer, failure, .. } = answered(step, status, &serde_json::json!({})) else {
        unreachable!()
    };
    Event::Answered { op: OpId(op), step, answer, failure }
}

/// Grants every save; gives what was sent and whether everything was stopped.
fn granted(machine: &mut Machine, event: Event) -> (Vec<OpId>, bool) {
    let (mut sent, mut stopped) = (Vec::new(), false);
    let mut effects: VecDeque<Effect> = machine.handle(T0, event).into();
    while let Some(effect) = effects.pop_front() {
        match effect {
            Effect::Save { ticket, .. } => effects.extend(machine.handle(T0, Event::Saved(ticket))),
            Effect::Send { op, .. } => sent.push(op),
            Effect::Paused { until: None, .. } => stopped = true,
            _ => {}
        }
    }
    (sent, stopped)
}

fn many(concurrency: u32) -> (Machine, Vec<OpId>) {
    let policy = Policy { concurrency, ahead: 8, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
    let rows = (0..20).map(|n| Operation { id: OpId(n), person: PersonId(n), ..create() }).collect();
    let (sent, _) = granted(&mut machine, Event::Committed(rows));
    (machine, sent)
}

#[test]
fn after_a_refused_token_nothing_new_starts_while_answers_are_on_their_way() {
    let (mut machine, sent) = many(3);
    assert_eq!(sent.len(), 3);
    let mut answers = 0;
    for op in sent {
        let (started, stopped) = granted(&mut machine, said(op.0, StepKind::Write, 401));
        answers += 1;
        assert_eq!((started, stopped), (Vec::new(), answers == 3));
    }
    assert!(machine.moving().count() == 20, "everything is still queued");
    let (sent, _) = granted(&mut machine, Event::TokenChanged);
    assert_eq!(sent.len(), 3, "one new token and all go on");
}

#[test]
fn one_account_that_may_not_be_touched_stands_still_and_the_others_go_on() {
    let (mut machine, sent) = many(1);
    let (next, stopped) = granted(&mut machine, said(sent[0].0, StepKind::Write, 403));
    assert!(!stopped && next.len() == 1 && next[0] != sent[0], "{next:?}");
}

#[test]
fn ten_accounts_in_a_row_that_may_not_be_touched_are_about_the_token() {
    let (mut machine, mut sent) = many(1);
    for n in 1..=10 {
        let (next, stopped) = granted(&mut machine, said(sent[0].0, StepKind::Write, 403));
        assert_eq!(stopped, n == 10);
        sent = next;
    }
    assert!(sent.is_empty());
}
