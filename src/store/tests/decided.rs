//! A decision is written only while what it was planned on is so.

use super::made::*;
use super::queue::{each, one};
use crate::directory::Change;
use crate::domain::{OpId, OpState, Operation};
use crate::engine::{Basis, Leading};
use crate::store::{Backend, Batch, StoreError};

fn planned(change: u64, batch: Batch) -> Batch {
    Batch { basis: Some(Basis { change, leading: Vec::new() }), ..batch }
}

fn last(store: &dyn Backend) -> u64 {
    store.reader().unwrap().changes_since(HERE, 0).unwrap().unwrap().1
}

#[test]
fn of_two_decisions_that_were_planned_at_the_same_time_the_later_is_refused_and_leaves_no_trace() {
    each(|store| {
        let now = last(store);
        let first = one(store, planned(now, commit([operation(1, 1, "title")]))).unwrap();
        let second = planned(now, commit([operation(2, 2, "title")]));
        assert_eq!(one(store, second.clone()), Err(StoreError::Overtaken));
        assert_eq!(last(store), first.last_change);
        let anew = Batch { basis: Some(Basis { change: last(store), leading: Vec::new() }), ..second };
        one(store, anew).unwrap();
    });
}

#[test]
fn a_change_a_cancel_and_a_decision_on_another_connection_overtake_too() {
    each(|store| {
        let there = store.add_connection(connection("two")).unwrap().id;
        one(store, commit([operation(1, 1, "title")])).unwrap();
        let decisions = [
            people([3]),
            Batch { cancel: vec![person(1).id], ..batch(vec![]) },
            Batch { connection: Some(there), ..people([4]) },
        ];
        for decision in decisions {
            let now = last(store);
            one(store, decision).unwrap();
            let overtaken = one(store, planned(now, commit([operation(9, 2, "title")])));
            assert_eq!(overtaken, Err(StoreError::Overtaken));
        }
    });
}

#[test]
fn looks_and_the_senders_moves_overtake_nothing() {
    each(|store| {
        let first = operation(1, 1, "title");
        one(store, commit([first.clone()])).unwrap();
        let now = last(store);
        let fence = store.raise_fence(HERE).ok();
        let linked =
            Batch { changes: vec![Change::Link(first.person, link(1, "a"))], ..step(&first, OpState::Done) };
        one(store, Batch { fence, ..linked }).unwrap();
        let look = seen(crate::domain::AccountState::Active, None);
        one(store, batch(vec![Change::Observed(first.person, look)])).unwrap();
        one(store, planned(now, commit([operation(2, 2, "title")]))).unwrap();
    });
}

#[test]
fn an_operation_that_was_planned_on_as_queued_and_sent_by_now_refuses_the_batch() {
    each(|store| {
        let on = |sent| Leading { operation: OpId(1), sent };
        let planned = |store: &dyn Backend, id, sent| Batch {
            basis: Some(Basis { change: last(store), leading: vec![on(sent)] }),
            ..commit([operation(id, 1, "title")])
        };
        let first = operation(1, 1, "title");
        one(store, commit([first.clone()])).unwrap();
        let fence = store.raise_fence(HERE).ok();
        one(store, Batch { fence, ..step(&first, OpState::Inflight) }).unwrap();
        let (queued, sent) = (planned(store, 2, false), planned(store, 3, true));
        assert_eq!(one(store, queued), Err(StoreError::Overtaken));
        one(store, sent).unwrap();
        let first = Operation { state: OpState::Inflight, ..first };
        one(store, Batch { fence, ..step(&first, OpState::Done) }).unwrap();
        let done = planned(store, 4, true);
        assert_eq!(one(store, done), Err(StoreError::Overtaken));
    });
}
