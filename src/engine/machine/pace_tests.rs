//! How much is under way, and what is taken back when nothing may go.

use std::collections::VecDeque;

use super::pace_world::{Says, World};
use super::tests::{Bench, T0, answered, attributes, create, user};
use super::*;
use crate::domain::{FailureKind, PersonId, RequestClass, RetryAfter};

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
fn the_journal_is_only_a_little_ahead_and_one_goes_until_it_is_answered_well() {
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
    assert_eq!((sent, saves), (1, 5));
}

#[test]
fn what_the_journal_knew_ahead_is_taken_back_when_nothing_may_go() {
    let policy = Policy { concurrency: 2, ahead: 4, attributes: attributes(), ..Default::default() };
    let mut machine = Machine::new(policy);
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
    assert_eq!(back, [(OpState::Inflight, OpState::Queued, 0); 3]);
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

/// Answers of one status in a stretch of time, else good ones.
fn between(from: i64, to: i64, says: Says) -> impl FnMut(Time, RequestClass, OpId) -> Says {
    move |at, _, _| if (from..to).contains(&at.since(T0)) { says.clone() } else { Says::Good }
}

/// How many virtual schedules a test runs.
const SCHEDULES: u64 = 500;

#[test]
fn g10_an_outage_burns_no_attempt_and_is_probed_by_one_request_at_a_time() {
    let outages = [
        Says::Status(503, None),
        Says::Status(503, Some(RetryAfter::Seconds(7))),
        Says::Status(503, Some(RetryAfter::Seconds(0))),
        Says::Refused,
        Says::Lost,
    ];
    for seed in 0..SCHEDULES {
        let says = outages[seed as usize % outages.len()].clone();
        let (from, concurrency) = (20 + seed as i64 % 30, 1 + seed as u32 % 16);
        let mut world = World::new(seed, concurrency, between(from, from + 60_000, says.clone()));
        world.queue(30, 30);
        world.run();
        let text = format!("schedule {seed}, {says:?}, {concurrency} places");
        assert_eq!(world.count(OpState::Done), 60, "{text}");
        let most = world.rows.values().map(|row| row.attempts).max();
        assert_eq!(most, Some(1), "{text}");
        // What was under way when it went down has been answered after some milliseconds.
        let down = |at: Time| (from + 30..from + 60_000).contains(&at.since(T0));
        let probes: Vec<_> = world.seen.iter().filter(|seen| down(seen.at)).collect();
        assert!(probes.iter().all(|probe| probe.beside == 0), "{text}");
        assert!((3..=60).contains(&probes.len()), "{text}: {} probes", probes.len());
        assert!(world.told.iter().any(|(until, _)| until.is_some()), "{text}: it is on the screen");
        // Gentle: few places first, then all.
        let back: Vec<_> = world.seen.iter().filter(|seen| seen.at.since(T0) >= from + 60_000).collect();
        let first: Vec<_> = back.iter().take(4).map(|seen| seen.beside).collect();
        assert!(first.iter().zip(0..).all(|(beside, n)| *beside <= n), "{text}: {first:?}");
    }
}

#[test]
fn one_that_fails_alone_while_others_are_answered_is_given_up_in_the_end() {
    let mut world = World::new(1, 4, |_, class, op| match (class, op) {
        (RequestClass::Create, OpId(3)) => Says::Lost,
        _ => Says::Good,
    });
    world.queue(10, 0);
    world.run();
    assert_eq!((world.count(OpState::Done), world.count(OpState::Parked)), (9, 1));
    assert_eq!(world.rows[&OpId(3)].attempts, 5);
}

#[test]
fn g10_clients_that_were_sent_away_together_do_not_come_back_together() {
    let mut first = [0_u32; 10];
    for seed in 0..1_000 {
        let mut world = World::new(seed, 4, between(0, 4_000, Says::Refused));
        world.queue(1, 0);
        world.run();
        let probes: Vec<_> = world.seen.iter().map(|seen| seen.at).collect();
        // The third wait is anything up to four seconds.
        let wait = probes[3].since(probes[2]);
        assert!((250..=4_030).contains(&wait), "{wait}");
        first[(wait as usize / 403).min(9)] += 1;
    }
    assert!(first.iter().all(|count| (40..=200).contains(count)), "{first:?}");
}

/// An endpoint with a token bucket for creates.
fn bucket(rate: f64, burst: f64, asks: Option<RetryAfter>) -> impl FnMut(Time, RequestClass, OpId) -> Says {
    let (mut tokens, mut last) = (burst, T0);
    move |at, class, _| {
        if class != RequestClass::Create {
            return Says::Good;
        }
        tokens = (tokens + at.since(last) as f64 / 1_000.0 * rate).min(burst);
        last = at;
        if tokens < 1.0 {
            return Says::Status(429, asks);
        }
        tokens -= 1.0;
        Says::Good
    }
}

#[test]
fn g09_creates_keep_to_what_is_allowed_while_changes_go_on() {
    let now = RetryAfter::At(Time::from_ms(0));
    for (seed, asks) in [Some(RetryAfter::Seconds(1)), Some(RetryAfter::Seconds(0)), Some(now), None]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        let mut world = World::new(seed as u64, 8, bucket(50.0, 50.0, asks));
        world.queue(6_000, 1_000);
        world.run_until(T0.plus_ms(30_000));
        let changes = world.seen.iter().filter(|s| s.class == RequestClass::Change).count();
        assert_eq!(changes, 1_000, "they were not held up");
        world.run();
        assert_eq!(world.count(OpState::Done), 7_000);
        let creates = world.seen.iter().filter(|s| s.class == RequestClass::Create);
        let warm: Vec<_> = creates.filter(|s| s.at.since(T0) > 30_000).collect();
        let refused = warm.iter().filter(|s| s.says != Says::Good).count() as f64;
        let took = warm.last().expect("some").at.since(T0.plus_ms(30_000)) as f64 / 1_000.0;
        let achieved = (warm.len() as f64 - refused) / took / 50.0;
        assert!(achieved >= 0.85, "{asks:?}: {achieved:.2}");
        assert!(refused / warm.len() as f64 <= 0.03, "{asks:?}: {refused} of {}", warm.len());
        assert!(world.rows.values().all(|row| row.attempts == 1));
    }
}

#[test]
fn g09_nothing_of_a_kind_is_sent_before_the_time_that_was_asked_for() {
    for seed in 0..SCHEDULES {
        let wait = 1 + seed % 5 * 400;
        let asks = RetryAfter::Seconds(wait);
        let mut world = World::new(seed, 1 + seed as u32 % 8, bucket(20.0, 5.0, Some(asks)));
        world.queue(30, 10);
        world.run();
        assert_eq!(world.count(OpState::Done), 40);
        let creates: Vec<_> = world.seen.iter().filter(|s| s.class == RequestClass::Create).collect();
        for refused in creates.iter().filter(|s| s.says != Says::Good) {
            // Answers take up to ten milliseconds, and what was under way by then comes within as many again.
            let shut = refused.at.plus_ms(21)..refused.at.plus_ms((wait as i64 * 1_000).min(900_000));
            let early = creates.iter().find(|s| shut.contains(&s.at));
            assert!(early.is_none(), "schedule {seed}: {early:?} after {refused:?}");
        }
    }
}

#[test]
fn an_endpoint_that_asks_for_longer_than_is_believed_is_told_and_asked_again() {
    let asks = RetryAfter::Seconds(86_400);
    let mut world = World::new(1, 4, between(100, 200, Says::Status(429, Some(asks))));
    world.queue(300, 0);
    world.run();
    assert_eq!(world.count(OpState::Done), 300);
    let (until, kind) = world.told[0];
    assert_eq!(kind, FailureKind::SlowDown);
    assert!((900_000..902_000).contains(&until.expect("a time").since(T0)), "{until:?}");
}

#[test]
fn what_another_part_of_the_program_was_asked_holds_for_the_machine_too() {
    let mut world = World::new(1, 4, |_, _, _| Says::Good);
    let failure = Failure { kind: FailureKind::SlowDown, text: String::new(), next: String::new() };
    world.say(Event::AskedToWait { class: RequestClass::Create, wait_ms: 9_000, failure });
    world.queue(5, 5);
    world.run();
    let first = |class| world.seen.iter().find(|s| s.class == class).expect("one").at.since(T0);
    assert!(first(RequestClass::Create) >= 9_000);
    assert!(first(RequestClass::Change) < 100);
}
