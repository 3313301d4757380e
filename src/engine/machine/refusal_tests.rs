//! Tokens that are refused, and accounts that a token may not touch.

use std::collections::VecDeque;

use super::pace_world::{Says, World};
use super::tests::{Bench, OP, T0, answered, attributes, create, lost};
use super::*;
use crate::domain::{Answer, FailureKind, PersonId, RequestClass, RetryAfter};

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

fn said(op: OpId, status: u16) -> Event {
    let body = super::tests::user(true, "Admin");
    let Event::Answered { step, answer, failure, .. } = answered(StepKind::Write, status, &body) else {
        unreachable!()
    };
    Event::Answered { op, step, answer, failure }
}

fn many(concurrency: u32, count: u64) -> (Machine, Vec<OpId>) {
    let policy = Policy { concurrency, ahead: 8, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
    let rows = (0..count).map(|n| Operation { id: OpId(n), person: PersonId(n), ..create() }).collect();
    let (sent, _) = granted(&mut machine, Event::Committed(rows));
    (machine, sent)
}

#[test]
fn after_a_refused_token_nothing_new_starts_while_answers_are_on_their_way() {
    let (mut machine, sent) = many(3, 20);
    let (sent, _) = granted(&mut machine, said(sent[0], 201));
    assert_eq!(sent.len(), 3);
    let mut answers = 0;
    for op in sent {
        let (started, stopped) = granted(&mut machine, said(op, 401));
        answers += 1;
        assert_eq!((started, stopped), (Vec::new(), answers == 3));
    }
    assert_eq!(machine.moving().count(), 19, "everything is still queued");
    let (sent, _) = granted(&mut machine, Event::TokenChanged);
    assert_eq!(sent.len(), 1, "the new token is tried by one");
    let (sent, _) = granted(&mut machine, said(sent[0], 201));
    assert_eq!(sent.len(), 3, "it is good and all go on");
}

#[test]
fn g20_a_token_that_is_refused_from_the_start_is_refused_three_times_and_everything_stays_queued() {
    for seed in 0..300 {
        let reads_too = seed % 2 == 0;
        let mut world = World::new(seed, 1 + seed as u32 % 32, move |_, class, _| {
            let refused = reads_too || class != RequestClass::Read;
            if refused { Says::Status(401, None) } else { Says::Good }
        });
        world.queue(seed % 40, 40 - seed % 40);
        world.run();
        let refused = world.seen.iter().filter(|seen| seen.says != Says::Good).count();
        assert_eq!(refused, 3, "schedule {seed}");
        assert_eq!(world.told, [(None, FailureKind::TokenRefused)], "schedule {seed}");
        assert_eq!(world.count(OpState::Queued), 40, "schedule {seed}");
    }
}

#[test]
fn g20_a_token_revoked_in_mid_run_stops_it_and_another_one_goes_on_where_it_was() {
    for seed in 0..300 {
        let (revoked, renewed) = (T0.plus_ms(30 + seed as i64 % 100), T0.plus_ms(60_000));
        let concurrency = 1 + seed as u32 % 16;
        let mut world = World::new(seed, concurrency, move |at, _, _| {
            if at >= revoked && at < renewed { Says::Status(401, None) } else { Says::Good }
        });
        world.queue(200, 100);
        world.run_until(renewed);
        let text = format!("schedule {seed}, {concurrency} places");
        let refused: Vec<Time> =
            world.heard.iter().filter(|(_, status)| *status == 401).map(|(at, _)| *at).collect();
        assert!((3..=concurrency as usize + 2).contains(&refused.len()), "{text}: {}", refused.len());
        // A request takes up to ten milliseconds until it arrives.
        let late = world.seen.iter().find(|seen| seen.at > refused[2].plus_ms(10));
        assert!(late.is_none(), "{text}: {late:?} was sent after the third answer");
        let open = 300 - world.count(OpState::Done);
        let kept = world.count(OpState::Queued) + world.count(OpState::InDoubt);
        assert_eq!(kept, open, "{text}: nothing failed");
        assert_eq!(world.told, [(None, FailureKind::TokenRefused)], "{text}");
        world.say(Event::TokenChanged);
        world.run();
        assert_eq!(world.count(OpState::Done), 300, "{text}");
        assert!(world.rows.values().all(|row| row.attempts <= 1), "{text}");
    }
}

#[test]
fn one_account_that_may_not_be_touched_stands_still_and_the_others_go_on() {
    let mut world = World::new(1, 4, |_, class, op| match (class, op) {
        (RequestClass::Create, OpId(0)) => Says::Status(403, None),
        _ => Says::Good,
    });
    world.queue(20, 0);
    world.run();
    assert_eq!((world.count(OpState::Done), world.count(OpState::Parked)), (19, 1));
    assert_eq!(world.told, []);
}

#[test]
fn where_nobody_else_is_to_be_tried_a_403_is_about_the_account() {
    let mut world = World::new(1, 4, |_, class, _| match class {
        RequestClass::Read => Says::Good,
        _ => Says::Status(403, None),
    });
    world.queue(1, 1);
    world.run();
    assert_eq!(world.count(OpState::Parked), 2);
    assert_eq!(world.told, []);
}

#[test]
fn g20_a_token_that_may_write_nobody_stops_after_three_answers_with_everything_queued() {
    for seed in 0..500 {
        let mut world = World::new(seed, 1 + seed as u32 % 16, |_, class, _| match class {
            RequestClass::Read => Says::Good,
            _ => Says::Status(403, None),
        });
        world.queue(20, 20);
        world.run();
        let forbidden = world.seen.iter().filter(|seen| seen.says != Says::Good).count();
        assert!((3..=4).contains(&forbidden), "schedule {seed}: {forbidden}");
        assert_eq!(world.count(OpState::Queued), 40, "schedule {seed}");
        assert_eq!(world.told, [(None, FailureKind::TokenRefused)], "schedule {seed}");
    }
}

#[test]
fn ten_accounts_in_a_row_that_may_not_be_touched_are_about_the_token() {
    let (mut machine, sent) = many(1, 20);
    let (mut sent, _) = granted(&mut machine, said(sent[0], 201));
    for n in 1..=10 {
        let (next, stopped) = granted(&mut machine, said(sent[0], 403));
        assert_eq!(stopped, n == 10);
        sent = next;
    }
    assert!(sent.is_empty());
}

#[test]
fn a_429_waits_as_long_as_it_was_asked_and_does_not_count() {
    let mut bench = Bench::with(create());
    let answer = Answer { status: 429, retry_after: Some(RetryAfter::Seconds(120)), ..Default::default() };
    let failure = Some(Failure { kind: FailureKind::SlowDown, text: String::new(), next: String::new() });
    bench.say(Event::Answered { op: OP, step: StepKind::Write, answer, failure });
    let [Some(until)] = bench.paused[..] else { panic!("{:?}", bench.paused) };
    assert!((120_000..=121_000).contains(&until.since(T0)), "not before, and a little after it by chance");
    bench.wait();
    assert_eq!(bench.now, until);
    assert_eq!(
        bench.words(),
        ["POST", "look-up"],
        "tried again once; nobody knows who was made in two minutes"
    );
}

#[test]
fn three_refused_tokens_stop_everything_with_the_operation_still_queued() {
    let mut bench = Bench::with(create());
    for _ in 0..3 {
        bench.say(answered(StepKind::Write, 401, &serde_json::json!({})));
    }
    assert_eq!(bench.writes(), 3);
    assert_eq!(bench.paused, [None]);
    assert_eq!(bench.saved.last(), Some(&OpState::Queued));
    bench.say(Event::TokenChanged);
    assert_eq!(bench.writes(), 4);
}

#[test]
fn a_write_of_which_no_byte_left_goes_back_to_the_queue() {
    let mut bench = Bench::with(create());
    bench.say(lost(StepKind::Write, false));
    assert_eq!(bench.saved, [OpState::Inflight, OpState::Queued]);
    bench.wait();
    assert_eq!(bench.writes(), 2);
}
