//! Attempts do not grow without bound, on every backend.

use serde_json::json;

use super::made::*;
use super::queue::{each, one};
use crate::domain::{Answer, Call, Exchange, Method, OpId, Outcome};
use crate::engine::Trace;
use crate::store::backend::Backend;
use crate::store::{Batch, kept};

fn trace(operation: Option<u64>, attempt: u32) -> Trace {
    let call = Call::new(Method::Get, &["Users"]);
    let outcome = Outcome::Answered(Answer { status: 503, ..Answer::default() });
    let exchange = Exchange { call, outcome, at: NOW, took_ms: 1 };
    Trace { seq: 0, operation: operation.map(OpId), step: "read".into(), attempt, exchange }
}

fn put(store: &mut dyn Backend, traces: Vec<Trace>) {
    one(store, Batch { connection: Some(HERE), traces, ..Batch::default() }).unwrap();
}

fn of(store: &mut dyn Backend, operation: u64) -> Vec<u32> {
    let traces = store.reader().unwrap().traces(HERE, OpId(operation)).unwrap();
    traces.iter().map(|trace| trace.attempt).collect()
}

#[test]
fn an_operation_that_is_tried_for_ever_keeps_its_newest_attempts_and_costs_the_others_none() {
    each(|store| {
        put(store, (1..=5).map(|n| trace(Some(2), n)).collect());
        for round in 0..20 {
            put(store, (1..=100).map(|n| trace(Some(1), round * 100 + n)).collect());
        }
        let kept = of(store, 1);
        let bound = kept::OF_ONE as usize;
        assert!((bound..bound + 60).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept.last(), Some(&2_000), "the newest is there");
        assert!(kept.windows(2).all(|two| two[0] + 1 == two[1]), "and all before it, without a gap");
        assert_eq!(of(store, 2), [1, 2, 3, 4, 5]);
    });
}

#[test]
fn the_attempts_of_all_together_have_an_end_too() {
    each(|store| {
        // Each of another operation, or of none.
        for round in 0..50_u64 {
            put(store, (0..100).map(|n| trace((n % 3 > 0).then_some(round * 100 + n), 1)).collect());
        }
        let mut reader = store.reader().unwrap();
        let kept = (1..=5_000).filter(|seq| reader.trace(*seq).unwrap().is_some()).count();
        let bound = kept::OF_ALL as usize;
        assert!((bound..bound + 60).contains(&kept), "{kept}");
        assert!(reader.trace(5_000).unwrap().is_some() && reader.trace(1).unwrap().is_none());
    });
}

#[test]
fn of_a_huge_body_the_beginning_is_kept_and_how_long_it_was() {
    each(|store| {
        let mut long = trace(Some(1), 1);
        long.exchange.call.body = Some(json!({"displayName": "ü".repeat(1 << 20)}));
        let body = "é".repeat(5 << 20);
        long.exchange.outcome = Outcome::Answered(Answer { status: 200, body, ..Answer::default() });
        let short = trace(Some(1), 2);
        put(store, vec![long, short.clone()]);
        let kept = store.reader().unwrap().traces(HERE, OpId(1)).unwrap();
        let text = serde_json::to_string(&kept[0]).unwrap();
        assert!(text.len() < 150_000, "{}", text.len());
        assert!(
            text.contains("[10485760 bytes came; the first 65536 are kept]"),
            "{}",
            &text[text.len() - 200..]
        );
        assert_eq!(Trace { seq: 0, ..kept[1].clone() }, short);
    });
}
